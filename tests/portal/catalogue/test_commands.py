"""The catalogue's tables: filled from the data file, revised when it says something new, by keys
that stay for ever."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from ledger import api as ledger
from portal.catalogue import data, queries
from portal.catalogue.commands import load
from portal.catalogue.models import Item, Variant
from portal.stages.engine import MoveRefused
from tests.factories.catalogue import FEW, MASK, load_catalogue, variant
from tests.factories.clock import AT, later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
RESPIRATOR = FEW[0]


@pytest.fixture
def said(monkeypatch):
    """said(**changes): from now on the data file says this of the respirator."""

    def say(**changes):
        known = data.load(data.FILE)
        item = replace(known.items[RESPIRATOR], **changes)
        items = known.items | {RESPIRATOR: item}
        variants = {v.key: v for i in items.values() for v in i.variants}
        monkeypatch.setattr(
            data, "catalogue", lambda: replace(known, items=items, variants=variants)
        )
        return item

    return say


def events(seal):
    seal()
    return [e.body["type"] for e in ledger.entries() if e.body["type"].startswith("item.")]


def test_loading_twice_publishes_once(seal):
    assert load_catalogue().published == list(FEW)
    assert load_catalogue().unchanged == list(FEW)

    assert events(seal) == ["item.publish"] * len(FEW)


def test_the_entry_says_the_whole_item(seal):
    load_catalogue(only=[RESPIRATOR])
    seal()

    (entry,) = [e for e in ledger.entries() if e.body["type"] == "item.publish"]
    told = entry.body["data"]
    assert (told["key"], told["unit_zh"], told["unit_en"]) == (RESPIRATOR, "只", "pieces")
    mask = next(row for row in told["variants"] if row["key"] == MASK)
    assert (mask["standard"], mask["valid_to"]) == ("GB 19083-2010", "2025-11-30")
    assert told["packs"][0] == {
        "name_zh": "盒",
        "name_en": "box",
        "units": 20,
        "level": 1,
        "unsure": True,
    }
    assert entry.body["data"]["actor_role"] == "system"


def test_a_changed_item_is_revised_and_its_variants_keep_their_rows(seal, said):
    load_catalogue(only=[RESPIRATOR])
    before = Variant.objects.get(key=MASK).pk

    said(zh="医用防护口罩（新）", packs=())
    loaded = load(at=later(days=1), only=[RESPIRATOR])

    item = Item.objects.get(key=RESPIRATOR)
    assert loaded.revised == [RESPIRATOR]
    assert (item.name_zh, item.packs.count()) == ("医用防护口罩（新）", 0)
    assert Variant.objects.get(key=MASK).pk == before
    assert events(seal) == ["item.publish", "item.revise"]


def test_a_variant_that_the_file_no_longer_has_stays(said):
    load_catalogue(only=[RESPIRATOR])
    known = data.catalogue().items[RESPIRATOR].variants

    said(variants=tuple(v for v in known if v.key != MASK))
    loaded = load(at=AT, only=[RESPIRATOR])

    assert loaded.unchanged == [RESPIRATOR]
    assert Variant.objects.get(key=MASK).item.key == RESPIRATOR
    assert Variant.objects.order_by("order").last().key == MASK


def test_a_key_never_passes_to_another_item(said):
    load_catalogue()
    taken = data.catalogue().items["surgical-mask"].variants[0]
    known = data.catalogue().items[RESPIRATOR].variants

    said(variants=(*known, replace(taken, item=RESPIRATOR)))
    with pytest.raises(MoveRefused):
        load(at=AT, only=[RESPIRATOR])

    assert Variant.objects.get(key=taken.key).item.key == "surgical-mask"


def test_the_command_loads_the_whole_file_and_says_what_it_did(settings):
    out = StringIO()

    call_command("load_catalogue", stdout=out)
    call_command("load_catalogue", stdout=out)

    count = len(data.catalogue().items)
    assert out.getvalue().splitlines() == [
        f"{count} published, 0 revised, 0 unchanged",
        f"0 published, 0 revised, {count} unchanged",
    ]
    assert Variant.objects.count() == len(data.catalogue().variants)


@pytest.mark.parametrize(
    ("language", "group", "label"),
    [
        ("zh-hans", "口罩", "医用防护口罩 GB 19083-2010 · 只"),
        ("en", "Masks", "medical respirator GB 19083-2010 · pieces"),
    ],
)
def test_choices_are_grouped_and_in_the_reader_s_language(language, group, label):
    load_catalogue()

    with translation.override(language):
        choices = queries.variant_choices(subject=None, actor=None)

    assert choices[0][0] == group
    assert choices[0][1][0] == (MASK, label)
    assert [len(choices), sum(len(pairs) for _label, pairs in choices)] == [
        3,
        Variant.objects.count(),
    ]


def test_choices_cost_one_query(django_assert_num_queries):
    load_catalogue()

    with django_assert_num_queries(1):
        queries.variant_choices()


def test_a_standard_that_the_name_does_not_say_is_added():
    mask = variant()
    mask.name_zh = "医用防护口罩"

    with translation.override("zh-hans"):
        assert queries.described(mask) == "医用防护口罩 GB 19083-2010"


def test_variants_by_key_leave_out_what_is_unknown():
    mask = variant()

    assert queries.variants_by_key([MASK, "mask.none"]) == {MASK: mask}


def test_an_unknown_class_is_shown_by_its_key():
    assert queries.class_label("never-heard") == "never-heard"
