"""What was laid down about a gift: whom it is for, what was announced in public, to whom its donor
is related, and why it was declined. Folded from sealed entries, told in sentences."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ledger.api import Entry
from portal.tracking import words
from portal.tracking.models import Gift
from portal.tracking.projection.shelf import Shelf

LAID_DOWN = ("designation", "announced_by", "related_to", "own_product")
PLACES = (("designation", "region"), ("old_use", "old_region"), ("asked_use", "new_region"))


def fold_gift(row: Gift, entry: Entry) -> None:
    """What the gift's own entries lay down."""
    data = entry.body["data"]
    told = {name: data[name] for name in LAID_DOWN if data.get(name)}
    if entry.body["type"] == "pledge.decline":
        told["declined"] = data.get("reason", "")
    row.said = row.said | told
    if data.get("announced_by"):
        row.due = date.fromisoformat(data["announced_by"])


def fold_diversion(shelf: Shelf, entry: Entry) -> None:
    """The question whether a gift may be used otherwise, and the donor's answer."""
    data, code = entry.body["data"], entry.body["case"]
    if shelf.find(Gift, code) is None:
        return
    row = shelf.row(Gift, code)
    told = {name: value for name, value in row.said.items() if name != "asked"}
    if data.get("stage") == "asked":
        told["asked"] = data.get("asked_use", "")
    if data.get("stage") == "consented":
        told |= {"was": data.get("old_use", ""), "designation": data.get("asked_use", "")}
    row.said = told
    row.version = entry.index + 1


def names_in(data: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The names of regions that an entry speaks of, as they were then."""
    found = [(data[use], data[place]) for use, place in PLACES if data.get(use) and data.get(place)]
    return {use: {"zh": name, "en": name} for use, name in found}


def sentences(row: Gift) -> list[dict[str, str]]:
    """What the page says below the gift's title, the warnings first."""
    said, out = row.said, []
    if "declined" in said:
        reason = words.choice("pledge", "decline", "reason", said["declined"])
        out.append(_warn(_("Declined before anything was sent: %(why)s") % {"why": reason}))
    if row.stage == "overdue":
        day = {"day": said.get("announced_by", "")}
        out.append(_warn(_("Overdue: announced in public, to be given by %(day)s") % day))
    elif said.get("announced_by"):
        day = {"day": said["announced_by"]}
        out.append(_plain(_("Announced in public, to be given by %(day)s") % day))
    if said.get("related_to"):
        name = {"name": words.name(row.names, said["related_to"])}
        out.append(_warn(_("The donor says that he is related to %(name)s") % name))
    if said.get("designation"):
        out.append(_plain(_("Given for: %(use)s") % {"use": _use(row, "designation")}))
    if "was" in said:
        was = {"use": _use(row, "was")}
        out.append(_plain(_("Given for something else first, changed by the donor: %(use)s") % was))
    if "asked" in said:
        asked = {"use": _use(row, "asked")}
        out.append(_warn(_("The charity asks the donor for another use: %(use)s") % asked))
    if said.get("own_product"):
        out.append(_plain(_("The donor makes these goods")))
    return out


def _use(row: Gift, name: str) -> str:
    return words.aim(row.said[name], row.names)


def _warn(text: str) -> dict[str, str]:
    return {"text": text, "tone": "amber"}


def _plain(text: str) -> dict[str, str]:
    return {"text": text, "tone": ""}
