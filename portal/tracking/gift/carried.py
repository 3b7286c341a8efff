"""Where a shipment is, in one plain sentence: who has it in hand, since when, and what is next.

Pure: made from the shipment's public row. Handed over is not delivered, and delivered is the
carrier's word alone.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.stages.table import lifecycle
from portal.tracking import words
from portal.tracking.models import Subject

ROLLING = ("in_transit", "out_for_delivery", "exception", "refused")
CLAIMED = ("delivered", "unconfirmed")  # by the carrier's word
SENTENCES = {
    "packed": _("Packed for {hospital} at {house}, and not handed over yet."),
    "in_transit": _("On the way to {hospital}, with {holder}. Handed over is not delivered."),
    "out_for_delivery": _("{holder} brings it to {hospital} now. It is not delivered yet."),
    "exception": _("On the way to {hospital}: {holder} reports a problem."),
    "delivered": _("{holder} says that it reached {hospital}, which has not confirmed it yet."),
    "unconfirmed": _(
        "{holder} said three days ago that it reached {hospital}, which has not confirmed it."
    ),
    "refused": _("{hospital} did not take it. {holder} brings it back."),
    "back": _("It came back to {house} and waits to be counted again."),
    "returned": _("It came back, and every piece was counted again."),
    "confirmed": _("{hospital} has counted it and signed."),
    "lost": _("It was lost on the way and written off."),
}
NEXT = {
    "packed": _("A second person hands it over at the gate, against its release order."),
    "in_transit": _("The hospital counts and confirms it."),
    "out_for_delivery": _("The hospital counts and confirms it."),
    "exception": _("The charity looks into it; the hospital counts and confirms what comes."),
    "delivered": _("The hospital counts and confirms it; the carrier's word is not enough."),
    "unconfirmed": _("The hospital still has to count and confirm it."),
    "refused": _("It comes back to the warehouse and is counted again."),
    "back": _("Two people count and book it; the goods are given out again."),
    "returned": _("Nothing: every piece is accounted for."),
    "confirmed": _("Nothing: every piece is accounted for."),
    "lost": _("Nothing: every piece is accounted for."),
}
PICTURES = {"packed": "box", "delivered": "hospital", "back": "warehouse", "returned": "back"}
PICTURES |= {"confirmed": "check"}


def holder(told: Any) -> str:
    """The present holder by kind and carrier, from an entry's open `holder`; never a person."""
    if not isinstance(told, Mapping) or not told.get("kind"):
        return gettext("the carrier")
    carrier = told.get("carrier", "") if told["kind"] == "carrier" else ""
    fact, value = ("carrier", carrier) if carrier else ("to", str(told["kind"]))
    return words.choice("shipment", "hand_over", fact, value)


def holder_since(told: Any) -> str:
    return str(told.get("since", "")) if isinstance(told, Mapping) else ""


def verdict(row: Subject) -> dict[str, Any]:
    """What the verdict's component shows on the page of a shipment."""
    hospital = words.name(row.names, row.hospital) if row.hospital else str(words.NAMELESS)
    house = words.name(row.names, row.warehouse) if row.warehouse else gettext("the sender")
    told = row.facts.get("holder")
    hands = holder(told)
    table = lifecycle("shipment")
    stage = table.by_key.get(row.stage) if table else None
    sentence = str(SENTENCES.get(row.stage, "") or (stage.text if stage else row.stage))
    text = sentence.format(hospital=hospital, house=house, holder=hands)
    by_stage = {"confirmed": hospital, "packed": house, "back": house, "returned": house}
    note, since = "", row.since.isoformat()
    if row.stage in ROLLING:
        by_stage[row.stage] = hands
        since = holder_since(told) or since
    elif row.stage in CLAIMED:
        by_stage[row.stage] = hospital
        note = gettext("by the word of %(carrier)s alone") % {"carrier": hands}
    return {
        "headline": text[:1].upper() + text[1:],
        "tone": "warn" if stage is None or stage.detour else "",
        "picture": "alert" if stage is None or stage.detour else PICTURES.get(row.stage, "truck"),
        "since": since,
        "holder": by_stage.get(row.stage, ""),
        "holder_note": note,
        "next": str(NEXT.get(row.stage, "")),
    }
