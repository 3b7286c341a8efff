"""Funds as activities, in the shape of the IATI activity standard 2.03 (XML).

Each fund is an activity of the charity that runs it; the portal reports for it (a secondary
reporter). What came in, fees and refunds are sums of a month, dated its first day; what was granted
and paid is one transaction a spending.
"""

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.tracking.api.answering import Problem, open_to_all
from portal.tracking.models import FundMonth, Organisation, Subject
from portal.tracking.open_data.grants import name_of, purpose_of
from portal.tracking.open_data.spending import Spending, identifier, spendings, yuan
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import conditional

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
STATUS = {"open": "2", "paused": "6", "closed": "4"}  # codelist ActivityStatus
ACCOUNTABLE, IMPLEMENTING = "2", "4"  # codelist OrganisationRole
CHARITY = "22"  # codelist OrganisationType: national NGO
RELIEF = "72010"  # codelist Sector, OECD DAC: material relief assistance and services
INCOMING, COMMITMENT, DISBURSEMENT, EXPENDITURE = "1", "2", "3", "4"  # codelist TransactionType
BY_MONTH = (("came", INCOMING, 1), ("refunded", INCOMING, -1), ("fee", EXPENDITURE, 1))
Both = tuple[str, str]
Sum = tuple[str, str, int]  # what, month, fen
SAID = {
    "came": _lazy("Gifts of the month"),
    "refunded": _lazy("Given back in the month"),
    "fee": _lazy("Fee kept"),
}


@open_to_all
def activities(request: HttpRequest) -> HttpResponse:
    """All funds. The standard knows no empty file, so without any it is a Problem."""
    version = seen()

    def made() -> HttpResponse:
        funds = list(Subject.objects.filter(kind="fund").order_by("pk"))
        if not funds:
            raise Problem(_("No fund was published yet, so there is no activity."), status=404)
        orgs = Organisation.objects.filter(code__in={fund.facts["org"] for fund in funds})
        known = {org.code: org for org in orgs}
        root = Element("iati-activities", {"version": "2.03"})
        by_fund: dict[str, list[Spending]] = {}
        for told in spendings():
            by_fund.setdefault(told.fund.code, []).append(told)
        sums = months_of([fund.code for fund in funds])
        for fund in funds:
            found = by_fund.get(fund.code, [])
            root.append(activity(fund, known[fund.facts["org"]], sums.get(fund.code, []), found))
        indent(root)
        body = b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8")
        return HttpResponse(body + b"\n", content_type="application/xml; charset=utf-8")

    return conditional(request, f"iati.{version}", made)


def activity(fund: Subject, org: Organisation, months: list[Sum], found: list[Spending]) -> Element:
    """One activity, its elements in the order that the schema prescribes."""
    facts, ref = fund.facts, identifier(org)
    made = Element("iati-activity", {"default-currency": "CNY", LANG: "zh", "humanitarian": "1"})
    made.set("last-updated-datetime", fund.since.isoformat())
    SubElement(made, "iati-identifier").text = f"{ref}-{fund.code}"
    reporter = {"ref": ref, "type": CHARITY, "secondary-reporter": "1"}
    _narrated(made, "reporting-org", name_of(org), attributes=reporter)
    _narrated(made, "title", str(facts["title_zh"]), str(facts.get("title_en") or ""))
    _narrated(made, "description", str(facts["title_zh"]), str(facts.get("title_en") or ""))
    for role in (ACCOUNTABLE, IMPLEMENTING):
        who = {"ref": ref, "role": role, "type": CHARITY}
        _narrated(made, "participating-org", name_of(org), attributes=who)
    SubElement(made, "activity-status", {"code": STATUS.get(fund.stage, "2")})
    for kind, day in _days(fund):
        SubElement(made, "activity-date", {"type": kind, "iso-date": day})
    SubElement(made, "recipient-country", {"code": "CN"})
    SubElement(made, "sector", {"vocabulary": "1", "code": RELIEF})
    for what, month, fen in months:
        kind, sign = next((k, s) for name, k, s in BY_MONTH if name == what)
        _transaction(made, kind, f"{month}-01", sign * fen, both(lambda: str(SAID[what])))  # noqa: B023 -- called at once
    for told in found:
        said = both(lambda: f"{purpose_of(told)} {told.code}")  # noqa: B023 -- called at once
        _transaction(made, COMMITMENT, told.granted.date().isoformat(), told.amount, said, told)
        if told.paid:
            _transaction(made, DISBURSEMENT, told.paid.isoformat(), told.amount, said, told)
    return made


def both(words: Callable[[], str]) -> Both:
    """(Chinese, English), whoever asks: a file is the same for every reader."""
    with translation.override("zh-hans"):
        chinese = words()
    with translation.override("en"):
        return chinese, words()


def months_of(funds: list[str]) -> dict[str, list[Sum]]:
    """{fund: (what, month, fen) in the order of time}; one question for all."""
    found: dict[str, list[Sum]] = {}
    rows = FundMonth.objects.filter(fund__in=funds, figure__in=SAID).exclude(amount=0)
    for row in rows.order_by("fund", "month", "figure"):
        found.setdefault(row.fund, []).append((row.figure, row.month, row.amount))
    return found


def _days(fund: Subject) -> Iterator[tuple[str, str]]:
    """(codelist ActivityDateType, day): planned and actual start, end."""
    yield "1", str(fund.facts["not_before"])[:10]
    yield "2", fund.opened_at.date().isoformat()
    yield "3", str(fund.facts["use_by"])[:10]
    if fund.stage == "closed":
        yield "4", fund.since.date().isoformat()


def _transaction(
    made: Element, kind: str, day: str, fen: int, said: Both, told: Spending | None = None
) -> None:
    """A date, a value in yuan, what it was; to which hospital."""
    row = SubElement(made, "transaction")
    if told is not None:
        row.set("ref", f"{told.code}-{kind}")
    SubElement(row, "transaction-type", {"code": kind})
    SubElement(row, "transaction-date", {"iso-date": day})
    SubElement(row, "value", {"value-date": day}).text = yuan(fen)
    _narrated(row, "description", *said)
    if told is not None:
        to = {"ref": identifier(told.recipient)}
        _narrated(row, "receiver-org", name_of(told.recipient), attributes=to)


def _narrated(
    parent: Element,
    name: str,
    text: str,
    english: str = "",
    attributes: dict[str, str] | None = None,
) -> None:
    made = SubElement(parent, name, attributes or {})
    SubElement(made, "narrative").text = text
    if english and english != text:
        SubElement(made, "narrative", {LANG: "en"}).text = english
