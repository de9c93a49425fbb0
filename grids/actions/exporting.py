"""Boundaries of any day, and things of the actor's area, written as files by a worker."""

from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids import gateways
from grids.actions.layer_reading import GAUSS
from grids.imports.layers import csv_of, layer_geojson, layer_rows, layer_table
from grids.imports.thing_export import things_geojson, things_of_area, things_table
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
    rows = layer_rows(scheme=scheme, on=on, division=division, territory=territory, datum=_degrees(datum))
    if not rows:
        raise ValidationError(_("There are no boundaries of this kind on that day."), code="layer_empty")
    tick(len(rows) // 2, len(rows))
    body = _body(
        form,
        datum,
        "grids",
        geojson=lambda: layer_geojson(rows),
        table=lambda: layer_table(rows),
        layer=lambda **how: gateways.write_layer([(row.properties, row.ring) for row in rows], **how),
    )
    return _named(f"grids-{scheme}-{division or 'all'}-{on}", form, datum, body, len(rows))


def write_things(params: dict[str, str], *, territory: str) -> Written:
    """Writer of the export "grids.things": buildings, parts, equipment, premises or barriers as they are now.

    Arguments:
        params: kind (a key of THINGS), datum, format, grid (code, or "" for all of the territory).

    Raises:
        ValidationError: there is nothing to export, or the format cannot hold it.
    """
    kind, datum, form = params["kind"], params["datum"], params["format"]
    demand_metres(datum, form)
    rows = list(things_of_area(kind, territory=territory, grid=params["grid"], datum=_degrees(datum)))
    if not rows:
        raise ValidationError(_("There is nothing of this kind in your area."), code="things_empty")
    tick(len(rows) // 2, len(rows))
    body = _body(
        form,
        datum,
        kind,
        geojson=lambda: things_geojson(rows),
        table=lambda: things_table(rows),
        layer=lambda **how: gateways.write_shapes([(row.properties, row.wkt) for row in rows], name=kind, **how),
    )
    return _named(f"{kind}-{params['grid'] or 'all'}-{today()}", form, datum, body, len(rows))


def _degrees(datum: str) -> str:
    """What the places are given in; metres are made of CGCS2000 when the file is written."""
    return "cgcs2000" if datum in GAUSS else datum


def _body(
    form: str,
    datum: str,
    title: str,
    *,
    geojson: Callable[[], str],
    table: Callable[[], list[list[str]]],
    layer: Callable[..., bytes],
) -> bytes:
    """The file in its format; only what the format needs is made."""
    if form == "geojson":
        return geojson().encode()
    if form in ("csv", "xlsx"):
        rows = table()
        return csv_of(rows) if form == "csv" else table_sheet(rows[0], rows[1:], title=title)
    return layer(
        form=form.removesuffix("_gbk"),
        # KML knows WGS-84 only; a shifted datum has no number
        system="EPSG:4326" if form == "kml" else SYSTEMS.get(_degrees(datum)),
        metres=GAUSS.get(datum, ""),
        encoding=ENCODINGS.get(form, "UTF-8"),
    )


def _named(stem: str, form: str, datum: str, body: bytes, rows: int) -> Written:
    media, suffix = FORMATS[form]
    return Written(f"{stem}-{datum}.{suffix}", media, body, rows)
