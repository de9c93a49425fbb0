"""What can be had: divisions, the grids of every scheme, public cases. One value each; the views know none."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cases import queries as case_queries
from govplatform.ogc.crs import USUAL, Crs
from govplatform.ogc.parameters import CITY_ZONE, ID, ItemsQuery
from grids import queries as grid_queries
from grids.queries import Boundary, Sought

Box = tuple[float, float, float, float]
Names = tuple[str, str]  # Chinese, English
ROOT = "/"
DEGREES = 4326
DIVISION_PROPERTIES = {
    "code": "string", "level": "string", "name_zh": "string", "name_en": "string", "path": "string",
    "parent": "string", "illustrative": "boolean", "source": "string", "valid_from": "date", "valid_to": "date",
}  # fmt: skip
GRID_PROPERTIES = {
    "code": "string", "version": "integer", "type": "string", "name_zh": "string", "name_en": "string",
    "path": "string", "division": "string", "households": "integer", "area": "number", "valid_from": "date",
    "valid_to": "date",
}  # fmt: skip
CASE_PROPERTIES = {
    "number": "string", "category": "string", "category_zh": "string", "category_en": "string", "state": "string",
    "state_zh": "string", "state_en": "string", "closed": "boolean", "opened_on": "date", "closed_on": "date",
    "path": "string", "grid": "string", "place_zh": "string", "place_en": "string",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature; geometry as GeoJSON or None."""

    id: str
    geometry: Any
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """A page; `after` leads on, "" on the last. matched: how many there are, None where counting costs too much."""

    features: tuple[Feature, ...]
    after: str = ""
    matched: int | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection.

    Arguments:
        properties: name → string | integer | number | boolean | date. filters: those that may be asked for.
        page, one, extent: read it.
    """

    id: str
    title: Names
    description: Names
    properties: Mapping[str, str]
    filters: tuple[str, ...]
    page: Callable[[ItemsQuery], FeaturePage]
    one: Callable[[str], Feature | None]
    extent: Callable[[], Box | None]


def collections() -> list[Collection]:
    """Every collection of this city. One statement."""
    return [_divisions(), *(_grids(scheme) for scheme in grid_queries.schemes()), _cases()]


def collection(key: str) -> Collection | None:
    """One of them; None if there is none."""
    return next((found for found in collections() if found.id == key), None)


def _divisions() -> Collection:
    return Collection(
        id="divisions",
        title=("行政区划", "Administrative divisions"),
        description=(
            "区划代码、名称与轮廓；未指定 datetime 时为今日有效的版本。",
            "Codes, names and outlines; without datetime those in force today.",
        ),
        properties=DIVISION_PROPERTIES,
        filters=("code", "level", "parent"),
        page=_division_page,
        one=_division,
        extent=lambda: grid_queries.territory_extent(ROOT, on=grid_queries.today()),
    )


def _grids(scheme: grid_queries.SchemeRow) -> Collection:
    return Collection(
        id=f"grids-{scheme.code}",
        title=(scheme.name_zh, scheme.name_en),
        description=(
            "网格边界的各个版本；未指定 datetime 时为今日有效的版本。",
            "Boundary versions of the grids; without datetime those in force today.",
        ),
        properties=GRID_PROPERTIES,
        filters=("code", "type", "division"),
        page=lambda query: _grid_page(scheme.code, query),
        one=lambda key: _grid(scheme.code, key),
        extent=lambda: grid_queries.grids_extent(scheme.code, on=grid_queries.today()),
    )


def _cases() -> Collection:
    return Collection(
        id="cases",
        title=("公开案件", "Public cases"),
        description=(
            "类别、状态、所在网格与日期，位置归到二十米格点；datetime 按上报日期筛选。",
            "Category, state, grid and dates, the point on a lattice of 20 m; datetime looks at the day of the report.",
        ),
        properties=CASE_PROPERTIES,
        filters=("category", "state", "closed", "grid", "path"),
        page=_case_page,
        one=_case,
        extent=lambda: grid_queries.territory_extent(ROOT, on=grid_queries.today()),
    )


def _sought(query: ItemsQuery, names: Mapping[str, str]) -> Sought:
    today = grid_queries.today()
    key = ID.fullmatch(query.after)
    area, _box = _area(query)
    start, end = (_day(query.start), _day(query.end)) if query.timed else (today, today)
    return Sought(
        start=start,
        end=end,
        box=query.box,
        area=area,
        exact={names.get(name, name): value for name, value in query.filters.items()},
        after=(key[1], int(key[2] or 0)) if key else None,
        limit=query.limit,
    )


def _area(query: ItemsQuery) -> tuple[bytes | None, Box | None]:
    """The box of the query in degrees; and as the area it covers, where it was said in another reference system."""
    if query.box is None or query.box_crs.srid == DEGREES:
        return None, query.box
    return grid_queries.area_of_box(query.box, srid=query.box_crs.srid)


def in_crs(features: Sequence[Feature], crs: Crs) -> list[Feature]:
    """The features with their geometry in a reference system. One statement, none for longitude and latitude."""
    if crs is USUAL or not features:
        return list(features)
    texts = [json.dumps(feature.geometry) if feature.geometry else None for feature in features]
    shapes = grid_queries.transformed(texts, srid=crs.srid, flipped=crs.flipped, digits=crs.digits)
    return [
        replace(feature, geometry=json.loads(shape) if shape else None)
        for feature, shape in zip(features, shapes, strict=True)
    ]


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(CITY_ZONE).date() if moment else None


def _boundaries(rows: list[Boundary], matched: int, limit: int) -> FeaturePage:
    shown = rows[:limit]
    return FeaturePage(tuple(_boundary(row) for row in shown), shown[-1].id if len(rows) > limit else "", matched)


def _boundary(row: Boundary) -> Feature:
    validity = {"valid_from": _iso(row.valid_from), "valid_to": _iso(row.valid_to)}
    return Feature(row.id, json.loads(row.geometry) if row.geometry else None, {**row.facts, **validity})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _division_page(query: ItemsQuery) -> FeaturePage:
    rows, matched = grid_queries.divisions(_sought(query, {"parent": "parent__code"}))
    return _boundaries(rows, matched, query.limit)


def _division(key: str) -> Feature | None:
    parts = ID.fullmatch(key)
    try:
        found = grid_queries.division(parts[1], _number(parts[2]), on=grid_queries.today()) if parts else None
    except ValueError:  # no such day
        found = None
    return _boundary(found) if found else None


def _grid_page(scheme: str, query: ItemsQuery) -> FeaturePage:
    rows, matched = grid_queries.grids(scheme, _sought(query, {"division": "division__code"}))
    return _boundaries(rows, matched, query.limit)


def _grid(scheme: str, key: str) -> Feature | None:
    parts = ID.fullmatch(key)
    found = grid_queries.grid(scheme, parts[1], _number(parts[2]), on=grid_queries.today()) if parts else None
    return _boundary(found) if found else None


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _case_page(query: ItemsQuery) -> FeaturePage:
    since, until = case_queries.day_bounds(query.start, query.end)
    said: dict[str, Any] = dict(query.filters)
    closed = {"true": True, "false": False}.get(said.pop("closed", ""))
    wanted = case_queries.Wanted(**said, closed=closed, since=since, until=until, box=_area(query)[1])
    page = case_queries.open_cases(wanted, after=query.after, limit=query.limit)
    return FeaturePage(tuple(_case_feature(row) for row in page.rows), page.next_key)


def _case(key: str) -> Feature | None:
    rows = case_queries.open_cases(case_queries.Wanted(number=key), limit=1).rows if ID.fullmatch(key) else ()
    return _case_feature(rows[0]) if rows else None


def _case_feature(row: case_queries.OutsideCase) -> Feature:
    point = {"type": "Point", "coordinates": [row.lon, row.lat]} if row.lon is not None else None
    facts = {name: getattr(row, name) for name in CASE_PROPERTIES}
    days = {"opened_on": _iso(row.opened_on), "closed_on": _iso(row.closed_on)}
    return Feature(row.number, point, {**facts, **days})
