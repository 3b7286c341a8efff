"""What somebody asks who sees a gift's page for the first time: did the hospital confirm, what went
missing, who decided, how do I check. (Where it is, the verdict above says.) One short answer each,
and where on the page it is shown. Pure: made from the gift's public row and its entries.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.tracking import telling, words
from portal.tracking.gift import folded, verdict
from portal.tracking.models import Gift, Line

GONE = ("rejected", "damaged", "lost", "expired")
DECISIONS = frozenset(
    {
        *("pledge.accept", "pledge.decline", "pledge.release"),
        *("allocation.publish", "allocation.approve", "release.issue"),
        *("diversion.consent", "diversion.refuse"),
        *("lot.write_off", "lot.send_back", "lot.issue", "lot.sell"),
    }
)
MOST = 3  # decisions told here; the timeline has all


def answers(gift: Gift, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """[{key, question, says: [{text, at, by, href}]}]; the entries come newest first."""
    rows = verdict.shares(gift)
    told = (
        ("confirm", _("Did the hospital confirm it?"), _confirmed(gift, rows, lines)),
        ("missing", _("What went missing?"), _missing(gift, rows)),
        ("decided", _("Who decided?"), decided(lines)),
        ("check", _("How do I check this?"), check(lines)),
    )
    return [{"key": key, "question": question, "says": says} for key, question, says in told]


def say(text: str, *, href: str = "", at: Any = None, by: str = "") -> dict[str, Any]:
    return {"text": text, "href": href, "at": at, "by": by}


def _confirmed(
    gift: Gift, rows: list[verdict.Share], lines: Sequence[Line]
) -> list[dict[str, Any]]:
    received = [share for share in rows if share.kind == "received"]
    if not received:
        if not any(share.open for share in rows):
            return [say(_("No: nothing of it reached a hospital."))]
        return [say(_("Not yet: no hospital has confirmed any of it."))]
    still = any(share.open for share in rows)
    text = _("Yes, a part: %(what)s") if still else _("Yes: %(what)s")
    newest = next((line for line in lines if line.type == "receipt.confirm"), None)
    return [
        say(
            text % {"what": _phrases(gift, received)},
            at=newest.recorded_at if newest else None,
            href=folded.place_of(newest, lines) if newest else "#where-h",
        )
    ]


def _missing(gift: Gift, rows: list[verdict.Share]) -> list[dict[str, Any]]:
    gone = [share for share in rows if share.kind in GONE]
    if gone:
        return [say(_phrases(gift, gone), href="#where-h")]
    if not any(verdict.sent(gift, item) for item in verdict.items(gift)):
        return [say(_("Nothing has been sent yet, so nothing can be missing."))]
    return [say(_("Nothing so far: the pieces add up."), href="#where-h")]


def _phrases(gift: Gift, rows: Iterable[verdict.Share]) -> str:
    """`600 pieces confirmed by …`, the same place once however many ways led there."""
    sums: dict[tuple[str, str, str], int] = {}
    for share in rows:
        key = (share.kind, share.item, share.owner)
        sums[key] = sums.get(key, 0) + share.amount
    named = len(verdict.items(gift)) > 1
    parts = [
        words.phrase(
            kind,
            amount=words.amount(amount, gift.names, item, named=named),
            owner=words.name(gift.names, owner) if owner else "",
        )
        for (kind, item, owner), amount in sums.items()
    ]
    text = words.joined(parts[: verdict.MOST], strong=True)
    if len(parts) > verdict.MOST:
        text += _(" and %(n)d more") % {"n": len(parts) - verdict.MOST}
    return text


def decided(
    lines: Sequence[Line], *, among: frozenset[str] = DECISIONS, nobody: str = ""
) -> list[dict[str, Any]]:
    """The newest of these decisions, each with who took it; `nobody`: what is said of none."""
    found = [line for line in lines if line.type in among]
    out = [
        say(
            telling.title(line),
            at=line.recorded_at,
            by="".join(fact["value"] for fact in telling.who(line)),
            href=folded.place_of(line, lines),
        )
        for line in found[:MOST]
    ]
    if len(found) > MOST:
        text = ngettext("%(n)d more decision", "%(n)d more decisions", len(found) - MOST)
        out.append(say(text % {"n": len(found) - MOST}, href="#tl-h"))
    return out or [say(nobody or _("Nobody yet: the charity has not answered the donor."))]


def check(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The way to the proofs."""
    text = ngettext(
        "Let your own browser verify its %(n)d sealed entry",
        "Let your own browser verify its %(n)d sealed entries",
        len(lines),
    )
    return [say(text % {"n": len(lines)}, href="#verify-card")]
