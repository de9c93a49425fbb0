"""Files of layers that would harm: each is answered with its own sentence, nothing is written and the process lives.

The numbers are those of docs/reliability.md (A20–A30); A26 is not about files and stands at the end.
"""

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import geopandas
import openpyxl
import pytest
import shapely
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

from grids.gateways import read_layer
from grids.gateways.layers import POINTS_MOST
from grids.imports.layer_check import SHAPE, rings_of
from ledger.kinds import RowError, SheetRow
from ledger.rules import safe_cell
from tests.grids.layer_files import archive, geojson, in_gbk, in_this_process, package, parts_of, shapefile

RING = [[117.17, 36.19], [117.18, 36.19], [117.18, 36.2], [117.17, 36.19]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
GOOD = geojson(POLYGON)


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def tool_in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would kill the tool would end this run: it has to refuse before. With "shut_in" it is started as ever."""
    if "shut_in" not in request.fixturenames:
        in_this_process(monkeypatch)


@pytest.fixture
def shut_in() -> None:
    """This test starts the sandbox."""


def refusal(data: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        read_layer(data)
    return " ".join(refused.value.messages)


def faults(data: bytes, datum: str = "wgs84") -> list[RowError]:
    """What is said of the features of a file."""
    found: list[RowError] = []
    rows = [SheetRow(number, {"code": "", SHAPE: cells[-1]}) for number, cells in read_layer(data).rows]
    assert list(rings_of(rows, datum, found)) is not None
    return found


def bomb() -> bytes:
    return archive({"a.shp": bytes(40_000_000)})


def quine() -> bytes:
    """Two names for the same bytes."""
    data = bytearray(archive({"a.shp": b"x" * 1000, "b.shp": b"x" * 1000}))
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def linked() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        entry = zipfile.ZipInfo("a.shp")
        entry.external_attr = 0o120777 << 16
        new.writestr(entry, "/etc/passwd")
    return out.getvalue()


@pytest.mark.parametrize(("made", "words"), [(bomb, "far larger"), (quine, "damaged"), (linked, "lead elsewhere")])
def test_a20_a21_an_archive_that_swells_overlaps_or_links_is_refused(made: Callable[[], bytes], words: str) -> None:
    assert words in refusal(made())


@pytest.mark.parametrize("name", ["../a.shp", "/etc/a.shp", "C:\\a.shp", "a\u202egpj.shp", "..\\a.shp"])
def test_a21_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert "lead elsewhere" in refusal(archive({name: b"x"}))


@pytest.mark.usefixtures("shut_in")
def test_a20_a25_the_site_lives_on_after_each_of_them() -> None:
    for data, words in ((bomb(), "far larger"), (deep(20_000)["gpkg"], "too deep"), (b"GP" * 9, "No column holds")):
        assert words in refusal(data)
    assert len(read_layer(GOOD).rows) == 1


def sheet(spoil: Callable[[Any], None]) -> bytes:
    book = openpyxl.Workbook()
    active: Any = book.active
    active.append(["code", "wkt"])
    active.append(["1", "POLYGON((117.17 36.19,117.18 36.19,117.18 36.2,117.17 36.19))"])
    spoil(active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a22_a_spreadsheet_with_entities_formulas_or_macros_is_refused() -> None:
    plain = sheet(lambda active: None)
    assert len(read_layer(plain).rows) == 1
    parts = parts_of(plain)
    name = "xl/worksheets/sheet1.xml"
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://evil.example/">]>' + parts[name]
    assert "declarations" in refusal(archive(parts | {name: entity}))
    assert "macros" in refusal(archive(parts | {"xl/vbaProject.bin": b"x"}))
    assert "other files" in refusal(archive(parts | {"xl/externalLinks/externalLink1.xml": b"<a/>"}))
    assert "A2" in refusal(sheet(lambda active: active.__setitem__("A2", "=1+1")))


def test_a22_a_kml_with_entities_is_refused() -> None:
    assert "declarations" in refusal(b'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>')


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"code,wkt\n" + b"a" * 20_000_000, "cannot be read"),
        (b",".join([b"a"] * 100_000) + b"\n1,2\n", "columns"),
        ("code,名\n".encode() + "1,网".encode("gbk") + b"\xff\xff\n", "UTF-8"),
        (b"code,wkt\n1,\x00\n", "kinds"),
    ],
)
def test_a23_a_strange_csv_is_told_what_is_wrong_with_it(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_a24_a_name_that_begins_like_a_formula_goes_out_as_text() -> None:
    assert safe_cell('=HYPERLINK("http://a")') == '\'=HYPERLINK("http://a")'
    assert [safe_cell(text)[0] for text in ("@SUM(1)", "+cmd|", "-1")] == ["'"] * 3


def deep(levels: int) -> dict[str, bytes]:
    collection = '{"type":"GeometryCollection","geometries":['
    inside = json.dumps(POLYGON)
    feature = f'{{"type":"Feature","properties":{{}},"geometry":{collection * levels}{inside}{"]}" * levels}}}'
    wkt = "GEOMETRYCOLLECTION(" * levels + "POLYGON((1 1,2 1,2 2,1 1))" + ")" * levels
    kml = "<MultiGeometry>" * levels + "</MultiGeometry>" * levels
    head = b"GP\x00\x01" + struct.pack("<i", 4326)
    blob = head + struct.pack("<BII", 1, 7, 1) * levels + shapely.to_wkb(shapely.Point(117, 36))
    database = package(geojson(POLYGON))
    connection = sqlite3.connect(":memory:")
    connection.deserialize(database)
    triggers = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("UPDATE grids SET geom = ?", [blob])
    connection.commit()
    return {
        "geojson": f'{{"type":"FeatureCollection","features":[{feature}]}}'.encode(),
        "csv": f'code,wkt\n1,"{wkt}"\n2,"POLYGON((117.17 36.19,117.18 36.19,117.18 36.2,117.17 36.19))"\n'.encode(),
        "kml": f'<?xml version="1.0"?><kml><Document><Placemark>{kml}</Placemark></Document></kml>'.encode(),
        "gpkg": connection.serialize(),
    }


@pytest.mark.parametrize("levels", [20_000, 100_000])
@pytest.mark.parametrize("form", ["geojson", "kml", "gpkg"])
def test_a25_shapes_nested_without_end_are_refused(form: str, levels: int) -> None:
    assert "too deep" in refusal(deep(levels)[form])


@pytest.mark.parametrize("levels", [20_000, 100_000])
def test_a25_a_nested_wkt_is_a_fault_of_its_row(levels: int) -> None:
    (fault,) = faults(deep(levels)["csv"])
    assert (fault.row, fault.message) == (2, "has no shape, or one that cannot be read.")


def polygon(*ring: tuple[Any, Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(place) for place in ring]]}


HOLE = {"type": "Polygon", "coordinates": [RING, [[118, 37], [118.1, 37], [118.1, 37.1], [118, 37]]]}
SQUARE = ((117.17, 36.19), (117.18, 36.19), (117.18, 36.2), (117.17, 36.2), (117.17, 36.19))
SPIKE = ((117.17, 36.19), (117.18, 36.19), (117.19, 36.19), (117.18, 36.19), (117.18, 36.2), (117.17, 36.19))
BOWTIE = ((117.17, 36.19), (117.18, 36.2), (117.18, 36.19), (117.17, 36.2), (117.17, 36.19))
SLIVER = ((117.17, 36.19), (117.17000002, 36.19), (117.17000002, 36.19000001), (117.17, 36.19))
TURNED = ((36.19, 117.17), (36.19, 117.18), (36.2, 117.18), (36.19, 117.17))
FAR = ((1e308, 36.19), (117.18, 36.19), (117.18, 36.2), (1e308, 36.19))
APART = {"type": "MultiPolygon", "coordinates": [[RING], [[[x + 1, y] for x, y in RING]]]}
ROWS = [
    (polygon(*TURNED), "latitude stands before longitude", False),
    (polygon(*FAR), "is not longitude, latitude in China", False),
    ({"type": "Polygon", "coordinates": []}, "has no shape", False),
    ({"type": "Point", "coordinates": [117.17, 36.19]}, "is not a single polygon", True),
    (APART, "several parts that do not touch", True),
    (polygon(*BOWTIE), "crosses itself (117.1750000, 36.1950000)", True),
    (polygon(*SPIKE), "crosses itself", True),
    (HOLE, "crosses itself", True),
    (polygon(*SLIVER), "smaller than one square metre (117.1700000, 36.1900000)", True),
]


@pytest.mark.parametrize(("geometry", "words", "placed"), ROWS)
def test_a27_a28_a_shape_that_is_no_grid_is_named_with_its_place(
    geometry: dict[str, Any], words: str, placed: bool
) -> None:
    (fault,) = faults(geojson(POLYGON, geometry))
    assert fault.row == 2
    assert words in fault.message
    assert (fault.place is not None) == placed


def test_a27_numbers_that_are_none_are_refused() -> None:
    data = b"code,lon,lat\n1,NaN,36.19\n1,117.18,36.19\n1,117.18,inf\n2,117.17,36.19\n2,117.18,36.19\n2,117.18,36.2\n"
    (fault,) = faults(data)
    assert (fault.row, fault.message) == (2, "has a coordinate that is no number.")


def test_a28_the_same_boundary_twice_names_the_first() -> None:
    (fault,) = faults(geojson(polygon(*SQUARE), polygon(*SQUARE[1:], SQUARE[1])))
    assert "has the same boundary as feature 1" in fault.message


def test_a28_more_vertices_than_are_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert POINTS_MOST < 5_000_000
    monkeypatch.setattr("grids.gateways.layers.POINTS_MOST", 7)
    assert "The layer has 8 vertices; at most 7 are read" in refusal(geojson(POLYGON, POLYGON))
    monkeypatch.setattr("grids.gateways.layers.VERTICES_MOST", 3)
    (fault,) = faults(GOOD)
    assert "has too many vertices" in fault.message


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER harm AFTER INSERT ON grids BEGIN DELETE FROM grids; END",
        "CREATE VIEW harm AS SELECT * FROM grids",
        "CREATE TRIGGER rtree_harm AFTER INSERT ON grids BEGIN SELECT load_extension('x'); END",
    ],
)
def test_a29_a_geopackage_with_a_program_is_refused(statement: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(package(GOOD))
    connection.execute(statement)
    connection.commit()
    assert "programs or views" in refusal(connection.serialize())


def test_a29_a_damaged_geopackage_and_a_pointer_to_a_local_file_are_refused() -> None:
    whole = bytearray(package(GOOD))
    whole[4096:16_384] = b"\xab" * 12_288
    assert "damaged" in refusal(bytes(whole))
    source = b'<OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
    assert "points to other files" in refusal(b"<OGRVRTDataSource>" + source + b"</OGRVRTDataSource>")


def test_a30_a_shapefile_says_what_it_lacks() -> None:
    parts = parts_of(shapefile("第一网格"))
    assert ".dbf" in refusal(archive({name: body for name, body in parts.items() if not name.endswith(".dbf")}))
    lie = bytearray(parts["grids.dbf"])
    lie[4:8] = struct.pack("<I", 900)
    assert "900 rows" in refusal(archive(parts | {"grids.dbf": bytes(lie)}))
    cut = parts | {"grids.shp": parts["grids.shp"][:-40]}
    assert "shorter than it says" in refusal(archive(cut))
    bare = read_layer(archive({name: body for name, body in parts.items() if not name.endswith(".prj")}))
    assert (bare.facts["prj"], bare.facts["stated"], bare.facts["system"]) == (False, "", "EPSG:4326")


@pytest.mark.parametrize("said", ["UTF-8", "GBK", "ISO-8859-1", ""])
@pytest.mark.parametrize("gbk", [True, False])
def test_a30_the_text_itself_says_its_encoding(gbk: bool, said: str) -> None:
    parts = parts_of(shapefile("第一网格")) | {"grids.cpg": said.encode()}
    if gbk:
        parts["grids.dbf"] = in_gbk(parts["grids.dbf"])
    layer = read_layer(archive(parts))
    assert layer.rows[0][1][0] == "第一网格"
    assert layer.facts["encoding"] == ("GB18030" if gbk else "UTF-8")


def test_a_system_that_is_not_taken_is_named() -> None:
    rows = geopandas.GeoDataFrame({"code": ["1"]}, geometry=[shapely.box(5e5, 4e6, 5.1e5, 4.1e6)], crs="EPSG:32650")
    out = io.BytesIO()
    rows.to_file(out, driver="GPKG", layer="grids")
    assert "EPSG:32650" in refusal(out.getvalue())


@pytest.mark.django_db
@pytest.mark.parametrize("value", ['{"driver":"VRT"}', "/vsicurl/http://evil.example/a.tif"])
def test_a26_a_raster_for_a_place_is_refused_at_the_door(client: Client, value: str) -> None:
    """Places come in as two numbers, everywhere; text never becomes a lookup of the database."""
    assert client.get("/map/at.json", {"lon": value, "lat": "36.19"}).status_code == 400
