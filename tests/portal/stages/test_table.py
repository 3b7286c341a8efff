"""The table is checked when it is built, and is the only rule of who may move what."""

from dataclasses import replace

import pytest

from portal.disclosure.classes import NAMED, OPEN, PRIVATE
from portal.stages.facts import Facts, FactWrong, fact
from portal.stages.table import Lifecycle, Move, Stage, TableWrong, lifecycles
from tests.toys.stages import TOY, Built, Drawn, Part

WRONG = {
    "a stage twice": ({"stages": (*TOY.stages, TOY.stages[0])}, "the stage 'drawn' stands twice"),
    "a move twice": ({"moves": (*TOY.moves, TOY.moves[1])}, "the move 'build' stands twice"),
    "an unknown stage": (
        {"moves": (*TOY.moves, Move("lose", source=("built",), target="lost", by=("donor",)))},
        "the move 'lose' names the unknown stage 'lost'",
    ),
    "an unreachable stage": (
        {"stages": (*TOY.stages, Stage("sold", "Sold", ""))},
        "no move leads to the stage 'sold'",
    ),
    "two openings": (
        {"moves": (*TOY.moves, Move("find", target="drawn", by=("donor",)))},
        "exactly one move opens it (an empty source), not ['draw', 'find']; "
        "an opening may lead to several stages",
    ),
    "no opening": (
        {"moves": TOY.moves[1:]},
        "exactly one move opens it (an empty source), not []; "
        "an opening may lead to several stages",
    ),
    "nobody may": (
        {"moves": (*TOY.moves, Move("lend", source=("built",), target="given"))},
        "nobody may take the move 'lend': fill in by=(...)",
    ),
    "an unknown public stage": (
        {"stages": (*TOY.stages[1:], Stage("drawn", "Drawn", "", public="nowhere"))},
        "the stage 'drawn' names the unknown public stage 'nowhere'",
    ),
    "an unknown public_from": (
        {"public_from": ("sold",)},
        "public_from names the unknown stage 'sold'",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_table_is_refused_with_the_row_named(case):
    change, sentence = WRONG[case]

    with pytest.raises(TableWrong) as refused:
        replace(TOY, **change)

    assert str(refused.value) == f"toy: {sentence}"


def test_a_float_can_not_get_into_the_facts():
    class Weighed(Facts):
        kilos: float = fact("Kilos")

    with pytest.raises(TableWrong, match="'kilos' has the type .*float.*, which cannot be sealed"):
        Lifecycle(
            "sack", "B", "Sack",
            stages=(Stage("full", "Full", ""),),
            moves=(Move("fill", target="full", by=("donor",), facts=Weighed),),
            public_from=("full",),
        )  # fmt: skip


def test_a_fact_may_not_take_a_word_of_the_entry():
    class Stolen(Facts):
        recorded_at: str = fact("When")

    with pytest.raises(TableWrong, match="a word the entry keeps for itself"):
        replace(
            TOY,
            moves=(
                *TOY.moves,
                Move("x", source=("built",), target="built", by=("donor",), facts=Stolen),
            ),
        )


def test_a_fact_without_a_label_is_refused():
    class Bare(Facts):
        size: int = 3

    with pytest.raises(FactWrong, match="the fact 'size' has no label"):
        Bare.specs()


def test_facts_are_sealed_by_their_class():
    drawn = Drawn(colour="red", artist="Mo", parts=(Part(size=2, maker="Li"), Part(size=5)))

    assert drawn.sealed(OPEN) == {"colour": "red", "parts": [{"size": 2}, {"size": 5}]}
    assert drawn.sealed(NAMED) == {"artist": "Mo"}
    assert drawn.sealed(PRIVATE) == {"parts_maker": ["Li", ""]}


def test_facts_are_frozen():
    with pytest.raises(AttributeError):
        Built(amount=1).amount = 2


@pytest.mark.parametrize("table", [TOY, *lifecycles()], ids=lambda t: t.key)
def test_the_table_alone_says_who_may_move_from_where(table):
    """Every move × stage × role: allowed exactly where the row names both."""
    from portal.accounts.roles import Role

    for move in table.moves:
        for role in Role:
            for stage in (None, *[s.key for s in table.stages]):
                named = role in move.by and (move.opens if stage is None else stage in move.source)
                assert table.may(stage=stage, move=move.name, role=role) is named


@pytest.mark.parametrize("table", lifecycles(), ids=lambda t: t.key)
def test_every_live_stage_and_move_is_worded(table):
    for stage in table.stages:
        assert str(stage.label)
        assert str(stage.text)
    for move in table.moves:
        assert str(move.done) or str(move.label)
