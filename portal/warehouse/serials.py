"""Serial numbers of devices: as many as were counted in, and none that is known already."""

import re
from collections import Counter

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.catalogue.care import Care
from portal.stages.engine import MoveRefused
from portal.warehouse.models import ArrivalLine, Serial

CARE = Care.SERIAL  # what the catalogue says of items whose pieces are told apart


def keep_serials(line: ArrivalLine, text: str) -> None:
    """Keep the numbers of a line's good pieces, one to a line of the text.

    Refused: another number of them than pieces, one twice, one that came with other goods.
    """
    lot = line.lot
    item = lot.variant.item
    numbers = [part for part in re.split(r"[\s,;，；、]+", text.upper()) if part]
    if not numbers and CARE not in item.care:
        return
    if len(numbers) != line.accepted:
        raise MoveRefused(
            _(
                "Line %(no)d: %(accepted)d good pieces need as many serial numbers; "
                "%(given)d are given. Please write each on a line of its own."
            )
            % {"no": line.no, "accepted": line.accepted, "given": len(numbers)}
        )
    if long := [number for number in numbers if len(number) > Serial.LONGEST]:
        raise MoveRefused(
            _("Line %(no)d: “%(number)s…” is too long for a serial number.")
            % {"no": line.no, "number": long[0][:20]}
        )
    rows = Serial.objects.filter(item=item, number__in=numbers)
    known = set(rows.values_list("number", flat=True))
    twice = [number for number, times in Counter(numbers).items() if times > 1]
    if again := [*twice, *(number for number in numbers if number in known)]:
        raise _known(line, again[:5])
    try:
        with transaction.atomic():
            Serial.objects.bulk_create(
                Serial(item=item, lot=lot, number=number) for number in numbers
            )
    except IntegrityError as raced:
        raise _known(line, numbers[:5]) from raced


def _known(line: ArrivalLine, numbers: list[str]) -> MoveRefused:
    return MoveRefused(
        _(
            "Line %(no)d: these serial numbers stand there twice or came with other goods: "
            "%(numbers)s. Please look at the labels again."
        )
        % {"no": line.no, "numbers": ", ".join(numbers)}
    )
