"""Boundaries of any day, and things of the actor's area, written as files by a worker."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids import gateways
from grids.actions.layer_reading import GAUSS
from grids.imports.layers import LayerRow, csv_of, layer_geojson, layer_rows, layer_table
from grids.imports.thing_export import ThingShape, things_geojson, things_of_area, things_table
from grids.queries.postings import today
from ledger.export_kinds import Written
from ledger.gateways.sheets import XLSX, table_sheet
from ledger.progress import tick

FORMATS = {
    "geojson": ("application/geo+json", "geojson"),
    "gpkg": ("application/geopackage+sqlite3", "gpkg"),
    "shp": ("application/zip", "zip"),
    "shp_gbk": ("application/zip", "zip"),
    "kml": ("application/vnd.google-earth.kml+xml", "kml"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": (XLSX, "xlsx"),
}
METRES_IN = ("gpkg", "shp", "shp_gbk")  # formats that say which projection they are in
ENCODINGS = {"shp_gbk": "GB18030"}
SYSTEMS = {"wgs84": "EPSG:4326", "cgcs2000": "EPSG:4490"}


def demand_metres(datum: str, form: str) -> None:
    """Refuse metres in a format that cannot say so.

    Raises:
        ValidationError: with what to choose instead.
    """
    if datum in GAUSS and form not in METRES_IN:
        raise ValidationError(_("Only a GeoPackage or a Shapefile says that it is in metres; choose one of them."))


def write_boundaries(params: dict[str, str], *, territory: str) -> Written:
    """Writer of the export "grids.layer".

    Arguments:
        params: scheme, date, division ("" for all of the territory), datum (wgs84, cgcs2000, gcj02, bd09, or epsg4548
            and epsg4527 in metres), format (one of FORMATS).

    Raises:
        ValidationError: there is nothing to export, or the format cannot hold it.
    """
    scheme, division, datum, form = (params[name] for name in ("scheme", "division", "datum", "format"))
    demand_metres(datum, form)
    on = date.fromisoformat(params["date"])
    degrees = "cgcs2000" if datum in GAUSS else datum
    rows = layer_rows(scheme=scheme, on=on, division=division, territory=territory, datum=degrees)
    if not rows:
        raise ValidationError(_("There are no boundaries of this kind on that day."), code="layer_empty")
    tick(len(rows) // 2, len(rows))
    body = _boundaries(rows, form, degrees, GAUSS.get(datum, ""))
    media, suffix = FORMATS[form]
    return Written(f"grids-{scheme}-{division or 'all'}-{on}-{datum}.{suffix}", media, body, len(rows))


def _boundaries(rows: list[LayerRow], form: str, datum: str, metres: str) -> bytes:
    if form == "geojson":
        return layer_geojson(rows).encode()
    if form in ("csv", "xlsx"):
        return _table(layer_table(rows), form, "grids")
    return gateways.write_layer(
        [(row.properties, row.ring) for row in rows],
        form=form.removesuffix("_gbk"),
        system=_system(datum, form),
        metres=metres,
        encoding=ENCODINGS.get(form, "UTF-8"),
    )


def _table(table: list[list[str]], form: str, title: str) -> bytes:
    return csv_of(table) if form == "csv" else table_sheet(table[0], table[1:], title=title)


def _system(datum: str, form: str) -> str | None:
    """KML knows WGS-84 only; a shifted datum has no number."""
    return "EPSG:4326" if form == "kml" else SYSTEMS.get(datum)


def write_things(params: dict[str, str], *, territory: str) -> Written:
    """Writer of the export "grids.things": buildings, parts, equipment, premises or barriers as they are now.

    Arguments:
        params: kind (a key of THINGS), datum, format, grid (code, or "" for all of the territory).

    Raises:
        ValidationError: there is nothing to export, or the format cannot hold it.
    """
    kind, datum, form = params["kind"], params["datum"], params["format"]
    demand_metres(datum, form)
    degrees = "cgcs2000" if datum in GAUSS else datum
    rows = list(things_of_area(kind, territory=territory, grid=params["grid"], datum=degrees))
    if not rows:
        raise ValidationError(_("There is nothing of this kind in your area."), code="things_empty")
    tick(len(rows) // 2, len(rows))
    media, suffix = FORMATS[form]
    body = _things(rows, form, degrees, GAUSS.get(datum, ""), kind)
    return Written(f"{kind}-{params['grid'] or 'all'}-{today()}-{datum}.{suffix}", media, body, len(rows))


def _things(rows: list[ThingShape], form: str, datum: str, metres: str, kind: str) -> bytes:
    if form == "geojson":
        return things_geojson(rows).encode()
    if form in ("csv", "xlsx"):
        return _table(things_table(rows), form, kind)
    return gateways.write_shapes(
        [(row.properties, row.wkt) for row in rows],
        name=kind,
        form=form.removesuffix("_gbk"),
        system=_system(datum, form),
        metres=metres,
        encoding=ENCODINGS.get(form, "UTF-8"),
    )
