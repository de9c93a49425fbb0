"""What a draft's page shows: each grid before and after, what the check finds, what publishing would move."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from statistics import pstdev
from typing import Any

from django.db import connection

from grids.kinds import Consequence, consequences
from grids.models import Duty
from grids.queries.boundaries import Defect, areas, boundary_defects, households_in, origins, wkb
from grids.queries.carrying import division_consequences
from grids.queries.draft_loads import DraftLoad, draft_loads
from grids.queries.drafts import DraftState, Part
from grids.queries.findings import FAR, LEAST, MOST, Finding, findings
from grids.queries.moved_on import Moved, moved_on
from grids.queries.postings import today
from grids.rules.coverage import Refused, exact
from ledger.kinds import resolve


@dataclass(frozen=True, slots=True)
class GridLine:
    """One grid in the table of a draft; None where it is not there. Areas in m², bars in percent of the widest."""

    code: str
    name_zh: str
    name_en: str
    type: str
    what: str
    before: int | None
    after: int | None
    area_before: float | None
    area_after: float | None
    bar_before: float
    bar_after: float

    @property
    def level(self) -> str:
        """few, many, far or "" by the households of a base grid."""
        if self.type != "base" or self.after is None:
            return ""
        return "few" if self.after < LEAST else "far" if self.after > FAR else "many" if self.after > MOST else ""


@dataclass(frozen=True, slots=True)
class DraftPage:
    """Everything beside the map of a draft."""

    lines: list[GridLine]
    defects: list[Defect]
    consequences: list[Consequence]
    band: tuple[float, float]  # target of households on the bars, percent
    widest: tuple[int, int]
    spread: tuple[int, int]
    findings: list[Finding]
    moved: list[Moved]  # what others have changed since the draft was begun
    names: dict[str, Part]
    loads: list[DraftLoad]

    @property
    def errors(self) -> list[Finding]:
        return [found for found in self.findings if found.is_error]

    @property
    def warnings(self) -> list[Finding]:
        return [found for found in self.findings if not found.is_error]

    @property
    def unexplained(self) -> int:
        """Warnings nobody has given a reason for."""
        return sum(found.reason is None for found in self.warnings)

    @property
    def changed(self) -> list[GridLine]:
        return [line for line in self.lines if line.what]


def draft_page(state: DraftState) -> DraftPage:
    """Twenty-two statements at most, whatever the number of grids."""
    what = {code: kind for kind, code in state.changes()}
    before, after = households_in(state.base_rings), households_in(state.rings)
    codes = sorted(state.parts.keys() | state.base.keys())
    old_sizes = dict(zip(state.base, areas([part.ring for part in state.base.values()]), strict=True))
    drawn = [code for code in state.parts if code in what]
    sizes = old_sizes | dict(zip(drawn, areas([state.parts[code].ring for code in drawn]), strict=True))
    full = max([MOST, *(n for n, _ in before.values()), *(n for n, _ in after.values())]) * 1.05
    lines = []
    for code in codes:
        part = state.parts.get(code) or state.base[code]
        old, new = before.get(code, (None,))[0], after.get(code, (None,))[0]
        lines.append(
            GridLine(
                code,
                part.name_zh,
                part.name_en,
                part.type,
                what.get(code, ""),
                old,
                new,
                old_sizes.get(code),
                sizes[code] if code in state.parts else None,
                round(100 * (old or 0) / full, 1),
                round(100 * (new or 0) / full, 1),
            )
        )
    base = [line for line in lines if line.type == "base"]
    old_figures = [line.before for line in base if line.before is not None]
    figures = [line.after for line in base if line.after is not None]
    return DraftPage(
        lines=lines,
        defects=boundary_defects(state.rings, state.outline),
        consequences=_consequences(state, what),
        band=(round(100 * LEAST / full, 1), round(100 * (MOST - LEAST) / full, 1)),
        widest=(max(old_figures, default=0), max(figures, default=0)),
        spread=(round(pstdev(old_figures or [0])), round(pstdev(figures or [0]))),
        names=state.base | state.parts,
        **_people(state, what, before, after),
        findings=findings(state, households=after, vacant=vacant_in(state)),
        moved=moved_on(state),
    )


def _people(
    state: DraftState, what: dict[str, str], before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]
) -> dict[str, Any]:
    """What each worker would carry; people answer for service grids only."""
    if state.row.scheme != "service":
        return {"loads": []}
    came_from = origins(
        {code: state.parts[code].ring for code, kind in what.items() if kind == "new"}, state.base_rings
    )
    old, new = ({code: row[0] for code, row in rows.items()} for rows in (before, after))
    return {"loads": draft_loads(state, before=old, after=new, came_from=came_from)}


def vacant_in(state: DraftState) -> list[str]:
    """Grids nobody would answer for: those that have no worker today, and new ones cut from such a grid."""
    if state.row.scheme != "service":
        return []
    new = {code: state.parts[code].ring for kind, code in state.changes() if kind == "new"}
    came_from = origins(new, state.base_rings)
    ids = {part.grid_id: code for code, part in state.base.items() if part.grid_id is not None}
    posts = Duty.objects.filter(grid_id__in=ids, post="worker", valid__upper_inf=True)
    served = {ids[pk] for pk in posts.values_list("grid_id", flat=True)}
    return [code for code in sorted(state.parts) if came_from.get(code, code) not in served]


def findings_of(state: DraftState, *, checked: bool = False) -> list[Finding]:
    """What the check finds beside geometry, without the rest of the page; see `findings`."""
    return findings(state, households=households_in(state.rings), vacant=vacant_in(state), checked=checked)


def _consequences(state: DraftState, what: dict[str, str]) -> list[Consequence]:
    if not what or any(kind == "crossing" for kind in what.values()):
        return []
    parts = [(code, wkb(part.ring)) for code, part in state.parts.items()]
    losing = [state.base[code].grid_id for code, kind in what.items() if kind in ("boundary", "ended")]
    found = _moved_houses(state, what)
    if state.row.of_divisions and exact(state.rings, state.outline):
        with suppress(Refused):  # the check names the place
            found = [*division_consequences(state, on=today()), *found]
    for name in sorted(consequences):
        query: Callable[..., list[Consequence]] = resolve(consequences[name])
        found += query(parts, [pk for pk in losing if pk is not None], state.row.scheme)
    return found


_HOUSES = """
WITH old AS (SELECT code, ST_GeomFromWKB(shape, 4326) AS shape FROM unnest(%s::text[], %s::bytea[]) AS t(code, shape)),
     new AS (SELECT code, ST_GeomFromWKB(shape, 4326) AS shape FROM unnest(%s::text[], %s::bytea[]) AS t(code, shape)),
     held AS (SELECT a.code, a.households,
       (SELECT old.code FROM old WHERE ST_Covers(old.shape, a.point) ORDER BY old.code LIMIT 1) AS before,
       (SELECT new.code FROM new WHERE ST_Covers(new.shape, a.point) ORDER BY new.code LIMIT 1) AS after
  FROM grids_address a WHERE a.kind = 'house'
   AND ST_Covers((SELECT ST_Union(shape) FROM (SELECT shape FROM old UNION ALL SELECT shape FROM new) u), a.point))
SELECT coalesce(before, ''), coalesce(after, ''), sum(households), count(*), (array_agg(code ORDER BY code))[1:5]
  FROM held WHERE before IS DISTINCT FROM after GROUP BY 1, 2 ORDER BY 1, 2
"""


def _moved_houses(state: DraftState, what: Collection[str]) -> list[Consequence]:
    """House numbers that come into another grid, which can only be between grids that change."""
    base = {code: ring for code, ring in state.base_rings.items() if code in what}
    now = {code: ring for code, ring in state.rings.items() if code in what}
    values: list[Any] = [list(base), [wkb(r) for r in base.values()], list(now), [wkb(r) for r in now.values()]]
    with connection.cursor() as cursor:
        cursor.execute(_HOUSES, values)
        rows = cursor.fetchall()
    found = []
    for before, after, households, houses, examples in rows:
        if households:
            found.append(Consequence("households", before, after, households))
        found.append(Consequence("addresses", before, after, houses, tuple(examples)))
    return found
