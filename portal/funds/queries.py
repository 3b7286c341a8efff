"""What forms and pages ask about funds, gifts of money and spending."""

from typing import Any

from django.db.models import QuerySet

from portal.accounts.acting import Actor
from portal.campaigns.queries import campaigns_of
from portal.catalogue import data
from portal.catalogue.queries import class_label, described, variants
from portal.evidence.models import File
from portal.funds.models import BankLine, Fund, MoneyGift, Spend
from portal.organisations.queries import hospital_choices
from portal.stages.forms import FreeRows

Pairs = list[tuple[str, Any]]


def campaign_choices(*, subject: object = None, actor: Actor | None = None) -> Pairs:
    return [(c.code, f"{c.title} · {c.code}") for c in campaigns_of(actor.org if actor else "")]


def class_choices(*, subject: object = None, actor: Actor | None = None) -> Pairs:
    return [(key, class_label(key)) for key in data.catalogue().classes]


def bought_choices(*, subject: object = None, actor: Actor | None = None) -> Pairs:
    """The items of the class that the spending was approved for."""
    found = variants()
    if isinstance(subject, Spend):
        found = found.filter(item__item_class=subject.item_class)
    return [(variant.key, described(variant)) for variant in found]


def to_announce(org: str) -> QuerySet[Spend]:
    """Spending of an organisation whose goods are bought and not on their way yet."""
    bought = Spend.objects.filter(stage__in=("paid", "accounted"), org__code=org, arrival="")
    return bought.exclude(bought=[]).select_related("recipient").order_by("-since", "-pk")


def recipient_choices(*, subject: object = None, actor: Actor | None = None) -> Pairs:
    return list(hospital_choices())


def fund_choices(*, subject: object = None, actor: Actor | None = None) -> Pairs:
    """The funds of the actor's organisation that take money now."""
    found = Fund.objects.filter(stage="open", org__code=actor.org if actor else "")
    return [(f.code, f"{f.title} · {f.code}") for f in found.order_by("-pk")]


open_fund_choices = fund_choices


def file_choices(*, subject: object = None, actor: Actor | None = None) -> Pairs:
    """The files about the organisation's funds, and about this very spending."""
    own = [subject.code] if isinstance(subject, Spend) else []
    funds = Fund.objects.filter(org__code=actor.org if actor else "").values_list("code", flat=True)
    found = File.objects.filter(code__in=[*own, *funds], sha256__gt="").order_by("-pk")
    return [(f.sha256, f"{f.code} · {f.get_shows_display()} · {f.sha256[:12]}") for f in found]


def as_set_up(*, subject: Fund, actor: Actor | None = None) -> dict[str, Any]:
    """The conditions as they are, for the form that changes them."""
    names = ("title_zh", "title_en", "not_before", "use_by", "cap", "fee_bp", "leftover")
    rows = {
        "purposes": "purpose",
        "item_classes": "item_class",
        "recipients": "hospital",
        "regions": "region",
        "papers": "paper",
    }
    first = {name: getattr(subject, name) for name in names}
    many = {
        name: FreeRows({fact: value} for value in getattr(subject, name))
        for name, fact in rows.items()
    }
    return {**first, **many, "campaign": subject.campaign.code}


def as_promised(*, subject: MoneyGift, actor: Actor | None = None) -> dict[str, Any]:
    return {"amount": subject.amount}


def as_proposed(*, subject: MoneyGift, actor: Actor | None = None) -> dict[str, Any]:
    """Whose it may be by the bank's line: the payer's name, and the fund of the promise."""
    line = BankLine.objects.filter(gift=subject).order_by("pk").first()
    if line is None:
        return {}
    promise = MoneyGift.objects.filter(code=line.proposed).select_related("fund").first()
    fund = promise.fund.code if promise and promise.fund else ""
    return {"donor_name": line.payer, "fund": fund}


def as_asked(*, subject: Spend, actor: Actor | None = None) -> dict[str, Any]:
    papers = FreeRows({"paper": kind, "file": digest} for kind, digest in subject.papers)
    names = ("purpose", "item_class", "amount", "supplier", "supplier_code")
    first = {name: getattr(subject, name) for name in names}
    return {**first, "recipient": subject.recipient.code, "papers": papers}


def as_seen(*, subject: Spend, actor: Actor | None = None) -> dict[str, Any]:
    """Amount and version that the approver sees, and approves."""
    return {"amount": subject.amount, "revision": subject.revision}
