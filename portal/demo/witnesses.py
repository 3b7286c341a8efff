"""The witnesses of the demonstration: in the story three other organisations, here a process each.

VAR/witnesses holds a key and a state folder for each, and the policy by which two of them are a
quorum. They listen on the ports after the site's.
"""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from ledger import durable
from ledger.core import notes, witness
from ledger.core.policy import write
from ledger.reading import head
from ledger.witness.memory import make_key

# 医院联合会, 审计所, 报社
NAMES = ("hospital-union", "audit-firm", "newspaper")


def folder() -> Path:
    return Path(settings.VAR, "witnesses")


def ports() -> list[int]:
    return [settings.PORT + n for n in range(1, len(NAMES) + 1)]


def make() -> Path:
    """Keys and policy; what exists is kept, but for the ports. The policy file."""
    lines = []
    for name, port in zip(NAMES, ports(), strict=True):
        file = folder() / f"{name}.key"
        if not file.exists():
            make_key(file, f"{name}.demo.shanji.example")
        key = witness.cosigner(notes.parse_skey(file.read_text().strip()))
        lines.append(f"witness {name} {key.vkey} http://127.0.0.1:{port}")
    rules = [*lines, f"group members 2 {' '.join(NAMES)}", "quorum members"]
    policy = folder() / "policy"
    durable.write(policy, write(rules="\n".join(rules)).encode())
    return policy


def modules() -> list[Sequence[str]]:
    """One `python -m` each; they watch the log of this database and no other."""
    log = head()
    vkeys = [log.vkey, *log.retired.split()]
    return [
        [
            *("ledger.witness", "--port", str(port), "--log", *vkeys),
            *("--key", str(folder() / f"{name}.key"), "--state", str(folder() / name)),
        ]
        for name, port in zip(NAMES, ports(), strict=True)
    ]
