"""The colours of site.css and admin.css: every pair of text and ground in use is readable."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
GROUNDS = ("paper", "surface", "sunk")
PAIRS = [  # text, ground
    *[(text, ground) for text in ("ink", "ink-2", "ink-3", "pine", "seal") for ground in GROUNDS],
    *[("pine-2", ground) for ground in (*GROUNDS, "pine-soft")],
    *[("ink", soft) for soft in ("pine-soft", "seal-soft", "amber-soft", "sky-soft")],
    *[("ink-2", soft) for soft in ("pine-soft", "amber-soft", "seal-soft", "sky-soft", "t0")],
    *[(colour, f"{colour}-soft") for colour in ("pine", "seal", "amber", "sky")],
    *[("amber", ground) for ground in ("paper", "surface")],
    *[("on-pine", "pine"), ("on-pine", "pine-2"), ("surface", "amber")],
    *[(text, ground) for text in ("on-deep", "on-deep-2") for ground in ("deep", "deep-2")],
    *[("paper", "ink"), ("surface", "t3"), ("surface", "t4"), ("ink-2", "t1"), ("ink-2", "t2")],
]
EDGES = [  # what must be told from its ground without being text
    *[("edge", ground) for ground in GROUNDS],
    *[("focus", ground) for ground in (*GROUNDS, "pine-soft")],
    *[("pine", ground) for ground in GROUNDS],
    ("pine", "t0"),
]
ADMIN = [
    ("body-fg", "body-bg"),
    ("body-fg", "darkened-bg"),
    ("body-fg", "selected-row"),
    ("body-quiet-color", "body-bg"),
    ("body-quiet-color", "darkened-bg"),
    ("body-medium-color", "body-bg"),
    ("breadcrumbs-fg", "breadcrumbs-bg"),
    ("breadcrumbs-link-fg", "breadcrumbs-bg"),
    ("link-fg", "body-bg"),
    ("link-fg", "darkened-bg"),
    ("link-fg", "selected-bg"),
    ("link-hover-color", "body-bg"),
    ("error-fg", "body-bg"),
    ("error-fg", "message-error-bg"),
    ("header-color", "header-bg"),
    ("header-link-color", "header-bg"),
    ("button-fg", "button-bg"),
    ("button-fg", "button-hover-bg"),
    ("button-fg", "close-button-bg"),
    ("button-fg", "delete-button-bg"),
    ("object-tools-fg", "object-tools-bg"),
    ("primary-fg", "primary"),
    ("body-fg", "message-success-bg"),
    ("body-fg", "message-warning-bg"),
    ("body-fg", "message-error-bg"),
]


def tokens(text):
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-fA-F]{3,6})\b", text))


def themes(sheet, dark_from, dark_to):
    text = (STATIC / sheet).read_text()
    begin = text.index(dark_from)
    dark = text[begin : text.index(dark_to, begin)]
    light = tokens(text[:begin])
    return {"light": light, "dark": light | tokens(dark)}


SITE = themes("site.css", "@media (prefers-color-scheme:dark)", "\n}}")
DESK = themes("admin.css", "@media (prefers-color-scheme:dark)", "\n}}")


def luminance(colour):
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(sign * 2 for sign in digits)
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dim, bright = sorted([luminance(one), luminance(other)])
    return (bright + 0.05) / (dim + 0.05)


def too_weak(theme, pairs, *, least):
    return [
        (front, ground, round(contrast(theme[front], theme[ground]), 2))
        for front, ground in pairs
        if contrast(theme[front], theme[ground]) < least
    ]


def test_black_on_white_is_twenty_one_to_one():
    assert round(contrast("#000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_of_the_site_is_readable(theme):
    assert too_weak(SITE[theme], PAIRS, least=4.5) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_control_can_be_told_from_its_ground(theme):
    assert too_weak(SITE[theme], EDGES, least=3) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_of_the_admin_is_readable(theme):
    assert too_weak(DESK[theme], ADMIN, least=4.5) == []


def test_the_admin_is_as_dark_by_choice_as_by_the_system():
    text = (STATIC / "admin.css").read_text()

    chosen = text[text.index('html[data-theme="dark"]{') :].partition("}")[0]

    assert DESK["light"] | tokens(chosen) == DESK["dark"]


def test_both_themes_define_the_same_colours_but_those_that_never_change():
    text = (STATIC / "site.css").read_text()
    begin = text.index("@media (prefers-color-scheme:dark)")
    dark = tokens(text[begin : text.index("\n}}", begin)])

    same_in_both = {"on-deep", "on-deep-2"}

    assert set(SITE["light"]) - set(dark) == same_in_both


def test_every_colour_in_use_is_defined():
    text = (STATIC / "site.css").read_text()
    known = set(re.findall(r"--([a-z0-9-]+):", text))

    assert set(re.findall(r"var\(--([a-z0-9-]+)", text)) - known == set()


def test_nothing_newer_than_the_oldest_browsers_is_used():
    text = (STATIC / "site.css").read_text()

    assert re.findall(r":has\(|color-mix\(|light-dark\(|@container|@layer", text) == []
