"""Events to seal, as the portal writes them: three codes, a posting, four digests; from a seed."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from ledger.core import canonical, codes, leaf
from ledger.models import Intent

EVENTS_OF_A_GIFT = 10
GIFTS_OF_A_LOT = 100
STOCKS = 20
AT_ONCE = 5000


def code(random: Random, kind: str) -> str:
    """A code as `mint` makes it, but the same for the same seed."""
    body = kind + "".join(random.choices(codes.ALPHABET, k=9))
    found = (f"{kind}-{body[1:]}{last}" for last in codes.ALPHABET)
    return next(filter(codes.check, found))


def digest(random: Random) -> str:
    return urlsafe_b64encode(random.randbytes(32)).rstrip(b"=").decode()


def drafts(count: int, seed: int) -> Iterator[leaf.Draft]:
    """Every gift is met EVENTS_OF_A_GIFT times, far apart: hardly a batch meets one twice."""
    random, at = Random(seed), datetime.now(UTC)
    gifts = [code(random, "G") for _ in range(max(1, count // EVENTS_OF_A_GIFT))]
    lots = [code(random, "B") for _ in range(-(-len(gifts) // GIFTS_OF_A_LOT))]
    stocks = [code(random, "W") for _ in range(STOCKS)]
    always = {"recorded_at": leaf.time_text(at), "actor_role": "warehouse", "actor_org": ""}
    for i in range(count):
        which = i % len(gifts)
        gift, lot, stock = gifts[which], lots[which // GIFTS_OF_A_LOT], stocks[which % STOCKS]
        row: dict[str, Any] = {"amount": 10, "item": "mask.n95", "gift": gift, "lot": lot}
        row |= {"from": f"donor:{gift}", "to": f"stock:{stock}"}
        yield leaf.Draft(
            uid=leaf.new_uid(at + timedelta(milliseconds=i)),
            type="gift.count",
            case=gift,
            codes=canonical.text(sorted([gift, lot, stock])),
            data=canonical.text({**always, "postings": [row]}),
            sd=canonical.text(sorted(digest(random) for _ in range(4))),
        )


def fill(count: int, seed: int = 1) -> None:
    """Put them into the outbox."""
    made, at = drafts(count, seed), datetime.now(UTC)
    while waiting := [Intent(**draft._asdict(), created_at=at) for draft in islice(made, AT_ONCE)]:
        Intent.objects.bulk_create(waiting)
