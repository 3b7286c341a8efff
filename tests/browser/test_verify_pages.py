"""The card on a gift's page, the page /verify/ and its offline file, as readers use them."""

import io
import zipfile

import pytest
from django.utils import timezone, translation

from ledger import publishing
from portal.languages import CODES
from portal.tracking.models import Gift, Link, Need
from portal.tracking.proving import saying
from tests.browser.axe import accessible
from tests.browser.hands import fits
from tests.portal.tracking.stories import Story, whole

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHECKS = "[data-checks] li"


@pytest.fixture
def gift(live_server, seal_and_project):
    """A published gift with everything that can happen to one."""
    whole(Story())
    seal_and_project()
    publishing.sign_and_publish(at=timezone.now())
    return Gift.objects.order_by("-version").first().code


@pytest.fixture
def opened(new_context, live_server):
    """opened(path): a page of the site; `page.left` are the addresses it asked for."""

    def at(path, **options):
        page = new_context(base_url=live_server.url, **options).new_page()
        page.left = []
        page.on("request", lambda request: page.left.append(request.url))
        page.goto(path)
        return page

    return at


def said(language, key, **values):
    with translation.override(CODES[language]):
        text = saying.words()[key]
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def lines(page):
    return [text.strip().lstrip("✓✗·").strip() for text in page.locator(CHECKS).all_inner_texts()]


def verified(page, wanted="good"):
    page.locator("[data-verify]").click()
    page.wait_for_selector(f"[data-verdict='{wanted}']")
    stamped = page.locator("[data-stamp].on").count() == 1
    assert stamped == (wanted == "good"), "the stamp is for what holds, and for nothing else"
    return lines(page)


def archive(client, code):
    return client.get(f"/g/{code}/proof").content


def test_the_card_counts_the_witnesses(live_server, seal_and_project, consortium, opened, settings):
    """Real witnesses cosigned it; a note with one line only, as a liar would serve, is refused."""
    whole(Story())
    seal_and_project()
    consortium.newspaper.stop()
    publishing.sign_and_publish(at=timezone.now())
    page = opened(f"/en/g/{Gift.objects.order_by('-version').first().code}/")

    assert said("en", "witnesses.good", good=2, total=3) in verified(page)
    fits(page)
    accessible(page)

    note = settings.LEDGER_DIR / "checkpoint"
    note.write_text("".join(note.read_text().splitlines(keepends=True)[:-1]))
    page.reload()
    assert said("en", "witnesses.bad", good=1, total=3) in verified(page, wanted="bad")


def test_the_card_checks_the_gift_in_both_languages(gift, opened, language):
    count = Link.objects.filter(code=gift).count()
    page = opened(f"/{language}/g/{gift}/")

    told = verified(page)

    assert said(language, "fingerprints.good", good=count, total=count) in told
    assert said(language, "numbers.good", code=gift, last=count - 1) in told
    assert said(language, "unwitnessed.good") in told
    assert told[-1] == said(language, "all.good")
    fits(page)
    accessible(page, twin=language == "en")


def test_the_outcome_stays_when_the_page_is_refreshed_around_it(gift, opened):
    page = opened(f"/en/g/{gift}/")
    before = verified(page)

    with page.expect_response(lambda response: f"/g/{gift}/" in response.url):
        page.evaluate("htmx.ajax('GET', location.pathname, {target: '#live', swap: 'innerHTML'})")
    page.wait_for_timeout(300)

    assert lines(page) == before
    assert page.locator("[data-stamp].on").count() == 1


def tampered(route, change):
    answer = route.fetch()
    told = answer.json()
    change(told)
    route.fulfill(response=answer, json=told)


def withhold(told):
    del told["entries"][1]


def swap(told):
    a, b = told["entries"][0], told["entries"][1]
    a["entry"], b["entry"] = b["entry"], a["entry"]


def resign(told):
    lines = told["checkpoint"].split("\n")
    lines[1] = str(int(lines[1]) + 1)
    told["checkpoint"] = "\n".join(lines)


def other_value(told):
    told["entries"][0]["disclosures"] = ["WyJ4IiwgImEiLCAiYiJd"]


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        (withhold, {"numbers.bad", "why.numbers"}),
        (swap, {"fingerprints.bad", "why.path", "places.bad", "why.place"}),
        (resign, {"checkpoint.bad", "why.signature"}),
        (other_value, {"disclosures.bad", "why.disclosure"}),
    ],
)
def test_the_card_names_what_is_wrong(gift, opened, change, steps):
    page = opened(f"/en/g/{gift}/")
    page.route("**/proof.json", lambda route: tampered(route, change))

    told = verified(page, "bad")

    shown = {line.get_attribute("data-step") for line in page.locator(f"{CHECKS}").all()}
    assert steps <= shown
    assert told[-1] == said("en", "all.bad")


def test_the_withheld_number_is_named_with_its_count(gift, opened):
    count = Link.objects.filter(code=gift).count()
    page = opened(f"/zh/g/{gift}/")
    page.route("**/proof.json", lambda route: tampered(route, withhold))

    told = verified(page, "bad")

    assert said("zh", "numbers.bad", good=count - 1, total=count, code=gift) in told
    assert said("zh", "why.numbers", missing=1) in told


def test_true_proofs_of_something_else_do_not_pass_for_this_gift(gift, opened, live_server):
    need = Need.objects.first().code
    page = opened(f"/en/g/{gift}/")
    address = f"{live_server.url}/needs/{need}/proof.json"
    page.route("**/g/*/proof.json", lambda route: route.fulfill(response=route.fetch(url=address)))

    told = verified(page, "bad")

    assert page.locator("[data-step='fingerprints.good']").count() == 1
    assert any(gift in line for line in told)


def test_a_browser_without_cryptography_is_told_why(gift, opened):
    page = opened(f"/en/g/{gift}/")
    page.evaluate("Object.defineProperty(crypto, 'subtle', {value: undefined}), 0")

    assert verified(page, "none") == [said("en", "insecure")]
    assert "python -m ledger.verify" in said("en", "insecure")


def test_without_a_network_the_card_says_so(gift, opened, console):
    page = opened(f"/en/g/{gift}/")
    page.route("**/proof.json", lambda route: route.fulfill(status=404, body="no"))
    console.expected.add(404)

    assert verified(page, "none") == [said("en", "unreachable")]


def test_the_page_checks_a_zip_without_asking_anybody(gift, opened, client, language):
    page = opened(f"/{language}/verify/")
    page.set_input_files("#v-files", files=[chosen(f"{gift}.zip", archive(client, gift))])
    page.evaluate("import('/static/verify/page.js')")
    page.left.clear()

    told = verified(page)

    assert page.left == []
    assert said(language, "policy.portal") in told
    fits(page)
    accessible(page, twin=language == "en")


def chosen(name, data):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def unzipped(client, code):
    files = zipfile.ZipFile(io.BytesIO(archive(client, code)))
    return {i.filename.partition("/")[2]: files.read(i) for i in files.infolist()}


def test_single_files_are_checked_and_what_they_cannot_show_is_said(gift, opened, client):
    files = unzipped(client, gift)
    name = next(name for name in files if name.endswith(".tlog-proof"))
    entry = name.replace(".tlog-proof", ".entry")
    page = opened("/en/verify/")
    page.set_input_files("#v-files", files=[chosen(n, files[n]) for n in (name, entry)])

    told = verified(page)

    assert said("en", "numbers.none") in told


def test_a_pasted_proof_with_a_policy_of_the_readers_own(gift, opened, client):
    files = unzipped(client, gift)
    name = next(name for name in files if name.endswith(".tlog-proof"))
    page = opened("/en/verify/")
    for summary in page.locator("summary").all():
        summary.click()
    page.fill("#v-proof", files[name].decode())
    page.fill("#v-entry", files[name.replace(".tlog-proof", ".entry")].decode())
    page.fill("#v-policy", files["policy"].decode())

    assert said("en", "policy.yours") in verified(page)

    page.fill("#v-policy", files["policy"].decode().replace("quorum none", "quorum union"))
    assert said("en", "policy.bad") in verified(page, "bad")


def test_files_can_be_dropped(gift, opened, client):
    page = opened("/en/verify/")
    page.evaluate(
        """(bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(bytes)], "proofs.zip"));
          const target = document.querySelector("[data-drop]");
          target.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
        }""",
        list(archive(client, gift)),
    )
    page.wait_for_selector("[data-verdict='good']")


def deflated(data):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("1.entry", b"x" * 1000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "spoil", "key"),
    [
        ("a.zip", lambda data: data[:-30], "why.zip"),
        ("a.zip", lambda data: data[:200] + b"!" + data[201:], "why.zip"),
        ("a.zip", deflated, "why.zip"),
        ("a.zip", lambda data: b"", "why.zip"),
        ("a.txt", lambda data: b"hello", "why.files"),
        ("1.tlog-proof", lambda data: b"hello", "why.files"),
    ],
)
def test_what_is_no_proof_is_named(gift, opened, client, name, spoil, key):
    page = opened("/en/verify/")
    page.set_input_files("#v-files", files=[chosen(name, spoil(archive(client, gift)))])

    verified(page, "none")

    assert page.locator(CHECKS).get_attribute("data-step") == key


def test_with_nothing_chosen_the_page_asks(gift, opened):
    assert verified(opened("/en/verify/"), "none") == [said("en", "nothing_chosen")]


@pytest.mark.parametrize("cryptography", ["whole", "none"])
def test_the_offline_file_checks_from_the_disk(
    gift, new_context, client, tmp_path, language, cryptography
):
    file = tmp_path / "verify.html"
    file.write_bytes(client.get(f"/{language}/verify/offline.html").content)
    page = new_context(offline=True).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    if cryptography == "none":
        page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    page.goto(file.as_uri())
    page.set_input_files("#v-files", files=[chosen(f"{gift}.zip", archive(client, gift))])

    told = verified(page)

    assert told[-1] == said(language, "all.good")
    assert asked == [file.as_uri()]
    accessible(page, twin=language == "en")


def test_a_spoilt_zip_fails_in_the_offline_file_too(gift, new_context, client, tmp_path):
    file = tmp_path / "verify.html"
    file.write_bytes(client.get("/en/verify/offline.html").content)
    files = unzipped(client, gift)
    entry = next(name for name in files if name.endswith(".entry"))
    files[entry] = files[entry].replace(b'"v":1', b'"v":2')
    page = new_context(offline=True).new_page()
    page.goto(file.as_uri())
    page.set_input_files("#v-files", files=[chosen(name, data) for name, data in files.items()])

    assert said("en", "all.bad") in verified(page, "bad")


def test_without_script_the_page_names_the_command(gift, opened):
    page = opened("/en/verify/", java_script_enabled=False)

    assert page.locator("[data-verify]").is_hidden()
    assert "python -m ledger.verify" in page.inner_text("main")
