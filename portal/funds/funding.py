"""What the moves of a fund do."""

from django.db.models import Sum
from django.utils.translation import gettext as _

from ledger.core import codes
from ledger.core.postings import place
from portal.balance.models import Booked
from portal.campaigns.models import Campaign
from portal.funds.checks import balance_of
from portal.funds.drawing import draw, held, one
from portal.funds.models import Fund
from portal.funds.stages import Conditions, FeeTaken, Proceeds
from portal.input.amounts import yuan
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.signing import signer

PLAIN = ("title_zh", "title_en", "not_before", "use_by", "cap", "fee_bp", "leftover")
MOST_FEE = 1000  # 10 percent: 慈善法 Art. 61


def set_up(subject: Fund, facts: Conditions, step: Step) -> None:
    """Keep the conditions; what is unclear is refused before anybody gives."""
    campaign = Campaign.objects.filter(code=facts.campaign, org=subject.org).first()
    if campaign is None or campaign.public_since is None:
        raise MoveRefused(_("Please choose a campaign that has been filed."))
    if facts.use_by < facts.not_before:
        raise MoveRefused(
            _("It is to be spent by %(last)s but not before %(first)s. Please mend one of them.")
            % {"first": facts.not_before.isoformat(), "last": facts.use_by.isoformat()}
        )
    if facts.fee_bp > MOST_FEE:
        raise MoveRefused(
            _("At most %(most)s hundredths of a percent may be kept as fee, %(asked)s are asked.")
            % {"most": MOST_FEE, "asked": facts.fee_bp}
        )
    for name in PLAIN:
        setattr(subject, name, getattr(facts, name))
    subject.campaign = campaign
    subject.purposes = _once_each(row.purpose.value for row in facts.purposes)
    subject.item_classes = _once_each(row.item_class for row in facts.item_classes)
    subject.recipients = _once_each(row.hospital for row in facts.recipients)
    subject.regions = _once_each(row.region for row in facts.regions)
    subject.papers = _once_each(row.paper.value for row in facts.papers)
    subject.set_up_by = signer(step.actor)
    subject.save()


def publish(subject: Fund, facts: object, step: Step) -> None:
    """By a second person: from now on the conditions stand, and no move changes them."""
    subject.published_by = signer(step.actor, subject.set_up_by)
    subject.save(update_fields=["published_by"])
    step.concern(subject.org.code, subject.campaign.code)


def take_fee(subject: Fund, facts: FeeTaken, step: Step) -> None:
    """What the published rule allows and no fen more; taken from the oldest gifts."""
    came = received(subject)
    most, kept = came * subject.fee_bp // 10_000, held(place("fee", subject.code))
    if kept + facts.amount > most:
        raise MoveRefused(
            _(
                "The fund's rule allows ¥%(most)s as fee (%(rate)s hundredths of a percent of "
                "¥%(came)s); ¥%(kept)s are kept already, so ¥%(asked)s are ¥%(over)s too many."
            )
            % {
                "most": yuan(most),
                "rate": subject.fee_bp,
                "came": yuan(came),
                "kept": yuan(kept),
                "asked": yuan(facts.amount),
                "over": yuan(kept + facts.amount - most),
            }
        )
    left = balance_of(subject)
    if facts.amount > left:
        raise MoveRefused(
            _("The fund holds ¥%(left)s, ¥%(asked)s are asked for. Please ask for less.")
            % {"left": yuan(left), "asked": yuan(facts.amount)}
        )
    take_more_fee(subject, facts, step)


def take_more_fee(subject: Fund, facts: FeeTaken, step: Step) -> None:
    postings, left = draw(place("fund", subject.code), place("fee", subject.code), facts.amount)
    step.post(*postings)
    if left:
        rest = FeeTaken(amount=left)
        step.then(
            lambda: engine.follow(
                subject, "take_more_fee", actor=step.actor, facts=rest, at=step.at
            )
        )


def receive_proceeds(subject: Fund, facts: Proceeds, step: Step) -> None:
    """What a sale of goods brought comes back under the gift whose goods were sold (R12)."""
    if not (codes.check(facts.gift) and facts.gift[0] in "GP"):
        raise MoveRefused(_("Please name the gift whose goods were sold."))
    fund = place("fund", subject.code)
    step.post(one(facts.gift, place("buyer", subject.code), fund, facts.amount))
    step.concern(facts.lot)
    step.target = subject.stage


def close(subject: Fund, facts: object, step: Step) -> None:
    """Nothing may be left in it, set aside or not."""
    left = balance_of(subject)
    waiting = subject.spend_set.filter(stage__in=("requested", "approved_once", "approved"))
    aside = waiting.aggregate(all=Sum("amount"))["all"] or 0
    if left or aside:
        raise MoveRefused(
            _(
                "The fund still holds ¥%(left)s, and ¥%(aside)s are asked for or set aside. "
                "Please spend it, or give it another purpose by consent or filing, first."
            )
            % {"left": yuan(left), "aside": yuan(aside)}
        )


def received(fund: Fund) -> int:
    """What has come into a fund from outside or from another fund, less what left it for another
    fund or was taken back; by its postings, in fen."""
    own = place("fund", fund.code)
    came = Booked.objects.filter(to_place=own).exclude(from_place__startswith="committed:")
    went = Booked.objects.filter(from_place=own, to_place__regex="^(fund|donor|unidentified):")
    return _sum(came) - _sum(went)


def _sum(rows) -> int:  # type: ignore[no-untyped-def]  # a queryset of Booked
    return int(rows.aggregate(all=Sum("amount"))["all"] or 0)


def _once_each(values) -> list[str]:  # type: ignore[no-untyped-def]  # any iterable of text
    return list(dict.fromkeys(str(value) for value in values))
