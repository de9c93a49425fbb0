"""OGC API – Features, part 2 (18-058r1): reference systems by parameter and header; and GDAL, as a stranger."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from grids.models import Division
from tests.edges.ask import get
from tests.edges.test_ogc import CASES, DIVISIONS, GRIDS, body, many_grids
from tests.events import drive
from tests.events.town import HERE, Town

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
ONE = f"{GRIDS}/370902900001S01"


def corner(document: dict[str, Any]) -> tuple[float, float]:
    """The south-west corner as the document writes it: smallest first, smallest second number."""
    places = document["geometry"]["coordinates"][0]
    return min(place[0] for place in places), min(place[1] for place in places)


def by_database(lon: float, lat: float, srid: int) -> tuple[float, float]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s) AS p",
            [lon, lat, srid],
        )
        east, north = cursor.fetchone()
    return east, north


def test_every_collection_lists_its_reference_systems_and_what_it_is_stored_in(town: Town) -> None:
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in body("/ogc/conformance")["conformsTo"]
    for row in body("/ogc/collections")["collections"]:
        assert row["storageCrs"] == CRS84 == row["crs"][0]
        assert {f"{EPSG}{code}" for code in (4326, 4490, 4527, 4548, 3857)} < set(row["crs"])


@pytest.mark.parametrize("code", [4326, 4490])
def test_degrees_by_epsg_have_the_latitude_first(town: Town, code: int) -> None:
    answer = get(f"{ONE}?crs={EPSG}{code}")
    assert answer.headers["Content-Crs"] == f"<{EPSG}{code}>"
    assert corner(answer.json()) == (36.185, 117.17)
    plain = get(ONE)
    assert plain.headers["Content-Crs"] == f"<{CRS84}>"
    assert corner(plain.json()) == (117.17, 36.185)


@pytest.mark.parametrize("code", [4527, 4548])
def test_gauss_krueger_has_the_northing_first_and_is_right_to_the_centimetre(town: Town, code: int) -> None:
    found = get(f"{ONE}?crs={EPSG}{code}").json()
    corners = [by_database(lon, lat, code) for lon in (117.17, 117.18) for lat in (36.185, 36.195)]
    north, east = corner(found)
    assert north == pytest.approx(min(place[1] for place in corners), abs=0.01)
    assert east == pytest.approx(min(place[0] for place in corners), abs=0.01)
    assert (int(east) // 1_000_000 == 39) is (code == 4527)  # the number of the zone stands before the easting


def test_the_header_asks_for_a_system_and_the_parameter_wins(town: Town) -> None:
    answer = get(ONE, accept_crs="EPSG:4548")
    assert answer.headers["Content-Crs"] == f"<{EPSG}4548>"
    assert "Accept-Crs" in answer.headers["Vary"]
    answer = get(f"{GRIDS}?crs={EPSG}4326", accept_crs="EPSG:4548")
    assert answer.headers["Content-Crs"] == f"<{EPSG}4326>"
    assert get(ONE, accept_crs="EPSG:2154").status_code == 400


@pytest.mark.parametrize("query", ["crs=nonsense", f"crs={EPSG}2154", "bbox-crs=EPSG:0", "crs=%00"])
def test_a_system_that_is_not_offered_is_refused_by_name(town: Town, query: str) -> None:
    found = body(f"{GRIDS}?{query}&bbox=1,1,2,2", 400)
    assert list(found["errors"]) == [query.split("=", maxsplit=1)[0]]


def test_a_box_in_its_own_system_finds_what_it_covers_and_nothing_beside_it(town: Town) -> None:
    many_grids(town)
    everything = [feature["id"] for feature in body(GRIDS)["features"]]
    west, south = by_database(117.171, 36.186, 4548)
    box = f"{south},{west},{south + 50},{west + 50}"  # northing first
    found = body(f"{GRIDS}?bbox={box}&bbox-crs={EPSG}4548")
    assert [feature["id"] for feature in found["features"]] == ["370902900001S01.1"]
    degrees = body(f"{GRIDS}?bbox=36.186,117.171,36.187,117.172&bbox-crs={EPSG}4326")
    assert [feature["id"] for feature in degrees["features"]] == ["370902900001S01.1"]
    wide = f"{south - 9000},{west - 9000},{south + 90000},{west + 90000}"
    assert [f["id"] for f in body(f"{GRIDS}?bbox={wide}&bbox-crs={EPSG}4548")["features"]] == everything
    assert body(f"{GRIDS}?bbox=2,1,1,2&bbox-crs={EPSG}4548", 400)["errors"]


def test_cases_keep_their_lattice_in_every_system(town: Town) -> None:
    drive.reported(town)
    shown = body(CASES)["features"][0]["geometry"]["coordinates"]
    flipped = body(f"{CASES}?crs={EPSG}4326")["features"][0]["geometry"]["coordinates"]
    assert flipped == pytest.approx(shown[::-1], abs=1e-7)
    east, north = by_database(*shown, 3857)
    mercator = body(f"{CASES}?crs={EPSG}3857")["features"][0]["geometry"]["coordinates"]
    assert mercator == pytest.approx([east, north], abs=0.01)
    west, south = by_database(HERE[0] - 0.001, HERE[1] - 0.001, 4548)
    box = f"{south},{west},{south + 400},{west + 400}"
    assert body(f"{CASES}?bbox={box}&bbox-crs={EPSG}4548")["numberReturned"] == 1


def test_what_is_not_drawn_stays_without_a_shape(town: Town) -> None:
    drawn = {f["id"]: f["geometry"] for f in body(DIVISIONS)["features"]}
    other = {f["id"]: f["geometry"] for f in body(f"{DIVISIONS}?crs={EPSG}4548")["features"]}
    assert drawn.keys() == other.keys()
    assert {key for key, shape in drawn.items() if shape is None} == {k for k, shape in other.items() if shape is None}


@pytest.fixture
def own_clock(transactional_db: None) -> Iterator[None]:
    """The clock that can be moved is written for good where nothing is taken back: afterwards it is as it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(f), obj_description(f) FROM (SELECT 'app_now()'::regprocedure AS f) t"
        )
        before, said = cursor.fetchone()
    yield
    with connection.cursor() as cursor:
        cursor.execute(before)
        cursor.execute("COMMENT ON FUNCTION app_now() IS %s", [said])


def by_gdal(server: str, code: str) -> Any:
    """What a process of its own prints as JSON; GDAL holds the interpreter while it waits for the server.

    Arguments:
        code: expressions of `read(layer, **options)`, a GeoDataFrame, and `layers`, the names; assigned to `answer`.
    """
    head = (
        "import json, sys, geopandas, pyogrio\n"
        "source = 'OAPIF:' + sys.argv[1] + '/ogc'\n"
        "layers = sorted(name for name, kind in pyogrio.list_layers(source))\n"
        "def read(layer, **options): return geopandas.read_file(source, layer=layer, engine='pyogrio', **options)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{head}{code}\nprint(json.dumps(answer))", server],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "NO_PROXY": "*", "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.django_db(transaction=True)
def test_gdal_reads_the_layers_page_by_page_and_by_box(own_clock: None, town: Town, live_server: LiveServer) -> None:
    """The driver that QGIS and ogr2ogr use: it follows the links and asks for boxes by itself."""
    many_grids(town, 7)
    found = by_gdal(
        live_server.url,
        "frame = read('grids-service', PAGE_SIZE=3)\n"
        "boxed = read('grids-service', bbox=(117.171, 36.186, 117.172, 36.187))\n"
        "answer = {'layers': layers, 'codes': sorted(frame['code']), 'boxed': list(boxed['code']),"
        " 'first': list(frame.set_index('code').geometry['370902900001S01'].bounds),"
        " 'divisions': sorted(read('divisions')['code'])}",
    )
    assert found["layers"] == ["cases", "divisions", "grids-management", "grids-service"]
    assert len(found["codes"]) == 8
    assert found["boxed"] == ["370902900001S01"]
    assert found["first"] == [117.17, 36.185, 117.18, 36.195]
    assert found["divisions"] == sorted(Division.objects.values_list("code", flat=True))


@pytest.mark.django_db(transaction=True)
def test_gdal_puts_gauss_krueger_where_it_belongs(own_clock: None, town: Town, live_server: LiveServer) -> None:
    """With the northing first in the answer GDAL still draws it in its place: the axes are as EPSG defines them."""
    lon, lat = by_gdal(
        live_server.url,
        "frame = read('grids-service', CRS='EPSG:4548')\n"
        "middle = frame.to_crs(4326).geometry.iloc[0].centroid\n"
        "answer = [middle.x, middle.y]",
    )
    assert lon == pytest.approx(117.175, abs=1e-6)
    assert lat == pytest.approx(36.19, abs=1e-6)
