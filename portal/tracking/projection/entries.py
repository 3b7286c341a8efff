"""What every fold asks of an entry and of its postings."""

from datetime import datetime

from ledger.api import Entry


def when(entry: Entry) -> datetime:
    """When it was recorded; a ledger's own entry has only the time of sealing."""
    return datetime.fromisoformat(entry.body["data"].get("recorded_at") or entry.body["at"])


def name_of(place: str) -> str:
    """`transit` of `transit:S-…`: the kind of place, without its owner."""
    return place.partition(":")[0]
