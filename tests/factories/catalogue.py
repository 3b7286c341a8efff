"""The catalogue of the tests: a few items of the project's own data file, loaded by the real
command."""

from portal.catalogue.commands import load
from portal.catalogue.models import Item, Variant
from tests.factories.clock import AT
from tests.remembering import remembered

FEW = ("medical-respirator", "surgical-mask", "coverall", "medical-gloves")
MASK = "mask.gb19083-2010"
SURGICAL = "mask.yy0469-2011"


@remembered
def load_catalogue(*, only=FEW, at=AT):
    """These items, once; `only=None` for all of them."""
    return load(at=at, only=only)


@remembered
def variant(key=MASK):
    """The variant; loads the few items of the tests if they are not there yet."""
    if not Item.objects.exists():
        load_catalogue()
    return Variant.objects.select_related("item").get(key=key)
