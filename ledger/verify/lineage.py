"""The log's own keys (core/rotation.py): which of them must have signed, and how a reader whose
policy knows only an older one comes to the newest: by entries that the older one signed too.
"""

from dataclasses import replace

from ledger.core import canonical, notes, policy, rotation, tiles
from ledger.verify.sources import Source

_ROTATES = f'"type":"{rotation.ROTATE}"'.encode()


def extended(
    rules: policy.Policy, source: Source, note: bytes, width: int = tiles.WIDTH
) -> policy.Policy:
    """The policy, with the keys its own were handed on to if none of these signed the note."""
    text, lines = notes.parse_note(note)
    head, ids = notes.parse_checkpoint(text), {(line.name, line.id) for line in lines}
    own = {key.vkey for key in rules.logs if key.name == head.origin}
    if not own or any((key.name, key.id) in ids for key in rules.logs):
        return rules
    keys = _handed_on(source, head, width)
    place = next((n for n, key in enumerate(keys) if key.vkey in own), len(keys))
    return replace(rules, logs=[*rules.logs, *keys[place + 1 :]])


def _handed_on(source: Source, head: notes.Checkpoint, width: int) -> list[notes.Verifier]:
    """The keys that the entries name. Nothing of them is proved but that each signed for the next.

    Ends where the files do, or are damaged: the whole check names that.
    """
    keys = rotation.Keys()
    for n in range(-(-head.size // width)):
        part = min(head.size - n * width, width)
        try:
            entries = _bundle(source, n, part, width)
            for seq, entry in enumerate(entries[:part], n * width):
                if seq == 0 or _ROTATES in entry:
                    body = canonical.parse(entry)
                    if body["seq"] == seq and body["log"] == head.origin:
                        keys.follow(body)
        except (ValueError, KeyError, TypeError):
            break
    return keys.keys


def _bundle(source: Source, n: int, part: int, width: int) -> list[bytes]:
    for size in (part, width):
        data = source.read(tiles.path(tiles.Tile(tiles.ENTRIES, n, size), width))
        if data is not None:
            return tiles.unbundle(data, size)
    raise ValueError("is missing")


def wrong_signer(
    keys: rotation.Keys, rules: policy.Policy, head: notes.Checkpoint, note: bytes
) -> str:
    """Why the note is not signed as the entries and the policy demand, or "" """
    needed = keys.at(head.size)
    if needed is None:
        return ""  # a log that does not name its keys: the policy alone does
    place = keys.keys.index(needed)
    reached = [key.vkey for key in keys.keys[: place + 1]]
    first = next((key.vkey for key in rules.logs if key.name == head.origin), needed.vkey)
    if first not in reached:
        return "the policy knows a key that this log has not: an older log, or a fork of it"
    try:
        notes.open_checkpoint(note, needed)
    except notes.WrongNote:
        return f"the key that entry {keys.since[place]} names has not signed it"
    return ""
