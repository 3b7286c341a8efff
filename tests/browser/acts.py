"""The journey of one gift, act by act, through pages only. Each act is somebody's own hands."""

from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

from django.utils.translation import gettext

from tests.browser import cast
from tests.factories.catalogue import load_catalogue

LIST = Path(__file__).parent / "pasted_need.tsv"  # 25 lines as a hospital's spreadsheet has them
TYPED = ("gloves.gb7543", "oximeter.unstated", "quilt.unstated", "milk.unstated", "gloves.en455")
ASKED, GIVEN, GOOD, SENT, USED = 10_000, 1_000, 980, 900, 890  # of the need's first line
MASK = "mask.gb19083-2010"
SAID = {  # what the public page says of pieces, as the sources of the translations
    "unanswered": "{amount} promised; the charity has not answered yet",
    "promised": "{amount} promised, not sent yet",
    "inbound": "{amount} on the way to {owner}",
    "waiting": "{amount} at {owner}, waiting to be counted",
    "quarantine": "{amount} under inspection at {owner}",
    "stock": "{amount} in stock at {owner}",
    "reserved": "{amount} set aside for {owner}",
    "packing": "{amount} ready to be sent to {owner}",
    "transit": "{amount} under way to {owner}",
    "delivered": "{amount} at {owner} by the carrier's word, not confirmed yet",
    "received": "{amount} confirmed by {owner}",
    "damaged": "{amount} damaged",
    "lost": "{amount} missing",
}


def begin():
    """The people, and what the journey has learnt so far: codes and links that pages showed."""
    load_catalogue(only=None)
    return SimpleNamespace(
        cast=cast.gather(), need="", gift="", order="", shipment="", claim="", confirm=""
    )


# --- the hospital


def posts_thirty_lines(hands, story):
    """Signs in on the way, pastes 25 lines, types five; says what each part cost in clicks."""
    hands.public("/hospital/").sign_in("hospital", story.cast.password)
    hands.clicks = 0
    hands.click("a[href*='/hospital/needs/new/']")
    paste_list(hands)
    pasting, hands.clicks = hands.clicks, 0
    for n, variant in enumerate(TYPED, 25):
        if not hands.page.locator(f"#id_lines-{n}-variant").count():
            hands.click("button[data-add=lines]")
        hands.fill(**{f"lines-{n}-variant": variant, f"lines-{n}-quantity": 10 * n})
    typing, hands.clicks = hands.clicks, 0
    hands.submit()
    story.need = hands.text("h1 .mono")
    return {"pasting": pasting, "typing": typing, "sending": hands.clicks}


def paste_list(hands):
    box = hands.page.locator("#paste")
    if not box.is_visible():
        hands.click("details summary")
    box.fill(LIST.read_text(encoding="utf-8"))
    hands.click("button[name=place]")
    assert hands.value("lines-0-variant") == MASK
    assert hands.value("lines-0-quantity").replace(",", "") == str(ASKED)
    assert hands.value("lines-TOTAL_FORMS") == "25"
    assert hands.page.locator("#said li").count() == 4  # a wrong year, and pairs or pieces


def confirms_by_link(hands, story):
    """No account: counts, refuses ten damaged pieces, says why, and is thanked."""
    hands.open(story.confirm)
    assert hands.value("lines-0-accepted").replace(",", "") == str(SENT)
    hands.fill(**{"lines-0-accepted": USED, "lines-0-rejected": SENT - USED})
    hands.fill(**{"lines-0-reason": "damaged", "signer": "物资科"})
    hands.submit()
    hands.page.wait_for_url(f"**/confirm/thanks/{story.shipment}/")  # the page itself sends it
    hands.look()


# --- the donor


def pledges(hands, story):
    """From the public page of the need, with no account: gets code, picture and links at once."""
    hands.public("/needs/").click(f"a[href$='/needs/{story.need}/']")
    hands.click(f"#line-1 a[href*='{story.need}']")
    assert hands.value("lines-0-quantity") == ""  # the donor's own word
    hands.fill(**{"lines-0-quantity": GIVEN}).submit()
    story.gift = hands.text("h1 + .lead b.mono")
    assert story.gift.startswith("G-")
    story.claim = hands.page.locator("#copy-claim").input_value()
    assert hands.page.locator("#copy-public").input_value().endswith(f"/g/{story.gift}/")
    picture = hands.page.locator(".qr img").evaluate("i => i.complete && i.naturalWidth > 50")
    assert picture, "the QR code is not to be seen"


def announces(hands, story):
    """By the private link: everything is filled in but the carrier."""
    hands.open(story.claim).click("a[href$='/announce/']")
    assert hands.value("lines-0-quantity").replace(",", "") == str(GIVEN)
    hands.fill(carrier="sf", waybill="SF0000000000001").submit()
    assert hands.path.endswith(urlsplit(story.claim).path)


# --- the charity, in the workbench


def enters(hands, story, role):
    """Signs in; the first page says what waits."""
    hands.open("/admin/").sign_in(role, story.cast.password)
    assert hands.path == "/admin/"
    return hands


def finds(hands, kind, code):
    """From the board to the list to the thing itself."""
    hands.open("/admin/").click(f".board-rows a[href*='{kind}/']")
    hands.click(f"#result_list a:has-text('{code}')")


def moves(hands, name, **facts):
    hands.click(f"ul.moves a[href*='/move/{name}/']").fill(**facts).submit()


def opens(hands, kind, name, **facts):
    hands.open("/admin/").click(f".board-new a[href$='{kind}/open/{name}/']")
    choose_only(hands, *(key for key, value in facts.items() if value is None))
    hands.fill(**{key: value for key, value in facts.items() if value is not None}).submit()


def choose_only(hands, *names):
    """The one thing there is to choose."""
    for name in names:
        values = hands.page.locator(f"#id_{name} option").evaluate_all(
            "all => all.map(o => o.value)"
        )
        (value,) = [value for value in values if value]
        hands.fill(**{name: value})


def publishes_need(hands, story):
    finds(hands, "needs/need", story.need)
    moves(hands, "publish")


def accepts(hands, story):
    finds(hands, "pledges/pledge", story.gift)
    moves(hands, "accept")


def takes_arrival(hands):
    hands.open("/admin/").click(".board-rows a[href*='warehouse/arrival/']")
    hands.click("#result_list th.field-code a")
    moves(hands, "arrive")


def counts_in(hands):
    """Twenty pieces are missing. Says nothing of why at first, and is asked."""
    hands.click("ul.moves a[href*='/move/count/']")
    hands.fill(**{"lines-0-accepted": GOOD}).submit(refused=True)
    return lambda: hands.fill(**{"lines-0-reason": "short", "lines-0-batch": "B0"}).submit()


def inspects(hands):
    """Quality goes through the checklist of the one lot."""
    hands.open("/admin/").click(".board-rows a[href*='warehouse/arrival/']")
    hands.click("#result_list th.field-code a")
    hands.click("ul.moves a[href*='/move/inspect/']")
    hands.fill(**{"lines-0-verdict": "pass", "lines-0-papers": "report"})
    for box in ("label", "packaging", "in_date"):
        hands.page.locator(f"#id_lines-0-{box}").check()
    return hands.submit


def takes_into_custody(hands):
    """Somebody else of the warehouse signs for it."""
    hands.open("/admin/").click(".board-rows a[href*='warehouse/arrival/']")
    hands.click("#result_list th.field-code a")
    moves(hands, "take")


def allocates(hands, story):
    line = f"{story.need}/1"
    opens(
        hands,
        "warehouse/allocation",
        "publish",
        **{"lots-0-lot": None, "lots-0-quantity": SENT, "need_line": line, "reason": "designated"},
    )


def releases(hands, story):
    to = {"receiving_unit": "物资科", "taker": "示例一号车"}
    opens(hands, "shipping/release", "issue", **{"allocations-0-allocation": None, **to})
    story.order = hands.text(".field-code .readonly")


def packs(hands):
    opens(hands, "shipping/shipment", "pack", release=None, boxes=2)


def dispatches(hands, story):
    """The page that follows makes the hospital's link, and shows it once."""
    moves(hands, "dispatch", carrier="sf", waybill="SF0000000000002", order=story.order)
    assert hands.path.endswith("/link/"), hands.path
    hands.submit()
    story.confirm = hands.page.locator("#copy-confirm").input_value()


def confirms_delivery(hands, story):
    hands.open("/admin/").click(".board-rows a[href*='shipping/shipment/']")
    story.shipment = hands.text("#result_list th.field-code a")
    hands.click("#result_list th.field-code a")
    moves(hands, "confirm_delivery")


# --- what the public page must say


def sentence(story, language, *parts):
    """The verdict in the words of the page: (kind, quantity, owner) in order."""
    english = language == "en"
    hospital, house = story.cast.hospital, story.cast.house
    owners = {
        "": "",
        "hospital": hospital.name_en if english else hospital.legal_name,
        "house": house.name_en if english else house.name_zh,
    }
    said = []
    for n, (kind, quantity, owner) in enumerate(parts):
        unit = "" if english and n else " pieces" if english else " 只"
        said.append(gettext(SAID[kind]).format(amount=f"{quantity:,}{unit}", owner=owners[owner]))
    separator = "; " if english else "；"
    if not any("," in part or "，" in part for part in said):
        separator = ", " if english else "，"
    return separator.join(said) + ("." if english else "。")
