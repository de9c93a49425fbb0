"""OGC API – Features, part 1: the requirements of 17-069r4 as tests, named by their identifiers."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from drf_spectacular.validation import validate_schema

from cases.models import Case
from cases.queries.outside import CITY_ZONE
from cases.rules import snapped
from grids.models import Grid, GridVersion, Scheme
from ledger.clock import app_now, shifted
from tests.edges.ask import call, get
from tests.events import drive
from tests.events import town as builders
from tests.events.town import HERE, Town

GRIDS = "/ogc/collections/grids-service/items"
CASES = "/ogc/collections/cases/items"
DIVISIONS = "/ogc/collections/divisions/items"


def body(path: str, status: int = 200, **headers: str) -> dict[str, Any]:
    answer = get(path, **headers)
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def rels(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    for link in document["links"]:
        assert link["href"].startswith("http://testserver/ogc")
        assert link["rel"] and link["type"]
    return {link["rel"]: link for link in document["links"]}


def local(href: str) -> str:
    return href.removeprefix("http://testserver")


def many_grids(town: Town, count: int = 5) -> None:
    assert town.grid is not None
    scheme = Scheme.objects.get(code="service")
    for number in range(2, 2 + count):
        grid = Grid.objects.create(
            scheme=scheme, code=f"370902900001S{number:02d}", type="base", name_zh="示意", name_en="Grid",
            division=town.grid.division, path=f"{town.grid.division.path}370902900001S{number:02d}/",
        )  # fmt: skip
        west = 117.17 + number * 0.01
        box = Polygon.from_bbox((west, 36.185, west + 0.01, 36.195))
        GridVersion.objects.create(
            grid=grid, scheme=scheme, number=1, boundary=box, area=1.0, valid=DateRange(date(2020, 1, 1), None)
        )


def test_core_root_the_landing_page_links_to_everything(town: Town) -> None:
    links = rels(body("/ogc/"))
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= set(links)
    for rel in ("service-desc", "conformance", "data", "service-doc", "alternate"):
        answer = get(local(links[rel]["href"]), accept="*/*")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].split(";")[0] == links[rel]["type"].split(";")[0]


def test_core_api_definition_is_valid_and_names_every_collection(town: Town) -> None:
    answer = get("/ogc/api")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    validate_schema(answer.json())
    assert "/collections/cases/items/{featureId}" in answer.json()["paths"]


def test_core_conformance_names_the_classes(town: Town) -> None:
    classes = {uri.rsplit("/", 1)[1] for uri in body("/ogc/conformance")["conformsTo"]}
    assert classes == {"core", "oas30", "html", "geojson", "crs"}


def test_core_collections_and_each_of_them_say_the_same(town: Town) -> None:
    listed = body("/ogc/collections")
    assert "self" in rels(listed)
    ids = [row["id"] for row in listed["collections"]]
    assert ids == ["divisions", "grids-management", "grids-service", "cases"]
    for row in listed["collections"]:
        assert body(f"/ogc/collections/{row['id']}") == row
        assert rels(row)["items"]["type"] in ("application/geo+json", "text/html")
        assert row["extent"]["temporal"]["interval"]
    assert listed["collections"][0]["extent"]["spatial"]["bbox"] == [[117.0, 36.0, 117.4, 36.4]]


def test_core_features_are_geojson_with_links_time_and_number(town: Town) -> None:
    answer = get(GRIDS)
    assert answer.headers["Content-Type"] == "application/geo+json"
    found = answer.json()
    assert found["type"] == "FeatureCollection"
    assert found["numberReturned"] == len(found["features"]) == found["numberMatched"] == 1
    assert found["timeStamp"].endswith("Z")
    assert {"self", "alternate", "collection"} <= set(rels(found))
    feature = found["features"][0]
    assert feature["id"] == "370902900001S01.1"
    shape = GEOSGeometry(json.dumps(feature["geometry"]))
    assert shape.extent == (117.17, 36.185, 117.18, 36.195)
    assert feature["properties"]["valid_from"] == "2020-01-01"


def test_core_a_feature_has_an_address_that_stays(town: Town) -> None:
    one = get(f"{GRIDS}/370902900001S01.1")
    assert one.headers["Content-Type"] == "application/geo+json"
    assert one.json()["id"] == "370902900001S01.1"
    assert {"self", "collection"} <= set(rels(one.json()))
    assert body(f"{GRIDS}/370902900001S01")["id"] == "370902900001S01.1"
    for absent in ("nothing", "370902900001S01.9", "%00", "%F0%9F%98%80", "a.99999999", "x" * 300):
        assert get(f"{GRIDS}/{absent}").status_code == 404, absent
        assert get(f"{DIVISIONS}/{absent}").status_code == 404, absent
        assert get(f"{CASES}/{absent}").status_code == 404, absent
    assert body(f"{DIVISIONS}/370902.20200101")["properties"]["level"] == "county"


def test_core_limit_pages_through_everything_once(town: Town) -> None:
    many_grids(town)
    path, seen = f"{GRIDS}?limit=2", []
    while path:
        page = body(path)
        assert page["numberReturned"] <= 2
        seen += [feature["id"] for feature in page["features"]]
        path = local(rels(page).get("next", {}).get("href", ""))
    assert seen == sorted(set(seen)) and len(seen) == 6
    for large in ("100000", "9" * 30):
        assert body(f"{GRIDS}?limit={large}")["numberReturned"] == 6


def test_core_paging_of_divisions_and_cases(town: Town) -> None:
    numbers = [builders.case(drive.reported(town)).number for _n in range(3)]
    for base, wanted in ((DIVISIONS, None), (CASES, list(reversed(numbers)))):
        path, seen = f"{base}?limit=1", []
        while path:
            page = body(path)
            seen += [feature["id"] for feature in page["features"]]
            path = local(rels(page).get("next", {}).get("href", ""))
        assert len(seen) == len(set(seen)) >= 3
        assert wanted in (None, seen)


BBOX = [
    ("117.17,36.18,117.175,36.19", 1), ("117.2,36.18,117.3,36.19", 0), ("117.17,36.18,0,117.175,36.19,9", 1),
    ("-180,-90,180,90", 1), ("117,36,-170,37", 1), ("170,36,-170,37", 0),
]  # fmt: skip


def test_core_bbox_selects_by_geometry(town: Town) -> None:
    for said, found in BBOX:
        assert body(f"{GRIDS}?bbox={said}")["numberReturned"] == found, said


def test_core_bbox_leaves_out_what_is_not_drawn(town: Town) -> None:
    assert [row["id"] for row in body(f"{DIVISIONS}?bbox=117,36,118,37")["features"]] == ["370902.20200101"]


DATETIME = [
    ("2026-01-01", 1), ("2019-12-31", 0), ("2019-01-01/2020-01-01", 1), ("../2019-12-31", 0), ("2019-01-01/..", 1),
    ("/2020-01-01", 1), ("2024-01-01/", 1), ("2026-01-01T00:00:00Z", 1), ("2026-01-01T00:00:00.5%2B08:00", 1),
]  # fmt: skip


def test_core_datetime_selects_boundaries_by_their_validity(town: Town) -> None:
    for said, found in DATETIME:
        assert body(f"{GRIDS}?datetime={said}")["numberReturned"] == found, said


def test_a_boundary_that_ended_is_found_by_its_date_and_not_today(town: Town) -> None:
    GridVersion.objects.update(valid=DateRange(date(2020, 1, 1), date(2024, 1, 1)))
    assert body(GRIDS)["features"] == []
    assert [row["id"] for row in body(f"{GRIDS}?datetime=2023-05-01")["features"]] == ["370902900001S01.1"]
    assert body(f"{GRIDS}/370902900001S01.1")["properties"]["valid_to"] == "2024-01-01"


def test_core_datetime_selects_cases_by_day(town: Town) -> None:
    with shifted(timedelta(days=-10)):
        drive.reported(town)
    drive.reported(town)
    today = app_now().astimezone(CITY_ZONE).date()
    assert body(f"{CASES}?datetime={today}")["numberReturned"] == 1
    assert body(f"{CASES}?datetime={today - timedelta(days=10)}")["numberReturned"] == 1
    assert body(f"{CASES}?datetime=../{today}")["numberReturned"] == 2
    assert body(f"{CASES}?datetime={today - timedelta(days=5)}/{today - timedelta(days=1)}")["numberReturned"] == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("category=part/01/0101", 2),
        ("state=reported", 1),
        ("closed=true", 1),
        ("grid=370902900001S01", 2),
        ("grid=x", 0),
    ],
)
def test_property_filters_of_cases(town: Town, query: str, found: int) -> None:
    drive.reported(town)
    drive.closed(town)
    assert body(f"{CASES}?{query}")["numberReturned"] == found


def test_property_filters_of_boundaries(town: Town) -> None:
    assert [r["properties"]["code"] for r in body(f"{DIVISIONS}?level=county")["features"]] == ["370902"]
    assert body(f"{DIVISIONS}?parent=370902")["numberReturned"] == 1
    assert body(f"{GRIDS}?division=370902900001")["numberReturned"] == 1
    assert body(f"{GRIDS}?type=micro")["numberReturned"] == 0


WRONG = [
    "colour=red", "limit=0", "limit=-1", "limit=x", "limit=", "limit=1.5", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=",
    "bbox=0,10,10,0", "bbox=nan,0,1,1", "bbox=0,0,400,1", "bbox=1,2,3,4,5", "datetime=yesterday", "datetime=",
    "datetime=2026-13-01", "datetime=../..", "datetime=/", "datetime=2026-01-02/2026-01-01", "datetime=a/b/c",
    "datetime=2026-01-01T00:00:00", "datetime=9999-12-31", "f=xml", "limit=1&limit=2", "after=%00", "after=!!",
]  # fmt: skip


def test_core_query_param_unknown_and_invalid(town: Town) -> None:
    for path in (GRIDS, CASES, DIVISIONS):
        for query in WRONG:
            answer = get(f"{path}?{query}")
            assert answer.status_code == 400, (path, query)
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert list(answer.json()["errors"]) == [query.split("=", 1)[0]]


def test_a_flag_is_true_or_false(town: Town) -> None:
    assert "closed" in body(f"{CASES}?closed=perhaps", 400)["errors"]


@pytest.mark.parametrize(
    "path", ["/ogc/", "/ogc/api", "/ogc/conformance", "/ogc/collections", "/ogc/collections/cases"]
)
def test_other_documents_refuse_unknown_parameters_too(town: Town, path: str) -> None:
    assert get(f"{path}?colour=red").status_code == 400


def test_what_is_not_there_is_404(town: Town) -> None:
    for path in (
        "/ogc/nothing",
        "/ogc/collections/nothing",
        "/ogc/collections/nothing/items",
        "/ogc/collections/x/items/1",
    ):
        assert get(path).headers["Content-Type"] == "application/problem+json"
        assert get(path).status_code == 404


def test_only_reading_is_possible(town: Town) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = call(method, GRIDS)
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD"
    assert call("HEAD", GRIDS).status_code == 200


def test_html_is_for_people_by_f_or_by_accept(town: Town) -> None:
    number = builders.case(drive.reported(town)).number
    for path in (
        "/ogc/",
        "/ogc/api",
        "/ogc/conformance",
        "/ogc/collections",
        "/ogc/collections/cases",
        CASES,
        f"{CASES}/{number}",
    ):
        for answer in (get(f"{path}?f=html"), get(path, accept="text/html,application/xhtml+xml,*/*;q=0.8")):
            assert answer.status_code == 200
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert b"<h1" in answer.content
        assert "Accept" in get(path).headers["Vary"]
    assert number in get(f"{CASES}?f=html").content.decode()
    assert get("/ogc/", accept="image/png").status_code == 406


def test_the_page_shows_its_features_on_a_map_and_leads_to_the_same_as_geojson(town: Town) -> None:
    number = builders.case(drive.reported(town)).number
    lon, lat = snapped(*HERE)
    page = get(f"{CASES}?f=html&closed=false").content.decode()
    assert "<grid-map" in page and f'data-lon="{lon}" data-lat="{lat}"' in page
    assert f'href="http://testserver{CASES}?f=json&amp;closed=false"' in page
    assert f'point="{lon},{lat}"' in get(f"{CASES}/{number}?f=html").content.decode()
    assert 'point="117.175000,36.190000"' in get(f"{GRIDS}/370902900001S01?f=html").content.decode()
    for empty in (f"{CASES}?f=html&grid=x", f"{DIVISIONS}?f=html&level=village"):
        assert "<grid-map" not in get(empty).content.decode()


def test_an_unchanged_answer_is_not_sent_again(town: Town) -> None:
    first = get("/ogc/collections/divisions")
    again = get("/ogc/collections/divisions", if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_a_public_case_tells_the_day_and_the_lattice_and_nothing_more(town: Town) -> None:
    case_id = drive.reported(town, description="王某家门口", address="望岳路 8 号院内", lon=HERE[0] + 0.00003)
    found = body(f"{CASES}/{builders.case(case_id).number}")
    assert found["geometry"]["coordinates"] == list(snapped(HERE[0] + 0.00003, HERE[1]))
    assert (
        found["properties"]["opened_on"]
        == Case.objects.get(pk=case_id).opened_at.astimezone(CITY_ZONE).date().isoformat()
    )
    assert set(found["properties"]) == {
        "number", "category", "category_zh", "category_en", "state", "state_zh", "state_en", "closed", "opened_on",
        "closed_on", "path", "grid", "place_zh", "place_en",
    }  # fmt: skip
    text = json.dumps(found, ensure_ascii=False)
    assert "王某" not in text and "望岳路" not in text


def test_many_calls_from_one_address_are_refused_for_a_while(town: Town, settings: Any) -> None:
    settings.PUBLIC_PER_MINUTE = 1
    client = Client(REMOTE_ADDR="203.0.113.9")
    assert client.get("/ogc/conformance").headers["RateLimit-Remaining"] == "0"
    refused = client.get("/ogc/conformance")
    assert refused.status_code == 429 and refused.headers["Retry-After"]
    assert Client(REMOTE_ADDR="203.0.113.10").get("/ogc/conformance").status_code == 200
