"""How old the world's last word on a log is: an old copy shown for ever is a freeze attack."""

from ledger.core import notes, witness
from ledger.verify.reports import LogReport


def check(report: LogReport, *, most: int, now: int) -> None:
    """The quorum of the policy, at least one witness, cosigned within the last `most` seconds.

    Each line counts by itself: one fresh witness does not make a quorum fresh. A time further
    ahead than clocks may differ counts as none.
    """
    if report.rules is None or not report.note:
        return  # damaged, and named already
    rules = report.rules
    _, verified = notes.open_note(report.note, [*rules.logs, *rules.witnesses.values()])
    times = {vkey: time for vkey, time in verified.items() if time is not None}
    ages = {vkey: now - time for vkey, time in times.items() if time <= now + witness.AHEAD}
    if not ages:
        report.wrong("checkpoint", "no witness says when it saw it, so its age is not known")
    elif not rules.met(fresh := [vkey for vkey, age in ages.items() if age <= most]) or not fresh:
        reason = f"cosigned {min(ages.values())} s ago at the latest, by fewer than the policy"
        report.wrong("checkpoint", f"too old: {reason} demands within {most} s")
