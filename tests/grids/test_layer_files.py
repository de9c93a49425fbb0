"""A boundary file is what its first bytes say and nothing that leads to another file of the machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from grids.gateways import read_layer
from ledger.gateways import inside
from tests.grids.layer_files import in_this_process

RING = [[117, 36], [117.1, 36], [117.1, 36.1], [117, 36]]
SQUARE = {"type": "Feature", "properties": {"code": "1"}, "geometry": {"type": "Polygon", "coordinates": [RING]}}
VRT = '<OGRVRTDataSource><OGRVRTLayer name="{}"><SrcDataSource>{}</SrcDataSource>{}</OGRVRTLayer></OGRVRTDataSource>'


@pytest.fixture(autouse=True)
def tool_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize("tool", ["read_layer", "layers"])
def test_only_the_needed_drivers_are_there(tool: str) -> None:
    code = f"import {tool}, layer_drivers, pyogrio; print(sorted(set(pyogrio.list_drivers()) ^ layer_drivers.DRIVERS))"
    folder = Path(inside.__file__).parent
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]", f"put these into OGR_SKIP of {folder / 'layer_drivers.py'}: {ran.stdout}"


def test_geojson_is_read_with_and_without_a_mark() -> None:
    for data in (collection(SQUARE), b"\xef\xbb\xbf" + collection(SQUARE)):
        assert [cells[0] for _number, cells in read_layer(data).rows] == ["1"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (VRT.format("passwd", "CSV:/etc/passwd", "<GeometryType>wkbPoint</GeometryType>"), "pointer"),
        (VRT.format("x", "/vsicurl/http://127.0.0.1/x", ""), "pointer"),
        ('{"type": "gdal_streamed_alg", "command_line": "gdal vector filter --input CSV:/etc/passwd"}', "kind"),
        ('{"type": "Topology", "objects": {}, "arcs": []}', "kind"),
        ('{"displayFieldName": "", "features": []}', "kind"),
        ("<gml/>", "kind"),
        ("PK\x03\x04", "broken"),
        ("", "empty"),
        ("[]", "kind"),
        ("null", "no_columns"),
        ("{", "broken"),
        ("[" * 200_000, "nested"),
    ],
)
def test_whatever_else_is_refused_unread(data: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_layer(data.encode())
    assert refused.value.code == f"layer_{code}"


def test_a_name_of_another_form_inside_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # in the sandbox, as in the product
    vrt = VRT.format("passwd", "CSV:/etc/passwd", "")
    said = {**SQUARE, "properties": {"code": vrt, "type": '"type": "gdal_streamed_alg"'}}
    assert read_layer(collection(said)).rows[0][1][0] == vrt
