"""The lines of a gift as its donor gives them, and what is refused before anything is sent: what
the hospital does not want, and what is too close to its date (R9)."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from portal.catalogue import data
from portal.catalogue.matching import find
from portal.catalogue.models import Variant
from portal.catalogue.queries import described
from portal.input.registrations import read_registration
from portal.needs.models import Need, NeedLine
from portal.needs.queries import OPEN, accepted
from portal.organisations.queries import name_of
from portal.pledges.models import PledgeLine
from portal.pledges.stages import GivenLine
from portal.stages.engine import MoveRefused

PIECES = re.compile(r"[\n、,;，；。/]")


def need_lines(given: Iterable[GivenLine]) -> dict[tuple[str, int], NeedLine]:
    """The need lines that are named, by the need's code and the line's number."""
    codes = {line.need for line in given if line.need}
    found = NeedLine.objects.filter(need__code__in=codes, need__public_since__isnull=False)
    rows = found.select_related("need__hospital", "variant__item")
    return {(line.need.code, line.no): line for line in rows}


def line_of(
    no: int,
    given: GivenLine,
    known: dict[str, Variant],
    asked: dict[tuple[str, int], NeedLine],
) -> PledgeLine:
    """A line as it is kept: what stands on the label, the registration number as it is read."""
    return PledgeLine(
        no=no,
        variant=_variant(no, given, known, asked),
        quantity=given.quantity,
        need_line=asked.get((given.need, given.need_line)),
        maker=given.maker,
        batch=given.batch,
        made_on=given.made_on,
        expiry=given.expiry,
        packs=given.packs,
        registration=read_registration(given.registration).number if given.registration else "",
    )


def _variant(
    no: int,
    given: GivenLine,
    known: dict[str, Variant],
    asked: dict[tuple[str, int], NeedLine],
) -> Variant:
    """The catalogue's variant of a line given; for a need it must be of the item asked for."""
    variant = known.get(given.variant)
    if variant is None:
        raise MoveRefused(
            _("Line %(no)d: this item is not in the catalogue. Please choose one.") % {"no": no}
        )
    if not given.need and not given.need_line:
        return variant
    line = asked.get((given.need, given.need_line))
    if line is None:
        raise MoveRefused(
            _("Line %(no)d: there is no such line of a need. Please open the need again.")
            % {"no": no}
        )
    if line.variant.item_id != variant.item_id:
        raise MoveRefused(
            _("Line %(no)d: the need asks for another item. Please choose the item it asks for.")
            % {"no": no}
        )
    if line.only_exact and variant.key not in accepted(line):
        raise MoveRefused(
            _(
                "Line %(no)d: the hospital takes exactly %(asked)s and not %(item)s. Please give "
                "what it asks for, or offer yours to others."
            )
            % {"no": no, "asked": described(line.variant), "item": described(variant)}
        )
    return variant


def meant(lines: Iterable[PledgeLine]) -> list[tuple[int, int]]:
    """Need lines and what is given for them, in order; their needs are locked before."""
    found = sorted((line.need_line_id, line.quantity) for line in lines if line.need_line_id)
    lock_needs(need_line_id for need_line_id, _quantity in found)
    return found


def lock_needs(need_line_ids: Iterable[int]) -> None:
    """Lock the needs of these lines, in order."""
    wanted = NeedLine.objects.filter(pk__in=list(need_line_ids))
    locked = Need.objects.select_for_update(of=("self",)).filter(pk__in=wanted.values("need"))
    list(locked.order_by("pk"))


def refuse_unwanted(lines: Iterable[PledgeLine], *, hospital: str = "") -> None:
    """Whatever stands on the do-not-send list of the need it is given for, or of an open need of
    the hospital (its code) that the gift is meant for."""
    lists = Need.objects.filter(hospital__code=hospital, stage__in=OPEN).exclude(unwanted="")
    of_hospital = list(lists.select_related("hospital").order_by("pk")) if hospital else []
    for line in lines:
        taken = accepted(line.need_line) if line.need_line else frozenset()
        needs = [line.need_line.need] if line.need_line else of_hospital
        for need in needs:
            word = unwanted(need.unwanted, line.variant)
            if word and line.variant.key not in taken:
                raise MoveRefused(
                    _(
                        "Line %(no)d: %(hospital)s asks not to be sent %(item)s (its list says "
                        "“%(word)s”). Please offer it for another hospital, or for any."
                    )
                    % {
                        "no": line.no,
                        "hospital": name_of(need.hospital),
                        "item": described(line.variant),
                        "word": word,
                    }
                )


def unwanted(text: str, variant: Variant) -> str:
    """The words of a do-not-send list that mean this variant, its item or its class; or nothing."""
    source = data.catalogue()
    kind = source.classes.get(variant.item.item_class)
    for word in filter(None, (piece.strip() for piece in PIECES.split(text))):
        if kind is not None and data.folded(word) in {data.folded(kind.zh), data.folded(kind.en)}:
            return str(word)
        meant = find(word).variant
        if meant is None or meant.item != variant.item.key:
            continue
        if meant.key == variant.key or meant == source.items[meant.item].unstated:
            return str(word)
    return ""


def refuse_short_life(lines: Iterable[PledgeLine], today: date) -> None:
    """Past its date, or with less left than the charity takes: medicines and food by months, food
    by its share of the shelf life too. What no date is known of is left to the inspection."""
    for line in lines:
        words = {"no": line.no, "item": described(line.variant)}
        if line.made_on and (line.made_on > today or (line.expiry and line.made_on > line.expiry)):
            raise MoveRefused(
                _("Line %(no)d: it cannot be made on that day. Please look at the label again.")
                % words
            )
        if line.expiry is None:
            continue
        words["day"] = line.expiry.isoformat()
        if line.expiry < today:
            raise MoveRefused(
                _("Line %(no)d: %(item)s expired on %(day)s and cannot be given.") % words
            )
        _refuse_near_its_end(line, line.expiry, today, words)


def _refuse_near_its_end(
    line: PledgeLine, expiry: date, today: date, words: dict[str, object]
) -> None:
    food = is_food(line.variant)
    if not food and line.variant.item.item_class != "medicine":
        return
    months, percent = settings.LEAST_MONTHS_LEFT, settings.LEAST_LIFE_PERCENT
    if expiry < months_later(today, months):
        raise MoveRefused(
            _(
                "Line %(no)d: %(item)s expires on %(day)s; it is taken only with at least "
                "%(months)d months left. Please give goods with a later date."
            )
            % {**words, "months": months}
        )
    if not food or line.made_on is None:
        return
    if (expiry - today).days * 100 < percent * (expiry - line.made_on).days:
        raise MoveRefused(
            _(
                "Line %(no)d: less than %(percent)d %% of the shelf life of %(item)s is left. "
                "Please give goods that were made later."
            )
            % {**words, "percent": percent}
        )


def is_food(variant: Variant) -> bool:
    """Living supplies whose date matters; fresh things have none."""
    return variant.item.item_class == "living" and "expiry" in variant.item.care


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
