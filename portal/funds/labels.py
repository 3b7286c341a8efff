"""Words of a refusal that wait for their language until they are printed."""

from portal.catalogue.queries import class_label
from portal.funds.stages import Paper, Purpose
from portal.input.speaking import Many


def purpose(key: str) -> object:
    return Purpose(key).label


def paper(key: str) -> object:
    return Paper(key).label


def item_class(key: str) -> object:
    """In the language that is active when it is printed."""
    return Many(class_label, (key,))
