"""The books of money in plain Python: which gift's fen lie where, first in first out."""

from collections import Counter


class Purse:
    """`places`: place -> {gift: fen}, in the order in which gifts first came there; `came`: fund ->
    what came into it, less what left it for another fund."""

    def __init__(self):
        self.places, self.came = {}, Counter()

    def all_there(self):
        """What the tables must hold: (place, gift) -> fen."""
        rows = self.places.items()
        return {(where, gift): n for where, held in rows for gift, n in held.items() if n}

    def sum(self, where):
        return sum(self.places.get(where, {}).values())

    def of(self, where, gift):
        return self.places.get(where, {}).get(gift, 0)

    def put(self, where, gift, amount):
        held = self.places.setdefault(where, {})
        held[gift] = held.get(gift, 0) + amount

    def take(self, where, gift, amount):
        assert amount <= self.of(where, gift), (where, gift, amount)
        self.places[where][gift] -= amount

    def receive(self, fund, gift, amount):
        self.put(f"fund:{fund}", gift, amount)
        self.came[fund] += amount

    def leave(self, fund, gift, amount):
        self.take(f"fund:{fund}", gift, amount)
        self.came[fund] -= amount

    def draw(self, source, target, amount):
        """From the oldest gifts of a place to another."""
        for gift, there in list(self.places.get(source, {}).items()):
            part = min(there, amount)
            if part:
                self.take(source, gift, part)
                self.put(target, gift, part)
            amount -= part
        assert amount == 0, f"{source} has {amount} too few"

    def given_back(self, gift):
        """What of a gift went back, from wherever it lay."""
        ends = [where for where in self.places if where.startswith("refunded:")]
        return sum(self.of(where, gift) for where in ends)
