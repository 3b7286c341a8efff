"""What a text can be found by: its single characters and pairs; of Latin words and numbers their
beginnings and every three signs in a row.

Chinese has no spaces between words, and nobody's dictionary knows the next product: every
substring of two signs finds its text, and the text itself is looked at again (`holds`).
"""

import re
import unicodedata

LONGEST = 60  # characters of a question
TERMS = 6  # words of a question
TEXT = 600  # characters of a text that can be found
_RUNS = re.compile(r"[0-9a-z]+|[^0-9a-z\s]+")
_APART = re.compile(r"[\W_]+")


def normal(text: str) -> str:
    """Lower case, half width, accents folded; whatever is no letter or digit is one space."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return _APART.sub(" ", unicodedata.normalize("NFC", bare)).strip()


def of_text(text: str) -> set[str]:
    """Every token that a normal text is found by."""
    return {token for run in _RUNS.findall(text) for token in _of_run(run)}


def _of_run(run: str) -> set[str]:
    if _latin(run):
        return {run[:1], run[:2], *(run[n : n + 3] for n in range(len(run) - 2))}
    return {*run, *(run[n : n + 2] for n in range(len(run) - 1))}


def of_term(term: str) -> set[str]:
    """The fewest tokens that every text with this word in it has."""
    return {token for run in _RUNS.findall(term) for token in _asked(run)}


def _asked(run: str) -> set[str]:
    if len(run) == 1:
        return {run}
    size = 3 if _latin(run) and len(run) > 2 else 2
    return {run[n : n + size] for n in range(len(run) - size + 1)}


def _latin(run: str) -> bool:
    return run[0].isascii()


def terms(question: str) -> list[str]:
    """The words of a question in normal form; each must be in what is found."""
    return list(dict.fromkeys(normal(question[:LONGEST]).split()))[:TERMS]


def joined(*texts: str) -> str:
    """One normal text of several, each once."""
    return " ".join(dict.fromkeys(filter(None, map(normal, texts))))[:TEXT]
