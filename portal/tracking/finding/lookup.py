"""Looking up a typed code: where it leads, or a sentence that says what is wrong with it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.core import codes
from portal.tracking.models import Gift, Link, Need, Organisation, Subject

LONGEST = 64
Shown = type[Gift] | type[Need] | type[Subject] | type[Organisation] | type[Link]
PAGES: dict[str, tuple[str, Shown]] = {
    "G": ("tracking:gift", Gift),
    "N": ("tracking:need", Need),
    "S": ("tracking:shipment", Subject),
    "U": ("tracking:organisation", Organisation),
    "F": ("tracking:fund", Subject),
    "M": ("tracking:campaign", Subject),
    "W": ("tracking:warehouse", Subject),
    "B": ("tracking:lot", Link),
    "Q": ("tracking:question", Subject),
    "D": ("tracking:disclosure", Subject),
}


class Lost(Exception):
    """Nothing is shown; the text says why and what to do. `status` is 422 for what is no code."""

    def __init__(self, sentence: str, *, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def found(typed: str) -> str:
    """The address of the page that a typed code leads to. Raises Lost."""
    code = read(typed)
    spend = Subject.objects.filter(kind="spend", code=code).first() if code[0] == "P" else None
    if spend is not None:  # it stands on the page of its fund
        return f"{reverse('tracking:fund', args=[spend.facts['fund']])}#{code}"
    if code[0] == "Z":  # its page says as well where there is no such number
        return reverse("tracking:certificate", args=[code])
    if code[0] not in PAGES:
        raise Lost(
            _(
                "%(code)s is the code of something inside the work (an arrival, an order). "
                "It stands on the page of its gift: please look up the gift's code; it begins "
                "with G."
            )
            % {"code": code},
            status=404,
        )
    name, model = PAGES[code[0]]
    if not model.objects.filter(code=code).exists():
        raise Lost(nothing(code), status=404)
    return reverse(name, args=[code])


def nothing(code: str) -> str:
    return _(
        "Nothing public has the code %(code)s. Was it recorded a moment ago? "
        "It appears here within seconds, as soon as it is sealed."
    ) % {"code": code}


def read(typed: str) -> str:
    """The code as sealed. Raises Lost with what is wrong."""
    if not typed.strip():
        raise Lost(_("Please type a code, for example from the label on the box."), status=422)
    if len(typed) > LONGEST:
        raise Lost(
            _("This is too long for a code. A code has a letter and ten more signs."), status=422
        )
    try:
        return codes.normalise(typed)
    except codes.WrongCode as wrong:
        raise Lost(sentence(wrong.reason), status=422) from wrong


def sentence(reason: str) -> str:
    """What is wrong with something typed for a code, and what to do."""
    return {
        "characters": _(
            "There is a character in it that no code has. Codes use the digits 2 to 9 and the "
            "letters A to Z without I, L and O: what looks like 0, 1, O, I or L is another sign."
        ),
        "length": _(
            "A code has a letter, a hyphen and ten more signs, such as G-7K2M9Q4TX5. "
            "Some are missing or too many."
        ),
        "kind": _(
            "No code begins with this letter. Gifts begin with G, needs with N, shipments with S."
        ),
        "check": _(
            "One or two signs are wrong or have changed places: the code does not check. "
            "Please compare it with the label once more."
        ),
    }[reason]
