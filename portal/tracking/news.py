"""News for followers, from what was projected and from nothing else: one mail for each code that
somebody follows, with what was sealed about it since the last round."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.notices import following
from portal.notices.commands import Words
from portal.tracking import telling
from portal.tracking.models import Cursor, Line, Link
from portal.tracking.projection.projecting import seen

TOLD = 2  # the cursor's row: how far followers were told
AT_ONCE = 2000  # entries of one round
MOST = 20  # of them in one mail


@transaction.atomic(durable=True)
def tell(*, at: datetime) -> int:
    """One round; how many mails it made. The first round begins with what comes after it."""
    _row, new = Cursor.objects.get_or_create(pk=TOLD, defaults={"next": seen()})
    cursor = Cursor.objects.select_for_update().get(pk=TOLD)
    until = min(seen(), cursor.next + AT_ONCE)
    if new or until <= cursor.next:
        return 0
    news = _news(cursor.next, until)
    rows = following.followers_of(news)
    for row in rows:
        key = f"follow:{row.pk}:{until}"
        following.tell(row, key=key, words=lambda row=row: _words(row.code, news[row.code]), at=at)  # type: ignore[misc]  # bound now
    Cursor.objects.filter(pk=TOLD).update(next=until)
    return len(rows)


def _news(first: int, until: int) -> dict[str, list[Line]]:
    """{code: its entries of this window}, and what corrects something."""
    found = defaultdict[str, list[Line]](list)
    links = Link.objects.filter(line_id__gte=first, line_id__lt=until).order_by("line_id", "code")
    for link in links.select_related("line"):
        found[link.code].append(link.line)
    fixes = Line.objects.filter(seq__gte=first, seq__lt=until).exclude(corrects="")
    if fixes:
        found[following.CORRECTIONS] = list(fixes.order_by("seq"))
    return dict(found)


def _words(code: str, lines: list[Line]) -> Words:
    """Open facts only: a mail is a copy that no erasure reaches."""
    told = [
        f"{timezone.localtime(line.recorded_at):%Y-%m-%d %H:%M}  {telling.title(line)}"
        for line in lines[-MOST:]
    ]
    return Words(
        _("News of %(code)s") % {"code": code},
        "\n".join(told) + f"\n\n{following.page_of(code)}",
    )
