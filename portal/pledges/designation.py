"""Whom a gift is for: anybody, one hospital, a region or a use; goods that are meant for somebody
go nowhere else (慈善法 56).

Written `free`, `hospital:U-…`, `region:4201` (the first digits of the division code) or
`purpose:isolation`; nothing typed freely is in it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.catalogue.fitness import Fitness
from portal.input import provinces
from portal.input.purposes import PURPOSES
from portal.needs.models import NeedLine
from portal.organisations.models import Organisation
from portal.organisations.queries import by_code, hospitals, name_of, with_city
from portal.stages.engine import MoveRefused

if TYPE_CHECKING:
    from portal.pledges.models import Pledge

FREE = "free"
HOSPITAL, REGION, PURPOSE = "hospital", "region", "purpose"
Pairs = list[tuple[str, Any]]


def choices(first: Organisation | None = None) -> Pairs:
    """What a donor may choose; `first`: the hospital whose need he answers stands on top."""
    free = [(FREE, _("Wherever it is needed most"))]
    everyone = list(hospitals())
    others = [org for org in everyone if first is None or org.pk != first.pk]
    groups: Pairs = [
        (
            _("One region"),
            [(key, provinces.place(text)) for key, text in regions(everyone).items()],
        ),
        (_("One use"), [(f"{PURPOSE}:{key}", str(text)) for key, text in PURPOSES.items()]),
        (_("One hospital"), [(f"{HOSPITAL}:{org.code}", with_city(org)) for org in others]),
    ]
    listed = [*free, *((label, pairs) for label, pairs in groups if pairs)]
    if first is None:
        return listed
    own = _("This hospital: %(name)s") % {"name": name_of(first)}
    return [(f"{HOSPITAL}:{first.code}", own), *listed]


def regions(among: Iterable[Organisation] | None = None) -> dict[str, str]:
    """{`region:<code>`: name} of the provinces and cities where there are hospitals, by their
    credit codes."""
    found: dict[str, str] = {}
    for org in hospitals() if among is None else among:
        for code, name in _regions_of(org):
            found.setdefault(f"{REGION}:{code}", name)
    return dict(sorted(found.items()))


def _regions_of(org: Organisation) -> Iterable[tuple[str, str]]:
    """Province and city of a hospital; a city that its province runs itself has six digits."""
    code = (org.credit_code or "")[2:8]
    if not code or not org.province:
        return
    yield code[:2], org.province
    if org.city and org.city != org.province:
        yield (code if code[2:4] == "90" else code[:4]), f"{org.province} · {org.city}"


def known(designation: str) -> bool:
    """Whether it is one of the choices that there are."""
    kind, _colon, what = designation.partition(":")
    if kind == HOSPITAL:
        return hospitals().filter(code=what).exists()
    if kind == REGION:
        return designation in regions()
    return designation == FREE or (kind == PURPOSE and what in PURPOSES)


def hospital_of(designation: str) -> str:
    """The code of the hospital that is meant, or nothing."""
    kind, _colon, what = designation.partition(":")
    return what if kind == HOSPITAL else ""


def place_of(designation: str) -> str:
    """The name of the region that is meant, or nothing."""
    return regions().get(designation, "")


def described(designation: str, place: str = "") -> str:
    """In words; `place`: the region's name as it was then."""
    kind, _colon, what = designation.partition(":")
    if kind == HOSPITAL:
        found = by_code(what)
        return name_of(found) if found else what
    if kind == REGION:
        return provinces.place(place) or what
    return str(PURPOSES.get(what, _("Wherever it is needed most")))


def covers(designation: str, line: NeedLine, *, place: str = "") -> bool:
    """Whether goods so designated may go to this line of a need."""
    kind, _colon, what = designation.partition(":")
    hospital = line.need.hospital
    if kind == HOSPITAL:
        return hospital.code == what
    if kind == REGION:
        return lies_in(hospital, what, place)
    if kind == PURPOSE and what == "medical":
        return line.fitness != Fitness.COMMUNITY
    return kind != PURPOSE or line.fitness == what


def lies_in(hospital: Organisation, code: str, place: str) -> bool:
    """By its credit code; one known from a notice only has none, then by the region's name."""
    if hospital.credit_code:
        return hospital.credit_code[2:8].startswith(code)
    return place in (hospital.province, f"{hospital.province} · {hospital.city}")


def refuse_elsewhere(pledge: "Pledge", line: NeedLine) -> None:
    """Goods meant for somebody else than this line's hospital, region or use."""
    if not covers(pledge.designation, line, place=pledge.region):
        raise MoveRefused(_not_for(pledge, name_of(line.need.hospital)))


def refuse_hospital(pledge: "Pledge", hospital: Organisation) -> None:
    """The direct lane: the donor himself keeps to what he laid down, and goods for a hospital he
    is related to pass through a warehouse, where two people decide."""
    kind, _colon, what = pledge.designation.partition(":")
    meant = kind != HOSPITAL or hospital.code == what
    if not meant or (kind == REGION and not lies_in(hospital, what, pledge.region)):
        raise MoveRefused(_not_for(pledge, name_of(hospital)))
    if pledge.related_to == hospital.code:
        raise MoveRefused(
            _(
                "You are related to %(hospital)s, so this gift cannot go there straight. Please "
                "send it to a warehouse: two people of the charity decide."
            )
            % {"hospital": name_of(hospital)}
        )


def _not_for(pledge: "Pledge", hospital: str) -> str:
    return _(
        "The donor meant the gift %(code)s for: %(meant)s. It may not go to %(hospital)s for this "
        "use. With the donor's consent another use can be agreed on: ask for it at the gift."
    ) % {
        "code": pledge.code,
        "meant": described(pledge.designation, pledge.region),
        "hospital": hospital,
    }
