"""The signer: the log's key and, outside the database, what it signed last.

    memory.py keyring.py stamps.py    the state file, the key file, signed times
    local.py                          the signer
    server.py client.py __main__.py   the same behind a Unix socket: python -m ledger.signer

Nothing here needs Django, a database or a network, but for `signer()`, which is for who does.
"""

from pathlib import Path

from ledger.signer.client import SocketSigner
from ledger.signer.local import AnySigner, Held, Signer
from ledger.signer.memory import (
    Memory,
    NoState,
    SignerAway,
    SignerRefused,
    WrongKey,
    state_bytes,
)
from ledger.signer.stamps import check_stamp

__all__ = [
    "AnySigner",
    "Held",
    "Memory",
    "NoState",
    "Signer",
    "SignerAway",
    "SignerRefused",
    "SocketSigner",
    "WrongKey",
    "check_stamp",
    "signer",
    "state_bytes",
]


def signer() -> AnySigner:
    """The one that the settings name: behind LEDGER_SIGNER, or in this process."""
    from django.conf import settings  # noqa: PLC0415 -- the server has no Django

    from ledger.failpoints import fp  # noqa: PLC0415 -- needs the settings

    if settings.LEDGER_SIGNER:
        return SocketSigner(Path(settings.LEDGER_SIGNER))
    return Signer(Path(settings.LEDGER_KEY_FILE), Path(settings.LEDGER_STATE), fp)
