"""Which catalogue variant a need list means: by names, standards and specifications; never a guess
that is not listed."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from portal.catalogue.data import Catalogue, Item, Variant, catalogue, folded

_STANDARD = re.compile(
    r"(?<![a-z])(gb|yy|ws|en|iso|astm|din)[\s-]*(/\s*t)?[\s-]*f?(\d{3,5}(?:\.\d)?)(?![\d.])"
    r"(?:\s*[-:]\s*((?:19|20)\d{2})(?!\d))?",
    re.IGNORECASE,
)
_SYNONYMS = re.compile(r"[|/\\]|或者|或(?!称)")
_LISTS = re.compile(r"[、,;，；+＋&\n]|以及|[和及与]| and ")
_NOT = ("非", "未", "不", "无", "no", "non", "non-", "not")
_STERILE = re.compile(r"(?<![非未不])灭菌|(?<!非)无菌|(?<!non-)(?<!non)sterile")


@dataclass(frozen=True)
class Change:
    """One thing that was read differently from how it was written."""

    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """`variant`, or None with `reason` and the nearest items as `candidates`."""

    variant: Variant | None
    candidates: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    reason: str = ""
    remarks: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Standard:
    """A citation as its parts: GB/T 36758 has prefix `gb/t`, year may be missing."""

    prefix: str
    number: str
    year: str
    written: str


class _Index:
    """Everything the names and standards of one catalogue point at."""

    def __init__(self, source: Catalogue) -> None:
        self.source = source
        self.names: dict[str, tuple[str, ...]] = {}
        for item in source.items.values():
            for name in (item.zh, item.en, *item.names):
                self.names[folded(name)] = (item.key,)
        self.otherwise: dict[tuple[str, ...], str] = {}
        for shared in source.shared:
            for name in shared.names:
                self.names[folded(name)] = shared.items
            self.otherwise[shared.items] = shared.otherwise
        self.by_length = sorted(self.names, key=lambda name: (-len(name), name))
        self.standards: dict[str, list[tuple[Standard, Variant]]] = {}
        for variant in source.variants.values():
            for standard in standards(variant.citation):
                self.standards.setdefault(standard.number, []).append((standard, variant))


@cache
def _own_index() -> _Index:
    return _Index(catalogue())


def standards(text: str) -> list[Standard]:
    """Every standard cited in a text, in order."""
    return [
        Standard(
            prefix=m[1].lower() + ("/t" if m[2] else ""),
            number=m[3],
            year=m[4] or "",
            written=re.sub(r"\s+", " ", m[0]).strip(" -:").upper(),
        )
        for m in _STANDARD.finditer(_plain(text))
    ]


def _plain(text: str) -> str:
    """Half-width, one kind of dash; spaces and case stay."""
    return re.sub(r"[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", text))


def find(text: str, specification: str = "", *, source: Catalogue | None = None) -> Match:
    """The variant that an item's name and specification mean, and every change made on the way."""
    index = _Index(source) if source else _own_index()
    cited = list(dict.fromkeys(standards(f"{specification} ; {text}")))
    items, changes, reason = _items(text, index, cited)
    if reason or len(items) != 1:
        return Match(None, items or _nearest(text, index), tuple(changes), reason)
    item = index.source.items[items[0]]
    choice = _Choice(index, item, _plain(f"{text} ; {specification}").casefold())
    variant = choice.variant(cited)
    remarks = [
        Change("model_meant", {"written": wrong, "meant": meant})
        for wrong, meant in index.source.models
        if _holds(choice.text, folded(wrong).removeprefix("3m"))
    ]
    return Match(variant, (), (*changes, *choice.changes), "", (*choice.remarks, *remarks))


def _items(
    text: str, index: _Index, cited: list[Standard]
) -> tuple[tuple[str, ...], list[Change], str]:
    """The item keys that a name means (one where it is clear), what was changed, why it is not."""
    changes: list[Change] = []
    parts, listed = _parts(text, index)
    known = [(part, *_named(part, index)) for part in parts]
    sets = [keys for _, keys, _ in known if keys]
    if not sets:
        return _by_standard(text, index, cited)
    for part, keys, read_as in known:
        if read_as and keys:
            changes.append(Change("name_read_as", {"written": part, "name": read_as}))
        if not keys and listed:
            return tuple(dict.fromkeys(k for s in sets for k in s)), [], "several_items"
        if not keys:
            changes.append(Change("part_unknown", {"written": part}))
    common = tuple(key for key in sets[0] if all(key in other for other in sets[1:]))
    if not common:
        return tuple(dict.fromkeys(k for s in sets for k in s)), [], "several_items"
    if len(parts) > 1:
        changes.append(Change("joined_names", {"written": text}))
    if len(common) > 1:
        return _decided(text, common, index, cited, changes)
    return common, changes, ""


def _decided(
    text: str,
    items: tuple[str, ...],
    index: _Index,
    cited: list[Standard],
    changes: list[Change],
) -> tuple[tuple[str, ...], list[Change], str]:
    """A name that several items share: a cited standard decides, else the usual one, else none."""
    meant = {v.item for standard in cited for _, v in index.standards.get(standard.number, ())}
    chosen = [key for key in items if key in meant]
    if len(chosen) == 1:
        return (chosen[0],), [*changes, Change("shared_name_by_standard", {"written": text})], ""
    if usual := index.otherwise.get(items, ""):
        return (usual,), [*changes, Change("shared_name", {"written": text})], ""
    return items, [], "ambiguous"


def _by_standard(
    text: str, index: _Index, cited: list[Standard]
) -> tuple[tuple[str, ...], list[Change], str]:
    """A name that is not in the catalogue, beside a standard that only one item has."""
    meant = tuple(
        dict.fromkeys(v.item for s in cited for _, v in index.standards.get(s.number, ()))
    )
    if len(meant) == 1 and text.strip():
        return meant, [Change("item_by_standard", {"written": text})], ""
    return (), [], "not_in_catalogue"


def _parts(text: str, index: _Index) -> tuple[list[str], bool]:
    """The names joined in a cell, and whether they are a list of things and not of synonyms."""
    if folded(text) in index.names:
        return [text], False
    bare = re.sub(r"[(（\[【][^)）\]】]*[)）\]】]", " ", _STANDARD.sub(" ", _plain(text)))
    if folded(bare) in index.names:
        return [bare.strip()], False
    listed = bool(_LISTS.search(bare.strip()))
    joined = _LISTS.sub("|", bare) if listed else bare
    return [part.strip() for part in _SYNONYMS.split(joined) if part.strip()], listed


def _named(part: str, index: _Index) -> tuple[tuple[str, ...], str]:
    """The items a single name may mean; the catalogue's name where it was only part of it."""
    name = folded(part)
    if name in index.names:
        return index.names[name], ""
    if name.removesuffix("s") in index.names:
        return index.names[name.removesuffix("s")], ""
    words = part.split()
    for start in range(1, len(words)):
        if (end := folded(" ".join(words[start:]))) in index.names:
            return index.names[end], end
    tail = re.sub(r"[a-z0-9.%-]+$|等$", "", name)
    for known in index.by_length:
        for whole in (name, tail):
            before = whole.removesuffix(known)
            if whole.endswith(known) and not (before.endswith(_NOT) or _cut(before, known)):
                return index.names[known], known
    return (), ""


def _cut(before: str, known: str) -> bool:
    """Latin names count only as whole words: `mask` does not end `unmask`."""
    return known[0].isascii() and before[-1:].isascii() and before[-1:].isalnum()


def _nearest(text: str, index: _Index) -> tuple[str, ...]:
    """Up to three items whose names look most like the text, best first."""
    close = difflib.get_close_matches(folded(text)[:100], index.by_length, n=6, cutoff=0.45)
    return tuple(dict.fromkeys(key for name in close for key in index.names[name]))[:3]


def _holds(text: str, name: str) -> bool:
    """Whether a text has the folded name as a whole word or number, not behind a “not”."""
    for m in re.finditer(r"\s*".join(map(re.escape, name)), text):
        before, after = text[: m.start()], text[m.end() :]
        joined = _one_word(before[-1:], name[0]) or _one_word(name[-1], after[:1])
        if not joined and not before.endswith(_NOT[:3]):
            return True
    return False


def _one_word(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one number or one Latin word."""
    numbers = "0123456789."
    if left and right and left in numbers and right in numbers:
        return True
    return left.isascii() and left.isalpha() and right.isascii() and right.isalpha()


class _Choice:
    """Chooses the variant of a known item and keeps what had to be changed."""

    def __init__(self, index: _Index, item: Item, text: str) -> None:
        self.index = index
        self.item = item
        self.text = text
        self.changes: list[Change] = []
        self.remarks: list[Change] = []

    def variant(self, cited: list[Standard]) -> Variant:
        """By standard, then by words of the specification, else the unstated one."""
        for standard in sorted(cited, key=self._is_inexact):
            pool = list(self._pool(standard))
            if pool and (chosen := self._narrowed(pool)):
                return chosen
        named = self._by_words(v for v in self.item.variants if v.names)
        return named or self.item.unstated

    def _is_inexact(self, standard: Standard) -> bool:
        known = self.index.standards.get(standard.number, [])
        return not any(v.item == self.item.key and s.year == standard.year for s, v in known)

    def _pool(self, standard: Standard) -> Iterator[Variant]:
        """Variants of the item with this standard; wrong years and prefixes become a question."""
        known = self.index.standards.get(standard.number, [])
        own = [(s, v) for s, v in known if v.item == self.item.key]
        if not known:
            self.remarks.append(Change("standard_unknown", {"written": standard.written}))
            return
        if not own:
            self._of_another(standard, known[0][1])
            return
        exact = [(s, v) for s, v in own if s.year == standard.year]
        if not exact and standard.year:
            exact = self._other_year(standard, own)
        elif not exact and len({v.version for _, v in own}) > 1:
            self.changes.append(Change("standard_without_year", {"written": standard.written}))
            return
        elif not exact:
            exact = own
            self._meant("standard_year", standard, own[0][1])
        elif exact[0][0].prefix != standard.prefix:
            self._meant("standard_prefix", standard, exact[0][1])
        yield from (v for _, v in exact)

    def _of_another(self, standard: Standard, owner: Variant) -> None:
        meant = next((v.citation for v in self.item.variants if v.standard), "")
        self.changes.append(
            Change(
                "standard_of_another" if meant else "standard_of_another_only",
                {"written": standard.written, "item": owner.item, "meant": meant},
            )
        )

    def _other_year(
        self, standard: Standard, own: list[tuple[Standard, Variant]]
    ) -> list[tuple[Standard, Variant]]:
        """The version whose wrong citations name this year, else the nearest year."""
        written = f"{standard.number}-{standard.year}"
        aliased = [v for _, v in own if any(c.endswith(written) for c in v.cited_as)]
        nearest = min(
            (v for _, v in own),
            key=lambda v: (abs(int(v.version or 0) - int(standard.year)), v.version),
        )
        meant = (aliased or [nearest])[0]
        self._meant("standard_year", standard, meant)
        return [(s, v) for s, v in own if v.version == meant.version]

    def _meant(self, code: str, standard: Standard, variant: Variant) -> None:
        self.changes.append(Change(code, {"written": standard.written, "meant": variant.citation}))

    def _narrowed(self, pool: list[Variant]) -> Variant | None:
        """Of variants with one standard: the one whose words are there, sterile as written."""
        sterile = True if _STERILE.search(self.text) else None
        if any(v.sterile for v in pool):
            pool = [v for v in pool if v.sterile == sterile] or pool
        plain = [v for v in pool if not v.names]
        return self._by_words(v for v in pool if v.names) or (plain[0] if plain else None)

    def _by_words(self, variants: Iterable[Variant]) -> Variant | None:
        best: tuple[int, Variant] | None = None
        for variant in variants:
            found = [n for n in map(folded, variant.names) if _holds(self.text, n)]
            longest = max(map(len, found), default=0)
            if longest and (best is None or longest > best[0]):
                best = (longest, variant)
        return best[1] if best else None
