"""Whether the proofs of a bundle hold, with nothing but its files and a policy.

    every proof   the note is signed by a log of the policy and by its quorum; the bytes of the
                  entry lead along the path to the signed root
    every entry   canonical, of this log, at this index
    one case      its running numbers 0, 1, 2 ... each exactly once
    values        each opens a digest of its entry

That an entry keeps to the whole schema, and that none came after the last one here, only the
whole log shows.
"""

from typing import Any

from ledger.core import commitments, notes, policy, tree
from ledger.verify import proofs, signed
from ledger.verify.bundles import ENTRY, POLICY, PROOF, VALUES, Files
from ledger.verify.reports import BundleReport
from ledger.verify.sources import Unreachable

TOLD = 20  # of missing numbers, no more are named


def check(files: Files, demanded: bytes | None = None) -> BundleReport:
    """Verify a bundle. `demanded`: the reader's own policy; else the one that lies with it."""
    report, served = BundleReport(own_policy=demanded is not None), files.found.get(POLICY)
    if not any(name.endswith(PROOF) for name in files.found):
        raise Unreachable(f"there is no {PROOF} in it")
    if served is None and demanded is None and not files.whole:
        raise Unreachable("there is no policy beside the proofs: give one with --policy")
    for name in files.broken:
        report.wrong(name, "the check sum in the zip is not that of the file")
    rules = signed.rules(report, served, demanded)
    if rules is not None:
        _Bundle(files, rules, report).check()
    return report


class _Bundle:
    """The proofs of one zip or folder under one policy."""

    def __init__(self, files: Files, rules: policy.Policy, report: BundleReport) -> None:
        self.files, self.rules, self.report = files, rules, report
        self.opened: dict[bytes, tuple[notes.Checkpoint | None, str]] = {}
        self.roots: dict[tuple[str, int], bytes] = {}
        self.bodies: dict[str, dict[str, Any]] = {}  # by file

    def check(self) -> None:
        names = sorted(self.files.found)
        wanted = {name.removesuffix(ENTRY) + PROOF for name in names if name.endswith(ENTRY)}
        proved = {name for name in names if name.endswith(PROOF)}
        for name in sorted(proved):
            self._prove(name)
        for name in sorted(wanted - proved):
            self.report.wrong(name.removesuffix(PROOF) + ENTRY, "has no proof")
        self.report.entries.sort()
        listed = self._listed()
        if listed is None:
            return
        complete = len(self.bodies) == len(proved | wanted)  # else what is damaged seems withheld
        if complete:
            self._check_numbers(listed.code)
        self._check_values(listed.values, complete=complete)

    def _prove(self, name: str) -> None:
        file = name.removesuffix(PROOF) + ENTRY
        try:
            proof = proofs.parse(self.files.found[name])
        except proofs.BadProof as error:
            self.report.wrong(name, str(error), error.index)
            return
        entry = self.files.found.get(file)
        if entry is None:
            self.report.wrong(file, "is missing", proof.index)
            return
        head = self._open(name, proof)
        if head is None:
            return
        try:
            self.bodies[file] = proofs.read_entry(entry, origin=head.origin, index=proof.index)
        except proofs.BadProof as error:
            self.report.wrong(file, str(error), proof.index)
        try:
            leaf = tree.leaf_hash(entry)
            tree.verify_inclusion(leaf, proof.index, head.size, proof.path, head.root)
            self.report.entries.append(proof.index)
        except tree.WrongProof:
            reason = f"path: it does not lead from the bytes of {file} to the signed root"
            self.report.wrong(name, reason, proof.index)

    def _open(self, name: str, proof: proofs.Proof) -> notes.Checkpoint | None:
        """The checkpoint under a proof: each is opened once, and what is wrong is named by all."""
        if proof.note not in self.opened:
            self.opened[proof.note] = self._signed(proof.note)
        head, reason = self.opened[proof.note]
        if reason:
            self.report.wrong(name, f"checkpoint: {reason}", proof.index)
        return head

    def _signed(self, note: bytes) -> tuple[notes.Checkpoint | None, str]:
        try:
            head, met = signed.checkpoint(self.rules, note)
        except notes.WrongNote as error:
            return None, str(error)
        if head.size >= self.report.size:
            self.report.about(head)
        if self.roots.setdefault((head.origin, head.size), head.root) != head.root:
            return head, f"the log signed two roots for the size {head.size}"
        return head, "" if met else "the quorum of the policy has not signed it"

    def _listed(self) -> proofs.Listed | None:
        data = self.files.found.get(VALUES)
        if data is None:
            if self.files.whole:
                self.report.wrong(VALUES, "is missing")
            return None
        try:
            listed = proofs.read_listed(data)
        except proofs.BadProof as error:
            self.report.wrong(VALUES, str(error))
            return None
        if self.files.folder not in ("", listed.code):
            reason = f"code: is {listed.code!r}, but the folder is {self.files.folder!r}"
            self.report.wrong(VALUES, reason)
        self.report.case, self.report.not_yet = listed.code, listed.not_yet
        return listed

    def _check_numbers(self, code: str) -> None:
        seen: dict[int, str] = {}
        for file, body in self.bodies.items():
            n = dict(body["cases"]).get(code)
            if n is None:
                self.report.wrong(file, f"cases: it does not concern {code}", body["seq"])
            elif n in seen:
                reason = f"cases: number {n} of {code} is that of {seen[n]} too"
                self.report.wrong(file, reason, body["seq"])
            else:
                seen[n] = file
        upto = min(max(seen, default=0), len(seen) + TOLD)
        missing = [str(n) for n in range(upto) if n not in seen][:TOLD]
        if missing:
            reason = f"cases: withheld, of the running numbers of {code}: {', '.join(missing)}"
            self.report.wrong(VALUES, reason)

    def _check_values(self, listed: dict[int, list[str]], *, complete: bool) -> None:
        digests = {body["seq"]: set(body["_sd"]) for body in self.bodies.values()}
        for index, texts in listed.items():
            if index not in digests:
                if complete:
                    self.report.wrong(VALUES, "disclosures: the entry is not here", index)
                continue
            for place, text in enumerate(texts):
                if _opens(text, digests[index]):
                    self.report.values += 1
                else:
                    reason = f"disclosures: value {place} opens no digest of the entry"
                    self.report.wrong(VALUES, reason, index)


def _opens(text: str, digests: set[str]) -> bool:
    try:
        commitments.read(text)
    except commitments.WrongDisclosure:
        return False
    return commitments.digest(text) in digests
