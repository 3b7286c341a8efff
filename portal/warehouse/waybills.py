"""Waybill numbers as the moves take them: a number that was mistyped refuses, an odd one does
not."""

from portal.input.cleaning import Unclean, clean_text
from portal.input.waybills import WrongWaybill, read_waybill
from portal.stages.engine import MoveRefused
from portal.warehouse.arriving import Carrier

LONGEST = 60


def read_number(typed: str, carrier: Carrier | None) -> tuple[str, str]:
    """A waybill number as typed, and without blanks and hyphens. Raises MoveRefused for one whose
    check digit is wrong or that is too long."""
    try:
        raw = clean_text(typed, limit=LONGEST)
        return raw, read_waybill(raw, carrier=carrier.value if carrier else "").number
    except (Unclean, WrongWaybill) as wrong:
        raise MoveRefused(str(wrong)) from wrong


def with_warning(number: str, carrier: str) -> str:
    """The number for the staff, and beside it where the carrier's numbers look different."""
    odd = read_waybill(number, carrier=carrier).warning
    return f"{number} — {odd}" if odd else number or "-"
