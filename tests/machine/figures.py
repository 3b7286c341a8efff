"""The public figures of a life, entry by entry: what grows falls only by an entry that says so."""

from collections import Counter
from itertools import islice

import ledger.api as ledger
from portal.tracking.models import Part, Tally
from portal.tracking.projection.folding import fold
from portal.tracking.projection.shelf import Shelf
from portal.tracking.statistics.registry import FIGURES, HOURS

GROWS = {figure.name for figure in FIGURES if figure.grows and figure.unit != HOURS}
FOUND_AGAIN = {"lost"}  # what is found again leaves it, without anything having been wrong


def unsaid_falls():
    """[(entry, its type, figure, part, change)] of changes that the figure's own rows do not come
    to, and of falls that are neither a correction nor something found again (R16)."""
    shelf, before, seen, found = Shelf(), {}, 0, []
    for entry in ledger.entries():
        fold(shelf, entry)
        all_of = shelf.find(Tally, "", "all", "")
        sums = all_of.amounts if all_of else {}
        now = {(name, part): n for name in GROWS for part, n in sums.get(name, {}).items()}
        told = Counter()
        for row in islice(shelf.rows[Part].values(), seen, None):
            told[row.figure, row.part] += row.amount
        seen = len(shelf.rows[Part])
        for key in {*before, *now}:
            change = now.get(key, 0) - before.get(key, 0)
            rightly = bool(entry.body.get("corrects")) or key[0] in FOUND_AGAIN
            if change != told[key] or (change < 0 and not rightly):
                found.append((entry.index, entry.body["type"], *key, change))
        before = now
    return found
