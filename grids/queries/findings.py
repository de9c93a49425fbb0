"""What the check of a draft finds beside geometry: errors stop the hand-in, a warning needs a reason in writing.

Only grids that the draft changes are looked at: what was there before and stays is the report's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from grids import rules
from grids.models import Division, Grid, WarningReason
from grids.queries.boundaries import wkb
from grids.queries.carrying import carrying
from grids.queries.drafts import DraftState
from grids.rules.codes import reserved
from grids.rules.coverage import Refused, Ring, degrees_of, exact

LEAST, MOST, FAR = 300, 500, 600  # households of a base grid (domain: one worker for 300 to 500 households)
# A strip as long as it likes whose mean width stays below that of a village lane is nobody's idea of a grid.
SLIVER_METRES = 8.0
ERRORS = ("code", "taken", "carry")
WARNINGS = ("sliver", "building", "few", "many", "vacant")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a warning is accepted."""

    text: str
    by_zh: str
    by_en: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the check found about one grid.

    Arguments:
        kind: one of ERRORS or WARNINGS.
        figure: households, buildings, or metres of mean width; 0 where there is nothing to count.
        detail: what is wrong with a code.
        lon, lat: a place in the grid, degrees WGS-84.
        reason: why a warning is accepted; None if nobody has said so, or said it of another figure.
    """

    kind: str
    code: str
    figure: int
    detail: str
    lon: float
    lat: float
    reason: Reason | None = None

    @property
    def is_error(self) -> bool:
        return self.kind in ERRORS


def findings(
    state: DraftState, *, households: Mapping[str, tuple[int, int]], vacant: list[str], checked: bool = False
) -> list[Finding]:
    """Errors first, then warnings, by code. Five statements at most.

    Arguments:
        households: code → (households, house numbers) of the parts.
        vacant: codes of grids nobody would answer for.
        checked: the reasons count whatever the figure was when they were written (before publication).
    """
    changed = [code for kind, code in state.changes() if kind != "ended"]
    fresh = [code for kind, code in state.changes() if kind == "new"]
    if not changed:
        return []
    shapes = _shapes({code: state.parts[code].ring for code in changed})
    found: list[tuple[str, str, int, str]] = []
    found += [("code", code, 0, fault) for code in changed if (fault := _code_fault(state, code))]
    used = (Division if state.row.of_divisions else Grid).objects.filter(code__in=fresh).values_list("code", flat=True)
    found += [("taken", code, 0, "") for code in sorted(used)]
    found += [("carry", changed[0], 0, place) for place in _carry_faults(state)]
    widths = {code: shape[0] for code, shape in shapes.items()}
    found += [("sliver", code, round(width), "") for code, width in sorted(widths.items()) if width < SLIVER_METRES]
    found += [("building", code, cut, "") for code, cut in _cut_buildings(state, changed)]
    for code in changed:
        number = households.get(code, (0, 0))[0]
        if state.parts[code].type == "base" and not LEAST <= number <= MOST:
            found.append(("few" if number < LEAST else "many", code, number, ""))
    found += [("vacant", code, 0, "") for code in vacant if code in changed]
    known = _reasons(state.row.id, None if checked else {(kind, code): n for kind, code, n, _ in found})
    return [Finding(k, code, n, text, *shapes[code][1:], known.get((k, code))) for k, code, n, text in found]


def _carry_faults(state: DraftState) -> list[str]:
    """Places where the grids of villages that are redrawn cannot follow by themselves."""
    if not state.row.of_divisions or not exact(state.rings, state.outline):
        return []
    try:
        carrying(state)
    except Refused as refusal:
        lon, lat = degrees_of(refusal.at or state.outline[0])
        return [f"{lon:.7f}, {lat:.7f}"]
    return []


_CUT = """
SELECT t.code, count(*) FROM unnest(%s::text[], %s::bytea[]) AS t(code, wkb),
       LATERAL (SELECT ST_GeomFromWKB(wkb, 4326) AS shape) AS part
  JOIN grids_building b ON b.shape && part.shape
 WHERE ST_IsValid(part.shape) AND ST_Relate(b.shape, ST_Boundary(part.shape), 'T********') GROUP BY 1 ORDER BY 1
"""


def _cut_buildings(state: DraftState, codes: list[str]) -> list[tuple[str, int]]:
    """Grids whose border runs through buildings, with how many. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CUT, [codes, [wkb(state.parts[code].ring) for code in codes]])
        return list(cursor.fetchall())


def _code_fault(state: DraftState, code: str) -> str:
    if state.row.of_divisions:
        return rules.division_code_fault(code, "village", state.row.division_code, illustrative=reserved(code))
    return rules.grid_code_fault(state.row.scheme, state.parts[code].type, code, state.row.division_code)


def _shapes(rings: Mapping[str, Ring]) -> dict[str, tuple[float, float, float]]:
    """Code → mean width in metres (twice the area by the perimeter), and a place inside. One statement."""
    sql = """
    SELECT code, 2 * ST_Area(shape::geography) / nullif(ST_Perimeter(shape::geography), 0), ST_X(inside), ST_Y(inside)
      FROM unnest(%s::text[], %s::bytea[]) AS t(code, wkb),
           LATERAL (SELECT ST_GeomFromWKB(wkb, 4326) AS shape) AS s,
           LATERAL (SELECT CASE WHEN ST_IsValid(shape) THEN ST_PointOnSurface(shape) ELSE ST_PointN(
                    ST_ExteriorRing(shape), 1) END AS inside) AS p
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(rings), [wkb(ring) for ring in rings.values()]])
        return {code: (width or 0.0, lon, lat) for code, width, lon, lat in cursor.fetchall()}


def _reasons(draft_id: int, figures: Mapping[tuple[str, str], int] | None) -> dict[tuple[str, str], Reason]:
    """(kind, code) → the last reason; with `figures`, only if it was written of the same figure. One statement."""
    rows = WarningReason.objects.filter(draft=draft_id).select_related("given_by").order_by("pk")
    found = {}
    for row in rows:
        if figures is None or figures.get((row.kind, row.code)) == row.figure:
            person = row.given_by
            found[row.kind, row.code] = Reason(row.text, person.display_name, person.display_name_en, row.given_at)
    return found
