"""python -m ledger.witness --port N --key FILE --state DIR --log VKEY [VKEY ...]
python -m ledger.witness --key FILE --make-key NAME

A witness: cosigns checkpoints of these logs as long as each only grows. --make-key makes the key
and prints the vkey that belongs into the log's policy. Give several vkeys of one log while it
changes its key. TLS is ended by a proxy in front. Exit 2: key, log or state cannot be used.
"""

import argparse
import sys
from pathlib import Path

from ledger.core import notes, witness
from ledger.witness.memory import Lost, Memory, make_key
from ledger.witness.serving import Server


class NotUsable(ValueError):
    """What the command line names cannot be used; the text says why."""


def main(words: list[str] | None = None) -> int:
    options = _options(words)
    try:
        if options.make_key:
            if options.key.exists():
                raise NotUsable(f"{options.key} exists already; a witness keeps its key")
            sys.stdout.write(f"{make_key(options.key, options.make_key).vkey}\n")
            return 0
        memory = _memory(options)
        server = Server(options.host, options.port, memory)
    except (NotUsable, notes.WrongNote, Lost, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    place = f"http://{options.host}:{server.server_port}"
    sys.stdout.write(f"{witness.cosigner(memory.key).vkey} {place}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ledger.witness", description=__doc__)
    parser.add_argument("--key", type=Path, required=True, help="file of the witness's key")
    parser.add_argument("--make-key", metavar="NAME", help="make that file and print the vkey")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen")
    parser.add_argument("--port", type=int, help="0 takes a free one and prints it")
    parser.add_argument("--state", type=Path, help="folder of what was cosigned")
    parser.add_argument("--log", nargs="+", action="extend", metavar="VKEY", help="whom to watch")
    options = parser.parse_args(words)
    if not options.make_key and (options.port is None or not options.state or not options.log):
        parser.error("--port, --state and --log are needed")
    return options


def _memory(options: argparse.Namespace) -> Memory:
    key = notes.parse_skey(options.key.read_text().strip())
    logs = [notes.parse_vkey(vkey) for vkey in options.log]
    if any(log.alg != notes.ED25519 for log in logs):
        raise NotUsable("--log takes the vkeys of logs")
    if key.verifier.public in {log.public for log in logs}:
        raise NotUsable("the witness has the log's own key: who signs cannot witness")
    memory = Memory(options.state, key, logs)
    memory.take_up()
    return memory


if __name__ == "__main__":
    sys.exit(main())
