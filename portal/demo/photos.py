"""Pictures for the story, drawn: cartons on a pallet, one of them damaged or labelled. Nobody is on
them."""

from datetime import datetime
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from portal.accounts.acting import Actor
from portal.demo.cast import World
from portal.evidence import commands
from portal.evidence.making import copied
from portal.evidence.models import Shows

WIDTH, HEIGHT = 1280, 960
CARTON, TAPE, EDGE = (186, 140, 96), (222, 205, 170), (128, 92, 60)
WHITE, INK, RED = (246, 244, 238), (40, 40, 40), (176, 48, 40)


def take(world: World, code: str, shows: Shows, *, at: datetime, by: Actor | None = None) -> None:
    """A photo about the thing with this code, sent by the warehouse or `by`, looked at by a
    second person and published at once."""
    data = draw(shows, seed=code)
    sender = by or world.actor("warehouse")
    found = [copied(data, "image/jpeg")]
    (file,) = commands.attach(code=code, found=found, shows=shows, by=sender, at=at)
    commands.publish(pk=file.pk, by=world.actor("publisher"), at=at)


def draw(shows: Shows, *, seed: str) -> bytes:
    """A JPEG, the same for the same seed, another for another."""
    random = Random(seed + shows)  # noqa: S311 -- a drawing
    image = Image.new("RGB", (WIDTH, HEIGHT), (168, 170, 168))
    pen = ImageDraw.Draw(image)
    floor = random.randint(640, 740)
    pen.rectangle((0, floor, WIDTH, HEIGHT), fill=(120, 118, 114))
    for x in range(random.randint(40, 120), WIDTH, random.randint(220, 300)):
        pen.rectangle((x, 0, x + 14, floor), fill=(140, 146, 150))  # racks behind
    size = random.randint(170, 230)
    columns, rows = random.randint(3, 4), random.randint(2, 3)
    left = random.randint(60, WIDTH - columns * (size + 8) - 60)
    base = floor + random.randint(60, 140)
    pen.rectangle((left - 20, base, left + columns * (size + 8) + 12, base + 26), fill=EDGE)
    boxes = [
        (left + column * (size + 8), base - (row + 1) * int(size * 0.8))
        for row in range(rows)
        for column in range(columns - (row == rows - 1) * random.randint(0, 1))
    ]
    for x, y in boxes:
        _carton(pen, x, y, size, shade=random.randint(-14, 14))
    x, y = random.choice(boxes)
    if shows == Shows.DAMAGE:
        points = [(x + random.randint(0, size), y + random.randint(0, size // 2)) for _ in range(9)]
        pen.polygon(points, fill=(70, 50, 36))
    if shows == Shows.LABEL:
        _label(pen, x, y, size, random)
    soft = image.filter(ImageFilter.GaussianBlur(1.2))
    out = BytesIO()
    soft.save(out, "JPEG", quality=80)
    return out.getvalue()


def _carton(pen: ImageDraw.ImageDraw, x: int, y: int, size: int, *, shade: int) -> None:
    high = int(size * 0.8)
    fill = tuple(part + shade for part in CARTON)
    pen.rectangle((x, y, x + size, y + high), fill=fill, outline=EDGE, width=4)
    pen.rectangle((x + size // 2 - 14, y, x + size // 2 + 14, y + high), fill=TAPE)
    pen.rectangle((x + 16, y + high - 56, x + 84, y + high - 18), fill=WHITE, outline=EDGE)


def _label(pen: ImageDraw.ImageDraw, x: int, y: int, size: int, random: Random) -> None:
    """Bars and lines as on a carton's label; they say nothing."""
    pen.rectangle((x - 30, y - 40, x + size + 30, y + size - 30), fill=WHITE, outline=INK, width=4)
    for line in range(4):
        length = random.randint(size // 2, size)
        pen.rectangle((x, y + line * 24, x + length, y + line * 24 + 8), fill=INK)
    bar = x
    while bar < x + size:
        width = random.choice((3, 5, 8))
        pen.rectangle((bar, y + 104, bar + width, y + size - 52), fill=INK)
        bar += width + random.choice((4, 6))
    pen.rectangle((x + size - 24, y - 24, x + size + 14, y + 8), fill=RED)
