"""Written corrections, questions of the public, and the statements that the law asks for."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, CLOCK, DONOR, MODERATOR
from portal.campaigns.models import Campaign
from portal.organisations.models import Organisation
from portal.oversight.correction_table import CORRECTION, Cause, Wrong
from portal.oversight.disclosure_table import DISCLOSURE, Kind
from portal.oversight.question_table import QUESTION, Topic
from portal.stages.facts import Choice
from portal.stages.models import Subject, different, stage_known


def _pairs(choice: type[Choice]) -> list[tuple[str, Any]]:
    return [(member.value, member.label) for member in choice]


class Correction(Subject):
    """What one sealed entry says wrong, and what is right. `record`: what the entry is about."""

    lifecycle = CORRECTION

    org = models.CharField(_("organisation"), max_length=12)
    record = models.CharField(_("about"), max_length=12)
    entry = models.BigIntegerField(_("entry"), default=0)
    uid = models.CharField(max_length=32, blank=True, editable=False)
    what = models.CharField(_("what is wrong"), max_length=12, choices=_pairs(Wrong), blank=True)
    said = models.TextField(_("what was published"), blank=True)
    right = models.TextField(_("what is right"), blank=True)
    reason = models.CharField(
        _("how it came about"), max_length=12, choices=_pairs(Cause), blank=True
    )
    note = models.TextField(_("in words"), blank=True)
    raised_by = models.BigIntegerField(null=True, editable=False)
    verified_by = models.BigIntegerField(null=True, editable=False)
    published_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("written correction")
        verbose_name_plural = _("written corrections")
        constraints = [
            stage_known(CORRECTION),
            different("raised_by", "verified_by", name="oversight_correction_two_people"),
            different("verified_by", "published_by", name="oversight_correction_three_people"),
        ]

    class Disclosure:
        open = ("org", "record", "entry", "what", "reason")
        named = ("said", "right", "note")
        internal = ("uid", "raised_by", "verified_by", "published_by")
        erased_with = ("record",)

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role == AUDITOR or actor.org == self.org


class Question(Subject):
    """One question about a published record, and its answer."""

    lifecycle = QUESTION

    record = models.CharField(_("about"), max_length=12)
    topic = models.CharField(_("topic"), max_length=12, choices=_pairs(Topic), blank=True)
    org = models.CharField(_("who is to answer"), max_length=12, blank=True)
    text = models.TextField(_("question"), blank=True)
    answer = models.TextField(_("answer"), blank=True)
    due_at = models.DateTimeField(_("to be answered by"), null=True)
    replied_at = models.DateTimeField(_("answer written"), null=True)
    replied_by = models.BigIntegerField(null=True, editable=False)
    late = models.BooleanField(_("late"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [stage_known(QUESTION)]
        indexes = [models.Index(fields=["stage", "due_at"], name="oversight_question_due")]

    class Disclosure:
        open = ("record", "topic", "org")
        named = ("text", "answer")
        internal = ("due_at", "replied_at", "replied_by", "late")
        erased_with = ("record",)

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role == DONOR:
            return self.pk is None  # anybody asks; nothing else is theirs
        if actor.role in (MODERATOR, CLOCK, AUDITOR):
            return True
        return bool(self.org) and actor.org == self.org


class Disclosure(Subject):
    """One statement of a campaign. It covers the entries `first` … `until` − 1 of the ledger: the
    windows of a campaign's statements follow each other without a gap."""

    lifecycle = DISCLOSURE

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, verbose_name=_("campaign"))
    org = models.ForeignKey(Organisation, on_delete=models.PROTECT, verbose_name=_("organisation"))
    kind = models.CharField(_("kind"), max_length=12, choices=_pairs(Kind))
    no = models.PositiveIntegerField(_("number"))
    begins_at = models.DateTimeField(_("from"))
    due_at = models.DateTimeField(_("due by"))
    first = models.BigIntegerField(_("from entry"), null=True)
    until = models.BigIntegerField(_("to entry"), null=True)
    figures = models.JSONField(_("figures"), default=dict)
    note = models.TextField(_("in words"), blank=True)
    late = models.BooleanField(_("late"), default=False)
    drafted_by = models.BigIntegerField(null=True, editable=False)
    published_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("disclosure statement")
        verbose_name_plural = _("disclosure statements")
        constraints = [
            stage_known(DISCLOSURE),
            different("drafted_by", "published_by", name="oversight_statement_two_people"),
            models.UniqueConstraint(fields=["campaign", "no"], name="oversight_statement_once"),
        ]
        indexes = [models.Index(fields=["stage", "due_at"], name="oversight_statement_due")]

    class Disclosure:
        open = (
            *("campaign", "org", "kind", "no", "begins_at", "due_at"),
            *("first", "until", "figures", "late"),
        )
        named = ("note",)
        internal = ("drafted_by", "published_by")

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role in (CLOCK, AUDITOR):
            return True
        return actor.org == self.org.code
