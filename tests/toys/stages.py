"""A toy table: derived behaviour is tested here, so that no live table has to stand still."""

from enum import StrEnum

from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(Facts):
    size: int = fact("Size")
    maker: str = fact("Maker", disclosure=PRIVATE, default="")


class Drawn(Facts, line="Drawn in {colour}"):
    colour: Colour = fact("Colour")
    artist: str = fact("Artist", disclosure=NAMED, default="")
    parts: tuple[Part, ...] = fact("Parts", default=())


class Built(Facts, line="Built: {amount}"):
    amount: int = fact("Amount")
    secret: str = fact("Secret", disclosure=PRIVATE, default="")


class Given(Facts):
    to: str = fact("To whom", choices="child_choices")


TOY = Lifecycle(
    "toy",
    "B",
    "Toy",
    stages=(
        Stage("drawn", "Drawn", "Only on paper."),
        Stage("built", "Built", "On the shelf.", public="store"),
        Stage("given", "Given", "With a child.", public="confirm", ends=True),
        Stage("broken", "Broken", "In the bin.", detour=True, ends=True),
    ),
    moves=(
        Move(
            "draw",
            target=("drawn", "built"),
            by=("warehouse", "donor"),
            facts=Drawn,
            effect="draw",
            done="Drawn",
        ),
        Move(
            "build",
            source=("drawn",),
            target="built",
            by=("warehouse",),
            facts=Built,
            effect="build",
            done="Built",
        ),
        Move(
            "polish",
            source=("built",),
            target="built",
            by=("warehouse",),
            sealed=False,
            done="Polished",
        ),
        Move(
            "give",
            source=("built",),
            target="given",
            by=("warehouse", "donor"),
            facts=Given,
            done="Given",
        ),
        Move(
            "break",
            source=("drawn", "built"),
            target="broken",
            by=("donor",),
            effect="break_it",
            done="Broken",
        ),
    ),
    public_from=("built",),
)
