"""The three classes of what may be said; decided once, beside each field (architecture, promise
3)."""

from enum import StrEnum


class Class(StrEnum):
    """OPEN is sealed in clear and shown for ever; NAMED and PRIVATE are sealed as salted
    commitments.

    A named value is personal and consented: shown while its disclosure row exists. A private value
    is never shown
    in public. Both can be erased, and every old proof stays valid (RFC 9901, section 4.2).
    """

    OPEN = "open"
    NAMED = "named"
    PRIVATE = "private"


OPEN, NAMED, PRIVATE = Class.OPEN, Class.NAMED, Class.PRIVATE
