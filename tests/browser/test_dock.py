"""The five pages at the dock on a phone: each done within a minute by one thumb, typed or scanned,
and a form that survives a dead spot."""

import io
import time
from pathlib import Path

import pytest
import segno
from django.utils import timezone
from PIL import Image

from ledger.core import codes
from portal.needs.models import NeedLine
from portal.shipping.models import Shipment
from portal.stages.models import Trail
from portal.warehouse.models import Arrival
from tests.browser import cast
from tests.browser.axe import accessible, accessible_to
from tests.browser.conftest import FLAGS
from tests.browser.hands import PHONE, SUBMIT, Album, Hands, asked
from tests.factories.needs import create_need
from tests.factories.pledges import create_pledge
from tests.factories.shipping import create_release
from tests.factories.warehouse import create_allocation, create_arrival, lot_of

pytestmark = pytest.mark.browser
MINUTE = 60
TAP, KEY = 2.5, 0.4  # seconds to find and press one thing, and one key, on a telephone, with gloves


class Thumb(Hands):
    """One thumb on a phone: every press and key counts."""

    def __init__(self, page, language, *, see=None):
        super().__init__(page, language, see=see)
        self.begun = time.monotonic()

    def fill(self, **fields):
        self.clicks += len(fields)
        self.keys += sum(len(str(value)) for value in fields.values())
        return super().fill(**fields)

    def tick(self, *names):
        for name in names:
            self.clicks += 1
            self.page.locator(f"#id_{name}").check()

    def submit(self, *, refused=False):
        """A script sends the form and leads on, after a while."""
        return super().submit(refused=True) if refused else self.leads_on(SUBMIT).told()

    def begin(self):
        self.clicks = self.keys = 0
        self.begun = time.monotonic()

    def took(self):
        """Seconds that somebody needs for what was done since `begin`."""
        return time.monotonic() - self.begun + self.clicks * TAP + self.keys * KEY


@pytest.fixture
def who(open_page, language, world):
    """who(name): that person at a phone of his own, at the dock."""

    def arrives(name):
        see = Album(f"{language}-dock-{name}")
        hands = Thumb(open_page(language, PHONE), language, see=see)
        return hands.public("/dock/").sign_in(name, world.cast.password)

    return arrives


@pytest.fixture
def world(site):
    players = cast.gather()
    at = timezone.now()
    need = create_need(
        hospital=players.hospital, lines=(("mask.gb19083-2010", "exact", 1000),), at=at
    )
    line = NeedLine.objects.select_related("need__hospital", "variant").get(need=need)
    gift = create_pledge(lines=(("mask.gb19083-2010", 1000, line),), at=at)
    arrival = create_arrival(stage="announced", pledge=gift, warehouse=players.house, at=at)
    site.settle()
    return type("World", (), {"cast": players, "line": line, "arrival": arrival})


def looks_up(hands, code):
    """From the first page: the code as it stands on the label."""
    hands.begin()
    hands.fill(code=code)
    hands.submit()


def signs(hands):
    """The form is sent; back at the first page, within the minute."""
    hands.submit()
    assert hands.path.endswith("/dock/"), hands.path
    assert hands.page.locator(".notice.good").count() == 1
    assert hands.took() <= MINUTE, f"{hands.took():.0f} s"


def takes_in(keeper, inspector, second, arrival):
    """Goods in, counting, inspection, and custody by another keeper."""
    looks_up(keeper, arrival.code)
    accessible_to(keeper)
    signs(keeper)
    looks_up(keeper, arrival.code)
    keeper.fill(**{"lines-0-accepted": 990, "lines-0-reason": "short"})
    accessible_to(keeper)
    signs(keeper)
    looks_up(inspector, lot_of(arrival).code)
    inspector.fill(**{"lines-0-verdict": "pass", "lines-0-papers": "report"})
    inspector.tick("lines-0-label", "lines-0-packaging", "lines-0-in_date")
    accessible_to(inspector)
    signs(inspector)
    looks_up(second, arrival.code)
    accessible_to(second)
    signs(second)


def test_each_page_at_the_dock_is_done_within_a_minute(site, who, language, world):
    keeper, inspector, second, dispatcher, nurse = (
        who(name) for name in ("warehouse", "quality", "warehouse2", "dispatcher", "hospital")
    )
    accessible_to(keeper)
    takes_in(keeper, inspector, second, world.arrival)
    allocation = create_allocation(world.line, (lot_of(world.arrival), 900), at=timezone.now())
    release = create_release(allocation, at=timezone.now())

    looks_up(keeper, release.code)
    keeper.fill(boxes=3)
    accessible_to(keeper)
    signs(keeper)
    looks_up(dispatcher, release.code)  # its own code, scanned or typed, is the signature
    dispatcher.fill(carrier="own")
    accessible_to(dispatcher)
    signs(dispatcher)
    shipment = Shipment.objects.get(release=release)
    looks_up(nurse, f"{site.url}/shipments/{shipment.code}/")
    accessible_to(nurse)
    nurse.leads_on("form button.wide")
    assert nurse.path.endswith("/hospital/"), nurse.path

    assert nurse.took() <= MINUTE
    shipment.refresh_from_db()
    assert shipment.stage == "confirmed"


# a dead spot


def kept_by(page):
    """How many forms the device keeps."""
    return asked(
        page,
        """async () => {
        const { openStore } = await import(document.querySelector('script[type=module]').src
            .replace('page.js', 'storing.js'));
        const store = await openStore();
        const all = store.forms('readonly').getAll();
        return new Promise(done => { all.onsuccess = () => done(all.result.length) });
    }""",
    )


@pytest.fixture
def counting(who, world):
    """A keeper who has counted, and not sent it yet."""
    hands = who("warehouse")
    looks_up(hands, world.arrival.code)
    signs(hands)
    looks_up(hands, world.arrival.code)
    hands.fill(**{"lines-0-accepted": 990, "lines-0-reason": "short", "lines-0-batch": "B7"})
    hands.until(lambda: kept_by(hands.page) == 1)
    return hands


def notice(hands, which):
    return hands.page.locator(f"main [data-kept={which}]")


@pytest.mark.parametrize("language", ["zh"], indirect=True)
def test_a_count_survives_a_dead_spot_and_is_recorded_once(counting, world, console, language):
    page, address = counting.page, counting.page.url
    page.context.set_offline(True)
    console_errors = console.errors
    counting.press(SUBMIT)
    notice(counting, "offline").wait_for()
    accessible(page)
    counting.look()
    console_errors.clear()  # the browser itself says that there is no network
    page.context.set_offline(False)

    page.goto(address)
    notice(counting, "offer").wait_for()
    accessible(page)
    assert counting.value("lines-0-accepted") == ""
    counting.click("[data-kept-back]")
    assert [counting.value(f"lines-0-{name}") for name in ("accepted", "reason", "batch")] == [
        "990",
        "short",
        "B7",
    ]
    counting.submit()
    assert counting.path.endswith("/dock/")

    arrival = Arrival.objects.get(pk=world.arrival.pk)
    assert (arrival.stage, arrival.lines.get().accepted) == ("counted", 990)
    page.goto(address)
    assert notice(counting, "offer").count() == 0


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_T_B07_an_answer_lost_on_the_way_is_asked_for_again_with_the_same_key(
    counting, world, console, language
):
    page = counting.page
    lost = []

    def lose(route):
        """The form arrives; its answer does not."""
        lost.append(route.fetch(max_redirects=0).status)
        route.abort()

    page.route("**/count/", lose)
    counting.press(SUBMIT)
    notice(counting, "offline").wait_for()
    assert lost == [204]
    page.unroute("**/count/")
    console.errors.clear()
    counting.leads_on("[data-kept-again]")
    assert counting.path.endswith("/dock/")

    taken = Trail.objects.filter(code=world.arrival.code, move="count")
    assert taken.count() == 1


@pytest.mark.parametrize("language", ["zh"], indirect=True)
def test_a_refused_form_stays_as_it_was_and_a_day_is_the_longest(counting, console, language):
    console.expected = {422}
    page = counting.page
    counting.fill(**{"lines-0-reason": ""})
    counting.press(SUBMIT)
    page.locator(".summary[role=alert]").wait_for()
    accessible(page)
    assert counting.value("lines-0-batch") == "B7"
    page.clock.set_fixed_time(time.time() + 24 * 3600 + 1)
    page.reload()
    page.locator("html[data-keeping=on]").wait_for()

    assert notice(counting, "offer").count() == 0
    assert kept_by(page) == 0


@pytest.mark.parametrize("language", ["en"], indirect=True)
@pytest.mark.parametrize("way", ["the page", "the header"])
def test_who_signs_out_leaves_nothing_on_the_device(counting, world, language, way):
    page, address = counting.page, counting.page.url
    if way == "the page":
        counting.leads_on("header form[action$='/logout/'] button")
    else:  # as from any page without the script: the answer's own header
        with page.expect_event("load"):
            page.evaluate("document.querySelector(\"form[action$='/logout/']\").submit()")
    assert "/dock/" not in page.url
    page.goto(address)
    Hands(page, language).sign_in("warehouse", world.cast.password)
    page.locator("html[data-keeping=on]").wait_for()

    assert kept_by(page) == 0
    assert notice(counting, "offer").count() == 0


# scanning


def write_film(path, text, *, width=640, height=480, frames=10):
    """A film of one still picture with a QR code in it, as a camera would give it."""
    png = io.BytesIO()
    segno.make(text, error="m").save(png, kind="png", scale=8, border=4)
    code, image = Image.open(png).convert("L"), Image.new("L", (width, height), 255)
    image.paste(code, ((width - code.width) // 2, (height - code.height) // 2))
    frame = b"FRAME\n" + image.tobytes() + b"\x80" * (width * height // 2)
    head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode()
    Path(path).write_bytes(head + frame * frames)


@pytest.fixture
def filmed(browser_type, browser_type_launch_args, site, console, tmp_path):
    """filmed(text): a page of a browser whose camera sees that text as a QR code."""
    opened = []

    def shows(text, **options):
        film = tmp_path / f"{len(opened)}.y4m"
        write_film(film, text)
        camera = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
        args = [*FLAGS, *camera, f"--use-file-for-fake-video-capture={film}"]
        opened.append(browser_type.launch(**{**browser_type_launch_args, "args": args}))
        context = opened[-1].new_context(base_url=site.url, locale="en-US", viewport=PHONE)
        context.grant_permissions(["camera"])
        context.on("weberror", lambda error: console.errors.append(str(error.error)))
        context.on(
            "console",
            lambda said: said.type == "error" and console.errors.append(said.text),
        )
        return context.new_page()

    yield shows
    for browser in opened:
        browser.close()


def at_the_dock(page, world, role="warehouse"):
    hands = Thumb(page, "en", see=Album("en-scan"))
    return hands.public("/dock/").sign_in(role, world.cast.password)


def test_the_vendored_reader_scans_our_label(filmed, world, site):
    hands = at_the_dock(filmed(f"{site.url}/g/{world.arrival.pledge.code}/"), world)
    assert hands.page.evaluate("'ZXingBrowser' in window") is False

    hands.click("[data-scan-start]")
    hands.page.wait_for_url("**/arrive/")

    assert world.arrival.code in hands.page.url


def test_a_label_of_another_site_is_refused_in_words(filmed, world):
    hands = at_the_dock(filmed("https://evil.example/g/G-7K2M9Q4TX5/"), world)

    hands.click("[data-scan-start]")
    hands.until(lambda: "evil.example" in hands.text("[data-scan-says]"))
    accessible(hands.page)

    assert hands.value("code") == ""
    hands.click("[data-scan-stop]")
    assert hands.page.locator(".scan video").is_hidden()


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_where_the_camera_is_refused_a_photo_is_read(who, world, language, tmp_path):
    keeper = who("warehouse")  # this browser has no camera
    keeper.click("[data-scan-start]")
    keeper.page.locator("[data-scan-photo]").wait_for()
    accessible(keeper.page)
    photo, foreign = tmp_path / "label.png", tmp_path / "foreign.png"
    segno.make(world.arrival.code, micro=False).save(str(photo), scale=6)
    segno.make("https://evil.example/", micro=False).save(str(foreign), scale=6)

    keeper.page.set_input_files("#id_code-photo", foreign)
    keeper.until(lambda: "evil.example" in keeper.text("[data-scan-says]"))
    keeper.page.set_input_files("#id_code-photo", photo)

    keeper.page.wait_for_url("**/arrive/")


def test_what_is_scanned_is_read_alike_in_the_browser(new_context, static_server):
    page = new_context().new_page()
    page.goto(f"{static_server}/dock/codes.js")
    code = codes.mint("S")
    texts = [code, code.lower(), f"https://our.example/x/{code}/", f"https://b.example/{code}/"]
    texts += ["javascript:1", "6901234", "https://our.example/about/", f"{code} {codes.mint('B')}"]

    read = page.evaluate(
        """async texts => {
        const { codeIn } = await import('/dock/codes.js');
        return texts.map(text => codeIn(text, ['our.example']));
    }""",
        texts,
    )

    assert (
        read
        == [*[{"code": code}] * 3, {"foreign": "b.example"}, {"foreign": "javascript:1"}] + [{}] * 3
    )
