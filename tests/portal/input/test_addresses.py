"""Addresses of web pages, as people give them for a source."""

import pytest

from portal.input.addresses import clean_address
from portal.input.cleaning import Unclean


@pytest.mark.parametrize(
    "address",
    [
        "https://notices.example/2020/02/needs.html?id=1#list",
        "http://notices.example:8080/公告/",
        "https://卫健委.example/",
    ],
)
def test_web_addresses_are_taken(address):
    assert clean_address(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "notices.example",
        "//notices.example/",
        "ftp://notices.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://localhost/",
        "https://user:secret@notices.example/",
        "https://notices.example:port/",
        "http://[::1",
        "https://notices.example/ and more",
        'https://notices.example/"><script>',
        "https://notices.example/\n",
        "https://notices.example/\u202e",
        "https://notices.example/\ud800",
        "https://notices.example/\x00",
        "https://notices.example/" + "a" * 100_000,
    ],
)
def test_others_are_refused(address):
    with pytest.raises(Unclean):
        clean_address(address)
