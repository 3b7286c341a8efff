"""What pages and commands ask about photos and papers."""

from collections.abc import Collection

from django.db.models import QuerySet

from portal.evidence.limits import ALIKE
from portal.evidence.models import File, Stage, State

SAME, NEAR, NEW = "same", "alike", "no"


def of(code: str) -> list[File]:
    """All that is kept about one thing, the oldest first."""
    return list(File.objects.filter(code=code).exclude(stage=Stage.ERASED).order_by("pk"))


def waiting() -> QuerySet[File]:
    """What waits for a second person's look, the oldest first."""
    return File.objects.filter(stage=Stage.WAITING).order_by("at", "pk")


def is_shown(code: str) -> bool:
    """Whether a photo or paper about it was ever sent, also where it was erased since."""
    return File.objects.filter(code=code).exists()


def published(sha256: str) -> File | None:
    """The file whose public copy this is."""
    rows = File.objects.filter(copy_sha256=sha256, stage=Stage.PUBLISHED)
    return rows.exclude(published="").order_by("pk").first()


def damaged(copies: Collection[str]) -> set[str]:
    """Of these public copies those that the last check found damaged, lost or wrong; one query."""
    if not copies:
        return set()
    rows = File.objects.filter(copy_sha256__in=copies, stage=Stage.PUBLISHED)
    return set(rows.exclude(state=State.GOOD).values_list("copy_sha256", flat=True))


def recorded_by(who: str) -> set[str]:
    """The events in which this account sent or published something."""
    account = who.removeprefix("person:")
    rows = File.objects.filter(who=who).values_list("uid", flat=True)
    looked = File.objects.none()
    if account.isdigit():
        looked = File.objects.filter(reviewer=int(account)).exclude(published="")
    return {*rows, *looked.values_list("published", flat=True)}


def earlier(
    *, sha256: str, alike: str, codes: Collection[str], pk: int = 0
) -> list[tuple[str, File]]:
    """Files about something else, of other gifts, that are the same or look the same."""
    own = set(codes)
    same = list(File.objects.filter(sha256=sha256).exclude(pk=pk))
    near = [] if not alike else _near(alike, but={pk, *(file.pk for file in same)})
    told = [(SAME, file) for file in same] + [(NEAR, file) for file in near]
    return [(how, file) for how, file in told if own.isdisjoint(file.codes)]


def _near(alike: str, *, but: set[int]) -> list[File]:
    """Photos that differ in a few of their 64 bits."""
    own = int(alike, 16)
    rows = File.objects.exclude(alike="").values_list("pk", "alike").iterator()
    found = [pk for pk, other in rows if (own ^ int(other, 16)).bit_count() <= ALIKE]
    return list(File.objects.filter(pk__in=set(found) - but).order_by("pk"))
