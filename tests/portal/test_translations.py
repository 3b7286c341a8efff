"""Both languages are complete: every string that people can see stands in both, translated."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE)
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
CALLS |= {"pgettext_lazy", "npgettext"}
HOLE = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
FROM_TEMPLATE = re.compile(r"\b(?:gettext|_)\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
PLURAL = re.compile(r"\bngettext\((u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")")


def strings_of_code():
    for path in [*ROOT.glob("portal/**/*.py"), *ROOT.glob("ledger/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in CALLS or not node.args:
                continue
            arg = node.args[1] if name.startswith("pgettext") else node.args[0]
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                yield path, arg.value


def strings_of_templates():
    for path in ROOT.glob("templates/**/*.html"):
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for found in (*FROM_TEMPLATE.findall(code), *PLURAL.findall(code)):
            yield path, ast.literal_eval(found.lstrip("u"))


def catalogue(language):
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_every_string_is_translated(language):
    known = {entry.msgid for entry in catalogue(language) if entry.translated()}
    seen = [*strings_of_code(), *strings_of_templates()]

    missing = {text: path.relative_to(ROOT) for path, text in seen if text and text not in known}

    assert len(seen) > 300
    assert missing == {}


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_no_translation_is_a_guess_or_left_over(language):
    po = catalogue(language)

    assert [e.msgid for e in po if "fuzzy" in e.flags] == []
    assert [e.msgid for e in po if e.obsolete] == []


def test_a_translation_has_the_holes_of_its_original():
    wrong = []
    for entry in catalogue("zh_Hans"):
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        wanted = set(HOLE.findall(entry.msgid_plural or entry.msgid))
        wrong += [entry.msgid for text in texts if set(HOLE.findall(text)) != wanted]

    assert wrong == []


def test_chinese_is_chinese():
    """A translation that is still its English original was forgotten, unless it is a name."""
    names = re.compile(r"[A-Z0-9][\w.&/ +-]*|[\W\d_]*|%\(\w+\)s.*|[a-z.:/-]+")
    same = [
        e.msgid
        for e in catalogue("zh_Hans")
        if not e.msgid_plural and e.msgid == e.msgstr and not names.fullmatch(e.msgid)
    ]

    assert same == []
