"""axe on a page as it stands, at two widths, light and dark.

It is brought in through the browser's own debugger: our content security policy stays in force.
"""

import json
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": RULES, "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
SETTLED = (
    "Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0)))"  # colours fade
)


@cache
def source():
    return SOURCE.read_text(encoding="utf-8")


def violations(page, options):
    """[(rule, where it is broken)]"""
    debugger = page.context.new_cdp_session(page)
    debugger.send("Runtime.evaluate", {"expression": source()})
    answer = debugger.send(
        "Runtime.evaluate",
        {
            "expression": f"{SETTLED}.then(() => axe.run({json.dumps(options)})).then(found => "
            "JSON.stringify(found.violations.map(v => [v.id, v.nodes.map(n => n.target.join(' '))]"
            ")))",
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    debugger.detach()
    assert "exceptionDetails" not in answer, answer
    return json.loads(answer["result"]["value"])


def accessible(page, *, dark=True):
    """No violation: every rule at each width, and what depends on colours in the dark too."""
    size = page.viewport_size
    page.emulate_media(reduced_motion="reduce", color_scheme="light")
    for width in (390, 1280):
        page.set_viewport_size({**size, "width": width})
        for scheme, options in (("light", EVERYTHING), ("dark", COLOURS))[: 1 + dark]:
            page.emulate_media(color_scheme=scheme)
            found = violations(page, options)
            assert found == [], f"{page.url} at {width} px, {scheme}: {found}"
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light")
