"""Promises made in public, and another use of a gift: only two people release a donor, and only the
donor lets a gift go elsewhere."""

from portal.pledges import diversion as uses
from portal.pledges.models import Diversion, Pledge
from portal.pledges.stages import PromiseKept, Released, ReleaseProposed, ReleaseReason
from tests.machine.world import Attempt, rule

STANDING = ("accepted", "dispatched", "part_received", "received", "overdue")


@rule("pledge.propose_release")
def propose_release(w, pick):
    gift = w.some(pick, Pledge, *STANDING) if pick.chance(4) else None
    if gift is None:
        return None
    lines = [line for (code, _no), line in w.model.gift_lines.items() if code == gift]
    refused = "" if any(line.sent < line.quantity for line in lines) else "all was sent"
    refused = "on its way" if any(line.arrived < line.sent for line in lines) else refused
    facts = ReleaseProposed(reason=next(iter(ReleaseReason)), note="已核对")
    return Attempt(Pledge, "propose_release", w.coordinator(), facts, code=gift, refused=refused)


@rule("pledge.release")
def release(w, pick):
    gift = w.some(pick, Pledge, "release_proposed") if pick.chance(2) else None
    if gift is None:
        return None
    same = pick.chance(4)

    def then(_pledge):
        for (code, _no), line in w.model.gift_lines.items():
            if code == gift and line.need_line:
                w.model.need_lines[line.need_line].pledged -= line.quantity - line.sent

    return Attempt(
        *(Pledge, "release", w.coordinator(n=0 if same else 1), Released(note="已核对")),
        code=gift, then=then, refused="he proposed it" if same else "",
    )  # fmt: skip


@rule("pledge.keep_promise")
def keep_promise(w, pick):
    gift = w.some(pick, Pledge, "release_proposed")
    return gift and Attempt(Pledge, "keep_promise", w.coordinator(), PromiseKept(), code=gift)


def asked(w, pick, move, gift):
    """The question for a new use; refused for a gift that nobody is named for."""
    was = w.model.told[gift]["use"]
    new = pick.one([use for use in w.uses if use not in (was, "free")])
    refused = "nobody is named" if was == "free" else ""
    refused = refused or ("" if w.stages[Pledge][gift] in STANDING else "it is over")
    facts = uses.DiversionAsked(new_use=new, reason=uses.DiversionReason.CANNOT_TAKE)

    def then(_subject):
        w.model.told[gift]["asked"] = was, new

    opened = {"pledge": Pledge.objects.get(code=gift), "code": gift} if move == "ask" else {}
    return Attempt(
        *(Diversion, move, w.coordinator(), facts),
        code="" if opened else gift, fields=opened, then=then, refused=refused,
    )  # fmt: skip


@rule("diversion.ask")
def ask(w, pick):
    gift = w.some(pick, Pledge, *STANDING)
    if gift is None or gift in w.stages[Diversion]:
        return None
    meant = w.model.told[gift]["use"] != "free"
    return asked(w, pick, "ask", gift) if meant or pick.chance(20) else None


@rule("diversion.ask_again")
def ask_again(w, pick):
    gift = w.some(pick, Diversion, "consented", "refused", "taken_back")
    return asked(w, pick, "ask_again", gift) if gift and pick.chance(3) else None


@rule("diversion.consent")
def consent(w, pick):
    """From then on the gift is for the new use and for no other."""
    gift = w.some(pick, Diversion, "asked")
    if gift is None:
        return None
    _was, new = w.model.told[gift]["asked"]

    def then(_subject):
        w.model.told[gift]["use"] = new

    return Attempt(
        *(Diversion, "consent", w.donor(gift), uses.Consented()), code=gift, then=then,
        refused="" if w.stages[Pledge][gift] in STANDING else "it is over",
    )  # fmt: skip


@rule("diversion.refuse")
def refuse(w, pick):
    gift = w.some(pick, Diversion, "asked") if pick.chance(3) else None
    return gift and Attempt(Diversion, "refuse", w.donor(gift), uses.Refused(), code=gift)


@rule("diversion.take_back")
def take_back(w, pick):
    gift = w.some(pick, Diversion, "asked") if pick.chance(4) else None
    return gift and Attempt(Diversion, "take_back", w.coordinator(), uses.TakenBack(), code=gift)
