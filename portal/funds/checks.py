"""What a fund lets be spent: one rule after another, each named, with its figures (Y2, Y3)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from ledger.core.postings import place
from portal.accounts.acting import accounts_of
from portal.accounts.models import Grant
from portal.evidence import queries as evidence
from portal.funds import labels
from portal.funds.drawing import held
from portal.funds.models import Fund, Spend
from portal.funds.refusing import Broken
from portal.input.amounts import yuan
from portal.input.speaking import Many
from portal.organisations.models import Organisation
from portal.organisations.queries import ACTIVE, by_credit_code

LIVE = ("requested", "approved_once", "approved", "paid", "accounted")


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to spend, and who has had a hand in it. `amount` in fen."""

    fund: Fund
    purpose: str
    item_class: str
    amount: int
    recipient: Organisation
    papers: tuple[tuple[str, str], ...]  # (kind, digest of the file)
    supplier_code: str
    people: tuple[int, ...]
    day: date
    besides: str = ""  # code of the spend itself: it does not count against itself


def broken(wanted: Wanted) -> list[Broken]:
    """Every rule that this would break, in the order of the list below."""
    return [one for rule in RULES for one in rule(wanted)]


def _open(w: Wanted) -> Iterator[Broken]:
    if w.fund.stage != "open":
        text = _("Rule “open fund”: the fund %(fund)s is not open. Please wait until it is.")
        yield Broken("fund", text, {"fund": w.fund.code})


def _purpose(w: Wanted) -> Iterator[Broken]:
    if w.purpose not in w.fund.purposes:
        text = _(
            "Rule “purpose”: asked for is “%(asked)s”, but the fund %(fund)s is only for: "
            "%(allowed)s. Please take another fund; changing the purpose needs the donors' "
            "consent or a filing."
        )
        allowed = Many(labels.purpose, w.fund.purposes)
        figures = {"asked": labels.purpose(w.purpose), "fund": w.fund.code, "allowed": allowed}
        yield Broken("purpose", text, figures)


def _item_class(w: Wanted) -> Iterator[Broken]:
    if w.item_class not in w.fund.item_classes:
        text = _(
            "Rule “what may be bought”: asked for is “%(asked)s”, but the fund %(fund)s buys "
            "only: %(allowed)s."
        )
        allowed = Many(labels.item_class, w.fund.item_classes)
        asked = labels.item_class(w.item_class)
        yield Broken("item_class", text, {"asked": asked, "fund": w.fund.code, "allowed": allowed})


def _recipient(w: Wanted) -> Iterator[Broken]:
    known = w.recipient.kind == Organisation.Kind.HOSPITAL and w.recipient.stage in ACTIVE
    named = not w.fund.recipients or w.recipient.code in w.fund.recipients
    if not (known and named):
        text = _(
            "Rule “recipient”: %(code)s is not among the recipients of the fund %(fund)s "
            "(%(count)s are named; none named: every hospital in the register)."
        )
        figures = {"code": w.recipient.code, "fund": w.fund.code, "count": len(w.fund.recipients)}
        yield Broken("recipient", text, figures)


def _region(w: Wanted) -> Iterator[Broken]:
    places = {w.recipient.province, w.recipient.city} - {""}
    if w.fund.regions and not places & set(w.fund.regions):
        text = _("Rule “region”: the recipient is in %(place)s, the fund is for: %(allowed)s.")
        place = " ".join(sorted(places)) or "-"
        allowed = Many(str, w.fund.regions)
        yield Broken("region", text, {"place": place, "allowed": allowed})


def _window(w: Wanted) -> Iterator[Broken]:
    first, last = w.fund.not_before, w.fund.use_by
    if (first and w.day < first) or (last and w.day > last):
        text = _(
            "Rule “time limit”: the fund %(fund)s is spent from %(first)s to %(last)s, "
            "and this is %(day)s."
        )
        figures = {"fund": w.fund.code, "first": first, "last": last, "day": w.day.isoformat()}
        yield Broken("window", text, figures)


def _cap(w: Wanted) -> Iterator[Broken]:
    if w.fund.cap is None:
        return
    others = Spend.objects.filter(fund=w.fund, recipient=w.recipient, stage__in=LIVE)
    spent = others.exclude(code=w.besides).aggregate(all=Sum("amount"))["all"] or 0
    if spent + w.amount > w.fund.cap:
        text = _(
            "Rule “cap”: one recipient gets at most ¥%(cap)s from the fund %(fund)s. "
            "¥%(spent)s are asked for or spent for it already, ¥%(asked)s more are ¥%(over)s "
            "too many."
        )
        over = spent + w.amount - w.fund.cap
        figures = {"cap": yuan(w.fund.cap), "fund": w.fund.code, "spent": yuan(spent)}
        yield Broken("cap", text, {**figures, "asked": yuan(w.amount), "over": yuan(over)})


def _papers(w: Wanted) -> Iterator[Broken]:
    if not w.fund.papers:
        return
    files = {file.sha256 for code in (w.fund.code, w.besides) if code for file in evidence.of(code)}
    there = {kind for kind, digest in w.papers if digest in files}
    missing = [kind for kind in w.fund.papers if kind not in there]
    if missing:
        text = _(
            "Rule “documents”: the fund %(fund)s needs %(needed)s documents with every request, "
            "%(count)s are missing: %(missing)s. Please file them with the fund first."
        )
        figures = {"fund": w.fund.code, "needed": len(w.fund.papers), "count": len(missing)}
        yield Broken("papers", text, {**figures, "missing": Many(labels.paper, missing)})


def _balance(w: Wanted) -> Iterator[Broken]:
    left = balance_of(w.fund)
    if w.amount > left:
        text = _(
            "Rule “balance”: the fund %(fund)s holds ¥%(left)s, ¥%(asked)s are asked for: "
            "¥%(over)s too many."
        )
        figures = {"fund": w.fund.code, "left": yuan(left), "asked": yuan(w.amount)}
        yield Broken("balance", text, {**figures, "over": yuan(w.amount - left)})


def _supplier(w: Wanted) -> Iterator[Broken]:
    supplier = by_credit_code(w.supplier_code)
    if supplier is None:
        return
    accounts = {account for person in w.people for account in accounts_of(person)}
    ours = Grant.objects.filter(person__in=accounts, org=supplier.code, until=None).exists()
    if ours or supplier.pk == w.fund.org_id:
        text = _(
            "Rule “no interested party”: the supplier %(code)s is the own organisation of one "
            "of the %(people)s people who ask for or approve this. Please take another supplier."
        )
        yield Broken("supplier", text, {"code": supplier.code, "people": len(w.people)})


RULES: tuple[Callable[[Wanted], Iterator[Broken]], ...] = (
    *(_open, _purpose, _item_class, _recipient, _region, _window),
    *(_cap, _papers, _balance, _supplier),
)


OF_GOODS = (_purpose, _item_class, _recipient, _region)


def broken_by_goods(wanted: Wanted) -> list[Broken]:
    """The conditions that bind what was bought, long after it was paid."""
    return [one for rule in OF_GOODS for one in rule(wanted)]


def balance_of(fund: Fund) -> int:
    """What a fund holds now, in fen."""
    return held(place("fund", fund.code))
