"""What an edit does to the parts of a draft. Shared vertices stay shared; a free drawing is kept as it was drawn."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from grids.actions.numbering import Misplaced, Numbering, Place, next_part
from grids.queries.boundaries import boundary_defects, overlay
from grids.queries.drafts import DraftState, Part
from grids.rules import cutting
from grids.rules.codes import PART_TYPES, division_code_fault, reserved
from grids.rules.coverage import (
    Node,
    Parts,
    Refused,
    Ring,
    canonical,
    crossing,
    degrees_of,
    gaps,
    merged,
    node_of,
    ring_of,
    twice_area,
)

NEW = "new"
OVERLAY_REACH = 0.005  # metres; an overlay on the lattice moves a vertex by less


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit as it was asked for; what an operation does not need stays empty.

    Arguments:
        operation: a key of OPERATIONS.
        grid, other: codes of grids; "new" asks for a new one.
        line: places in degrees WGS-84.
        at, to: places in degrees WGS-84.
        snap: metres.
        follow: neighbours give way to what is drawn.
        code: of a new village, as the authority gives it.
    """

    operation: str
    grid: str = ""
    other: str = ""
    line: tuple[Place, ...] = ()
    at: Place | None = None
    to: Place | None = None
    snap: float = 0.0
    follow: bool = False
    type: str = ""
    code: str = ""
    name_zh: str = ""
    name_en: str = ""


Result = tuple[dict[str, Part], dict[str, Any]]


def apply(state: DraftState, edit: Edit) -> Result:
    """Parts after an edit, and what the step keeps of it (codes and places).

    Raises:
        Misplaced: it cannot be done; the message says why and where.
    """
    try:
        return OPERATIONS[edit.operation](state, edit)
    except Refused as refusal:
        raise _told(refusal) from refusal


def _told(refusal: Refused) -> Misplaced:
    place = degrees_of(refusal.at) if refusal.at is not None else None
    words = {
        "line": _("A line needs at least two different places."),
        "crosses_itself": _("The boundary would cross itself near %(place)s."),
        "misses": _("The line does not run through the grid."),
        "ends_inside": _("The line ends inside the grid at %(place)s, %(metres)s m from its boundary."),
        "many": _("The line runs through the grid %(number)s times; draw one that crosses it once."),
        "outline": _(
            "The boundary of the village cannot be changed here: end at one of its vertices; the nearest is %(place)s."
        ),
        "sliver": _("The line leaves nothing on one side, near %(place)s."),
        "apart": _("The two grids have no side in common."),
        "ring": _("Together the two grids would not be one area without holes."),
        "no_vertex": _("No grid has a vertex at %(place)s."),
        "no_side": _("No grid has this side, near %(place)s."),
        "occupied": _("There is a vertex at %(place)s already."),
        "junction": _("%(number)s grids meet at %(place)s: this vertex can be moved but not removed."),
        "empty": _("Nothing is left of the grid near %(place)s."),
        "no_gap": _("There is no gap at %(place)s."),
        "in_two": _("The grid would fall into two pieces near %(place)s."),
    }[refusal.code]
    values = {
        "place": f"{place[0]:.7f}, {place[1]:.7f}" if place else "",
        "metres": f"{refusal.metres:.1f}",
        "number": refusal.number,
    }
    return Misplaced(words % values, refusal.code, place)


def _known(state: DraftState, code: str) -> str:
    if code not in state.parts:
        raise Misplaced(_("Grid %(code)s is not part of this draft.") % {"code": code}, "unknown")
    return code


def _nodes(line: tuple[Place, ...]) -> list[Node]:
    return [node_of(*place) for place in line]


def _node(place: Place | None) -> Node:
    if place is None:
        raise Misplaced(_("Say the place as longitude and latitude."), "place")
    return node_of(*place)


def with_rings(state: DraftState, rings: Parts) -> dict[str, Part]:
    """The parts with other rings; a code that is new needs its own part."""
    return {code: replace(state.parts[code], ring=ring) for code, ring in rings.items() if code in state.parts}


def new_part(state: DraftState, ring: Ring, edit: Edit | None = None, beside: Iterable[str] = ()) -> Part:
    """A part with the next free code of the scheme, named after it."""
    row = state.row
    place = Numbering(row.scheme, row.division_code, row.division_zh, row.division_en, state.base)
    part = next_part(place, ring, state.taken | set(state.parts) | set(beside))
    if edit is None:
        return part
    names = edit.name_zh or part.name_zh, edit.name_en or part.name_en
    return Part(part.code, edit.type or part.type, *names, ring)


def _split(state: DraftState, edit: Edit) -> Result:
    code = _known(state, edit.grid or _under(state, _nodes(edit.line)))
    rings = cutting.cut(state.rings, code, NEW, _nodes(edit.line), state.outline, edit.snap)
    part = new_part(state, rings.pop(NEW))
    parts = with_rings(state, rings) | {part.code: part}
    return parts, {"codes": [code, part.code], "line": [list(place) for place in edit.line]}


def _under(state: DraftState, line: list[Node]) -> str:
    """The grid that holds the middle of a line, where none was named."""
    if len(line) < 2:
        raise Refused("line", line[0] if line else None)
    middle = line[len(line) // 2]
    if len(line) == 2:
        middle = ((line[0][0] + line[1][0]) // 2, (line[0][1] + line[1][1]) // 2)
    found = next((code for code, part in state.parts.items() if cutting.inside(part.ring, *middle)), None)
    if found is None:
        raise Refused("misses", middle)
    return found


def _merge(state: DraftState, edit: Edit) -> Result:
    code, other = _known(state, edit.grid), _known(state, edit.other)
    if code == other:
        raise Misplaced(_("Choose another grid to merge with."), "same")
    rings = state.rings
    rings[code] = merged(rings[code], rings.pop(other))
    return with_rings(state, rings), {"codes": [code, other]}


def _move(state: DraftState, edit: Edit) -> Result:
    node, to = _node(edit.at), _node(edit.to)
    rings = cutting.move(state.rings, node, to, state.outline)
    codes = [code for code, ring in state.rings.items() if node in ring]
    return with_rings(state, rings), {"codes": codes, "at": list(degrees_of(node)), "to": list(degrees_of(to))}


def _remove(state: DraftState, edit: Edit) -> Result:
    node = _node(edit.at)
    rings = cutting.drop(state.rings, node, state.outline)
    codes = [code for code, ring in state.rings.items() if node in ring]
    return with_rings(state, rings), {"codes": codes, "at": list(degrees_of(node))}


def _insert(state: DraftState, edit: Edit) -> Result:
    """A vertex on the nearest side of a grid, placed where it is said."""
    code, node = _known(state, edit.grid), _node(edit.at)
    ring = state.parts[code].ring
    side = cutting.nearest_on(ring, node)[2]
    rings = cutting.insert(state.rings, ring[side], ring[(side + 1) % len(ring)], node, state.outline)
    return with_rings(state, rings), {"codes": [code], "at": list(degrees_of(node))}


def _border(state: DraftState, edit: Edit) -> Result:
    """An outline whose vertices were dragged, added and removed on the map: the neighbours follow vertex by vertex."""
    code = _known(state, edit.grid)
    before, after = canonical(state.parts[code].ring), ring_of(edit.line)
    if len(after) < 3:
        raise Refused("line", after[0] if after else None)
    rings, touched = state.rings, {code}
    for kind, old, new in _differences(before, _turned(before, after)):
        touched |= {key for key, ring in rings.items() if set(old) & set(ring)}
        if kind == "move":
            rings = cutting.move(rings, old[0], new[0], state.outline)
        elif kind == "drop":
            rings = cutting.drop(rings, old[0], state.outline)
        else:
            side = cutting.nearest_on(rings[code], new[0])[2] if len(old) < 2 else rings[code].index(old[0])
            ring = rings[code]
            rings = cutting.insert(rings, ring[side], ring[(side + 1) % len(ring)], new[0], state.outline)
    return with_rings(state, rings), {"codes": sorted(touched)}


def _turned(before: Ring, after: Ring) -> Ring:
    """The new ring beginning with the first vertex that it has in common with the old one."""
    start = next((after.index(node) for node in before if node in after), 0)
    return after[start:] + after[:start]


def _differences(before: Ring, after: Ring) -> list[tuple[str, tuple[Node, ...], tuple[Node, ...]]]:
    """(move | insert | drop, old vertices, new vertices): moves first, then new vertices, then those that go."""
    first = next((index for index, node in enumerate(before) if node == after[0]), 0)
    old = before[first:] + before[:first]
    moves: list[Any] = []
    inserts: list[Any] = []
    drops: list[Any] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        both = min(j - i, m - k)
        moves += [("move", (old[i + n],), (after[k + n],)) for n in range(both)]
        previous = after[k + both - 1]
        inserts += [("insert", (previous if n == 0 else after[k + both + n - 1],), (after[k + both + n],))
                    for n in range(m - k - both)]  # fmt: skip
        drops += [("drop", (old[i + both + n],), ()) for n in range(j - i - both)]
    inserts = [("insert", (*place, place[0]), new) for _kind, place, new in inserts]
    return [*moves, *inserts, *drops]


def _draw(state: DraftState, edit: Edit) -> Result:
    """A free drawing. Neighbours give way only if that was asked for; otherwise the check shows what does not fit."""
    ring = ring_of(edit.line)
    wrong = crossing(ring) if len(ring) >= 3 else None
    if len(ring) < 3:
        raise Refused("line", ring[0] if ring else None)
    if wrong is not None:
        raise Refused("crosses_itself", wrong)
    parts = dict(state.parts)
    part = (
        new_part(state, ring, edit) if edit.grid in ("", NEW) else replace(parts[_known(state, edit.grid)], ring=ring)
    )
    parts[part.code] = part
    detail = {"codes": [part.code], "follow": edit.follow}
    return (_giving_way(state, parts, part.code) if edit.follow else parts), detail


def _giving_way(state: DraftState, parts: dict[str, Part], winner: str) -> dict[str, Part]:
    rings = {code: part.ring for code, part in parts.items()}
    for defect in boundary_defects(rings, state.outline):
        if defect.kind == "overlap" and winner in defect.codes:
            loser = next(code for code in defect.codes if code != winner)
            if twice_area(rings[loser]):
                rings[loser] = _one_piece(overlay("difference", rings[loser], rings[winner]), rings[loser])
    rings = cutting.welded(rings, state.outline, OVERLAY_REACH)
    return {code: replace(parts[code], ring=ring) for code, ring in rings.items()}


def _one_piece(pieces: list[Ring], before: Ring) -> Ring:
    if not pieces:
        raise Refused("empty", before[0])
    if len(pieces) > 1 and twice_area(pieces[1]) > 2e8:  # about a square metre
        raise Refused("in_two", pieces[1][0])
    return pieces[0]


def _end(state: DraftState, edit: Edit) -> Result:
    code = _known(state, edit.grid)
    return {key: part for key, part in state.parts.items() if key != code}, {"codes": [code]}


def _give(state: DraftState, edit: Edit) -> Result:
    """A gap is given to a grid beside it, or becomes a new one."""
    node = _node(edit.at)
    ring = next((gap for gap in gaps(state.rings, state.outline) if cutting.inside(gap, *node)), None)
    welding = ring is None
    if ring is None:
        ring = _measured_gap(state, node)
    if edit.other == NEW:
        part = new_part(state, ring)
        return dict(state.parts) | {part.code: part}, {"codes": [part.code], "at": list(degrees_of(node))}
    code = _known(state, edit.other)
    rings = state.rings
    if welding:
        rings[code] = _one_piece(overlay("union", rings[code], ring), rings[code])
        rings = cutting.welded(rings, state.outline, OVERLAY_REACH)
    else:
        rings[code] = merged(rings[code], ring)
    return with_rings(state, rings), {"codes": [code], "at": list(degrees_of(node))}


def _measured_gap(state: DraftState, node: Node) -> Ring:
    for defect in boundary_defects(state.rings, state.outline):
        if defect.kind == "gap" and defect.shape is not None:
            ring = ring_of(defect.shape["coordinates"][0])
            if cutting.inside(ring, *node):
                return ring
    raise Refused("no_gap", node)


def _take(state: DraftState, edit: Edit) -> Result:
    """An overlap stays with `grid`; `other` loses it."""
    winner, loser = _known(state, edit.grid), _known(state, edit.other)
    rings = state.rings
    rings[loser] = _one_piece(overlay("difference", rings[loser], rings[winner]), rings[loser])
    rings = cutting.welded(rings, state.outline, OVERLAY_REACH)
    return with_rings(state, rings), {"codes": [winner, loser]}


def _trim(state: DraftState, edit: Edit) -> Result:
    code = _known(state, edit.grid)
    rings = state.rings
    rings[code] = _one_piece(overlay("intersection", rings[code], state.outline), rings[code])
    rings = cutting.welded(rings, state.outline, OVERLAY_REACH)
    return with_rings(state, rings), {"codes": [code]}


def _weld(state: DraftState, edit: Edit) -> Result:
    rings = cutting.welded(state.rings, state.outline, min(max(edit.snap, OVERLAY_REACH), 50.0))
    moved = sorted(code for code, ring in rings.items() if ring != state.parts[code].ring)
    thin = next((code for code in moved if len(rings[code]) < 3 or twice_area(rings[code]) <= 0), None)
    if thin is not None:
        raise Refused("empty", state.parts[thin].ring[0])
    return with_rings(state, rings), {"codes": moved, "snap": edit.snap}


def _rename(state: DraftState, edit: Edit) -> Result:
    code = _known(state, edit.grid)
    part = state.parts[code]
    kind = edit.type if edit.type in PART_TYPES[state.row.scheme] else part.type
    if not (edit.name_zh.strip() and edit.name_en.strip()):
        raise Misplaced(_("Give the grid a name in both languages."), "names")
    named = replace(part, name_zh=edit.name_zh.strip(), name_en=edit.name_en.strip(), type=kind)
    parts = {key: row for key, row in state.parts.items() if key != code}
    if edit.code.strip() not in ("", code):
        named = replace(named, code=_given_code(state, code, edit.code.strip()))
    return parts | {named.code: named}, {"codes": [named.code]}


def _given_code(state: DraftState, code: str, given: str) -> str:
    """The code a new village gets from the authority, instead of the proposed one (GB/T 10114: three digits)."""
    if not state.row.of_divisions or code in state.base:
        raise Misplaced(_("Only a new village gets another code; one that is there keeps its own."), "code")
    fault = division_code_fault(given, "village", state.row.division_code, illustrative=reserved(given))
    if fault or given in state.taken | set(state.parts):
        raise Misplaced(_("%(code)s is no free code of this township.") % {"code": given}, "code")
    return given


OPERATIONS: dict[str, Callable[[DraftState, Edit], Result]] = {
    "split": _split,
    "merge": _merge,
    "move": _move,
    "remove": _remove,
    "insert": _insert,
    "border": _border,
    "draw": _draw,
    "end": _end,
    "give": _give,
    "take": _take,
    "trim": _trim,
    "weld": _weld,
    "rename": _rename,
}
