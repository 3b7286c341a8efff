"""Choices made from bytes, so that what fails can be made smaller: fewer steps, smaller bytes."""


class Pick:
    """Takes its choices from `source`; when that is used up, always the first."""

    def __init__(self, source):
        self.source = iter(source)

    def below(self, number):
        """0 … number - 1"""
        return (next(self.source, 0) * 256 + next(self.source, 0)) % number

    def one(self, things):
        things = list(things)
        return things[self.below(len(things))] if things else None

    def chance(self, one_in):
        return self.below(one_in) == one_in - 1

    def upto(self, most, *, least=1):
        """An amount; all and the least come up more often than others."""
        if most <= least:
            return most
        return self.one((most, least, least + self.below(most - least + 1)))
