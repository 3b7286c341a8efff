"""Every number that a page of figures prints: those that lead to their rows, and all others."""

import re
from collections import defaultdict
from html.parser import HTMLParser

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
DAY = r"\d{4}-\d\d-\d\d|\b\d{1,2} [A-Z][a-z]{2} \d{4}"
DATE = re.compile(rf"(?:{DAY})(?: \d\d:\d\d(?::\d\d)?(?: \(UTC\+8\))?)?")
VOID = {"meta", "link", "input", "br", "img", "hr"}
SAID = {"aria-label", "title", "alt", "placeholder"}  # attributes that readers are told
ROWS = "/statistics/rows/"


def whole(text):
    """¥1,234.56 is 123456 fen, 1,234 is 1234."""
    digits = NUMBER.search(text)[0].replace(",", "")
    return int(digits.replace(".", ""))


class Printed(HTMLParser):
    """linked: [(address, number)]; others: [(section, element, text)], each with a digit in it;
    columns: {section: {column: its linked numbers}}, of tables."""

    def __init__(self, html):
        super().__init__()
        self.linked, self.others = [], []
        self.columns = defaultdict(lambda: defaultdict(list))
        self._open, self._column = [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag not in VOID:
            self._open.append((tag, told))
        if not self._inside("main"):
            return
        if tag == "tr":
            self._column = 0
        self._column += tag in ("td", "th")
        for name in SAID & told.keys():
            if NUMBER.search(told[name] or ""):
                self.others.append((self._section(), f"@{name}", told[name]))

    def handle_endtag(self, tag):
        if self._inside(tag):
            while self._open.pop()[0] != tag:
                continue

    def handle_data(self, data):
        if not NUMBER.search(data) or not self._inside("main"):
            return
        href = next((a["href"] for tag, a in reversed(self._open) if tag == "a"), "")
        if ROWS not in href:
            self.others.append((self._section(), self._open[-1][0], data.strip()))
            return
        self.linked.append((href, whole(data)))
        if self._inside("td"):
            self.columns[self._section()][self._column].append(whole(data))

    def _inside(self, tag):
        return any(name == tag for name, _attrs in self._open)

    def _section(self):
        of = (attrs.get("aria-labelledby", "") for tag, attrs in self._open if tag == "section")
        return next(of, "")

    def explained(self, section):
        """The numbers that a sentence or a picture of a section may say: those of its tables, what
        a column comes to, and nothing."""
        columns = self.columns[section].values()
        return {0, *(n for column in columns for n in (*column, sum(column)))}
