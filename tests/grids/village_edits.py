"""Edits of a draft as random hands make them; one that cannot be done is refused by the platform."""

from collections.abc import Callable
from random import Random

from grids.queries.drafts import DraftState
from grids.rules.coverage import degrees_of, gaps
from ledger.actors import Actor
from tests.grids.zoning_world import across, edit, moved


def _split(draft: int, clerk: Actor, now: DraftState, chance: Random) -> None:
    code = chance.choice(sorted(now.parts))
    edit(draft, clerk, "split", grid=code, line=across(now, code))


def _merge(draft: int, clerk: Actor, now: DraftState, chance: Random) -> None:
    one, two = chance.sample(sorted(now.parts), 2)
    edit(draft, clerk, "merge", grid=one, other=two)


def _vertex(now: DraftState, chance: Random) -> tuple[str, tuple[float, float]]:
    code = chance.choice(sorted(now.parts))
    return code, degrees_of(chance.choice(now.parts[code].ring))


def _near(place: tuple[float, float], chance: Random) -> tuple[float, float]:
    return moved(place, chance.uniform(-15, 15), chance.uniform(-15, 15))


def _move(draft: int, clerk: Actor, now: DraftState, chance: Random) -> None:
    _code, at = _vertex(now, chance)
    edit(draft, clerk, "move", at=at, to=_near(at, chance))


def _border(draft: int, clerk: Actor, now: DraftState, chance: Random) -> None:
    """An outline as the map sends it, one of its vertices dragged."""
    code, at = _vertex(now, chance)
    line = [degrees_of(node) for node in now.parts[code].ring]
    edit(draft, clerk, "border", grid=code, line=tuple(_near(at, chance) if place == at else place for place in line))


def _end(draft: int, clerk: Actor, now: DraftState, chance: Random) -> None:
    """A grid ends, and what it leaves is given to another one or becomes a new one."""
    code, heir = chance.sample(sorted(now.parts), 2)
    left = edit(draft, clerk, "end", grid=code)
    (gap,) = gaps(left.rings, left.outline)
    west, south = (sum(node[axis] for node in gap) / len(gap) / 1e8 for axis in (0, 1))
    edit(draft, clerk, "give", at=(west, south), other=chance.choice([heir, "new"]))


def _rename(draft: int, clerk: Actor, now: DraftState, chance: Random) -> None:
    code = chance.choice(sorted(now.parts))
    edit(draft, clerk, "rename", grid=code, name_zh=f"新名{code[-2:]}", name_en=f"Renamed {code[-2:]}")


def _draw(draft: int, clerk: Actor, now: DraftState, chance: Random) -> None:
    """A new grid drawn by hand; its neighbours give way."""
    _code, at = _vertex(now, chance)
    corners = ((-20, -20), (25, -15), (20, 25), (-15, 20))
    line = tuple(moved(at, east + chance.uniform(-5, 5), north) for east, north in corners)
    edit(draft, clerk, "draw", grid="new", line=line, follow=True)


EDITS: dict[str, Callable[[int, Actor, DraftState, Random], None]] = {
    "split": _split,
    "merge": _merge,
    "move": _move,
    "border": _border,
    "end": _end,
    "rename": _rename,
    "draw": _draw,
}
