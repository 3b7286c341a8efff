"""Whether the site's own tables are of the same time as the log, asked when a worker starts (F-28).

Somebody may have restored only some tables, or rebuilt the log from files that are newer than the
database. Moves taken on such tables would contradict what is sealed, so the log is closed, as by
an operator's word, until one has decided: a whole database is put in place, or `readonly --leave`
accepts how it is. What was accepted is not asked again.
"""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from ledger import modes, reading, releasing
from ledger.models import Journal


def check(*, at: datetime) -> str:
    """Ask settings.LEDGER_AT_START; the reason why the log is closed now, or "". NoLog."""
    if reading.head().mode in modes.CLOSED:
        return ""
    left = Journal.objects.filter(kind=releasing.REOPENED).order_by("-id").first()
    for name in settings.LEDGER_AT_START:
        if why := import_string(name)(since=left.size if left else 0):
            releasing.close(why, at=at)
            return str(why)
    return ""
