"""Who must have signed, and whether they did: the policy and the note of a checkpoint."""

from ledger.core import notes, policy
from ledger.verify.reports import Report


def rules(report: Report, served: bytes | None, demanded: bytes | None) -> policy.Policy | None:
    """The reader's own policy; else the one that lies with the files. Names what is wrong."""
    found = None
    for text, mine in ((served, False), (demanded, True)):
        if text is None:
            continue
        try:
            found = policy.parse(text)
        except policy.WrongPolicy as error:
            report.wrong("policy", f"{'of the reader: ' if mine else ''}{error}")
            found = None
    if served is None and demanded is None:
        report.wrong("policy", "is missing")
    return found


def checkpoint(rules: policy.Policy, note: bytes) -> tuple[notes.Checkpoint, bool]:
    """What a log of the policy signed, and whether its quorum did too; WrongNote."""
    known = [*rules.logs, *rules.witnesses.values()]
    verified = notes.open_note(note, known)[1]
    log = next((key for key in rules.logs if key.vkey in verified), rules.logs[0])
    return notes.open_checkpoint(note, log), rules.met(verified)
