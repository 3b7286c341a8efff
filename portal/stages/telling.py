"""News for donors: each public stage that a part of a gift reaches goes to whoever left an
address."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from portal.notices import commands as notices
from portal.notices.commands import Words
from portal.stages.table import Lifecycle, Move


def tell_donors(
    table: Lifecycle, code: str, move: Move, *, target: str, codes: Iterable[str], at: datetime
) -> None:
    """Queued with the move, once for each public stage and subject; what is off the way is told
    too. What another move brings about is not told twice."""
    if move.within or not table.told:
        return
    stage = table.stage(target)

    def words(gift: str) -> Words:
        news = str(move.done or stage.label)
        said = _("%(news)s. %(text)s") if code == gift else _("%(news)s (%(code)s). %(text)s")
        told = said % {"news": news, "code": code, "text": stage.text}
        where = _("Where every piece of your gift is now:")
        address = notices.page("tracking:gift", gift)
        return Words(
            _("Your gift %(code)s: %(news)s") % {"code": gift, "news": news},
            f"{told}\n\n{where}\n{address}",
        )

    marked = stage.key if stage.detour else stage.public
    notices.tell(codes, step=f"{table.key}.{marked}", about=code, words=words, at=at)
