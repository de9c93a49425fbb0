"""A boundary file is GeoJSON or a GeoPackage and nothing that leads to another file of the machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from grids.gateways.layers import read_layer, write_package
from grids.rules.coverage import node_of
from ledger.gateways import inside

RING = [[117, 36], [117.1, 36], [117.1, 36.1], [117, 36]]
SQUARE = {"type": "Feature", "properties": {"code": "1"}, "geometry": {"type": "Polygon", "coordinates": [RING]}}
VRT = '<OGRVRTDataSource><OGRVRTLayer name="{}"><SrcDataSource>{}</SrcDataSource>{}</OGRVRTLayer></OGRVRTDataSource>'
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>117,36'
    " 117.1,36 117.1,36.1 117,36</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>"
)


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_only_the_two_drivers_are_there() -> None:
    code = "import layers; print(sorted(set(layers.pyogrio.list_drivers()) ^ layers.DRIVERS))"
    folder = Path(inside.__file__).parent
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]", f"put these into OGR_SKIP of {folder / 'layers.py'}: {ran.stdout}"


def test_both_forms_are_read() -> None:
    assert [feature.fault for feature in read_layer(collection(SQUARE)).features] == [""]
    assert [feature.fault for feature in read_layer(b"\xef\xbb\xbf" + collection(SQUARE)).features] == [""]
    package = write_package([({"code": "1"}, tuple(node_of(lon, lat) for lon, lat in RING[:-1]))])
    assert [feature.properties["code"] for feature in read_layer(package).features] == ["1"]


@pytest.mark.parametrize(
    "data",
    [
        VRT.format("passwd", "CSV:/etc/passwd", "<GeometryType>wkbPoint</GeometryType>"),
        VRT.format("x", "/vsicurl/http://127.0.0.1/x", ""),
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector filter --input CSV:/etc/passwd --output x"}',
        '{"type": "Topology", "objects": {}, "arcs": []}', '{"displayFieldName": "", "features": []}', KML,
        'code,WKT\n1,"POLYGON((117 36,117.1 36,117.1 36.1,117 36))"\n', "PK\x03\x04", "", "[]", "null", "{",
        "[" * 200_000,
    ],
    ids=[
        "VRT", "VRT to an address", "GDALG", "TopoJSON", "ESRIJSON", "KML", "CSV", "zip", "empty", "list", "null",
        "cut", "nested",
    ],
)  # fmt: skip
def test_whatever_else_is_refused_unread(data: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_layer(data.encode())
    assert refused.value.code == "layer_unreadable"


def test_a_name_of_another_form_inside_changes_nothing() -> None:
    vrt = VRT.format("passwd", "CSV:/etc/passwd", "")
    said = {**SQUARE, "properties": {"code": vrt, "type": '"type": "gdal_streamed_alg"'}}
    (feature,) = read_layer(collection(said)).features
    assert feature.properties["code"] == vrt


@pytest.mark.parametrize("depth", [100, 20_000, 100_000])
def test_nested_collections_end_no_worker(depth: int) -> None:
    inner = (
        '{"type":"GeometryCollection","geometries":[' * depth + '{"type":"Point","coordinates":[117,36]}' + "]}" * depth
    )
    data = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":' + inner + "}]}"
    try:
        assert [feature.fault for feature in read_layer(data.encode()).features] == ["not_polygon"]
    except ValidationError as refused:
        assert refused.code == "layer_unreadable" and depth > 1000
