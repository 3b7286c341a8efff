"""Proofs that a reader takes away: complete, checkable, for what is published."""

import io
import json
import zipfile
from base64 import b64decode

import pytest
from django.urls import reverse
from django.utils import timezone

import ledger.api as ledger
from ledger import fsck, publishing
from ledger.core import codes, commitments, notes, policy, tree
from ledger.models import CaseNumber, Disclosure
from ledger.verify.__main__ import main as verify
from portal.tracking.models import Gift, Link, Need, Subject
from portal.tracking.proving import proofs
from tests.portal.tracking.stories import Story, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(log):
    return lambda: publishing.sign_and_publish(at=timezone.now())


@pytest.fixture
def gift(seal_and_project, publish):
    whole(Story())
    seal_and_project()
    publish()
    return Gift.objects.order_by("-version").first().code


def opened(client, address):
    response = client.get(address)
    assert response.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert archive.testzip() is None
    return {info.filename.partition("/")[2]: archive.read(info) for info in archive.infolist()}


def verified(text, entry, rules):
    """(index, body) of a proof that holds; raises where it does not."""
    head, _gap, note = text.partition(b"\n\n")
    first, index, *path = head.decode().split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    signed = notes.open_checkpoint(note, rules.logs[0])
    number = int(index.removeprefix("index "))
    hashes = [notes.strict_base64(one) for one in path]
    tree.verify_inclusion(tree.leaf_hash(entry), number, signed.size, hashes, signed.root)
    return number, json.loads(entry)


def test_the_zip_proves_every_entry_of_the_gift(client, gift):
    files = opened(client, f"/g/{gift}/proof")
    rules = policy.parse(files["policy"])

    told = [
        verified(files[name], files[f"{name.partition('.')[0]}.entry"], rules)
        for name in files
        if name.endswith(".tlog-proof")
    ]

    numbers = [dict(body["cases"])[gift] for _index, body in told]
    assert numbers == list(range(Link.objects.filter(code=gift).count()))
    assert [body["seq"] for _index, body in told] == [index for index, _body in told]


def test_the_zip_is_stored_and_the_same_for_everybody(client, gift):
    first, second = client.get(f"/g/{gift}/proof"), client.get(f"/en/g/{gift}/proof")
    infos = zipfile.ZipFile(io.BytesIO(first.content)).infolist()

    assert first.content == second.content
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}
    assert first["Content-Disposition"] == f'attachment; filename="{gift}.zip"'


def test_the_readme_speaks_both_languages_and_names_the_command(client, gift):
    text = opened(client, f"/g/{gift}/proof")["README.txt"].decode()

    assert text.count(f"python -m ledger.verify {gift}.zip\n") == 2
    assert text.count(f"python -m ledger.verify {gift}.zip --policy FILE\n") == 2
    assert "&" not in text


def test_the_command_that_the_readme_names_accepts_the_zip(client, gift, log, tmp_path, capsys):
    target = tmp_path / f"{gift}.zip"
    target.write_bytes(client.get(f"/g/{gift}/proof").content)
    count = Link.objects.filter(code=gift).count()

    alone = verify([str(target)])
    with_policy = verify([str(target), "--policy", str(log.dir / "policy")])

    told = capsys.readouterr().out
    assert (alone, with_policy) == (0, 0)
    assert told.count(f"all of {gift} from number 0 to {count - 1}, none left out between") == 2


def test_the_json_says_the_same_as_the_zip(client, gift):
    files = opened(client, f"/g/{gift}/proof")

    told = client.get(f"/g/{gift}/proof.json").json()

    assert told["code"] == gift
    assert told["policy"].encode() == files["policy"]
    assert told["not_yet"] == []
    for one in told["entries"]:
        path = [b64decode(hash_) for hash_ in one["path"]]
        made = proofs.tlog_proof(one["index"], path, told["checkpoint"].encode())
        assert files[f"{one['index']}.tlog-proof"] == made
        assert files[f"{one['index']}.entry"] == b64decode(one["entry"])


@pytest.mark.parametrize(
    ("kind", "folder", "model"),
    [("N", "needs", Need), ("S", "shipments", Subject)],
)
def test_needs_and_shipments_have_proofs_too(client, gift, kind, folder, model):
    for row in model.objects.filter(code__startswith=kind):
        told = client.get(f"/{folder}/{row.code}/proof.json").json()

        assert len(told["entries"]) == Link.objects.filter(code=row.code).count() > 0


def test_entries_after_the_published_checkpoint_are_named(client, gift, seal_and_project, publish):
    story = Story()
    story.say("pledge.remark", gift, role="donor", stage="accepted", remark="x")
    seal_and_project()
    newest = ledger.size() - 1

    told = client.get(f"/g/{gift}/proof.json").json()
    assert told["not_yet"] == [newest]
    assert newest not in [one["index"] for one in told["entries"]]
    assert json.loads(opened(client, f"/g/{gift}/proof")["disclosures.json"])["not_yet"] == [newest]

    publish()
    told = client.get(f"/g/{gift}/proof.json").json()
    assert told["not_yet"] == []
    assert newest in [one["index"] for one in told["entries"]]


def test_before_anything_is_published_the_answer_is_a_sentence(client, seal_and_project):
    whole(Story())
    seal_and_project()
    code = Gift.objects.first().code

    told = client.get(f"/g/{code}/proof.json").json()
    page = client.get(f"/en/g/{code}/proof")

    assert (told["checkpoint"], told["entries"]) == ("", [])
    assert len(told["not_yet"]) == Link.objects.filter(code=code).count()
    assert page.status_code == 404
    assert "Please try again in a minute" in page.content.decode()


def test_named_values_come_along_until_they_are_erased(client, gift):
    rows = list(Disclosure.objects.filter(sort="named"))
    told = client.get(f"/g/{gift}/proof.json")
    shown = [text for one in told.json()["entries"] for text in one["disclosures"]]
    assert shown
    assert {commitments.digest(text) for text in shown} <= {row.digest for row in rows}

    Disclosure.objects.all().delete()

    after = client.get(f"/g/{gift}/proof.json")
    assert [text for one in after.json()["entries"] for text in one["disclosures"]] == []
    assert after["ETag"] != told["ETag"]


def test_private_values_are_in_no_proof(client, gift):
    private = {row.digest for row in Disclosure.objects.filter(sort="private")}
    told = client.get(f"/g/{gift}/proof.json").json()

    shown = {commitments.digest(t) for one in told["entries"] for t in one["disclosures"]}

    assert private
    assert shown & private == set()


@pytest.mark.parametrize("name", ["proof", "proof.json"])
def test_what_is_not_public_has_no_proof(client, gift, name):
    unknown, wrong = codes.mint("G"), gift[:-1] + ("2" if gift[-1] != "2" else "3")
    organisation = Link.objects.filter(code__startswith="U").first().code

    assert client.get(f"/g/{unknown}/{name}").status_code == 404
    assert client.get(f"/g/{wrong}/{name}").status_code == 404
    assert client.get(f"/g/{organisation}/{name}").status_code == 404
    assert client.get(f"/g/{gift.lower()}/{name}").url.endswith(f"/g/{gift}/{name}")


def test_a_proof_is_asked_again_cheaply_and_never_written(client, gift):
    first = client.get(f"/g/{gift}/proof.json")

    again = client.get(f"/g/{gift}/proof.json", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert "Set-Cookie" not in first
    assert client.post(f"/g/{gift}/proof").status_code == 405


def test_proofs_cost_the_same_queries_for_few_and_many_entries(
    client, gift, django_assert_max_num_queries
):
    codes_ = [n.code for n in Need.objects.all()] + [gift]
    for code in codes_:
        with django_assert_max_num_queries(
            6
        ):  # places, entries, leaves, hashes, disclosures, erased
            proofs.of(code)


def test_paths_are_those_of_the_leaves_at_every_size(log, seal_and_project, publish):
    whole(Story())
    seal_and_project()
    leaves = [entry.leaf for entry in ledger.entries()]

    for size in {1, 2, 3, len(leaves) // 2, len(leaves)}:
        made = ledger.proofs(range(size), size)
        read = tree.reader(leaves)
        assert made == {i: tree.inclusion_proof(read, i, size) for i in range(size)}
    with pytest.raises(ValueError, match="outside"):
        ledger.proof(len(leaves), len(leaves))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_and_its_offline_file_come_out(client, gift, language):
    page = client.get(f"/{language}/verify/")
    alone = client.get(f"/{language}/verify/offline.html")

    assert page.status_code == alone.status_code == 200
    assert alone["Content-Disposition"].startswith('attachment; filename="shanji-verify-')
    text = alone.content.decode()
    assert "default-src &#x27;none&#x27;" in text
    assert 'src="' not in text.replace("data-src", "")
    assert ledger.published().policy.decode().split()[1].split("+")[0] in text


def test_the_card_names_its_proofs(client, gift):
    from django.template import engines

    card = engines["django"].from_string("{% load verifying %}{% verify_card code %}")
    shown = card.render({"code": gift})

    assert f'data-proof="{reverse("tracking:gift_proof_json", args=[gift])}"' in shown
    assert 'id="verify-words"' in shown


@pytest.fixture
def without(client, gift, tmp_path):
    """without(place): the zip of a gift with one of its entries left out; and that entry."""

    def leave_out(place):
        files = opened(client, f"/g/{gift}/proof")
        told = json.loads(files["disclosures.json"])
        indexes = sorted(map(int, told["disclosures"]))
        index = indexes[place]
        del files[f"{index}.entry"], files[f"{index}.tlog-proof"], told["disclosures"][str(index)]
        files["disclosures.json"] = json.dumps(told).encode()
        target = tmp_path / "left-out.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(f"{gift}/{name}"), content)
        return target, index

    return leave_out


def test_failure_14_a_middle_entry_that_is_withheld_fails_the_page_itself(without, log, capsys):
    target, _index = without(1)

    assert verify([str(target), "--policy", str(log.dir / "policy")]) == 1
    assert "withheld" in capsys.readouterr().out


def test_failure_14_a_last_entry_that_is_withheld_is_found_by_who_reads_the_log(
    without, log, capsys
):
    target, index = without(-1)
    policy_file = str(log.dir / "policy")
    assert verify([str(target), "--policy", policy_file]) == 0  # nothing in the proofs shows it

    words = [str(target), "--policy", policy_file, "--log", str(log.dir)]

    assert verify(words) == 1
    assert f"entry {index}: withheld" in capsys.readouterr().out


def test_failure_14_a_number_given_twice_is_named(log, gift):
    """The log's own check: no number of a case twice, none left out."""
    CaseNumber.objects.create(code=gift, n=10_000, idx=0)

    found = [one for one in fsck.differences(at=timezone.now()) if one["table"] == "ledger_case"]

    assert {one["field"] for one in found}


def test_whole_proofs_are_whole_against_the_log(client, gift, log, tmp_path, story_goes_on, capsys):
    target = tmp_path / "gift.zip"
    target.write_bytes(client.get(f"/g/{gift}/proof").content)
    words = [str(target), "--policy", str(log.dir / "policy"), "--log", str(log.dir)]

    assert verify(words) == 0
    assert "none of its entries of the case is left out\n" in capsys.readouterr().out
    story_goes_on(gift)

    assert verify(words) == 0
    assert "1 came later" in capsys.readouterr().out


def test_proofs_of_another_log_are_not_held_against_this_one(client, gift, log, tmp_path, capsys):
    target = tmp_path / "gift.zip"
    target.write_bytes(client.get(f"/g/{gift}/proof").content)
    (tmp_path / "empty").mkdir()

    assert verify([str(target), "--log", str(tmp_path / "empty")]) == 2


@pytest.fixture
def story_goes_on(seal_and_project, publish):
    def on(gift):
        Story().say("pledge.withdraw", gift, role="donor", stage="withdrawn", reason="mistake")
        seal_and_project()
        publish()

    return on
