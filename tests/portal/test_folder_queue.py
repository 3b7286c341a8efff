"""The queue in a folder: whoever reads while another writes finds a whole message or none."""

import os
from queue import Empty

import pytest
from kombu import Connection

from portal.folder_queue import FRESH


@pytest.fixture
def channel(tmp_path):
    folders = {name: tmp_path / name for name in ("queue", "control")}
    for folder in folders.values():
        folder.mkdir()
    options = {
        "data_folder_in": str(folders["queue"]),
        "data_folder_out": str(folders["queue"]),
        "control_folder": str(folders["control"]),
    }
    with Connection(
        "filesystem://localhost",
        transport="portal.folder_queue:Transport",
        transport_options=options,
    ) as connection:
        yield connection.default_channel


@pytest.fixture
def between(monkeypatch):
    """between(look): called when all is written, before the file has its name."""
    real = os.replace

    def install(look):
        def replace(source, target):
            look()
            real(source, target)

        monkeypatch.setattr(os, "replace", replace)

    return install


def test_a_message_is_taken_once(channel):
    channel._put("celery", {"id": 7})

    assert channel._get("celery") == {"id": 7}
    with pytest.raises(Empty):
        channel._get("celery")


def test_a_message_half_written_is_not_there_yet(channel, between):
    seen = []

    def look():
        with pytest.raises(Empty):
            channel._get("celery")
        seen.append(channel._size("celery"))

    between(look)

    channel._put("celery", {"id": 7})

    assert seen == [0]
    assert channel._get("celery") == {"id": 7}


def test_a_table_half_written_is_the_one_before(channel, between):
    channel._queue_bind("all", "", "", "first")
    seen = []
    between(lambda: seen.append([row.queue for row in channel.get_table("all")]))

    channel._queue_bind("all", "", "", "second")
    channel._queue_bind("all", "", "", "second")  # known already: nothing is written

    assert seen == [["first"]]
    assert [row.queue for row in channel.get_table("all")] == ["second", "first"]
    assert not list(channel.control_folder.glob(f"*{FRESH}"))
