"""The last stock statement of a warehouse, folded into the warehouse's own public row."""

from ledger.api import Entry
from portal.tracking.models import Subject, Variant
from portal.tracking.projection.parties import variant_names
from portal.tracking.projection.shelf import Shelf

KEPT = 12  # entries of statements that a warehouse's page shows: one day
SHOWN = (
    *("since", "until", "items", "more_items", "urgent", "urgent_lots", "red_lots"),
    *("waiting", "waiting_since"),
)


def fold(shelf: Shelf, entry: Entry) -> None:
    """A later statement takes the place of an earlier one; the entries stay."""
    data = entry.body["data"]
    code = data.get("warehouse", "")
    if shelf.find(Subject, "warehouse", code) is None:
        return
    row = shelf.row(Subject, "warehouse", code)
    keys = {item["item"] for item in data.get("items", []) + data.get("urgent", [])}
    found = (shelf.find(Variant, key) for key in sorted(keys))
    names = {variant.key: variant_names(variant) for variant in found if variant is not None}
    told = {name: data[name] for name in SHOWN if name in data}
    stated = [entry.index, *row.facts.get("stated", [])][:KEPT]
    statement = {**told, "names": names, "index": entry.index}
    row.facts = {**row.facts, "statement": statement, "stated": stated}
