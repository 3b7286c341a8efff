"""What every subject has, the one table of codes, and the trail of moves."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.stages.facts import Facts
from portal.stages.table import Lifecycle, Move


class Subject(models.Model):
    """A thing with a journey. Its stage is written by the moves of `stages.engine` and by nothing
    else.

    Subclasses name their `lifecycle`, add `stage_known(LIFECYCLE)` to their constraints, and say in
    `reachable_by` whose subject it is. `read_along`: rows that every move asks for, read (not
    locked) with the subject.
    """

    lifecycle: ClassVar[Lifecycle]
    read_along: ClassVar[tuple[str, ...]] = ()

    code = models.CharField(_("code"), max_length=12, unique=True)
    stage = models.CharField(_("stage"), max_length=20)
    since = models.DateTimeField(_("since"))
    opened_at = models.DateTimeField(_("opened"))
    public_since = models.DateTimeField(_("public since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    class Disclosure:
        internal = ("id", "code", "stage", "since", "opened_at", "public_since", "version")

    def __str__(self) -> str:
        return self.code

    def reachable_by(self, actor: Actor) -> bool:
        """Whether this actor may know and move this very subject; the table says which moves.

        Nobody, until its part says whose it is.
        """
        return False

    @property
    def stage_label(self) -> str:
        return str(self.lifecycle.stage(self.stage).label)

    def prepare(self, facts: Facts) -> None:
        """Fill what the row must have before it is saved for the first time; the opening move's
        effect does the rest. May refuse."""

    def out_of_turn(self, move: Move, *, at: datetime) -> Exception | None:
        """The refusal of a move that its stage does not allow, where a part says more than which
        stage it is."""
        return None

    @classmethod
    def keep_refusal(
        cls,
        code: str,
        move: str,
        *,
        actor: Actor,
        facts: Facts | None,
        at: datetime,
        refusal: Exception,
    ) -> None:
        """Called when a move was refused and undone: a part may keep a row about it."""


def stage_known(lifecycle: Lifecycle) -> models.CheckConstraint:
    """The database's own copy of the list of stages, made from the table."""
    keys = [stage.key for stage in lifecycle.stages]
    return models.CheckConstraint(condition=Q(stage__in=keys), name=f"{lifecycle.key}_stage_known")


def different(first: str, second: str, *, name: str) -> models.CheckConstraint:
    """The database's own word: where both columns name a person, they name two."""
    unsigned = Q(**{first: None}) | Q(**{second: None})
    return models.CheckConstraint(condition=unsigned | ~Q(**{first: F(second)}), name=name)


class Minted(models.Model):
    """Every code ever given, of every kind: minted once, unique here."""

    code = models.CharField(max_length=12, primary_key=True)

    class Disclosure:
        internal = ("code",)


class Trail(models.Model):
    """The audit trail: one row for each move taken, sealed or not. Only added to."""

    lifecycle = models.CharField(max_length=20)
    code = models.CharField(max_length=12)
    move = models.CharField(max_length=30)
    source = models.CharField(max_length=20, blank=True)
    target = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    org = models.CharField(max_length=12, blank=True)
    who = models.CharField(max_length=40)
    at = models.DateTimeField()
    uid = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [models.Index(fields=["code"], name="stages_trail_code")]

    class Disclosure:
        internal = (
            "id",
            "lifecycle",
            "code",
            "move",
            "source",
            "target",
            "role",
            "org",
            "who",
            "at",
            "uid",
        )
