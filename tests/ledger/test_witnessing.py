"""The client of the witnesses against real HTTP servers: honest, hostile, slow, dead, forked."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from ledger import (
    asking,
    cosigned,
    fsck,
    proving,
    publishing,
    reading,
    sealing,
    signing,
    witnessing,
)
from ledger.core import notes, policy, tree, witness
from ledger.models import Cosignature, Head, Journal, StoredCheckpoint
from ledger.verify import __main__ as verify
from tests.witness_fixtures import Hostile, ToyLog, answer, key_of, served, write_policy

pytestmark = pytest.mark.django_db

KEY = key_of("hostile.example")


def grow(story, count=3):
    """Entries sealed and signed; the checkpoint."""
    story.tell(count)
    sealing.seal_all(at=timezone.now())
    return signing.sign(at=timezone.now())


def public(settings):
    return (settings.LEDGER_DIR / "checkpoint").read_text()


def mode():
    return Head.objects.get().mode


def alarms():
    return [
        (line.good, line.text) for line in Journal.objects.filter(kind="witness").order_by("id")
    ]


@pytest.fixture
def hostile(log, settings, tmp_path):
    """One witness, the whole quorum, that answers as the test says; it may also be honest."""
    server = Hostile()
    with served(server) as address:
        memory = SimpleNamespace(key=KEY)
        member = SimpleNamespace(name="hostile", memory=memory, address=address)
        write_policy(settings, tmp_path, [member], quorum=1)
        yield server


def line_for(body, *, key=KEY, at=None):
    """An honest witness's line for a request."""
    text = witness.parse_request(body).note.partition(b"\n\n")[0].decode() + "\n"
    return witness.cosign(key, text, time=int(at or time.time())).encode()


def honest(handler, body):
    answer(handler, 200, line_for(body))


# --- what is sent


def test_a_request_has_the_proof_and_our_own_lines_only(hostile, story, settings):
    hostile.mode = honest
    grow(story, 4)
    publishing.sign_and_publish(at=timezone.now())
    grow(story, 5)
    publishing.sign_and_publish(at=timezone.now())

    first, second = map(witness.parse_request, hostile.asked)

    assert (first.old, first.proof, second.old) == (0, [], 5)
    old, new = (
        notes.open_checkpoint(one.note, notes.parse_vkey(Head.objects.get().vkey))
        for one in (first, second)
    )
    tree.verify_consistency(old.size, old.root, new.size, new.root, second.proof)
    assert second.note == StoredCheckpoint.objects.get(size=10).note.encode()
    assert len(hostile.asked[1]) < witness.MAX_REQUEST


@pytest.mark.parametrize("width", [4, 256])
def test_the_proof_from_any_size_to_any_other_is_made_from_stored_hashes(log, story, width):

    story.tell(40)
    sealing.seal_all(at=timezone.now(), width=width)
    leaves = list(reading.leaves(0, 41))
    for size in (1, 2, 16, 17, 31, 40, 41) if width == 4 else (41,):
        for old in range(size + 1):
            expected = tree.consistency_proof(tree.reader(leaves), old, size)
            if width == 4 and size != 41:
                assert tree.consistency_proof(tree.reader(leaves[:size]), old, size) == expected
            if size == 41:
                assert proving.consistency(old, size, width=width) == expected


# --- what is answered: the status table


def hide(reason):
    return lambda handler, body: answer(handler, reason)


def wrong_key(handler, body):
    answer(handler, 200, line_for(body, key=key_of("stranger.example")))


def same_name_other_key(handler, body):
    answer(handler, 200, line_for(body, key=notes.SigningKey("hostile.example", bytes(32))))


def wrong_signature(handler, body):
    key = witness.cosigner(KEY)
    answer(handler, 200, notes.line(key, int(time.time()).to_bytes(8, "big") + bytes(64)).encode())


def other_text(handler, body):
    text = ToyLog().grow(3).checkpoint().text()
    answer(handler, 200, witness.cosign(KEY, text, time=int(time.time())).encode())


def in_the_future(handler, body):
    answer(handler, 200, line_for(body, at=time.time() + 700))


def time_zero(handler, body):
    line = notes.parse_line(line_for(body).decode().rstrip("\n"))
    key = witness.cosigner(KEY)
    answer(handler, 200, notes.line(key, bytes(8) + line.signature[8:]).encode())


def garbage(handler, body):
    answer(handler, 200, b"\xff\x00<html>" * 100)


def ten_megabytes(handler, body):
    answer(handler, 200, line_for(body) + b"x" * 10_000_000)


def redirect(handler, body):
    answer(handler, 302, Location=f"http://127.0.0.1:{handler.server.server_port}/elsewhere")


def no_http(handler, body):
    handler.wfile.write(b"hello\r\n\r\n")


def endless_headers(handler, body):
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n" + b"A: b\r\n" * 10_000 + b"\r\n")


USELESS = [wrong_key, same_name_other_key, wrong_signature, other_text, in_the_future, time_zero]
USELESS += [garbage]


@pytest.mark.parametrize("how", USELESS, ids=lambda how: how.__name__)
def test_failure_19_what_does_not_verify_is_not_stored(hostile, story, settings, how):
    hostile.mode = how
    grow(story)

    publishing.sign_and_publish(at=timezone.now())

    assert not Cosignature.objects.exists()
    assert not (settings.LEDGER_DIR / "checkpoint").exists()
    assert (mode(), len(alarms())) == ("ok", 1)
    assert alarms()[0][1].startswith("hostile: answered what cannot be used")


@pytest.mark.parametrize("status", [400, 403, 404, 500, 302, 204])
def test_failure_19_a_refusal_is_an_alarm_once_and_sealing_goes_on(hostile, story, status):
    hostile.mode = redirect if status == 302 else hide(status)
    now = timezone.now()
    grow(story)

    for minutes in (0, 10, 20):
        publishing.sign_and_publish(at=now + timedelta(minutes=minutes))
    story.tell(2)

    assert sealing.seal_all(at=now) == 2
    assert (mode(), len(hostile.asked)) == ("ok", 3)
    assert [good for good, _ in alarms()] == [False]
    assert str(status) in alarms()[0][1]

    hostile.mode = honest
    publishing.sign_and_publish(at=now + timedelta(minutes=30))

    assert alarms()[1:] == [(True, "hostile: cosigns again")]


@pytest.mark.parametrize(
    "how",
    [hide(429), hide(502), hide(503), hide(504), ten_megabytes, no_http, endless_headers],
    ids=["429", "502", "503", "504", "ten megabytes", "no http", "endless headers"],
)
def test_failure_19_the_busy_and_the_mad_are_left_in_peace_longer_and_longer(hostile, story, how):
    hostile.mode = how
    now = timezone.now()
    grow(story)
    asked = []

    for second in (0, 4, 5, 14, 15, 34, 35, 74, 75, 154, 155, 314, 315, 614, 615, 914):
        before = len(hostile.asked)
        publishing.sign_and_publish(at=now + timedelta(seconds=second))
        if len(hostile.asked) > before:
            asked.append(second)

    assert asked == [0, 5, 15, 35, 75, 155, 315, 615]
    assert (mode(), alarms()) == ("ok", [])
    hostile.mode = honest
    publishing.sign_and_publish(at=now + timedelta(seconds=915))
    assert Cosignature.objects.count() == 1


def test_failure_19_a_dead_witness_costs_nothing(hostile, story, settings):
    hostile.server_close()
    grow(story)
    began = time.monotonic()

    publishing.sign_and_publish(at=timezone.now())

    assert time.monotonic() - began < 1
    assert (mode(), alarms()) == ("ok", [])


def test_failure_19_a_slow_witness_is_ignored_after_its_time(hostile, story, settings, monkeypatch):
    """Dripping a byte now and then keeps no connection alive: the time is for everything."""
    monkeypatch.setattr(asking, "SECONDS", 0.6)
    ended = []

    def dripping(handler, body):
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        try:
            for _ in range(100):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            ended.append(time.monotonic())

    hostile.mode = dripping
    grow(story)
    began = time.monotonic()

    publishing.sign_and_publish(at=timezone.now())

    assert 0.5 < time.monotonic() - began < 1.5
    assert not Cosignature.objects.exists()
    end = time.monotonic() + 2
    while not ended and time.monotonic() < end:
        time.sleep(0.02)
    assert ended[0] - began < 1.5


def test_an_answer_that_comes_late_is_taken_by_the_next_round(hostile, story, settings):
    def slow(handler, body):
        time.sleep(0.4)
        honest(handler, body)

    hostile.mode = slow
    grow(story)
    began = time.monotonic()
    publishing.sign_and_publish(at=timezone.now(), patience=0.05)
    assert time.monotonic() - began < 0.35
    assert not (settings.LEDGER_DIR / "checkpoint").exists()
    grow(story, 2)  # the log has grown meanwhile

    time.sleep(0.5)
    publishing.sign_and_publish(at=timezone.now(), patience=0.05)

    assert len(hostile.asked) == 1
    assert public(settings).splitlines()[1] == "4"  # the newest witnessed size, not the newest


# --- 409 and 422


def test_failure_12_a_smaller_size_of_the_witness_is_answered_with_another_proof(hostile, story):
    def behind(handler, body):
        if witness.parse_request(body).old != 4:
            answer(handler, 409, b"4\n", Content_Type=witness.SIZE_TYPE)
        else:
            honest(handler, body)

    hostile.mode = behind
    grow(story)
    grow(story, 5)

    publishing.sign_and_publish(at=timezone.now())

    assert [witness.parse_request(body).old for body in hostile.asked] == [0, 4]
    assert Cosignature.objects.get().size == 9


def test_a_witness_that_contradicts_itself_is_asked_twice_only(hostile, story):
    hostile.mode = lambda handler, body: answer(handler, 409, b"2\n")
    grow(story)

    publishing.sign_and_publish(at=timezone.now())

    assert (len(hostile.asked), mode()) == (2, "ok")
    assert "contradicts itself" in alarms()[0][1]


@pytest.mark.parametrize(
    ("status", "body"), [(409, b"14\n"), (409, b""), (409, b"many\n"), (422, b"bad proof\n")]
)
def test_failure_20_a_witness_ahead_of_us_freezes_and_both_notes_are_kept(
    hostile, story, settings, status, body
):
    fork = ToyLog(origin=settings.LEDGER_ORIGIN).grow(14)
    fork_note = notes.parse_skey(settings.LEDGER_KEY_FILE.read_text().strip()).sign(
        fork.checkpoint().text()
    )
    hostile.shown = fork_note.encode() + line_for(witness.make_request(0, [], fork_note.encode()))
    hostile.mode = lambda handler, _body: answer(handler, status, body)
    ours = grow(story)

    publishing.sign_and_publish(at=timezone.now())

    assert mode() == "frozen"
    assert not (settings.LEDGER_DIR / "checkpoint").exists()
    text = alarms()[0][1]
    assert ours.note in text
    assert fork_note in text
    assert "hostile" in Journal.objects.get(kind="mode").text
    story.tell(2)
    assert sealing.seal_all(at=timezone.now()) == 2  # sealing goes on
    assert signing.sign(at=timezone.now()) is None
    settings.LEDGER_CHECKS = []
    assert fsck.differences(at=timezone.now()) == []
    shown = witnessing.sightings(Head.objects.get())
    assert [one.size for one in shown] == [14]


def test_a_bare_word_without_our_signature_is_no_sighting(hostile, story, settings):
    forged = ToyLog(origin=settings.LEDGER_ORIGIN).grow(14).note()
    hostile.shown = forged.encode()

    assert witnessing.sightings(Head.objects.get()) == []
    hostile.shown = b"\xff" * 100_000
    assert witnessing.sightings(Head.objects.get()) == []
    hostile.server_close()
    assert witnessing.sightings(Head.objects.get()) == []


def test_an_older_round_that_comes_late_does_not_freeze(hostile, story):
    """The witness has what another worker asked for meanwhile: no more than we signed."""
    asked = []

    def ahead(handler, body):
        asked.append(witness.parse_request(body).old)
        if len(asked) == 1:
            time.sleep(0.3)
            answer(handler, 409, b"6\n")
        else:
            honest(handler, body)

    hostile.mode = ahead
    grow(story)
    publishing.sign_and_publish(at=timezone.now(), patience=0.05)
    grow(story, 2)
    time.sleep(0.4)

    publishing.sign_and_publish(at=timezone.now())

    assert (mode(), asked) == ("ok", [0, 6])


# --- lines


def test_t_l16_a_forged_line_with_the_witnesss_own_name_is_not_kept(hostile, story, settings):
    forged = notes.line(witness.cosigner(KEY), int(time.time()).to_bytes(8, "big") + bytes(64))
    stranger = notes.line(witness.cosigner(key_of("stranger.example")), bytes(72))
    hostile.mode = lambda handler, body: answer(
        handler, 200, forged.encode() + stranger.encode() + b"\nnonsense\n" + line_for(body)
    )
    grow(story)
    publishing.sign_and_publish(at=timezone.now())
    first = public(settings)
    grow(story)
    publishing.sign_and_publish(at=timezone.now())

    for note, size in ((first, 4), (public(settings), 7)):
        lines = note.partition("\n\n")[2].splitlines(keepends=True)
        assert len(lines) == 2
        assert forged not in lines
        assert Cosignature.objects.get(size=size).line == lines[1]


def test_the_published_lines_stand_in_the_order_of_the_policy(consortium, story, settings):
    grow(story)
    publishing.sign_and_publish(at=timezone.now())

    names = [line.split(" ")[1] for line in public(settings).partition("\n\n")[2].splitlines()]

    witnesses = [f"{m.name}.example" for m in consortium.all]
    assert names == [settings.LEDGER_ORIGIN, *witnesses]
    settings.LEDGER_CHECKS = []
    assert fsck.differences(at=timezone.now()) == []
    assert verify.main([str(settings.LEDGER_DIR)]) == 0


def test_a_log_that_does_not_grow_is_cosigned_again_every_hour(hostile, story, settings):
    now = timezone.now()
    hostile.mode = lambda handler, body: answer(handler, 200, line_for(body, at=clock[0]))
    clock = [now.timestamp()]
    grow(story)
    publishing.sign_and_publish(at=now)
    first = public(settings)

    for minutes in (1, 59, 61, 62, 119, 130):
        clock[0] = now.timestamp() + 60 * minutes
        publishing.sign_and_publish(at=now + timedelta(minutes=minutes))

    times = [at - int(now.timestamp()) for at in Cosignature.objects.values_list("at", flat=True)]
    assert sorted(times) == [0, 61 * 60, 130 * 60]
    assert {witness.parse_request(body).old for body in hostile.asked} == {0, 4}
    assert public(settings) != first
    assert public(settings).partition("\n\n")[0] == first.partition("\n\n")[0]


def test_a_witness_whose_clock_stands_still_is_not_asked_in_every_round(hostile, story):
    now = timezone.now()
    hostile.mode = lambda handler, body: answer(handler, 200, line_for(body, at=1_000_000))
    grow(story)

    for minutes in range(0, 50, 10):
        publishing.sign_and_publish(at=now + timedelta(minutes=minutes))

    assert len(hostile.asked) == 1


# --- the published note and the audit


def test_fsck_takes_any_set_of_stored_lines_that_meets_the_quorum(
    log, story, settings, publish_witnessed
):
    settings.LEDGER_CHECKS = []
    grow(story)
    publish_witnessed()
    note = public(settings)
    head, one, two, three = note.rpartition("\n\n")[0], *note.splitlines(keepends=True)[-3:]
    log_line = note.splitlines(keepends=True)[4]
    text = f"{head}\n\n{log_line}"
    verdicts = {
        text + one + two: True,
        text + one + three: True,
        text + one: False,
        text: False,
        text + two + one: False,
        text + one + one + two: False,
        text + one + two + one.replace("—", "–"): False,
        text.replace(log_line, "") + one + two: False,
    }

    for altered, good in verdicts.items():
        (settings.LEDGER_DIR / "checkpoint").write_text(altered)
        found = {d["index"] for d in fsck.differences(at=timezone.now())}
        assert ("checkpoint" not in found) == good, altered


def test_a_waiting_checkpoint_is_no_damage_however_long(consortium, story, settings):
    settings.LEDGER_CHECKS = []
    grow(story)
    publishing.sign_and_publish(at=timezone.now())
    consortium.audit_firm.stop()
    consortium.newspaper.stop()
    grow(story)
    publishing.sign_and_publish(at=timezone.now())

    assert public(settings).splitlines()[1] == "4"
    assert fsck.differences(at=timezone.now() + timedelta(hours=2)) == []


def test_a_policy_that_cannot_be_read_stops_publishing_and_is_named(log, story, settings, tmp_path):
    settings.LEDGER_CHECKS = []
    settings.WITNESSES = str(tmp_path / "policy")
    grow(story)

    with pytest.raises(policy.WrongPolicy, match="policy"):
        publishing.sign_and_publish(at=timezone.now())

    assert [d["table"] for d in fsck.differences(at=timezone.now())] == ["policy"]
    assert witnessing.sightings(Head.objects.get()) == []  # the guard goes on without


def test_witnesses_are_asked_by_https_or_on_this_machine_only(log, settings, tmp_path):
    for address in ("http://10.0.0.1/x", "ftp://localhost/", "http://localhost@evil.example/"):
        member = SimpleNamespace(name="w", memory=SimpleNamespace(key=KEY), address=address)
        write_policy(settings, tmp_path, [member], quorum=1)
        with pytest.raises(policy.WrongPolicy, match="not https"):
            cosigned.demanded(Head.objects.get())


def test_the_logs_own_key_is_no_witness(log, settings, tmp_path):
    key = notes.parse_skey(settings.LEDGER_KEY_FILE.read_text().strip())
    member = SimpleNamespace(name="w", memory=SimpleNamespace(key=key), address="https://w.example")
    write_policy(settings, tmp_path, [member], quorum=1)

    with pytest.raises(policy.WrongPolicy, match="twice"):
        cosigned.demanded(Head.objects.get())


# --- two audiences


def test_failure_12_two_audiences_never_both_get_a_quorum(consortium, story, settings, tmp_path):
    """The real key signs two histories; the witnesses that saw the first refuse the second."""
    grow(story, 5)
    publishing.sign_and_publish(at=timezone.now())
    key = notes.parse_skey(settings.LEDGER_KEY_FILE.read_text().strip())
    rules = cosigned.demanded(Head.objects.get())
    fork = ToyLog(origin=settings.LEDGER_ORIGIN).grow(9)
    note = key.sign(fork.checkpoint().text()).encode()

    for member in consortium.all:
        for old, proof in [(0, []), (6, []), (6, fork.proof(6))]:
            body = witness.make_request(old, proof, note)
            reply = asking.send(f"{member.address}/add-checkpoint", body)
            assert reply.status in (409, 422)

    signed = [
        asking.send(f"{m.address}/{witness.checkpoint_path(key.name)}") for m in consortium.all
    ]
    verified = [
        notes.open_note(one.body, [key.verifier, *rules.witnesses.values()]) for one in signed
    ]
    assert {text for text, _ in verified} == {public(settings).partition("\n\n")[0] + "\n"}
    assert not rules.met(notes.open_note(note, [key.verifier])[1])


# --- freshness


def test_failure_13_an_old_checkpoint_fails_the_age_check(log, story, settings, publish_witnessed):
    grow(story)
    publish_witnessed()

    assert verify.main([str(settings.LEDGER_DIR), "--max-age", "60"]) == 0
    assert verify.main([str(settings.LEDGER_DIR), "--max-age", "-1"]) == 1


def test_failure_13_one_fresh_witness_is_not_a_fresh_quorum(
    log, story, settings, publish_witnessed
):
    grow(story)
    publish_witnessed()
    stored, old = StoredCheckpoint.objects.get(), int(time.time()) - 7200
    text = stored.note.partition("\n\n")[0] + "\n"
    names = [row.witness for row in Cosignature.objects.order_by("witness")]
    lines = {n: witness.cosign(key_of(n), text, time=old) for n in names[1:]}
    fresh = witness.cosign(key_of(names[0]), text, time=int(time.time()))
    (settings.LEDGER_DIR / "checkpoint").write_text(stored.note + fresh + "".join(lines.values()))

    assert verify.main([str(settings.LEDGER_DIR)]) == 0
    assert verify.main([str(settings.LEDGER_DIR), "--max-age", "3600"]) == 1


def test_failure_13_without_cosignatures_nobody_says_how_old_it_is(log, story, settings):
    grow(story)
    publishing.sign_and_publish(at=timezone.now())

    assert verify.main([str(settings.LEDGER_DIR)]) == 0
    assert verify.main([str(settings.LEDGER_DIR), "--max-age", "3600"]) == 1
