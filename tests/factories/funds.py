"""Campaigns, funds, gifts of money and spending, made by the real moves."""

from dataclasses import replace
from datetime import date
from itertools import count

from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.campaigns.models import Campaign
from portal.campaigns.stages import Filed, Planned
from portal.evidence.models import File, Shows, Stage
from portal.funds.models import Fund, MoneyGift, Spend
from portal.funds.money_stages import Entered
from portal.funds.spend_stages import (
    Approved,
    Bought,
    BoughtLine,
    Paid,
    PaperFiled,
    Requested,
    SecondApproval,
)
from portal.funds.stages import (
    ClassRow,
    Conditions,
    Paper,
    PaperRow,
    Purpose,
    PurposeRow,
    RecipientRow,
    RegionRow,
)
from portal.stages import engine
from portal.warehouse.models import Arrival
from tests.factories.clock import AT
from tests.factories.organisations import create_charity, create_hospital, credit_code
from tests.factories.people import actor_of, create_member
from tests.factories.warehouse import announced, count_note, keeper_of, sign_in
from tests.remembering import remembered

numbers = count(1)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = date(2026, 3, 1)
YUAN = 100


def member_of(org, role=Role.FINANCE):
    """Somebody of the organisation, as an actor with a person behind it."""
    person = create_member(role, org=org.code)
    return Actor(role=role, org=org.code, person_id=person.pk, name=person.username)


def plan_of(org, **facts):
    words = ("purpose", "area", "ways", "beneficiaries", "use", "cost", "remainder")
    known = {
        "title_zh": "抗疫专项",
        "title_en": "Epidemic relief",
        "starts_on": FIRST,
        "ends_on": LAST,
        "in_charge": "示例甲",
        "office": "示例路 1 号",
        "account_holder": org.legal_name,
        "account_bank": "示例银行",
        "account_number": f"4200000{next(numbers):08d}",
    }
    return Planned(**dict.fromkeys(words, "as filed") | known | facts)


def file_about(code, shows=Shows.NOTE):
    """A paper about the thing, as evidence keeps it; its bytes are no matter here."""
    digest = f"{next(numbers):064x}"
    return File.objects.create(
        code=code, stage=Stage.KEPT, shows=shows, media="application/pdf", size=1, sha256=digest,
        repeats="no", at=AT,
    )  # fmt: skip


@remembered
def create_campaign(*, org=None, stage="active", at=AT, **facts):
    org = org or create_charity()
    coordinator = member_of(org, Role.COORDINATOR)
    plan = plan_of(org, **facts)
    campaign = engine.begin(Campaign, "plan", actor=coordinator, facts=plan, at=at, org=org)
    if stage == "draft":
        return campaign
    filed = Filed(filing_number=f"F{next(numbers):08d}")
    publisher = member_of(org, Role.PUBLISHER)
    campaign = engine.advance(Campaign, campaign.code, "file", actor=publisher, facts=filed, at=at)
    if stage == "active":
        file_about(campaign.code)
        return engine.advance(Campaign, campaign.code, "start", actor=coordinator, at=at)
    return campaign


def conditions(campaign, **facts):
    known = {
        "title_zh": "口罩专项",
        "title_en": "Masks",
        "purposes": (Purpose.PROTECTION,),
        "item_classes": ("mask",),
        "recipients": (),
        "regions": (),
        "papers": (),
        "not_before": FIRST,
        "use_by": LAST,
        "cap": None,
        "fee_bp": 500,
        "leftover": "To similar purposes",
    } | facts
    rows = {
        "purposes": lambda v: PurposeRow(purpose=v),
        "item_classes": lambda v: ClassRow(item_class=v),
        "recipients": lambda v: RecipientRow(hospital=v.code),
        "regions": lambda v: RegionRow(region=v),
        "papers": lambda v: PaperRow(paper=Paper(v)),
    }
    made = {name: tuple(row(v) for v in known.pop(name)) for name, row in rows.items()}
    return Conditions(campaign=campaign.code, **known, **made)


@remembered
def create_fund(*, campaign=None, stage="open", at=AT, **facts):
    campaign = campaign or create_campaign(at=at)
    org = campaign.org
    actor = member_of(org)
    fund = engine.begin(
        Fund, "set_up", actor=actor, facts=conditions(campaign, **facts), at=at, org=org,
    )  # fmt: skip
    if stage == "draft":
        return fund
    publisher = member_of(org, Role.PUBLISHER)
    return engine.advance(Fund, fund.code, "publish", actor=publisher, at=at)


@remembered
def give(fund, amount, *, actor=None, at=AT, org=None, **facts):
    """A gift of money that is on the account; of no fund: not identified. `amount` in fen."""
    org = org or fund.org
    known = {"received_on": DAY, "bank_serial": f"S{next(numbers):010d}"} | facts
    entered = Entered(amount=amount, fund=fund.code if fund else "", **known)
    return engine.begin(
        MoneyGift, "enter", actor=actor or member_of(org), facts=entered, at=at, org=org,
    )  # fmt: skip


def asked(fund, recipient, amount, **facts):
    known = {
        "fund": fund.code,
        "purpose": Purpose.PROTECTION,
        "item_class": "mask",
        "amount": amount,
        "recipient": recipient.code,
        "supplier": "示例供应商",
        "supplier_code": credit_code(9000 + next(numbers), kind="donor"),
        "papers": (),
    } | facts
    papers = known.pop("papers")
    rows = tuple(PaperFiled(paper=Paper(kind), file=digest) for kind, digest in papers)
    return Requested(**known, papers=rows)


def request(fund, amount, *, recipient=None, actor=None, at=AT, **facts):
    recipient = recipient or create_hospital()
    return engine.begin(
        Spend, "request", actor=actor or member_of(fund.org),
        facts=asked(fund, recipient, amount, **facts), at=at, org=fund.org,
    )  # fmt: skip


def approve(spend, *, actor=None, at=AT, amount=None, revision=None):
    """The approval that is due, by somebody new."""
    spend.refresh_from_db()
    seen = {"amount": amount or spend.amount, "revision": revision or spend.revision}
    again = spend.stage == "approved_once"
    move, facts = ("approve_again", SecondApproval) if again else ("approve", Approved)
    actor = actor or member_of(spend.org)
    return engine.advance(Spend, spend.code, move, actor=actor, facts=facts(**seen), at=at)


def pay(spend, *, actor=None, at=AT, paid_on=DAY):
    facts = Paid(paid_on=paid_on, bank_reference=f"B{next(numbers):010d}")
    actor = actor or member_of(spend.org)
    return engine.advance(Spend, spend.code, "pay", actor=actor, facts=facts, at=at)


def spend(fund, amount, **facts):
    """Asked for, approved by two, paid."""
    made = request(fund, amount, **facts)
    approve(made)
    approve(made)
    return pay(made)


def buy(spend, *lines, actor=None, at=AT, invoice="发票 1"):
    """What was bought for it: (variant, pieces, fen) rows."""
    rows = tuple(BoughtLine(variant=key, quantity=n, paid=fen) for key, n, fen in lines)
    facts = Bought(lines=rows, invoice=invoice)
    actor = actor or member_of(spend.org)
    return engine.advance(Spend, spend.code, "buy", actor=actor, facts=facts, at=at)


def announce_bought(spend, house, *, actor=None, at=AT):
    """Its goods are on their way to a warehouse of the same charity."""
    quantities = {no: row[1] for no, row in enumerate(spend.bought, start=1)}
    facts = replace(announced(house, quantities), spend=spend.code)
    actor = actor or actor_of(Role.COORDINATOR, org=spend.org.code)
    return engine.begin(Arrival, "announce", actor=actor, facts=facts, at=at)


def bought_in(spend, house, *lines, at=AT, **differences):
    """Bought, announced, counted, inspected, taken into custody; the arrival."""
    made = announce_bought(buy(spend, *lines, at=at), house, at=at)
    note = count_note(made, **differences)
    counted = engine.advance(Arrival, made.code, "count", actor=keeper_of(house), facts=note, at=at)
    return sign_in(counted, at=at)
