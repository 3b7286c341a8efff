"""Which organisations there are, and what they are called."""

from collections.abc import Iterable

from django.db.models import QuerySet

from portal.input.provinces import named
from portal.input.speaking import english
from portal.organisations.models import Organisation

ACTIVE = ("listed", "verified")
Kind = Organisation.Kind


def hospitals() -> QuerySet[Organisation]:
    """Hospitals that may be asked for and given to: listed or verified."""
    return _active(Kind.HOSPITAL)


def charities() -> QuerySet[Organisation]:
    """Verified charities."""
    return Organisation.objects.filter(kind=Kind.CHARITY, stage="verified").order_by(
        "legal_name", "pk"
    )


def body_choices(*, subject: object = None, actor: object = None) -> list[tuple[str, str]]:
    """(code, name) of the verified charities and authorities that may accept gifts for others."""
    kinds = (Kind.CHARITY, Kind.AUTHORITY)
    found = Organisation.objects.filter(kind__in=kinds, stage="verified")
    return [(org.code, name_of(org)) for org in found.order_by("legal_name", "pk")]


def verified(codes: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """(code, name) of the verified organisations; only of these codes where some are given."""
    found = Organisation.objects.filter(stage="verified")
    found = found if codes is None else found.filter(code__in=set(codes))
    return [(org.code, name_of(org)) for org in found.order_by("legal_name", "pk")]


def body_of(hospital: Organisation) -> Organisation | None:
    """The body through which alone gifts reach this hospital; None where they come straight."""
    return by_code(hospital.channel_body) if hospital.channel_body else None


def by_code(code: str) -> Organisation | None:
    return Organisation.objects.filter(code=code).first()


def by_credit_code(credit_code: str) -> Organisation | None:
    return Organisation.objects.filter(credit_code=credit_code).first()


def is_designated(org: Organisation) -> bool:
    """Whether it stands in the register of designated hospitals (定点) at this moment."""
    return Organisation.objects.filter(pk=org.pk, designated=True).exists()


def names(codes: Iterable[str]) -> dict[str, str]:
    """Code -> name in the reader's language, one query; an unknown code is left out."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    return {org.code: name_of(org) for org in Organisation.objects.filter(code__in=wanted)}


def name_of(org: Organisation) -> str:
    """The legal name; in English the English one where there is one."""
    return org.name_en if org.name_en and english() else org.legal_name


def with_city(org: Organisation) -> str:
    """`name, city`, for a choice in a form."""
    return ", ".join(filter(None, (name_of(org), named(org.city))))


def hospital_choices() -> list[tuple[str, str]]:
    """(code, "name, city") pairs of the hospitals, for a form."""
    return [(org.code, with_city(org)) for org in hospitals()]


def _active(kind: str) -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind=kind, stage__in=ACTIVE).order_by("legal_name", "pk")
