"""What people do with a page: open, press, fill in; counted, so that a test can say how much work
something is."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Error

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SUBMIT = "form.form .actions button[type=submit]"
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

REPLACED = ("Execution context was destroyed", "Cannot find context", "Frame was detached")


def asked(thing, script, *, times=5):
    """What a script says of a page or an element; asked again of the document that has meanwhile
    taken the place of the one that was asked."""
    for _time in range(times - 1):
        try:
            return thing.evaluate(script)
        except Error as error:
            if not any(said in error.message for said in REPLACED):
                raise
    return thing.evaluate(script)


class Hands:
    """Somebody at one browser. `see` (optional) is called with the page after every step."""

    def __init__(self, page, language, *, see=None):
        self.page, self.language, self.see = page, language, see
        self.clicks = self.keys = 0

    def open(self, path, *, status=200):
        """An address, in the language of this person where it has one."""
        answer = self.page.goto(path)
        assert answer.status == status, f"{path}: {answer.status}"
        return self.look()

    def public(self, path):
        return self.open(f"/{self.language}{path}")

    def press(self, selector, **filters):
        """One click on the first thing that fits, whatever follows."""
        self.clicks += 1
        self.page.locator(selector, **filters).first.click()

    def click(self, selector, **filters):
        """One click, and wait for the page that a link or a form leads to."""
        self.press(selector, **filters)
        self.page.wait_for_load_state("load")
        return self.look()

    def leads_on(self, selector, **filters):
        """One click that leads to another document, also where a script takes its time to send the
        form: it is there, whole, when this returns."""
        with self.page.expect_event("load"):
            self.press(selector, **filters)
        return self.look()

    def submit(self, *, refused=False):
        """Send the form of the page."""
        self.click(SUBMIT)
        return self.told(refused=refused)

    def told(self, *, refused=False):
        """Whether the page that came says that something is wrong."""
        wrong = self.page.locator(".summary[role=alert]")
        assert wrong.count() == refused, wrong.all_inner_texts()
        return self

    def fill(self, **fields):
        """Fields by the names that Django gives them: id_<name>."""
        for name, value in fields.items():
            field = self.page.locator(f"#id_{name}")
            if asked(field, "field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(str(value))
        return self

    def value(self, name):
        return self.page.locator(f"#id_{name}").input_value()

    def text(self, selector):
        return self.page.locator(selector).first.inner_text().strip()

    @property
    def path(self):
        return urlsplit(self.page.url).path

    def sign_in(self, username, password):
        self.fill(username=username, password=password)
        return self.submit()

    def until(self, true, *, seconds=10):
        """Wait for something that the page does by itself."""
        for _turn in range(seconds * 20):
            if true():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not within {seconds} s: {self.text('main')}")

    def look(self):
        if self.see is not None:
            self.see(self.page)
        return self


def fits(page):
    """No page scrolls sideways."""
    assert asked(page, SIDEWAYS) <= 0, f"{page.url} is wider than {page.viewport_size}"


class Album:
    """Pictures of every step, in the folder that SHOTS names; none without."""

    def __init__(self, name):
        self.name, self.folder, self.count = name, os.environ.get("SHOTS"), 0

    def __call__(self, page):
        fits(page)
        if not self.folder:
            return
        self.count += 1
        size = page.viewport_size
        for width in (size["width"], 390 if size["width"] > 390 else 1280):
            page.set_viewport_size({**size, "width": width})
            name = f"{self.name}-{self.count:02d}-{width}.png"
            page.screenshot(path=Path(self.folder) / name, full_page=True)
        page.set_viewport_size(size)
