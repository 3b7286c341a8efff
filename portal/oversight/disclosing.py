"""The clocks of the law, and what the moves of a statement do (慈善法 72, 79; R14).

In an emergency a statement is due every five days from the campaign's beginning; in a campaign of
more than six months every three months; three months after its end a full report.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

import ledger.api as ledger
from portal.accounts.acting import CLOCK
from portal.campaigns.models import Campaign
from portal.oversight.disclosure_table import Drafted, FellDue, FellLate, Kind, StatementPublished
from portal.oversight.figures import figures
from portal.oversight.models import Disclosure
from portal.stages import engine
from portal.stages.clock import move_on
from portal.stages.engine import MoveRefused, Step
from portal.stages.models import Trail
from portal.stages.signing import signer

FIVE_DAYS = timedelta(days=5)
QUARTER, HALF_YEAR = 3, 6  # months
BEGUN = ("active", "paused", "ended", "closed_out")
RUNNING = ("active", "paused")
AT_ONCE = 200  # statements of one campaign that a tick opens


def tick(*, at: datetime) -> int:
    """Statements that fall due are opened, those whose day has passed become late; how many."""
    opened = sum(_open(campaign, at=at) for campaign in _begun())
    late = Disclosure.objects.filter(stage="due", due_at__lte=at)
    return opened + move_on(late, "fall_late", at=at)


def _begun() -> Iterator[Campaign]:
    """Campaigns that still owe statements."""
    begun = Campaign.objects.filter(stage__in=BEGUN).select_related("org").order_by("pk")
    return begun.exclude(disclosure__kind=Kind.FULL).iterator()


def _open(campaign: Campaign, *, at: datetime) -> int:
    """The statements of this campaign whose time has begun, one after the other; how many."""
    began = _time_of(campaign, "start")
    if began is None:
        return 0
    last = Disclosure.objects.filter(campaign=campaign).order_by("-no").first()
    no, begins, count = (last.no, last.due_at, 0) if last else (0, began, 0)
    if campaign.stage in RUNNING:
        for kind, months in _regular(campaign):
            while begins <= at and count < AT_ONCE:
                due = begins + FIVE_DAYS if not months else later(begins, months)
                no, count = no + 1, count + 1
                _begin(campaign, kind, no=no, begins=begins, due=due, at=at)
                begins = due
    elif (ended := _time_of(campaign, "end")) is not None:
        due = later(ended, QUARTER)
        _begin(campaign, Kind.FULL, no=no + 1, begins=min(begins, ended), due=due, at=at)
        count += 1
    return count


def _regular(campaign: Campaign) -> list[tuple[Kind, int]]:
    """(kind, months between two statements; 0: five days) of a campaign that runs."""
    if campaign.emergency:
        return [(Kind.EMERGENCY, 0)]
    first, last = campaign.starts_on, campaign.ends_on
    long = first is not None and last is not None and last > later_day(first, HALF_YEAR)
    return [(Kind.QUARTER, QUARTER)] if long else []


def _begin(
    campaign: Campaign, kind: Kind, *, no: int, begins: datetime, due: datetime, at: datetime
) -> None:
    engine.begin(
        Disclosure, "fall_due", actor=CLOCK, facts=FellDue(kind=kind), at=at, campaign=campaign,
        org=campaign.org, kind=kind, no=no, begins_at=begins, due_at=due,
    )  # fmt: skip


def _time_of(campaign: Campaign, move: str) -> datetime | None:
    taken = Trail.objects.filter(lifecycle="campaign", code=campaign.code, move=move)
    return taken.order_by("pk").values_list("at", flat=True).first()


def draft_statement(subject: Disclosure, facts: Drafted, step: Step) -> None:
    """The figures as they are now: of the entries since the last statement up to the newest one."""
    earlier = Disclosure.objects.filter(campaign=subject.campaign, no__lt=subject.no)
    open_one = earlier.exclude(stage="published").order_by("no").first()
    if open_one is not None:
        raise MoveRefused(
            _("Please publish %(code)s first: statements follow each other without a gap.")
            % {"code": open_one.code}
        )
    subject.first, subject.until = _window(subject, earlier.order_by("-no").first())
    subject.figures = figures(subject.campaign, first=subject.first, until=subject.until)
    subject.note, subject.drafted_by = facts.note, signer(step.actor)
    subject.save(update_fields=["first", "until", "figures", "note", "drafted_by"])
    step.target = subject.stage


def _window(subject: Disclosure, before: Disclosure | None) -> tuple[int, int]:
    """From where the last statement ended, or from the entry with which the campaign began."""
    size = ledger.size()
    if before is not None and before.until is not None:
        return before.until, size
    begun = Trail.objects.filter(lifecycle="campaign", code=subject.campaign.code, move="start")
    uid = begun.order_by("pk").values_list("uid", flat=True).first() or ""
    return ledger.index_of([uid]).get(uid, size), size


def publish_statement(subject: Disclosure, facts: StatementPublished, step: Step) -> None:
    """By a second person; what was late stays marked late."""
    if subject.drafted_by is None:
        raise MoveRefused(_("There is no draft yet. Please draft the statement first."))
    if not facts.checked:
        raise MoveRefused(_("Please tick that you have compared the figures with the papers."))
    subject.published_by = signer(step.actor, subject.drafted_by)
    subject.late = subject.late or step.at > subject.due_at
    subject.save(update_fields=["published_by", "late"])
    name_statement(subject, facts, step)


def name_statement(subject: Disclosure, facts: object, step: Step) -> None:
    """Every entry stands on the pages of campaign and organisation."""
    step.concern(subject.campaign.code, subject.org.code)


def name_late(subject: Disclosure, facts: FellLate, step: Step) -> None:
    subject.late = True
    subject.save(update_fields=["late"])
    step.open(late=True)
    name_statement(subject, facts, step)


def later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the month's last day."""
    day = later_day(moment, months)
    return moment.replace(year=day.year, month=day.month, day=day.day)


def later_day(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
