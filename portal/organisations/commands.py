"""What the moves of an organisation do."""

from django.utils.translation import gettext as _

from portal.input.addresses import clean_address
from portal.input.cleaning import Unclean, clean_text
from portal.notices import commands as notices
from portal.organisations.models import Organisation
from portal.organisations.queries import body_choices
from portal.organisations.stages import (
    Channel,
    ChannelSet,
    ContactSet,
    Designated,
    Entered,
    KnownFrom,
    Renamed,
    Undesignated,
)
from portal.stages.engine import MoveRefused, Step


def choose_entry(subject: Organisation, facts: Entered, step: Step) -> None:
    """From a notice: listed, with the notice's address. By its own application: applied, with its
    credit code."""
    try:
        clean_text(subject.legal_name, limit=120)
        if facts.source:
            clean_address(facts.source)
    except Unclean as unclean:
        raise MoveRefused(str(unclean)) from unclean
    if not subject.legal_name:
        raise MoveRefused(_("Please give the organisation's legal name."))
    if facts.known_from is KnownFrom.NOTICE:
        if not facts.source:
            raise MoveRefused(_("Please give the address of the notice it is known from."))
        step.target = "listed"
        return
    if not subject.credit_code:
        raise MoveRefused(
            _("Please give the unified social credit code: an application needs one.")
        )
    step.target = "applied"


def rename(subject: Organisation, facts: Renamed, step: Step) -> None:
    """The new names; the stage stays."""
    try:
        subject.legal_name = clean_text(facts.legal_name, limit=120)
        subject.name_en = clean_text(facts.name_en, limit=160)
    except Unclean as unclean:
        raise MoveRefused(str(unclean)) from unclean
    if not subject.legal_name:
        raise MoveRefused(_("Please give the organisation's legal name."))
    subject.save(update_fields=["legal_name", "name_en"])
    step.target = subject.stage


def set_channel(subject: Organisation, facts: ChannelSet, step: Step) -> None:
    """Straight from donors, or only through one body, which is named in public; the stage stays."""
    if subject.kind != Organisation.Kind.HOSPITAL:
        raise MoveRefused(_("Only for a hospital is it set how gifts reach it."))
    if facts.channel is Channel.BODY:
        if facts.body not in dict(body_choices()):
            raise MoveRefused(_("Please choose the body that accepts gifts for this hospital."))
    elif facts.body:
        raise MoveRefused(
            _("A body stands only beside “Through a named body”. Please empty it or choose that.")
        )
    subject.channel, subject.channel_body = facts.channel, facts.body
    subject.save(update_fields=["channel", "channel_body"])
    step.concern(facts.body)
    step.target = subject.stage


def designate(subject: Organisation, facts: Designated, step: Step) -> None:
    """In the register of designated hospitals (定点) from now on; the stage stays."""
    if subject.kind != Organisation.Kind.HOSPITAL:
        raise MoveRefused(_("Only hospitals stand in the designated register."))
    _register(subject, facts.notice, step, designated=True)


def undesignate(subject: Organisation, facts: Undesignated, step: Step) -> None:
    """Off the register: goods go there only with a second approver and a published reason."""
    _register(subject, facts.notice, step, designated=False)


def _register(subject: Organisation, notice: str, step: Step, *, designated: bool) -> None:
    try:
        if notice:
            clean_address(notice)
    except Unclean as unclean:
        raise MoveRefused(str(unclean)) from unclean
    if subject.designated == designated:
        raise MoveRefused(_("The register says so already."))
    subject.designated = designated
    subject.save(update_fields=["designated"])
    step.open(designated=designated)
    step.target = subject.stage


def set_contact(subject: Organisation, facts: ContactSet, step: Step) -> None:
    """Kept with the notices, encrypted, and nowhere else."""
    step.target = subject.stage
    if not notices.follow(subject.code, to=facts.email, at=step.at):
        raise MoveRefused(_("This is no e-mail address. Please type one like office@a.example."))
