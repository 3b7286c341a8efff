"""Whether a page speaks one language: Chinese pages hold no English sentence and English pages no
Chinese, but for what people typed, which is told by its standing in the database."""

import json
import re
from html.parser import HTMLParser

from django.apps import apps
from django.db.models import CharField, JSONField, TextField

import ledger.api as ledger
from ledger.models import Disclosure

CJK = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff\uff08\uff09·]*")
SENTENCE = re.compile(r"[A-Za-z][a-z]+(?:[ ,]+[a-z]{2,}){2,}")  # three words and more in a row
WORDS = re.compile(r"(?:[A-Z][a-z]{2,}|[a-z]{3,})(?: [A-Za-z]?[a-z]+)*[.:…]?")  # nothing but words
SPOKEN = ("aria-label", "title", "placeholder", "alt")
SILENT = {"script", "style", "code", "pre", "template", "textarea", "svg", "samp", "kbd"}
CODED = {"mono", "entry", "who-am-i", "term", "fold"}  # codes, hashes, user names
VOID = {"meta", "link", "input", "img", "br", "hr", "source", "wbr", "col", "use"}
NAMES = {
    "国械注准",
    "慈善法",
    "快递",  # Kuaidi100
    "快递鸟",
    "True",
    "False",
    "None",
    "English",
    "Shanji",
    "sha256",
    "Atom",
    "Chromium",
    "python",
    "noble",
}
OTHERS = {"auth", "contenttypes", "admin", "sessions", "silk"}  # models that hold no people's words


class Texts(HTMLParser):
    """What a page says in its own language, text by text."""

    def __init__(self, language):
        super().__init__()
        self.own, self.found, self.open = language, [], []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        other = told.get("lang") and not told["lang"].startswith(self.own)
        coded = CODED & set((told.get("class") or "").split())
        hushed = bool(other or coded or tag in SILENT or (self.open and self.open[-1][1]))
        if not hushed:
            self.found += [told[name] for name in SPOKEN if told.get(name)]
            if tag == "input" and told.get("type") in ("submit", "button"):
                self.found.append(told.get("value", ""))
        if tag not in VOID:
            self.open.append((tag, hushed))

    def handle_startendtag(self, tag, attrs):
        """An empty element says nothing."""

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            continue

    def handle_data(self, data):
        if data.strip() and not (self.open and self.open[-1][1]):
            self.found.append(" ".join(data.split()))


def typed():
    """Everything that stands in the database, as one text."""
    said = []
    for model in apps.get_models():
        if model._meta.app_label in OTHERS or not model._meta.managed:
            continue
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField | JSONField)
        ]
        for row in model._default_manager.values_list(*names) if names else ():
            said += [_text(value) for value in row]
    shown, _erased = ledger.shown(Disclosure.objects.values_list("uid", flat=True).distinct())
    said += [_text(value) for names in shown.values() for value in names.values()]
    return "\n".join(said)


def _text(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def foreign(html, language, corpus):
    """The texts of a page that are in the other language and that nobody typed."""
    texts = Texts(language)
    texts.feed(html)
    if language == "en":
        runs = [run for text in texts.found for run in CJK.findall(text)]
        return [run for run in runs if run not in NAMES and run not in corpus]
    said = [run for text in texts.found for run in SENTENCE.findall(text)]
    said += [text for text in texts.found if WORDS.fullmatch(text)]
    return [run for run in said if run not in NAMES and run not in corpus]
