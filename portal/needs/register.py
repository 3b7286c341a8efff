"""Which organisation of the register a hospital of a list is; what contradicts it is refused."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.needs.reading import ReadRow
from portal.organisations.models import Organisation


@dataclass(frozen=True)
class Known:
    """The hospital in the register (None: a new one), or why its rows cannot be taken."""

    organisation: Organisation | None = None
    refusal: str = ""
    remark: str = ""


def hospital_in_register(rows: list[ReadRow], *, city: str, taken: dict[str, str]) -> Known:
    """Found by credit code, else by name and city. `taken`: the file's credit codes so far."""
    name = rows[0].hospital
    given = {row.credit_code for row in rows if row.credit_code}
    if len(given) > 1:
        return Known(
            refusal=_("The lines of %(name)s give different credit codes.") % {"name": name}
        )
    credit_code = next(iter(given), "")
    if credit_code and taken.setdefault(credit_code, name) != name:
        return Known(refusal=_belongs(taken[credit_code]))
    owner = Organisation.objects.filter(credit_code=credit_code or None).first()
    if credit_code and owner is not None:
        hospital = owner.kind == Organisation.Kind.HOSPITAL
        same = hospital and owner.legal_name == name
        return Known(organisation=owner) if same else Known(refusal=_belongs(owner.legal_name))
    return _by_name(name, city, credit_code)


def _by_name(name: str, city: str, credit_code: str) -> Known:
    named = Organisation.objects.filter(legal_name=name, kind=Organisation.Kind.HOSPITAL)
    found = [org for org in named.order_by("pk") if _one_place(org.city, city)]
    if not found:
        return Known()
    if len(found) > 1:
        return Known(
            refusal=_("There are several hospitals called %(name)s. Please give the city.")
            % {"name": name}
        )
    (org,) = found
    if credit_code and org.credit_code:
        return Known(
            refusal=_("In the register %(name)s has another credit code.") % {"name": name}
        )
    remark = _("The credit code was left out: only the authority changes the register.")
    return Known(organisation=org, remark=remark if credit_code else "")


def _belongs(name: str) -> str:
    return _("The credit code belongs to %(name)s.") % {"name": name}


def _one_place(one: str, other: str) -> bool:
    """The same city, with or without 市; an empty one fits any."""
    return not one or not other or one.removesuffix("市") == other.removesuffix("市")
