"""Every public figure, declared once: its title, what exactly it counts, its unit, and the rows
that make it. Page, JSON, CSV, the counters of the home page and organisations' pages read it here.

A figure that `grows` falls only by an entry that takes something back, and such entries stand
beside it; the others say how things are at the entry that the page names.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ledger.core.postings import MONEY
from portal.stages.table import Lifecycle, lifecycle
from portal.tracking.statistics.dwelling import KINDS

PIECES, FEN, COUNT, HOURS = "pieces", "fen", "count", "hours"


@dataclass(frozen=True)
class Parts:
    """Rows: what each entry adds to or takes from it."""

    figure: str


@dataclass(frozen=True)
class Held:
    """Rows: what lies in a place now."""

    place: str


@dataclass(frozen=True)
class InStage:
    """Rows: the subjects of a kind that are in one of these stages now."""

    kind: str
    stages: tuple[str, ...]


@dataclass(frozen=True)
class OpenNeeds:
    """Rows: the needs that are open now."""


@dataclass(frozen=True)
class Gaps:
    """Rows: the open lines of needs of which something is missing."""


Rows = Parts | Held | InStage | OpenNeeds | Gaps


@dataclass(frozen=True)
class Figure:
    key: str
    group: str
    title: object
    says: object
    unit: str
    rows: Rows

    @property
    def grows(self) -> bool:
        return isinstance(self.rows, Parts)

    @property
    def name(self) -> str:
        """Under which the sums hold it."""
        if isinstance(self.rows, Held):
            return f"at:{self.rows.place}"
        return self.rows.figure if isinstance(self.rows, Parts) else self.key


def _parts(key: str, group: str, title: object, says: object, unit: str = COUNT) -> Figure:
    return Figure(key, group, title, says, unit, Parts(key))


def _at(place: str, title: object, says: object) -> Figure:
    return Figure(f"at-{place}", "where", title, says, PIECES, Held(place))


def _end(key: str, title: object, says: object) -> Figure:
    return _parts(key, "ends", title, says, PIECES)


def _money(key: str, title: object, says: object) -> Figure:
    return _parts(key, "money", title, says, FEN)


def _fund(place: str, title: object, says: object) -> Figure:
    return Figure(f"at-{place}", "money", title, says, FEN, Held(place))


FIGURES: tuple[Figure, ...] = (
    _parts(
        *("gifts", "people", _("Gifts registered")),
        _("Gifts of goods and of money whose first entry is sealed, whatever became of them."),
    ),
    Figure(
        *("promises-overdue", "people", _("Public promises overdue")),
        _("Gifts announced in public whose day has passed and of which not all was sent."),
        *(COUNT, InStage("pledge", ("overdue",))),
    ),
    _parts(
        *("promises_missed", "people", _("Public promises ever overdue")),
        _("Gifts that were overdue at least once, also if they were given later."),
    ),
    _parts(
        *("needs", "people", _("Needs published")),
        _("Need notices published by hospitals, whatever became of them."),
    ),
    Figure(
        *("needs_open", "people", _("Open needs")),
        _("Need notices that are neither met nor withdrawn nor past their day."),
        *(COUNT, OpenNeeds()),
    ),
    _parts(
        *("organisations", "people", _("Organisations")),
        _("Hospitals, charities, donors and authorities with a public entry."),
    ),
    Figure(
        *("gap", "goods", _("Still missing")),
        _(
            "What open lines with a number ask for, less what is promised or farther; lines "
            "without a number are not in it."
        ),
        *(PIECES, Gaps()),
    ),
    _parts(
        *("sent", "goods", _("Sent by donors")),
        _("Pieces that donors have handed over, as they say."),
        PIECES,
    ),
    _parts(
        *("bought", "goods", _("Bought")),
        _("Pieces bought with money that was given."),
        PIECES,
    ),
    _parts(
        *("found", "goods", _("Found")),
        _("Pieces that were counted beyond what had been sent."),
        PIECES,
    ),
    _parts(
        *("counted", "goods", _("Counted in")),
        _("Pieces that warehouses have counted in, before or after inspection."),
        PIECES,
    ),
    _parts(
        *("dispatched", "goods", _("Handed over for hospitals")),
        _("Pieces handed to a carrier for a hospital; moves between warehouses are not in it."),
        PIECES,
    ),
    _parts(
        *("confirmed", "goods", _("Confirmed by hospitals")),
        _("Pieces that hospitals have confirmed; what they gave back later stays in it."),
        PIECES,
    ),
    _parts(
        *("left_again", "goods", _("Left hospitals again")),
        _("Confirmed pieces that left the hospital, for example in a recall."),
        PIECES,
    ),
    _at("inbound", _("On the way in"), _("Sent by donors or sellers and not yet counted.")),
    _at("quarantine", _("Under inspection"), _("Counted in and waiting for inspection.")),
    _at("stock", _("In stock now"), _("In a warehouse and not set aside for anybody.")),
    _at("reserved", _("Set aside"), _("Set aside for a hospital, or packed for it.")),
    _at("transit", _("Under way"), _("With a carrier; delivered but not confirmed is in it.")),
    _at("held", _("Held"), _("Held until explained or until its owner decides.")),
    _at("received", _("At hospitals"), _("Confirmed and not given back since.")),
    _end("rejected", _("Rejected"), _("Refused by a warehouse or a hospital, with a reason.")),
    _end("returned", _("Returned"), _("Given back to the donor.")),
    _end("damaged", _("Damaged"), _("Written off as damaged.")),
    _end("lost", _("Missing"), _("Written off as missing; what is found again leaves it.")),
    _end("expired", _("Expired"), _("Written off as expired.")),
    _end("community", _("Community use"), _("Not fit for hospitals, given to community use.")),
    _end("sold", _("Sold"), _("Sold, with buyer, price and where the money went.")),
    _parts(
        *("shipments_sent", "deliveries", _("Shipments sent")),
        _("Shipments for hospitals that were handed to a carrier, each counted once."),
    ),
    _parts(
        *("shipments_delivered", "deliveries", _("Delivered by the carrier's word")),
        _("Shipments for hospitals of which the carrier has said that they arrived."),
    ),
    _parts(
        *("shipments_confirmed", "deliveries", _("Deliveries confirmed")),
        _("Shipments that the hospital itself has counted and confirmed."),
    ),
    Figure(
        *("unconfirmed", "deliveries", _("Unconfirmed now")),
        _("Shipments delivered by the carrier's word and not confirmed for over 72 hours."),
        *(COUNT, InStage("shipment", ("unconfirmed",))),
    ),
    _parts(
        *("shipments_late", "deliveries", _("Ever unconfirmed for 72 hours")),
        _("Shipments that were unconfirmed for over 72 hours, also if confirmed later."),
    ),
    _parts(
        *("differences", "deliveries", _("Deliveries with a difference")),
        _("Confirmed deliveries in which something was missing, damaged, wrong or too much."),
    ),
    Figure(
        *("differences-open", "deliveries", _("Differences not explained")),
        _("Deliveries whose difference has not been explained, or not so that both agree."),
        *(COUNT, InStage("receipt", ("discrepancy", "objected"))),
    ),
    _parts(
        *("confirm_hours", "deliveries", _("Hours until confirmed")),
        _(
            "Whole hours from the carrier's word to the hospital's, of deliveries confirmed: the "
            "median, and what nine in ten did not exceed."
        ),
        HOURS,
    ),
    _money("money", _("Money received"), _("Money that donors have given, as it arrived.")),
    _fund("unidentified", _("Not identified"), _("Money whose giver or purpose is not known.")),
    _fund("fund", _("In funds"), _("Money in a fund, neither spent nor set aside.")),
    _fund("committed", _("Approved"), _("Money set aside for a spending that is approved.")),
    _money("money_paid", _("Paid"), _("Money paid to suppliers.")),
    _money("money_fee", _("Fees"), _("Money that a fund keeps for its management; also if 0.")),
    _money("money_refunded", _("Given back"), _("Money given back to donors.")),
)
BY_KEY = {figure.key: figure for figure in FIGURES}
GROUPS = {
    "people": _("Gifts and needs"),
    "deliveries": _("Delivered and confirmed"),
    "goods": _("Goods, by kind and unit"),
    "where": _("Where the goods are now"),
    "ends": _("What did not arrive"),
    "money": _("Money"),
}
CURRENCY = MONEY


ON_TIME = 72  # hours that a recipient has to confirm a delivery (R20)


def figure(key: str) -> Figure | None:
    """The figure of this key; `hours-<kind>-<stage>` of a stage of a lifecycle."""
    known = BY_KEY.get(key)
    word, _dash, rest = key.partition("-")
    kind, dash, stage = rest.partition("-")
    if known is None and word in ("hours", "now") and dash:
        return _of_stage(word, kind, stage)
    return known


def tables() -> list[tuple[str, Lifecycle]]:
    """The lifecycles whose stages are timed, in the order in which goods go through them."""
    found = ((kind, lifecycle(kind)) for kind in KINDS)
    return [(kind, table) for kind, table in found if table is not None]


def ends(kind: str, stage: str) -> bool:
    """Whether nothing is waited for in this stage."""
    table = lifecycle(kind)
    return table is not None and stage in table.by_key and table.by_key[stage].ends


def _of_stage(word: str, kind: str, stage: str) -> Figure | None:
    table = lifecycle(kind) if kind in KINDS else None
    if table is None or stage not in table.by_key:
        return None
    key, label = f"{word}-{kind}-{stage}", f"{table.label}: {table.by_key[stage].label}"
    if word == "now":
        says = _("What is in this stage now, the longest first.")
        return Figure(key, "stages", label, says, COUNT, InStage(kind, (stage,)))
    says = _("Whole hours from the entry that led into the stage to the one that led out of it.")
    return Figure(key, "stages", label, says, HOURS, Parts(f"hours:{kind}.{stage}"))
