"""Invented towns of three kinds as questions to the grid compiler; the same for the same size and seed."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
KINDS = ("dense", "ribbon", "river")
LON, LAT = 117.0, 36.19
WIDE, HIGH = 0.00089947, 0.00110963  # metres of a lattice unit
STEP = 30.0  # metres between vertices of the outline


def town(kind: str, buildings: int, seed: int = 1) -> dict[str, Any]:
    """A question with one parent and about as many buildings as asked for, households as weight."""
    random = np.random.default_rng(seed)
    boxes, households, lines, size = MAKERS[kind](buildings, random)
    outline = _outline(size, random)
    return {
        "parents": [{"code": "370902900001", "ring": _degrees(np.concatenate([outline, outline[:1]]))}],
        "buildings": [
            {
                "id": str(number),
                "place": _degrees(box[:4].mean(axis=0)[None])[0],
                "parent": "370902900001",
                "households": int(homes),
                "residents": int(homes) * 3,
                "activity": 0.0,
                "shape": _degrees(box),
            }
            for number, (box, homes) in enumerate(zip(boxes, households, strict=True))
        ],
        "barriers": [{"kind": kind_, "line": _degrees(line), "strength": power} for kind_, line, power in lines],
        "present": [],
        "target": 400,
        "tolerance": 0.15,
        "weights": {"households": 1, "residents": 0, "activity": 0},
        "keep": 0,
        "seed": seed,
        "alternatives": 3,
    }


def _degrees(places: Floats) -> list[tuple[float, float]]:
    nodes = np.rint(places / np.array([WIDE, HIGH])).astype(np.int64)
    return [(round(LON + x / 1e8, 8), round(LAT + y / 1e8, 8)) for x, y in nodes.tolist()]


def _box(centre: Floats, width: Floats, depth: Floats, angle: Floats) -> Floats:
    """Closed rectangles around centres."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) / 2
    local = corners[None] * np.stack([width, depth], axis=1)[:, None]
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(-1, 2, 2)
    found: Floats = np.einsum("nij,nkj->nki", turn, local) + centre[:, None]
    return found


def _outline(size: tuple[float, float], random: np.random.Generator) -> Floats:
    """A wavy rectangle around the town."""
    corners = np.array([(-60.0, -60.0), (size[0] + 60, -60.0), (size[0] + 60, size[1] + 60), (-60.0, size[1] + 60)])
    rows = []
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        count = max(2, int(np.hypot(*(b - a)) / STEP))
        rows.append(a + (b - a) * (np.arange(count) / count)[:, None])
    line = np.concatenate(rows)
    return np.asarray(line + random.uniform(-8, 8, line.shape))


Made = tuple[Floats, npt.NDArray[np.int64], list[tuple[str, Floats, float]], tuple[float, float]]


def _blocks(buildings: int, random: np.random.Generator, empty: float) -> Made:
    """Street blocks of 95 × 70 m with two rows of five houses, some of them parks."""
    side = int(np.ceil(np.sqrt(buildings / 10 / (1 - empty) * 70 / 95)))
    columns, rows = side, int(np.ceil(buildings / 10 / (1 - empty) / side))
    blocks = [(c, r) for r in range(rows) for c in range(columns) if random.random() >= empty]
    centre = np.array(
        [(c * 95 + 14 + 16.5 * i, r * 70 + 20 + 26 * j) for c, r in blocks for i in range(5) for j in range(2)]
    )[:buildings]
    count = len(centre)
    centre = centre + random.uniform(-1.2, 1.2, centre.shape)
    boxes = _box(centre, random.uniform(9, 13, count), random.uniform(9, 15, count), random.uniform(-0.08, 0.08, count))
    tall = np.repeat(random.random(count // 10 + 1) < 0.5, 10)[:count]
    households = np.where(tall, random.integers(12, 37, count), random.integers(2, 13, count))
    width, height = columns * 95.0, rows * 70.0
    lines = [
        ("road", np.array([(c * 95.0 - 5.5, -30.0), (c * 95.0 - 5.5, height + 20)]), 0.6 if c % 6 == 0 else 0.3)
        for c in range(1, columns)
    ]
    lines += [
        ("road", np.array([(-30.0, r * 70.0 - 1.0), (width + 20, r * 70.0 - 1.0)]), 0.6 if r % 6 == 0 else 0.3)
        for r in range(1, rows)
    ]
    return boxes, households, lines, (width, height)


def _dense(buildings: int, random: np.random.Generator) -> Made:
    return _blocks(buildings, random, 0.06)


def _ribbon(buildings: int, random: np.random.Generator) -> Made:
    """Villages along wavy roads with fields between; houses of one to four households."""
    ways = max(3, int(np.sqrt(buildings) / 12))
    each = buildings // ways + 1
    length = each / 2 * 19.0 / 0.62
    centres, angles, lines = [], [], []
    for way in range(ways):
        along = np.arange(0.0, length, 19.0)
        middle = way * 420.0 + 60 * np.sin(along / 500 + way) + 25 * np.sin(along / 130 + 2 * way)
        slope = np.arctan(np.gradient(middle, along))
        lived = np.repeat(random.random(len(along) // 12 + 1) < 0.68, 12)[: len(along)]
        for sign in (-1, 1):
            off = sign * random.uniform(13, 19, len(along))
            place = np.stack([along - off * np.sin(slope), middle + off * np.cos(slope)], axis=1)
            centres.append(place[lived])
            angles.append(slope[lived])
        lines.append(("road", np.stack([along, middle], axis=1)[::2], 0.4))
    centre, angle = np.concatenate(centres), np.concatenate(angles)
    chosen = np.sort(random.permutation(len(centre))[:buildings])
    centre, angle = centre[chosen], angle[chosen]
    count = len(centre)
    boxes = _box(centre, random.uniform(9, 14, count), random.uniform(8, 13, count), angle)
    for step in range(1, int(length / 1500)):
        at = step * 1500.0
        lines.append(("road", np.array([(at, -40.0), (at, ways * 420.0)]), 0.6))
    low = np.array([0.0, -110.0])
    return (
        boxes + (-low),
        random.integers(1, 5, count),
        [(kind, line - low, power) for kind, line, power in lines],
        (length, (ways - 1) * 420.0 + 260.0),
    )


def _river(buildings: int, random: np.random.Generator) -> Made:
    """Blocks cut by a winding river and a railway; what stands in the way is not built."""
    boxes, households, lines, size = _blocks(int(buildings * 1.06), random, 0.12)
    across = np.arange(-100.0, size[0] + 150, 25.0)
    river = np.stack(
        [across, size[1] * 0.45 + size[1] * 0.13 * np.sin(across / size[0] * 7) + 40 * np.sin(across / 210)], axis=1
    )
    up = np.arange(-100.0, size[1] + 200, 60.0)
    rail = np.stack([size[0] * 0.63 + up * 0.12, up], axis=1)
    middle = boxes[:, :4].mean(axis=1)
    water = np.abs(middle[:, 1] - np.interp(middle[:, 0], river[:, 0], river[:, 1])) > 34
    track = np.abs(middle[:, 0] - np.interp(middle[:, 1], rail[:, 1], rail[:, 0])) > 18
    kept = np.flatnonzero(water & track)[:buildings]
    lines += [("river", river, 1.0), ("railway", rail, 0.9)]
    return boxes[kept], households[kept], lines, size


MAKERS = {"dense": _dense, "ribbon": _ribbon, "river": _river}
