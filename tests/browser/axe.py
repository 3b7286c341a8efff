"""axe on a page as it stands, at two widths, light and dark.

It is brought in through the browser's own debugger: our content security policy stays in force.
"""

import json
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_COLOUR = ["color-contrast", "link-in-text-block"]
EVERYTHING = {"runOnly": RULES, "resultTypes": ["violations"]}
COLOURS = {"runOnly": {"type": "rule", "values": BY_COLOUR}, "resultTypes": ["violations"]}
WORDING = {**EVERYTHING, "rules": {rule: {"enabled": False} for rule in BY_COLOUR}}
LIGHT, DARK = "light", "dark"
PHONE, DESK = 390, 1280
ALL_FOUR = (
    (PHONE, LIGHT, EVERYTHING),
    (PHONE, DARK, COLOURS),  # the other rules do not ask for colours
    (DESK, LIGHT, EVERYTHING),
    (DESK, DARK, COLOURS),
)
CROSSED = ((PHONE, LIGHT, EVERYTHING), (DESK, DARK, EVERYTHING))  # each width and scheme once
SETTLED = (
    "Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0)))"  # colours fade
)


@cache
def source():
    return SOURCE.read_text(encoding="utf-8")


def violations(page, options):
    """[(rule, where it is broken)]"""
    debugger = page.context.new_cdp_session(page)

    def said(expression):
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = debugger.send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer
        return answer["result"]["value"]

    if not said("'axe' in window"):
        said(f"{source()};true")
    found = said(
        f"{SETTLED}.then(() => axe.run({json.dumps(options)})).then(found => "
        "JSON.stringify(found.violations.map(v => [v.id, v.nodes.map(n => n.target.join(' '))])))"
    )
    debugger.detach()
    return json.loads(found)


def broken(page, looks=ALL_FOUR):
    """What is wrong with a page, looked at in each of these ways: [(width, scheme, violations)]."""
    size, wrong = page.viewport_size, []
    page.emulate_media(reduced_motion="reduce")
    for width, scheme, options in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({**size, "width": width})
        if found := violations(page, options):
            wrong.append((width, scheme, found))
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=LIGHT)
    return wrong


def accessible(page, *, twin=False):
    """No violation on a telephone in the light and at a desk in the dark; `make long RUN=axe` looks
    at every page in all four ways. `twin`: the same page in the other language was looked at so;
    what depends on neither width nor colours remains."""
    looks = ((PHONE, LIGHT, WORDING),) if twin else CROSSED
    assert broken(page, looks) == [], page.url


def accessible_to(hands):
    """The page before somebody of a test that is played in Chinese and in English."""
    accessible(hands.page, twin=hands.language == "en")
