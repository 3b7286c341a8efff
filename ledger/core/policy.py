"""Whose signatures a reader demands (c2sp.org/tlog-policy).

    log <vkey> [<url>]
    witness <name> <vkey> [<submission prefix>]
    group <name> <k, any or all> <members>
    quorum <a name, or none>

Members are defined on earlier lines and used once; two lines with one public key are an error;
`#` starts a comment line. Identity comes from here, never from what a server says of itself.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from ledger.core import addresses, notes


class WrongPolicy(ValueError):
    """The policy cannot be read; the text names the line."""


@dataclass
class Policy:
    logs: list[notes.Verifier] = field(default_factory=list)
    witnesses: dict[str, notes.Verifier] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)  # where witnesses are asked
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = ""

    def met(self, verified: Collection[str]) -> bool:
        """Whether these vkeys, found under a note, are the quorum."""
        return self.quorum == "none" or self._holds(self.quorum, verified)

    def may_ask(self) -> dict[str, str]:
        """{witness: submission prefix}; refuses all but https, and http on this machine."""
        for name, address in self.addresses.items():
            if not addresses.fit(address):
                raise WrongPolicy(f"witness {name}: {address} is not https, nor on this machine")
        return self.addresses

    def _holds(self, name: str, verified: Collection[str]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].vkey in verified
        needed, members = self.groups[name]
        return sum(self._holds(member, verified) for member in members) >= needed


def write(*logs: str, rules: str = "quorum none\n") -> str:
    """The policy of a log: its vkeys, the current one first, and the operator's rules.

    `rules`: witness, group and quorum lines. Log lines among them give way to ours.
    """
    kept = [line for line in rules.splitlines() if not line.startswith("log ")]
    return "".join(f"{line}\n" for line in [*(f"log {log}" for log in logs), *kept])


def parse(data: bytes) -> Policy:
    try:
        text = data.decode()
    except ValueError as error:
        raise WrongPolicy("not UTF-8") from error
    if not text.endswith("\n"):
        raise WrongPolicy("does not end its last line")
    policy, used = Policy(), set[str]()
    for number, line in enumerate(text[:-1].split("\n"), 1):
        if line.startswith("#") or not line:
            continue
        try:
            _read(policy, used, line.split(" "))
        except ValueError as error:
            raise WrongPolicy(f"line {number}: {error}") from error
    if not policy.logs or not policy.quorum:
        raise WrongPolicy("needs a log and exactly one quorum")
    return policy


def _read(policy: Policy, used: set[str], words: list[str]) -> None:
    match words:
        case ["log", vkey] | ["log", vkey, _]:
            policy.logs.append(_new_key(policy, vkey, notes.ED25519))
        case ["witness", name, vkey, *address] if len(address) < 2:
            key = _new_key(policy, vkey, notes.COSIGNATURE)
            policy.witnesses[_new_name(policy, name)] = key
            if address:
                policy.addresses[name] = address[0].rstrip("/")
        case ["group", name, count, *members] if members:
            for member in members:
                if member in used or not (member in policy.witnesses or member in policy.groups):
                    raise WrongPolicy(f"member {member} is unknown or used twice")
                used.add(member)
            needed = {"any": "1", "all": str(len(members))}.get(count, count)
            if not needed.isascii() or not needed.isdigit() or needed.startswith("0"):
                raise WrongPolicy("a group needs a number, any or all")
            if int(needed) > len(members):
                raise WrongPolicy("a group cannot need more members than it has")
            policy.groups[_new_name(policy, name)] = int(needed), members
        case ["quorum", name] if not policy.quorum:
            if name != "none" and name not in policy.witnesses and name not in policy.groups:
                raise WrongPolicy(f"quorum {name} is unknown")
            policy.quorum = name
        case _:
            raise WrongPolicy("cannot be read")


def _new_key(policy: Policy, vkey: str, alg: int) -> notes.Verifier:
    key = notes.parse_vkey(vkey)
    if key.alg != alg:
        raise WrongPolicy("a key of the wrong kind")
    if key.public in {known.public for known in [*policy.logs, *policy.witnesses.values()]}:
        raise WrongPolicy("a public key given twice")
    return key


def _new_name(policy: Policy, name: str) -> str:
    if not name or name == "none" or name in policy.witnesses or name in policy.groups:
        raise WrongPolicy(f"the name {name} is not free")
    return name
