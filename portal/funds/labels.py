"""Words of a refusal that wait for their language until they are printed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal.catalogue.queries import class_label
from portal.funds.stages import Paper, Purpose
from portal.input.speaking import english


def purpose(key: str) -> object:
    return Purpose(key).label


def paper(key: str) -> object:
    return Paper(key).label


def item_class(key: str) -> object:
    """In the language that is active when it is printed."""
    return Many(class_label, (key,))


@dataclass(frozen=True)
class Many:
    """Several words, joined as the language does."""

    word: Callable[[str], object]
    keys: Iterable[str]

    def __str__(self) -> str:
        separator = ", " if english() else "、"
        return separator.join(str(self.word(key)) for key in self.keys) or "-"
