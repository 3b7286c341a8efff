"""What a message says: an entry as it was projected, its open facts and where to check it.

Nothing named or private: a receiver keeps copies that no erasure reaches.
"""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse

from portal.tracking.models import Line

BESIDE = {"recorded_at", "actor_role", "actor_org", "stage", "postings"}


def name_of(line: Line) -> str:
    """The message's id: the same for every attempt, and another for every entry of this portal."""
    return f"{line.uid}-{line.seq}"


def body_of(line: Line) -> bytes:
    """The message: type and time of sealing, then the entry (Standard Webhooks, payload)."""
    data = line.data
    told: dict[str, Any] = {
        "type": line.type,
        "timestamp": line.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "index": line.seq,
            "leaf": line.leaf,
            "code": line.code,
            "codes": line.codes,
            "stage": line.stage,
            "role": line.role,
            "organisation": line.org,
            "recorded_at": line.recorded_at.isoformat().replace("+00:00", "Z"),
            "facts": {name: value for name, value in data.items() if name not in BESIDE},
            "postings": data.get("postings", []),
            "names": line.names,
            "entry": _site("tracking:entry", line.seq),
            "checkpoint": f"{settings.SITE_ORIGIN}/ledger/checkpoint",
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _site(name: str, *args: Any) -> str:
    return settings.SITE_ORIGIN + reverse(f"plain:{name}", args=args)
