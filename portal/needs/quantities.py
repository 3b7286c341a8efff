"""What a quantity cell means: exact, estimated, no limit or unknown, in base units."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from portal.catalogue.data import Item
from portal.input.cleaning import ASK_AGAIN, MOST
from portal.needs.notes import Note
from portal.needs.stages import QuantityKind


@dataclass(frozen=True)
class Quantity:
    """`amount` in base units where a number is known; a refusing note refuses the row."""

    kind: QuantityKind
    amount: int | None = None
    notes: tuple[Note, ...] = ()


_UNLIMITED = re.compile(
    r"越多越好|多多益善|不限量?|无上限|上不封顶|有多少要多少|nolimit|unlimited|asmanyaspossible|"
    r"themorethebetter"
)
_REFERENCE = re.compile(r"(?:上述|以上|此)?(?:数目|数量)?(?:仅为参考|仅供参考)")
_FILLER = re.compile(
    r"实际上?是?|共计?|合计|需要?|急需|紧缺|紧急|total(?:of)?|^\+|[\"“”']$|^[\"“”']"
)
_ROUGH = re.compile(
    r"大约|大概|约|近|左右|上下|预计|暂定|估计|[~≈]|(?<=[\d个只件万])\+(?!\d)|以上|以内|以下|至少|至多|最多|不少于|不超过|"
    r"起$|或更多|[≥≤<>]=?|(?<=[\d万千百])[多余]|about|approx\.?|approximately|around|ca\."
)
_VAGUE = re.compile(
    r"若干|大量|少量|适量|一批|急需|紧缺|紧急|少许|充足|尽量|尽可能|不详|未知|待定|不定|无|[几数多上]+"
    r"[十百千万]|many|some|several|lots|plenty|urgent|tbd|unknown|n/?a|none|null|[-/?？、.]+"
)
_RATE = re.compile(r"(?:/|每|per)(?:1)?(?:天|日|周|星期|月|day|week|month)|日用量|日消耗|一天")
_NUMBER = r"\d[\d,'_]*(?:\.\d+)?(?:e\+?\d{1,3})?"
_SCALE = r"[万千百亿wk]?"
_SCALES = {"": 1, "百": 100, "k": 1000, "千": 1000, "万": 10**4, "w": 10**4, "亿": 10**8}
_ONE = re.compile(rf"({_NUMBER})({_SCALE})([^\d.,'_~-]{{0,12}})")
_TEN_THOUSANDS = re.compile(r"(\d+)万(\d)(?:千|(?=\D|$))")
_RANGE = re.compile(
    rf"({_NUMBER})({_SCALE})([^\d.~-]{{0,4}})[-~至到]({_NUMBER})({_SCALE})([^\d.~-]{{0,4}})"
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:'\d{3})+|\d{1,3}(?:_\d{3})+|\d+")
_MARKS = ",，。.;；:：!！、"
_WORDS = {
    **dict.fromkeys(("pcs", "pc", "piece", "pieces", "ea", "each", "unit", "units"), "个"),
    **dict.fromkeys(("pair", "pairs"), "双"),
    **dict.fromkeys(("box", "boxes"), "盒"),
    **dict.fromkeys(("carton", "cartons", "case", "cases", "ctn", "ctns"), "箱"),
    **dict.fromkeys(("pack", "packs", "bag", "bags"), "包"),
    **dict.fromkeys(("set", "sets"), "套"),
    **dict.fromkeys(("bottle", "bottles"), "瓶"),
    **dict.fromkeys(("test", "tests"), "人份"),
}
_PACKS = "箱盒包袋桶提板打捆扎批"
_NUMERALS = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_DIGITS = dict(zip(_NUMERALS, "001223456789123456789", strict=True))
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_CHINESE = re.compile(f"[{''.join(_DIGITS)}{''.join(_PLACES)}万亿]+")


def read_quantity(cell: str, *, item: Item, unit: str = "", specification: str = "") -> Quantity:
    """The quantity of a cell; `unit` is what a column or the header says, used if the cell is bare.

    A pack is calculated with only if the list itself says what it holds.
    """
    text = plain(cell)
    if not text:
        return Quantity(QuantityKind.UNKNOWN)
    if not re.search(r"\d", text) and not _VAGUE.fullmatch(_ROUGH.sub("", text)):
        text = _CHINESE.sub(lambda m: str(_chinese(m[0])), text) if _numeral(text) else text
    if not re.search(r"\d", text):
        return _without_number(cell, text)
    if text.startswith(("-", "负")):
        return _refused("quantity_negative", cell)
    if _RATE.search(text):
        return _unknown("quantity_rate", cell)
    return _Number(cell, text, item, unit, plain(specification)).read()


def plain(text: str) -> str:
    """Half-width, ASCII digits, lower case, without spaces; dashes are one kind."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return re.sub(r"\s+", "", re.sub(r"[\u2010-\u2015\u2212]", "-", text))


def _unknown(code: str, cell: str, **params: str) -> Quantity:
    return Quantity(QuantityKind.UNKNOWN, None, (Note(code, {"written": cell} | params),))


def _refused(code: str, cell: str) -> Quantity:
    return Quantity(QuantityKind.UNKNOWN, None, (Note(code, {"written": cell}),))


def _without_number(cell: str, text: str) -> Quantity:
    if _UNLIMITED.search(text):
        return Quantity(
            QuantityKind.UNLIMITED, None, (Note("quantity_unlimited", {"written": cell}),)
        )
    code = "quantity_vague" if _VAGUE.search(text) else "quantity_unread"
    return _unknown(code, cell)


def _numeral(text: str) -> bool:
    """Whether a text without digits begins with a Chinese number: 五千只 does, 几千 does not."""
    return bool(_CHINESE.match(_ROUGH.sub("", text)))


def _chinese(text: str) -> int:
    """The value of a Chinese numeral: 一万二 is 12,000, 两千零五 is 2,005."""
    total = section = digit = 0
    place = 1
    for char in text:
        if char in _DIGITS:
            digit = int(_DIGITS[char])
            place = 1 if char in "零〇" else place
        elif char in _PLACES:
            section += (digit or 1) * _PLACES[char]
            place, digit = _PLACES[char] // 10, 0
        else:
            scale = _SCALES[char]
            total = (total + section + digit) * scale
            place, section, digit = scale // 10, 0, 0
    return total + section + digit * max(place, 1)


class _Number:
    """A cell that has digits: its number, scale, unit, packs and how sure it is."""

    def __init__(self, cell: str, text: str, item: Item, unit: str, specification: str) -> None:
        self.cell = f"{cell} {unit}".strip()
        self.typed = cell
        self.item = item
        self.unit = plain(unit)
        self.text = text
        self.beside = f"{text};{specification}"
        bare = _REFERENCE.sub("", _UNLIMITED.sub("", re.sub(r"[(\[【][^)\]】]*[)\]】]", "", text)))
        bare = _FILLER.sub("", bare.strip(_MARKS))
        bare = _TEN_THOUSANDS.sub(r"\1.\2万", _ROUGH.sub("", bare) if "-" not in bare else bare)
        self.bare = bare.strip(_MARKS)
        self.rough = any(p.search(text) for p in (_ROUGH, _UNLIMITED, _REFERENCE))

    def read(self) -> Quantity:
        """The quantity, or why there is none."""
        if both := _RANGE.fullmatch(self.bare):
            return self._range(*both.groups())
        first = _ONE.match(self.bare)
        if first is None or not self._understood(first):
            return _unknown("quantity_unread", self.cell)
        number = self._value(first[1], first[2])
        if isinstance(number, str):
            return _refused(number, self.cell)
        return self._counted(number, self._word(first[3]))

    def _understood(self, first: re.Match[str]) -> bool:
        """Nothing may follow the number and its unit but what says how much a pack holds."""
        rest = self.bare[first.end() :]
        return not rest or (first[3][:1] in _PACKS and self._holds(first[3][:1]) is not None)

    def _range(self, low: str, scale: str, word: str, high: str, upper: str, end: str) -> Quantity:
        """A range is an estimate of its lower end, which is certainly wanted."""
        if not scale and upper and Decimal(low.replace(",", "") or 0) < 100:
            scale = upper
        number = self._value(low, scale)
        if isinstance(number, str) or isinstance(self._value(high, upper), str):
            return _unknown("quantity_unread", self.cell)
        self.rough = True
        return self._counted(number, self._word(word or end), code="quantity_range")

    def _value(self, number: str, scale: str) -> Decimal | str:
        """The number times its scale, or the code of a refusal."""
        whole, _, rest = number.partition(".")
        digits = whole.partition("e")[0]
        if not _GROUPED.fullmatch(digits) or (
            not scale and "e" not in rest and len(rest) == 3 and len(whole) <= 3
        ):
            return "quantity_grouping"
        return Decimal(re.sub(r"[,'_]", "", number)) * _SCALES[scale]

    @staticmethod
    def _word(text: str) -> str:
        word = text.strip("()[],，。.;；:：/*x×的")
        return _WORDS.get(word, word)

    def _counted(self, number: Decimal, word: str, code: str = "") -> Quantity:
        """The number in base units: by the item's own words, by a stated pack, or unknown."""
        word = word or self._word(self.unit)
        if word in self.item.half_words:
            number, self.rough = number / 2, self.rough or bool(number % 2)
            return self._sure(number.to_integral_value(rounding="ROUND_CEILING"), code)
        if not word or word in self.item.words:
            asks = self.item.ask_pairs and not word
            return self._sure(
                number * self.item.words.get(word, 1), "pairs_or_pieces" if asks else code
            )
        if word[0] in _PACKS:
            holds = self._holds(word[0])
            if holds is None:
                return _unknown("pack_unsure", self.cell)
            return self._sure(number * holds, code or "quantity_pack", holds=str(holds))
        return _unknown("unit_unread", self.cell, item=self.item.key)

    def _holds(self, pack: str) -> int | None:
        """How many base units a pack holds, if the cell or the specification says so."""
        stated = (
            rf"(\d{{1,6}})([^\d\W]{{1,2}})/{pack}"
            rf"|每{pack}(\d{{1,6}})([^\d\W]{{0,2}})"
            rf"|{pack}[x×*](\d{{1,6}})([^\d\W]{{0,2}})"
        )
        found = {
            int(number) * self.item.words[word or next(iter(self.item.words))]
            for groups in re.findall(stated, self.beside)
            for number, word in zip(groups[::2], groups[1::2], strict=True)
            if number and (not word or word in self.item.words)
        }
        sure = {p.holds for p in self.item.packs if p.zh == pack and not p.unsure}
        either = found or sure
        return either.pop() if len(either) == 1 else None

    def _sure(self, number: Decimal, code: str, **params: str) -> Quantity:
        """A whole number from 1 to 10^9, exact or estimated, with the note that it was read."""
        if number == 0:
            return _refused("quantity_zero", self.cell)
        if number > MOST:
            return _refused("quantity_too_large", self.cell)
        if number != number.to_integral_value():
            return _refused("quantity_not_whole", self.cell)
        amount = int(number)
        kind = QuantityKind.EXACT
        if self.rough or code == "pairs_or_pieces":
            kind, code = QuantityKind.ESTIMATED, code or "quantity_estimated"
        elif str(amount) != self.typed:
            code = code or "quantity_read"
        notes = [Note("quantity_large")] if amount > ASK_AGAIN else []
        if code:
            shown = {"written": self.cell, "amount": f"{amount:,}"}
            notes.insert(0, Note(code, shown | params))
        return Quantity(kind, amount, tuple(notes))
