"""Rate limits, counted in the database: they hold across processes and with Redis away (security
T-A08)."""

from datetime import datetime

from django.core.cache import cache
from django.db import connection
from django.db.models import F

from portal.input.models import Hit

A_DAY = 24 * 60 * 60
HIT = """INSERT INTO input_hits (key, per, slot, hits) VALUES (%s, %s, %s, 1)
         ON CONFLICT (key, per, slot) DO UPDATE SET hits = input_hits.hits + 1 RETURNING hits"""


def allowed(key: str, *, limit: int, per: int, at: datetime) -> bool:
    """Count one try of `key`; True while at most `limit` came in this slot of `per` seconds. A
    refused try counts too."""
    slot = int(at.timestamp()) // per
    full = f"full:{key}:{per}:{slot}"
    if cache.get(full):  # the cache only refuses early
        return False
    with connection.cursor() as cursor:
        cursor.execute(HIT, [key[:200], per, slot])
        (hits,) = cursor.fetchone()
    if hits >= limit:
        cache.set(full, True, timeout=per)
    return bool(hits <= limit)


def forgive(key: str, *, per: int, at: datetime) -> None:
    """Take back one try counted in this slot: it was none of those that are limited."""
    slot = int(at.timestamp()) // per
    Hit.objects.filter(key=key[:200], per=per, slot=slot, hits__gt=0).update(hits=F("hits") - 1)
    cache.delete(f"full:{key}:{per}:{slot}")


def forget_keys(*, ending: str) -> int:
    """Delete the counts of all keys that end so; how many there were."""
    return Hit.objects.filter(key__endswith=ending).delete()[0]


def tidy(*, at: datetime) -> int:
    """Delete the counts of slots that ended a day ago or earlier; how many there were."""
    ended = Hit.objects.annotate(end=(F("slot") + 1) * F("per"))
    return ended.filter(end__lte=int(at.timestamp()) - A_DAY).delete()[0]
