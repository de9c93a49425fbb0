"""Drawn pictures that stand in for photos; every one is labelled 示意 (illustrative), none shows a real place."""

import random
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (640, 480)
VARIANTS = 3
Draw = ImageDraw.ImageDraw
# the two characters 示意 as a bitmap of 64 × 32 points: no font with Chinese is needed on the machine
LABEL = bytes.fromhex(
    "0000000000000000000000000000000000000000000000000000000000000000"
    "000000030000000000000003800003fffff00fffffc003fffff00fffffc00000"
    "000000c00c000000000000601c000000000000601800000000003ffffff00000"
    "00003ffffff000000000000000000000ffffffc03ffff800ffffffc03ffff800"
    "000c000030003800000c000030003800000c00003ffff800060c08003ffff800"
    "0e0c1c00300038000e0c0c00300038001c0c0e003ffff8001c0c07003ffff800"
    "380c070000f00000700c038066383800700c0380661c1c00e00c01c0c6088c01"
    "c00c01c1c600c600000c00018601c70001fc000387ff820001fc000003ff8000"
)
ASPHALT, KERB, GRASS, SKY, IRON = (96, 99, 104), (168, 166, 160), (118, 150, 98), (205, 220, 230), (62, 64, 68)


@lru_cache(maxsize=128)
def picture(kind: str, stage: str, variant: int = 0) -> bytes:
    """A JPEG of 640 × 480.

    Arguments:
        kind: key of SUBJECTS; another one gives a plain street.
        stage: "before" shows the fault, everything else the place in order.
        variant: another position and shade of the same thing.
    """
    shade = random.Random(f"{kind}{variant}")  # noqa: S311 - a drawing
    image = Image.new("RGB", SIZE, ASPHALT)
    draw = ImageDraw.Draw(image)
    _street(draw, shade)
    SUBJECTS.get(kind, _nothing)(draw, stage == "before", shade)
    _label(image, draw)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


@lru_cache(maxsize=16)
def paper(variant: int) -> bytes:
    """A JPEG of a sheet of paper with lines instead of words, labelled like every drawing."""
    image = Image.new("RGB", SIZE, (120, 122, 126))
    draw = ImageDraw.Draw(image)
    draw.rectangle((150, 20, 490, 460), fill=(250, 250, 246))
    for line in range(8 + variant % 5):
        draw.rectangle(
            (180, 60 + line * 28, 460 - (line * 37 + variant * 53) % 120, 68 + line * 28), fill=(170, 172, 176)
        )
    draw.ellipse((380, 360, 450, 430), outline=(190, 60, 50), width=5)
    _label(image, draw)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _street(draw: Draw, shade: random.Random) -> None:
    draw.rectangle((0, 0, 640, 120), fill=SKY)
    for left in range(0, 640, 128):
        height = shade.randint(40, 100)
        tone = shade.randint(150, 200)
        draw.rectangle((left, 120 - height, left + 120, 120), fill=(tone, tone - 8, tone - 20))
    draw.rectangle((0, 120, 640, 160), fill=GRASS)
    draw.rectangle((0, 160, 640, 190), fill=KERB)
    for left in range(20, 640, 120):
        draw.rectangle((left, 320, left + 60, 328), fill=(214, 214, 208))


def _cone(draw: Draw, x: int, y: int) -> None:
    draw.polygon(((x, y - 70), (x - 26, y), (x + 26, y)), fill=(226, 104, 40))
    draw.rectangle((x - 16, y - 40, x + 16, y - 28), fill=(245, 245, 240))


def _manhole(draw: Draw, fault: bool, shade: random.Random) -> None:
    x, y = shade.randint(250, 380), shade.randint(330, 380)
    draw.ellipse((x - 105, y - 62, x + 105, y + 62), fill=(130, 130, 128))
    if fault:
        draw.ellipse((x - 90, y - 50, x + 90, y + 50), fill=(18, 18, 20))
        draw.pieslice((x - 90, y - 50, x + 90, y + 50), 20, 150, fill=IRON)
        _cone(draw, x + 140, y + 30)
        return
    draw.ellipse((x - 90, y - 50, x + 90, y + 50), fill=IRON)
    for ring in (70, 48, 26):
        draw.ellipse((x - ring, y - ring * 5 // 9, x + ring, y + ring * 5 // 9), outline=(110, 112, 116), width=4)


def _heap(draw: Draw, fault: bool, shade: random.Random) -> None:
    if not fault:
        return
    colours = ((60, 90, 150), (190, 60, 60), (220, 200, 120), (90, 140, 90), (40, 40, 44), (230, 230, 230))
    for _item in range(60):
        x, y = shade.randint(180, 460), shade.randint(260, 420)
        size = shade.randint(12, 44)
        draw.ellipse((x, y, x + size, y + size * 2 // 3), fill=shade.choice(colours))


def _hole(draw: Draw, fault: bool, shade: random.Random) -> None:
    x, y = shade.randint(260, 360), shade.randint(340, 390)
    ragged = [(x + dx, y + dy + shade.randint(-12, 12)) for dx, dy in
              ((-130, 0), (-80, -45), (0, -55), (90, -40), (140, 5), (80, 48), (-10, 58), (-90, 40))]  # fmt: skip
    draw.polygon(ragged, fill=(52, 48, 44) if fault else (78, 80, 84))
    if fault:
        _cone(draw, x - 170, y + 20)


def _lamp(draw: Draw, fault: bool, shade: random.Random) -> None:
    x = shade.randint(260, 400)
    draw.rectangle((0, 0, 640, 160), fill=(44, 50, 66))
    draw.rectangle((x, 60, x + 10, 330), fill=(150, 152, 156))
    draw.line((x + 5, 62, x + 90, 48), fill=(150, 152, 156), width=9)
    draw.ellipse((x + 74, 42, x + 116, 62), fill=(70, 70, 74) if fault else (255, 226, 130))
    if not fault:
        draw.polygon(((x + 90, 62), (x - 40, 330), (x + 230, 330)), fill=(150, 146, 118))


def _water(draw: Draw, fault: bool, shade: random.Random) -> None:
    draw.rectangle((0, 220, 640, 480), fill=(96, 138, 150))
    for _wave in range(24):
        x, y = shade.randint(0, 600), shade.randint(235, 470)
        draw.arc((x, y, x + 60, y + 14), 200, 340, fill=(150, 184, 190), width=3)
    if fault:
        for _piece in range(36):
            x, y = shade.randint(140, 520), shade.randint(270, 420)
            draw.rectangle(
                (x, y, x + shade.randint(8, 26), y + 10), fill=shade.choice(((230, 230, 226), (80, 110, 70)))
            )


def _bin(draw: Draw, fault: bool, shade: random.Random) -> None:
    for left in (230, 350):
        draw.rectangle((left, 210, left + 90, 350), fill=(60, 110, 84) if left < 300 else (70, 84, 120))
        draw.rectangle((left - 6, 196, left + 96, 214), fill=(40, 70, 60))
    if fault:
        _heap(draw, True, shade)


def _stall(draw: Draw, fault: bool, shade: random.Random) -> None:
    if not fault:
        return
    x = shade.randint(170, 260)
    draw.rectangle((x, 280, x + 240, 360), fill=(150, 108, 70))
    draw.polygon(((x - 20, 220), (x + 260, 220), (x + 230, 280), (x + 10, 280)), fill=(196, 70, 60))
    for left in range(x + 10, x + 220, 36):
        draw.ellipse((left, 262, left + 30, 290), fill=shade.choice(((230, 160, 60), (200, 60, 50), (120, 160, 70))))


def _tree(draw: Draw, fault: bool, shade: random.Random) -> None:
    x = shade.randint(280, 360)
    if fault:
        draw.line((x - 150, 380, x + 110, 300), fill=(96, 74, 54), width=26)
        draw.ellipse((x + 60, 220, x + 250, 350), fill=(84, 124, 72))
        return
    draw.rectangle((x, 160, x + 24, 340), fill=(96, 74, 54))
    draw.ellipse((x - 90, 40, x + 114, 220), fill=(84, 124, 72))


def _rail(draw: Draw, fault: bool, shade: random.Random) -> None:
    gap = shade.randint(2, 4) if fault else 99
    for post in range(8):
        left = 30 + post * 78
        if post == gap:
            draw.line((left - 40, 390, left + 70, 420), fill=(196, 200, 206), width=12)
            continue
        draw.rectangle((left, 240, left + 10, 340), fill=(196, 200, 206))
        if post + 1 != gap:
            draw.rectangle((left, 256, left + 78, 268), fill=(196, 200, 206))


def _nothing(draw: Draw, fault: bool, shade: random.Random) -> None:
    if fault:
        x = shade.randint(200, 300)
        draw.rectangle((x, 250, x + 180, 350), fill=(160, 150, 132), outline=(110, 100, 84), width=5)


def _label(image: Image.Image, draw: Draw) -> None:
    draw.rectangle((556, 436, 636, 476), fill=(250, 248, 240))
    image.paste((150, 40, 36), (564, 440), Image.frombytes("1", (64, 32), LABEL))


SUBJECTS: dict[str, Callable[[Draw, bool, random.Random], None]] = {
    "manhole": _manhole,
    "heap": _heap,
    "hole": _hole,
    "lamp": _lamp,
    "water": _water,
    "bin": _bin,
    "stall": _stall,
    "tree": _tree,
    "rail": _rail,
}
