"""python -m ledger.signer --socket PATH --key FILE --state FILE

The log's signer as a server of its own (server.py): run it as a user who alone can read the key,
on the publisher's host. LEDGER_SIGNER names the socket to who asks. Exit 2: it must not start.
"""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from ledger.signer.local import Signer
from ledger.signer.server import NotStarted, Server


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ledger.signer", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="made here, mode 0660")
    parser.add_argument("--key", type=Path, required=True, help="made by create_log; mode 0600")
    parser.add_argument("--state", type=Path, required=True, help="what was signed last")
    options = parser.parse_args(words)
    try:
        with Server(options.socket, Signer(options.key, options.state)) as server:
            signal.signal(signal.SIGTERM, _stop)
            sys.stderr.write(f"signer: listening at {options.socket}\n")
            server.serve_forever(poll_interval=0.5)
    except (NotStarted, OSError) as refusal:
        sys.stderr.write(f"signer: not started: {refusal}\n")
        return 2
    except KeyboardInterrupt:
        options.socket.unlink(missing_ok=True)
    return 0


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
