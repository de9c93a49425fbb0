"""The territory as files again; loading what was exported changes nothing."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Lower

from grids.imports.divisions import COLUMNS, COUNTIES, CSV
from grids.imports.divisions import TOWN as TOWN_DIVISIONS
from grids.imports.town import ADDRESS_COLUMNS, ADDRESSES, DUTIES, DUTY_COLUMNS, GRIDS
from grids.models import Address, Division, Duty, GridVersion
from grids.town.files import collection, feature, geometry_feature, number
from ledger.cityfolder import city_path, to_csv


def export_city_facts() -> dict[str, str]:
    """city.json is not kept in the database: it is handed on as it is."""
    path = city_path() / "city.json"
    return {"city.json": path.read_text(encoding="utf-8")} if path.exists() else {}


def export_divisions() -> dict[str, str]:
    """Divisions in force; real ones as a list and county outlines, illustrative ones with their outlines."""
    rows = list(_current(Division.objects.select_related("parent").annotate(since=Lower("valid"))).order_by("path"))
    real = [row for row in rows if not row.illustrative]
    plain = sorted(real, key=lambda row: (len(row.code), row.code))
    cells = (
        (row.code, row.name_zh, row.name_en, row.level, row.parent.code if row.parent else "", row.since)
        for row in plain
    )
    counties = [geometry_feature({"code": row.code}, row.outline.coords) for row in plain if row.outline]
    invented = sorted((row for row in rows if row.illustrative), key=lambda row: row.code)
    files = {CSV: to_csv(COLUMNS, cells)}
    if counties:
        files[COUNTIES] = collection(counties)
    if invented:
        files[TOWN_DIVISIONS] = collection(map(_division_feature, invented))
    return files


def _division_feature(row: Division) -> str:
    properties = {
        "code": row.code,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "level": row.level,
        "parent_code": row.parent.code if row.parent else "",
        "valid_from": str(row.valid.lower),
        "illustrative": True,
    }
    return feature(properties, row.outline.coords[0][0] if row.outline else [])


def export_town() -> dict[str, str]:
    """Grids with the boundary in force, and addresses."""
    versions = _current(GridVersion.objects.select_related("grid__scheme", "grid__division"))
    grids = versions.filter(grid__retired_at=None).order_by("grid__division__code", "-grid__scheme__code", "grid__code")
    addresses = Address.objects.order_by("code").values_list(
        "code", "kind", "text_zh", "text_en", "point", "division__code", "households"
    )
    cells = (
        (code, kind, zh, en, number(point.x), number(point.y), division, households)
        for code, kind, zh, en, point, division, households in addresses
    )
    return {GRIDS: collection(_grid_features(grids)), ADDRESSES: to_csv(ADDRESS_COLUMNS, cells)}


def _grid_features(versions: Iterable[GridVersion]) -> Iterable[str]:
    for version in versions:
        grid = version.grid
        properties = {
            "code": grid.code,
            "scheme": grid.scheme.code,
            "type": grid.type,
            "name_zh": grid.name_zh,
            "name_en": grid.name_en,
            "division": grid.division.code,
            "households": grid.households,
            "valid_from": str(version.valid.lower),
        }
        yield feature(properties, version.boundary.coords[0])


def export_duties() -> dict[str, str]:
    """Worker and deputy of each grid by user name."""
    posts: dict[str, dict[str, str]] = {}
    rows = _current(Duty.objects.annotate(since=Lower("valid"))).order_by("grid__code", "post")
    for code, post, name, since in rows.values_list("grid__code", "post", F("user__username"), "since"):
        posts.setdefault(code, {"since": str(since)})[post] = name
    cells = ((code, post.get("worker", ""), post.get("deputy", ""), post["since"]) for code, post in posts.items())
    return {DUTIES: to_csv(DUTY_COLUMNS, cells)}


def _current(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(valid__upper_inf=True)
