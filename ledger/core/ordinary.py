"""The ordinary entry, read by one pattern and its open facts alone by the JSON parser.

All of an entry but `data` has a closed alphabet, so one pattern tells its form; what it does not
tell `canonical.parse` does. Entries with `by` and `sig`, without a case, with escapes or a number
of sixteen digits are not ordinary.
"""

import re
from typing import Any

from ledger.core import canonical

_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_DIGEST = r'"[A-Za-z0-9_-]{43}"'
_CODE = r"[A-Z]-[0-9A-Z]{10}"
_NUMBER = r"(?:0|[1-9][0-9]{0,14}+)"
_CASE = rf'\["{_CODE}",{_NUMBER}\]'
_ENTRY = re.compile(
    rf'{{"_sd":\[({_DIGEST}(?:,{_DIGEST})*+)\],"_sd_alg":"sha-256","at":"({_TIME})",'
    rf'"case":"({_CODE})","cases":\[({_CASE}(?:,{_CASE})*+)\],'
    r'(?:"corrects":"([0-9a-f]{32})",)?"data":(\{.*\}),"log":"([^"\\\x00-\x1f]*+)",'
    rf'"prev":"([0-9a-f]{{64}})","seq":({_NUMBER}),"type":"([a-z0-9_.]*+)",'
    r'"uid":"([0-9a-f]{32})","v":1}',
    re.ASCII | re.DOTALL,
)


def read(entry: bytes) -> dict[str, Any] | None:
    """What `canonical.parse` would give, or None: ask that."""
    try:
        match = _ENTRY.fullmatch(entry.decode())
        if match is None or not match[7].isascii():
            return None
        data = canonical.parse_part(match[6])
    except ValueError:
        return None
    sd, at, case, cases, corrects, _data, log, prev, seq, type_, uid = match.groups()
    body = {
        "_sd": sd[1:-1].split('","'),
        "_sd_alg": "sha-256",
        "at": at,
        "case": case,
        "cases": [[member[1:13], int(member[15:])] for member in cases[1:-1].split("],[")],
        "data": data,
        "log": log,
        "prev": prev,
        "seq": int(seq),
        "type": type_,
        "uid": uid,
        "v": 1,
    }
    return body | {"corrects": corrects} if corrects else body
