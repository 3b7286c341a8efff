"""Proofs of everything that concerns a code, for whoever does not want to believe the page.

Made for the newest *published* checkpoint, so that they can be checked against what everybody
sees. Entries sealed after it are named as `not_yet`.

    <index>.tlog-proof   c2sp.org/tlog-proof: index, RFC 6962 path, checkpoint note verbatim
    <index>.entry        the very bytes that were sealed
    policy               whose signatures count (c2sp.org/tlog-policy)
    disclosures.json     {"code", "disclosures": {index: [...]}, "not_yet": [...]}
    README.txt           how to check it
"""

import io
import json
import zipfile
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

import ledger.api as ledger
from portal.tracking.models import Link

FIRST = "c2sp.org/tlog-proof@v1"
BEGINNING = (1980, 1, 1, 0, 0, 0)  # the same zip for the same content


@dataclass(frozen=True)
class Proof:
    entry: ledger.Entry
    path: list[bytes]
    disclosures: list[str]


@dataclass(frozen=True)
class Case:
    """The proofs of all entries of a code under one checkpoint, and the entries after it."""

    code: str
    published: ledger.Published | None
    proofs: list[Proof]
    not_yet: list[int]
    erased: list[int]  # entries some of whose named values were erased


def of(code: str) -> Case:
    found = ledger.published()
    size = found.size if found else 0
    found_in = Link.objects.filter(code=code).order_by("line_id")
    indexes = list(found_in.values_list("line_id", flat=True))
    entries = ledger.entries_at(index for index in indexes if index < size)
    paths = ledger.proofs((entry.index for entry in entries), size)
    texts = ledger.disclosure_texts(entry.uid for entry in entries)
    proofs = [Proof(entry, paths[entry.index], texts.get(entry.uid, [])) for entry in entries]
    gone = ledger.erased(entry.uid for entry in entries)
    erased = [entry.index for entry in entries if entry.uid in gone]
    return Case(code, found, proofs, [index for index in indexes if index >= size], erased)


def tlog_proof(index: int, path: list[bytes], note: bytes) -> bytes:
    """The text of a `.tlog-proof` file."""
    hashes = [b64encode(one).decode() for one in path]
    return "\n".join([FIRST, f"index {index}", *hashes, "", ""]).encode() + note


def as_json(case: Case) -> bytes:
    told: dict[str, Any] = {
        "code": case.code,
        "policy": case.published.policy.decode() if case.published else "",
        "checkpoint": case.published.note.decode() if case.published else "",
        "entries": [
            {
                "index": proof.entry.index,
                "entry": b64encode(proof.entry.raw).decode(),
                "path": [b64encode(one).decode() for one in proof.path],
                "disclosures": proof.disclosures,
            }
            for proof in case.proofs
        ],
        "not_yet": case.not_yet,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def as_zip(case: Case) -> bytes:
    """Stored, not deflated: a verifier needs forty lines to read it."""
    assert case.published, "nothing is published yet"
    files = {"README.txt": readme(case), "policy": case.published.policy}
    listed = {str(proof.entry.index): proof.disclosures for proof in case.proofs}
    told = {"code": case.code, "disclosures": listed, "not_yet": case.not_yet}
    files["disclosures.json"] = json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"
    for proof in case.proofs:
        index = proof.entry.index
        files[f"{index}.tlog-proof"] = tlog_proof(index, proof.path, case.published.note)
        files[f"{index}.entry"] = proof.entry.raw
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"{case.code}/{name}", BEGINNING), content)
    return data.getvalue()


def readme(case: Case) -> bytes:
    """The same in both languages, whoever asks."""
    texts = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            context = {
                "case": case,
                "not_yet": ", ".join(map(str, case.not_yet)),
                "erased": ", ".join(map(str, case.erased)),
            }
            texts.append(render_to_string("tracking/proof_readme.txt", context))
    return "\n\n".join(text.strip() for text in texts).encode() + b"\n"
