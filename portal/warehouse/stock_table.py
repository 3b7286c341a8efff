"""The table of a lot: what may happen to goods between goods-in and release.

Whatever takes goods out of stock for good is asked by one person and done by a second one, who
writes the same figures. Only a lot that is free may be given out.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import CLOCK, COORDINATOR, HOSPITAL, QUALITY, WAREHOUSE
from portal.stages.facts import Facts
from portal.stages.table import Lifecycle, Move, Stage
from portal.warehouse import stock_facts as facts

RESTING = ("kept", "blocked", "recalled", "expired")  # what a question leads back to
ASKED = ("write_off_asked", "return_asked", "issue_asked", "sale_asked")


def _asked(name: str, label: object, text: object) -> Stage:
    return Stage(name, label, text, public="store", detour=True)


def _pair(
    *,
    names: tuple[str, str],
    said: tuple[type[Facts], type[Facts]],
    labels: tuple[object, object],
    done: tuple[object, object],
    stage: str,
    source: Iterable[str],
    by: tuple[str, ...],
) -> tuple[Move, Move]:
    """A move that asks and the one by which a second person does it, in the same words."""
    ask, do = names
    return (
        Move(
            ask,
            source=tuple(source),
            target=stage,
            by=(WAREHOUSE, QUALITY, COORDINATOR),
            facts=said[0],
            effect="ask_out",
            initial="ask_out_initial",
            label=labels[0],
            done=done[0],
        ),
        Move(
            do,
            source=(stage,),
            target=RESTING,
            by=by,
            facts=said[1],
            effect="take_out",
            initial="take_out_initial",
            label=labels[1],
            done=done[1],
        ),
    )


STAGES = (
    Stage("coming", _("Not in stock"), _("It is in no warehouse's stock yet."), public="match"),
    Stage("kept", _("Free"), _("In order: it may be given out."), public="store"),
    Stage(
        "differs",
        _("To be counted again"),
        _("A count differs from the books: a second person counts again."),
        public="store",
        detour=True,
        owed_by="org",
    ),
    Stage(
        "blocked",
        _("Held back"),
        _("It is being looked into: nothing of it is given out."),
        public="store",
        detour=True,
        owed_by="org",
    ),
    Stage(
        "recalled",
        _("Recalled"),
        _("Nobody should use it: whoever has some of it sets it aside and says so."),
        public="store",
        detour=True,
    ),
    Stage(
        "expired",
        _("Past its date"),
        _("Past its expiry date: it can only be written off."),
        public="store",
        detour=True,
        owed_by="org",
    ),
    Stage(
        "moving",
        _("On the way to another warehouse"),
        _("It left one warehouse of the organisation and has not been counted in the other."),
        public="store",
        detour=True,
        owed_by="org",
    ),
    _asked(
        "write_off_asked",
        _("To be written off"),
        _("Somebody asks to write some of it off; a second person decides."),
    ),
    _asked(
        "return_asked",
        _("To go back to the donor"),
        _("Somebody asks to give some of it back; a second person decides."),
    ),
    _asked(
        "issue_asked",
        _("To go to the community"),
        _("Somebody asks to give some of it to the community; a second person decides."),
    ),
    _asked(
        "sale_asked",
        _("To be sold"),
        _("Somebody asks to sell some of it; a second person decides."),
    ),
)

KEEPING = (
    Move(
        "open",
        target=("coming", "moving"),
        effect="open_lot",
        sealed=False,
        within=True,
        label=_("A lot"),
        done=_("A lot of its own"),
    ),
    Move(
        "take_in",
        source=("coming", "recalled"),
        target=("kept", "recalled"),
        effect="take_in",
        sealed=False,
        within=True,
        done=_("In stock"),
    ),
    Move(
        "put_away",
        source=RESTING,
        target=RESTING,
        by=(WAREHOUSE,),
        facts=facts.Shelved,
        effect="put_away",
        initial="put_away_initial",
        sealed=False,
        label=_("Put away"),
        done=_("Put away"),
    ),
    Move(
        "count",
        source=("kept",),
        target=("kept", "differs"),
        by=(WAREHOUSE, QUALITY),
        facts=facts.StockCounted,
        effect="count_stock",
        label=_("Count the stock"),
        done=_("Stock counted"),
    ),
    Move(
        "recount",
        source=("differs",),
        target="kept",
        by=(WAREHOUSE, QUALITY, COORDINATOR),
        facts=facts.StockRecounted,
        effect="recount_stock",
        corrects=("count",),
        label=_("Count again as the second person"),
        done=_("Stock counted again"),
    ),
    Move(
        "hold",
        source=("kept", "differs"),
        target="blocked",
        by=(WAREHOUSE, QUALITY, COORDINATOR),
        facts=facts.Held,
        effect="hold_back",
        label=_("Hold back"),
        done=_("Held back"),
    ),
    Move(
        "free",
        source=("blocked",),
        target="kept",
        by=(QUALITY, COORDINATOR),
        facts=facts.Freed,
        effect="free_lot",
        label=_("Give free"),
        done=_("Free again"),
    ),
    Move(
        "near_expiry",
        source=("kept", "blocked", "differs"),
        target=("kept", "blocked", "differs"),
        by=(CLOCK,),
        facts=facts.NearExpiry,
        effect="near_expiry",
        done=_("Near its expiry date"),
    ),
    Move(
        "expire",
        source=("kept", "blocked", "differs"),
        target="expired",
        by=(CLOCK,),
        facts=facts.Expired,
        effect="expire_lot",
        done=_("Past its expiry date"),
    ),
)

RECALLING = (
    Move(
        "recall",
        source=("coming", "kept", "differs", "blocked", "expired", "moving", *ASKED),
        target="recalled",
        by=(QUALITY, COORDINATOR),
        facts=facts.Recalled,
        effect="recall",
        initial="recall_initial",
        label=_("Recall from everybody"),
        done=_("Recalled"),
    ),
    Move(
        "lift",
        source=("recalled",),
        target=("kept", "moving", "coming"),
        by=(QUALITY, COORDINATOR),
        facts=facts.RecallLifted,
        effect="lift_recall",
        label=_("End the recall"),
        done=_("Recall ended"),
    ),
    Move(
        "answer",
        source=("recalled",),
        target="recalled",
        by=(HOSPITAL,),
        facts=facts.RecallAnswered,
        effect="answer_recall",
        label=_("Say what you still have of it"),
        done=_("Recall answered"),
    ),
)

LEAVING = (
    *_pair(
        names=("ask_write_off", "write_off"),
        said=(facts.WriteOffAsked, facts.WrittenOff),
        labels=(_("Ask to write off"), _("Write off as the second person")),
        done=(_("Asked to be written off"), _("Written off")),
        stage="write_off_asked",
        source=RESTING,
        by=(QUALITY, COORDINATOR),
    ),
    *_pair(
        names=("ask_return", "send_back"),
        said=(facts.ReturnAsked, facts.ReturnedToDonor),
        labels=(_("Ask to give back to the donor"), _("Give back as the second person")),
        done=(_("Asked to go back to the donor"), _("Given back to the donor")),
        stage="return_asked",
        source=("kept", "blocked", "recalled"),
        by=(COORDINATOR,),
    ),
    *_pair(
        names=("ask_issue", "issue"),
        said=(facts.IssueAsked, facts.IssuedToCommunity),
        labels=(_("Ask to give to the community"), _("Give as the second person")),
        done=(_("Asked to go to the community"), _("Given to the community")),
        stage="issue_asked",
        source=("kept",),
        by=(COORDINATOR,),
    ),
    *_pair(
        names=("ask_sale", "sell"),
        said=(facts.SaleAsked, facts.Sold),
        labels=(_("Ask to sell"), _("Sell as the second person")),
        done=(_("Asked to be sold"), _("Sold")),
        stage="sale_asked",
        source=("kept",),
        by=(COORDINATOR,),
    ),
    Move(
        "decline",
        source=ASKED,
        target=RESTING,
        by=(WAREHOUSE, QUALITY, COORDINATOR),
        facts=facts.Declined,
        effect="decline_out",
        label=_("Do not do it"),
        done=_("Not agreed to"),
    ),
)

MOVING = (
    Move(
        "send",
        source=("kept",),
        target=("kept", "moving"),
        by=(WAREHOUSE, COORDINATOR),
        facts=facts.SentOver,
        effect="send_over",
        label=_("Send to another warehouse"),
        done=_("Sent to another warehouse"),
    ),
    Move(
        "receive",
        source=("moving", "recalled"),
        target=("kept", "recalled"),
        by=(WAREHOUSE,),
        facts=facts.CameOver,
        effect="receive_over",
        initial="receive_initial",
        label=_("Count in what came from the other warehouse"),
        done=_("Arrived from another warehouse"),
    ),
)

LOT = Lifecycle(
    "lot",
    "B",
    _("Lot"),
    stages=STAGES,
    moves=(*KEEPING, *RECALLING, *LEAVING, *MOVING),
    public_from=tuple(stage.key for stage in STAGES),
)
