"""The picture that a chat or a social page shows beside a link to a gift: 1200 × 630, PNG.

Title, stage, where it is, code. No person's name, also none that the page itself shows: copies of a
picture travel and cannot be called back. Drawn with a CJK font of the system; where there is none,
the site's own still picture is given instead.
"""

import io
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from portal.tracking import showing, words
from portal.tracking.gift import gift_showing, sums, verdict
from portal.tracking.models import Gift
from portal.tracking.money import holdings
from portal.tracking.money.holdings import is_money

Font = ImageFont.FreeTypeFont
SIZE = (1200, 630)
LEFT, RIGHT = 72, 1128
PAPER, INK, SOFT, PINE, SEAL = "#faf9f5", "#1b211e", "#5b625e", "#12594a", "#ae3327"
TONES = {"received": PINE, "moving": "#37796a", "stored": "#86b9a9", "returned": "#8a8577"}
TONES |= {"promised": "#d3d0c4"}
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
FILES = {
    True: ("NotoSansCJK-Bold.ttc", "SourceHanSansSC-Bold.otf", "NotoSansSC-Bold.otf"),
    False: ("NotoSansCJK-Regular.ttc", "SourceHanSansSC-Regular.otf", "NotoSansSC-Regular.otf"),
}
STILL = settings.BASE / "static" / "img" / "share.png"


def of_gift(row: Gift) -> bytes:
    """The picture of a gift in the language of now; the still one where no font is found."""
    if not has_fonts():
        return STILL.read_bytes()
    if is_money(row):
        title = _("Gift of %(amount)s") % {
            "amount": words.yuan(sum(line["quantity"] for line in row.lines))
        }
        stage, text, parts = showing.stage_label("money", row.stage), holdings.headline(row), []
    else:
        title, stage = gift_showing.title(row), sums.where(row)
        text = verdict.view(row)["headline"]
        shares = verdict.shares(row)
        one = {share.item for share in shares}
        tones = verdict.TONES
        parts = [(tones.get(s.kind, "gone"), s.amount) for s in shares] if len(one) == 1 else []
    return drawn(title=title, stage=stage, text=text, foot=row.code, parts=parts)


def still() -> bytes:
    """The site's own picture, as it is kept in `static/img/share.png`."""
    return drawn(
        title="善迹 Shanji",
        stage="",
        text="每一份善意，都有迹可循。Follow a donation from the need to the hospital's own word.",
        foot="",
        parts=[],
    )


def has_fonts() -> bool:
    return _file(bold=True) is not None and _file(bold=False) is not None


def drawn(*, title: str, stage: str, text: str, foot: str, parts: list[tuple[str, int]]) -> bytes:
    """The bytes of the picture: few colours, so that it stays far below 60 KB."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, SIZE[0], 12), fill=SEAL)
    mark = Image.open(settings.BASE / "static" / "img" / "touch.png").convert("RGB")
    picture.paste(mark.resize((64, 64)), (LEFT, 56))
    draw.text((LEFT + 84, 88), _("Shanji: donations in the open"), SOFT, _font(30), anchor="lm")
    if stage:
        font = _font(28, bold=True)
        width = font.getlength(stage)
        draw.rounded_rectangle((RIGHT - width - 40, 62, RIGHT, 114), 10, fill=PINE)
        draw.text((RIGHT - 20 - width, 88), stage, "#fff", font, anchor="lm")
    at = _paragraph(draw, title, top=166, font=_font(58, bold=True), most=2, fill=INK)
    _paragraph(draw, text, top=at + 22, font=_font(34), most=3, fill=INK)
    if parts:
        _bar(draw, parts)
    draw.text((LEFT, 578), foot, PINE, _font(34, bold=True), anchor="lm")
    host = settings.SITE_ORIGIN.partition("//")[2] if foot else ""
    draw.text((RIGHT, 578), host, SOFT, _font(26), anchor="rm")
    out = io.BytesIO()
    picture.quantize(32, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _paragraph(
    draw: ImageDraw.ImageDraw, text: str, *, top: int, font: Font, most: int, fill: str
) -> int:
    """Written in at most so many lines; where the next thing may begin."""
    step = int(font.size * 1.42)
    for line in lines(text, font, RIGHT - LEFT, most=most):
        draw.text((LEFT, top), line, fill, font)
        top += step
    return top


def lines(text: str, font: Font, width: int, *, most: int) -> list[str]:
    """Broken between words and between Chinese signs; what is left out ends in …"""
    out = [""]
    for part in re.findall(r"[\x21-\x7e]+ ?| |.", text):
        if out[-1] and font.getlength((out[-1] + part).rstrip()) > width:
            if len(out) == most:
                while out[-1] and font.getlength(out[-1] + "…") > width:
                    out[-1] = out[-1][:-1]
                out[-1] = out[-1].rstrip() + "…"
                break
            out.append("")
        out[-1] += part
    return [line.strip() for line in out]


def _bar(draw: ImageDraw.ImageDraw, parts: list[tuple[str, int]]) -> None:
    """Where the pieces are, as one bar; each part wide enough to be seen."""
    whole, left = sum(amount for _tone, amount in parts), LEFT
    for number, (tone, amount) in enumerate(parts, 1):
        width = max(6, (RIGHT - LEFT) * amount // whole)
        right = RIGHT if number == len(parts) else min(left + width, RIGHT)
        draw.rectangle((left, 500, right - 3, 528), fill=TONES.get(tone, SEAL))
        left = right


@cache
def _file(*, bold: bool) -> Path | None:
    for folder in map(Path, FOLDERS):
        for name in FILES[bold]:
            found = sorted(folder.rglob(name)) if folder.is_dir() else []
            if found:
                return found[0]
    return None


@cache
def _font(size: int, *, bold: bool = False) -> Font:
    """The face for mainland China, where a file holds several."""
    file = str(_file(bold=bold))
    faces: list[Any] = []
    for index in range(5 if file.endswith(".ttc") else 1):
        font = ImageFont.truetype(file, size, index=index)
        faces.append(font)
        if "SC" in (font.getname()[0] or ""):
            return font
    known: Font = faces[0]
    return known
