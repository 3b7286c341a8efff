"""Published photos and papers of an entry, by the digests that are sealed and still disclosed."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.evidence import queries
from portal.evidence.models import Shows
from portal.tracking.models import Line
from portal.tracking.queries import Erased

ADD, PUBLISH = "evidence.add", "evidence.publish"
COPY = "copy_sha256"


def told(line: Line) -> bool:
    return line.type in (ADD, PUBLISH)


def damaged(lines: Iterable[Line], named: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Those that the last check found damaged or lost; no query where there are no photos."""
    shown = (named.get(line.uid, {}).get(COPY) for line in lines if line.type == PUBLISH)
    return queries.damaged({s for s in shown if isinstance(s, str) and not isinstance(s, Erased)})


def facts(line: Line, named: Mapping[str, Any], bad: Collection[str]) -> list[dict[str, str]]:
    """What it shows, whether it was seen before, and what became of the file."""
    shows = line.data.get("shows", "")
    out = [(_("Shows"), str(dict(Shows.choices).get(shows, shows)))]
    if line.data.get("repeats") == "same":
        out.append((_("Seen before"), _("the same file was filed about another gift")))
    if line.data.get("repeats") == "alike":
        out.append((_("Seen before"), _("it looks like a photo filed about another gift")))
    value = named.get(COPY)
    if isinstance(value, Erased):
        out.append((_("File"), _("withdrawn: %(why)s") % {"why": value}))
    elif value in bad:
        out.append((_("File"), _("file damaged: what is stored is not what was sealed")))
    return [{"label": str(label), "value": text} for label, text in out]


def of(line: Line, named: Mapping[str, Any], bad: Collection[str]) -> list[dict[str, str]]:
    """The pictures for the timeline; a paper is a link with the same looks."""
    value = named.get(COPY) if line.type == PUBLISH else None
    if not isinstance(value, str) or isinstance(value, Erased) or value in bad:
        return []
    shows = line.data.get("shows", "")
    caption = str(dict(Shows.choices).get(shows, shows))
    paper = line.data.get("media") == "application/pdf"
    return [
        {
            "src": reverse("evidence:file", args=[value]),
            "thumb": "" if paper else reverse("evidence:thumb", args=[value]),
            "caption": _("%(what)s (PDF)") % {"what": caption} if paper else caption,
        }
    ]
