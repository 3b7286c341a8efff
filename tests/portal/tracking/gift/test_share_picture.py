"""The picture beside a shared link: what is public of a gift, small, without a person's name."""

import io
import re

import pytest
from PIL import Image

from portal.tracking.gift import picturing
from tests.portal.tracking.stories import Story, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(seal_and_project):
    told = whole(Story())
    seal_and_project()
    return told


@pytest.fixture
def no_font(monkeypatch):
    monkeypatch.setattr(picturing, "_file", lambda *, bold: None)


def test_a_shared_link_shows_title_state_and_a_picture_of_its_own(client, world):
    page = client.get(f"/en/g/{world['gift']}/").content.decode()
    told = dict(re.findall(r'<meta property="og:([a-z:_]+)" content="([^"]*)">', page))

    assert told["title"].startswith("Medical respirator")
    assert "600 pieces confirmed by Jiangcheng First Hospital" in told["description"]
    assert told["url"] == f"https://tests.shanji.example/g/{world['gift']}/"
    assert told["image"] == f"https://tests.shanji.example/en/g/{world['gift']}/share.png"
    assert 'name="twitter:card" content="summary_large_image"' in page
    assert "晨光公司" not in "".join(told.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_has_the_size_that_is_asked_for_and_stays_small(client, world, language):
    answer = client.get(f"/{language}/g/{world['gift']}/share.png")

    assert answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert len(answer.content) <= 60_000
    assert not answer.cookies
    again = client.get(answer.request["PATH_INFO"], headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_another_state_is_another_picture(client, world, seal_and_project):
    address = f"/en/g/{world['gift']}/share.png"
    before = client.get(address)
    Story().move_gift(world["gift"], "fulfil", "fulfilled")
    seal_and_project()
    after = client.get(address, headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]


def test_without_a_font_for_chinese_the_still_picture_is_given(client, world, no_font):
    answer = client.get(f"/zh/g/{world['gift']}/share.png")

    assert answer.content == picturing.STILL.read_bytes()
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)


def test_a_gift_that_is_not_there_has_no_picture(client, world):
    assert client.get(f"/zh/g/{world['gift'][:-1]}/share.png").status_code == 404


class Fixed:
    """A face in which every sign is ten wide."""

    def getlength(self, text):
        return 10 * len(text)


def test_lines_break_between_words_and_between_chinese_signs():
    assert picturing.lines("two words here", Fixed(), 100, most=3) == ["two words", "here"]
    assert picturing.lines("江城第一医院", Fixed(), 40, most=3) == ["江城第一", "医院"]
    assert picturing.lines("one two three", Fixed(), 50, most=2) == ["one", "two…"]
