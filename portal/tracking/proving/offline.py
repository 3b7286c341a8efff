"""The browser verifier as one file: its modules joined into one script, no network needed.

The modules of static/verify and static/vendor/noble keep to what is read here: imports of one
line (names, `* as`, or nothing), exports in front of a declaration or in one list, dynamic
imports as `await import("…")`. Each becomes a function that gives its exports; what it imports
comes first.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.tracking.proving import saying

FOLDER = Path(settings.BASE) / "static"
_FROM = re.compile(
    r'^import (?:\{(?P<names>[^}]*)\}|\* as (?P<all>\w+)) from "(?P<path>[^"]+)";$', re.M
)
_BARE = re.compile(r'^import "(?P<path>[^"]+)";$', re.M)
_LATE = re.compile(r'await import\("(?P<path>[^"]+)"\)')
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|let|class) (?P<name>\w+))", re.M)
_LIST = re.compile(r"^export \{(?P<names>[^}]*)\};?$", re.M)
_EXPLAINED = re.compile(r"^ */\*\*.*?\*/\n", re.M | re.S)


class NotJoinable(ValueError):
    """A module is written in a way that `joined` does not read."""


def joined(entry: Path) -> str:
    """One script that does what the module `entry` does."""
    made: dict[Path, str] = {}
    _add(entry, made)
    return "\n".join(made.values())


def _add(path: Path, made: dict[Path, str]) -> str:
    """The name of the module's exports; it is added to `made` after all that it imports."""
    name = "m_" + re.sub(r"\W", "_", path.relative_to(FOLDER).with_suffix("").as_posix())
    if path in made:
        return name

    def added(match: re.Match[str]) -> str:
        return _add((path.parent / match["path"]).resolve(), made)

    def imported(match: re.Match[str]) -> str:
        wanted = match["all"] or "{" + match["names"].replace(" as ", ": ") + "}"
        return f"const {wanted} = {added(match)};"

    code = _EXPLAINED.sub("", path.read_text("utf-8"))
    code = _FROM.sub(imported, _BARE.sub(lambda match: f"// {added(match)}", code))
    code = _LATE.sub(added, code)
    exports = _EXPORT.findall(code)
    for match in _LIST.finditer(code):
        exports += [part.strip() for part in match["names"].split(",") if part.strip()]
    code = _LIST.sub("", _EXPORT.sub("", code))
    if re.search(r"^(import|export)\b|\bimport\(", code, re.M) or "</script" in code.lower():
        raise NotJoinable(path.name)
    given = ", ".join(exports)
    made[path] = f"const {name} = (() => {{\n{code}\nreturn {{ {given} }};\n}})();"
    return name


def document(*, policy: str | None) -> str:
    """The file, in the language of the moment, with this policy as the portal's own."""
    style = (FOLDER / "site.css").read_text("utf-8")
    script = joined(FOLDER / "verify" / "page.js")
    context = {
        "csp": f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}",
        "style": format_html("<style>{}</style>", _own(style)),
        "script": format_html('<script type="module">{}</script>', _own(script)),
        "stamp": _own((FOLDER / "img" / "stamp.svg").read_text("utf-8")),
        "strings": saying.words(),
        "policy": policy,
        "origin": settings.SITE_ORIGIN,
        "release": settings.RELEASE,
    }
    return render_to_string("tracking/offline.html", context)


def _own(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308 -- a file of ours, nobody else's words


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
