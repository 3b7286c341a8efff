"""What the moves of a campaign do."""

from django.utils.translation import gettext as _

from portal.campaigns.models import Campaign
from portal.campaigns.stages import Filed, Paused, Planned
from portal.evidence import queries as evidence
from portal.input.addresses import clean_address
from portal.input.cleaning import Unclean
from portal.stages.engine import MoveRefused, Step
from portal.stages.signing import signer

PLAN = tuple(spec.name for spec in Planned.specs())


def plan(subject: Campaign, facts: Planned, step: Step) -> None:
    """Keep the plan; the account is the organisation's own, in its registered name (R19)."""
    if subject.org.kind != "charity" or subject.org.stage != "verified":
        raise MoveRefused(_("Only a verified charity raises money here."))
    if facts.ends_on < facts.starts_on:
        raise MoveRefused(
            _("The last day, %(last)s, lies before the first, %(first)s. Please mend one of them.")
            % {"last": facts.ends_on.isoformat(), "first": facts.starts_on.isoformat()}
        )
    if facts.account_holder != subject.org.legal_name:
        raise MoveRefused(
            _(
                "The account must belong to the organisation: its holder is “%(holder)s”, the "
                "registered name is “%(name)s”. Please give the organisation's own account."
            )
            % {"holder": facts.account_holder, "name": subject.org.legal_name}
        )
    if facts.platform:
        try:
            clean_address(facts.platform)
        except Unclean as unclean:
            raise MoveRefused(str(unclean)) from unclean
    for name in PLAN:
        setattr(subject, name, getattr(facts, name))
    subject.planned_by = signer(step.actor)
    subject.save(update_fields=[*PLAN, "planned_by"])


def file(subject: Campaign, facts: Filed, step: Step) -> None:
    """A second person publishes the plan with the number it is filed under."""
    subject.filed_by = signer(step.actor, subject.planned_by)
    subject.filing_number = facts.filing_number
    subject.save(update_fields=["filing_number", "filed_by"])
    step.concern(subject.org.code)


def start(subject: Campaign, facts: object, step: Step) -> None:
    """Only with the policy document on file: its digest is sealed with it."""
    if not evidence.of(subject.code):
        raise MoveRefused(
            _(
                "The plan's document is not here yet. Please file it under “Photos and papers” "
                "first: its digest is sealed, and everybody can compare."
            )
        )


def pause(subject: Campaign, facts: Paused, step: Step) -> None:
    """The reason stands wherever gifts would be taken (R14)."""
    subject.pause_reason = facts.reason
    subject.save(update_fields=["pause_reason"])
