"""Whether the trail of moves and the log are of one time: what the ledger asks at a worker's
start."""

import ledger.api as ledger
from portal.stages.models import Trail
from portal.stages.table import lifecycle

NEWEST = 1000  # so many entries are looked at


def other_time(*, since: int) -> str:
    """Which entry or move shows that they are not, or "". Entries below `since` are accepted.

    Five questions to the database, however long the log is.
    """
    size = ledger.size()
    entries = ledger.entries(max(since, size - NEWEST), size)
    told = {e.uid: e for e in entries if lifecycle(e.body["type"].partition(".")[0])}
    taken = set(Trail.objects.filter(uid__in=list(told)).values_list("uid", flat=True))
    if unknown := [entry for uid, entry in told.items() if uid not in taken]:
        return (
            f"the portal's own tables are older than the log: they do not know entry"
            f" {unknown[0].index} ({unknown[0].body['type']})"
        )
    newest = Trail.objects.exclude(uid="").order_by("-pk").first()
    if newest is None or newest.uid in taken or newest.uid in ledger.pending_uids():
        return ""
    if ledger.index_of([newest.uid]):  # asked last: what waited may have been sealed meanwhile
        return ""
    return (
        "the portal's own tables are newer than the log: no entry says"
        f" {newest.lifecycle}.{newest.move} of {newest.code}"
    )
