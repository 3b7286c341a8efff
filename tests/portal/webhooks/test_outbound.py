"""T-W08: whatever address somebody types, nothing on a network of ours is reached."""

import pytest

from portal.webhooks import outbound
from portal.webhooks.checks import only_tests_send_inside
from portal.webhooks.outbound import Refused, is_public, parts_of, post
from tests.portal.webhooks.receiving import HOST

GOOD = f"https://{HOST}/shanji?key=1"
FORMS = """
http://hooks.receiver.example/ https://hooks.receiver.example:8443/ ftp://a.example/
https://127.0.0.1/ https://[::1]/ https://2130706433/ https://0x7f000001/ https://0177.0.0.1/
https://127.1/ https://0/ https://[::ffff:127.0.0.1]/ https://[fe80::1%25eth0]/ https://[::]/
https://169.254.169.254/latest/meta-data/ https://10.0.0.1/ https://192.168.0.1/
https://172.16.0.1/ https://100.64.0.1/ https://localhost/ https://localhost./
https://a.localhost/ https://db.internal/ https://printer.local/ https://gift.home.arpa/
https://shanji/ https://a..example/ https://user@hooks.receiver.example/
https://hooks.receiver.example@127.0.0.1/ https://127.0.0.1#@hooks.receiver.example/
https://hooks.receiver.example\\@127.0.0.1/ https://hooks.receiver.example#a
https:hooks.receiver.example/ //a.example/ https://HOOKS.receiver.example/ https://１２７.0.0.1/
https://hooks。receiver。example/ https:///a https://127.0.0.1.nip%2eio/ https://a.0x7f/
https://1.2.3.4.5/ https://-a.example/
"""
MORE = ["", f"{GOOD} b", f"{GOOD}\r\nX: 1", GOOD + "a" * 300]
NEAR = """
127.0.0.1 127.255.255.254 10.1.2.3 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0
255.255.255.255 224.0.0.1 240.0.0.1 192.0.0.8 198.18.0.1 192.0.2.1 198.51.100.1 203.0.113.1
192.88.99.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1
::ffff:8.8.8.8 64:ff9b::7f00:1 2002:7f00:1:: 2001:0:7f00:1:: 2001:db8::1 ::127.0.0.1 fec0::1
100::1 nonsense
"""


@pytest.mark.parametrize("address", [*FORMS.split(), *MORE])
def test_T_W08_an_address_of_another_form_is_refused(address):
    with pytest.raises(Refused):
        parts_of(address)


@pytest.mark.parametrize("address", NEAR.split())
def test_T_W08_an_address_that_is_not_public_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "223.5.5.5", "2606:4700:4700::1111", "2400:3200::1"]
)
def test_a_public_address_is_public(address):
    assert is_public(address)


def test_what_is_sent_arrives_with_its_headers(receiver):
    answer = post(GOOD, b"{}", {"webhook-id": "one"})

    assert (answer.good, answer.status) == (True, 204)
    ((path, headers, body),) = receiver.taken
    assert (path, body, headers["webhook-id"]) == ("/shanji?key=1", b"{}", "one")
    assert headers["Host"].partition(":")[0] == HOST


def test_T_W08_a_name_that_leads_inside_is_not_connected_to(receiver, settings, names):
    settings.WEBHOOK_NETWORKS = []

    for near in NEAR.split():
        names[HOST] = [["93.184.215.14", near]]  # one bad address is enough

        assert "not public" in post(GOOD, b"{}", {}).trouble, near

    assert receiver.connections == 0


def test_T_W08_a_name_that_changes_its_mind_is_asked_once(receiver, settings, names):
    settings.WEBHOOK_NETWORKS = [outbound.ip_network("127.0.0.2/32")]
    names[HOST] = [["127.0.0.2"], ["127.0.0.1"]]  # looked at, then another

    answer = post(GOOD, b"{}", {})

    assert (answer.status, answer.trouble) == (0, "ConnectionRefusedError")
    assert receiver.connections == 0
    assert names[HOST] == [["127.0.0.1"]]


def test_T_W08_a_redirect_is_not_followed(receiver):
    receiver.status, receiver.location = 302, "https://hooks.receiver.example/elsewhere"

    answer = post(GOOD, b"{}", {})

    assert (answer.good, answer.trouble) == (False, "HTTP 302")
    assert len(receiver.taken) == 1


def test_T_W08_a_certificate_of_another_name_is_refused(receiver, names):
    names["other.example"] = [["127.0.0.1"]]

    answer = post("https://other.example/", b"{}", {})

    assert answer.trouble == "SSLCertVerificationError"
    assert receiver.taken == []


def test_T_W08_an_answer_that_drips_is_cut_off(receiver, monkeypatch):
    monkeypatch.setattr(outbound, "SECONDS", 0.3)
    receiver.drip = True

    assert post(GOOD, b"{}", {}).status == 0


def test_a_host_that_is_not_known_is_no_bug(names):
    assert post("https://nobody.example/", b"{}", {}).trouble == "gaierror"


def test_the_operator_may_name_the_hosts(settings):
    settings.WEBHOOK_HOSTS = ["another.example"]

    with pytest.raises(Refused, match="not a host that we send to"):
        parts_of(GOOD)


def test_the_door_of_the_tests_is_closed_elsewhere(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = [outbound.ip_network("127.0.0.0/8")]
    assert only_tests_send_inside() == []

    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "portal.settings")

    (error,) = only_tests_send_inside()
    assert error.id == "webhooks.E001"
