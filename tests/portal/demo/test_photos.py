"""The story's pictures: drawn, not taken."""

from io import BytesIO

import pytest
from PIL import Image

from portal.demo.photos import draw
from portal.evidence.making import copied
from portal.evidence.models import Shows


def test_a_picture_is_the_same_for_the_same_thing_and_another_for_another():
    assert draw(Shows.GOODS, seed="A-1") == draw(Shows.GOODS, seed="A-1")
    assert draw(Shows.GOODS, seed="A-1") != draw(Shows.GOODS, seed="A-2")


@pytest.mark.parametrize("shows", [Shows.GOODS, Shows.LABEL, Shows.DAMAGE])
def test_it_passes_as_a_photo(shows):
    found = copied(draw(shows, seed="A-1"), "image/jpeg")

    assert found.thumb
    assert Image.open(BytesIO(found.copy)).size[0] > 600
