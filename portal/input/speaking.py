"""Which of its two languages the site speaks at the moment."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import get_language


def english() -> bool:
    return (get_language() or "").startswith("en")


@dataclass(frozen=True)
class Many:
    """Several words, joined as the language does."""

    word: Callable[[str], object]
    keys: Iterable[str]

    def __str__(self) -> str:
        separator = ", " if english() else "、"
        return separator.join(str(self.word(key)) for key in self.keys) or "-"
