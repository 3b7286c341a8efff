"""Credit codes of invented organisations: valid check characters, never given to anybody."""

from portal.input.uscc import ALPHABET, check_character, organisation_check


def make_marker(division: str, kind: str, n: int) -> str:
    """The n-th code (1 … 960) of a kind ("12" hospital, "53" foundation …) in a district.

    The organisation's part begins with six zeros: that is what marks it as invented.
    """
    if not 1 <= n < len(ALPHABET) ** 2:
        raise ValueError(f"no marker code number {n}")
    high, low = divmod(n, len(ALPHABET))
    organisation = f"000000{ALPHABET[high]}{ALPHABET[low]}"
    first = f"{kind}{division}{organisation}{organisation_check(organisation)}"
    return first + check_character(first)
