"""Pages and JSON of the territory."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from accounts.models import User
from grids.models import Duty, Grid
from tests.accounts.world import LONG_AGO, api_client, browser, department, hat, role, user
from tests.grids import small

pytestmark = pytest.mark.django_db
CODE = "370902900006S03"
LON, LAT = small.INSIDE


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def worker(town: Path) -> User:
    """On duty in one grid, member of the grid centre."""
    made = user("wang", display_name="王示例", display_name_en="Wang Shili")
    deputy = user("li", display_name="李示例", display_name_en="Li Shili")
    station = department(
        "gc", "/3709/370902/370902900/", "township", name_zh="示范网格站", phone="0538-0000099", function="grid_centre"
    )
    hat(made, role("grid_worker", "grids.read"), station)
    grid = Grid.objects.get(code=CODE)
    for post, person in (("worker", made), ("deputy", deputy)):
        Duty.objects.create(grid=grid, user=person, post=post, valid=DateRange(LONG_AGO, None))
    return made


def test_the_posting_names_grid_area_worker_deputy_station_and_supervision_phone(client: Client, worker: User) -> None:
    page = text(client.get(f"/grids/{CODE}/"))
    for words in ("晨光社区第3网格", "王示例", "李示例", "示范网格站", "0538-0000099", "0538-0000012", CODE):
        assert words in page
    assert re.search(r"[\d,]{5,} (m²|平方米)", page)


def test_the_posting_is_in_the_readers_language(client: Client, worker: User) -> None:
    page = text(client.get(f"/grids/{CODE}/", headers={"accept-language": "en"}))
    assert "Chenguang Community Grid 3" in page
    assert "Wang Shili" in page


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "值班电话"), ("en", "Duty phone")])
def test_the_poster_says_what_is_posted_and_leads_to_the_page(
    client: Client, worker: User, language: str, words: str
) -> None:
    answer = client.get(f"/grids/{CODE}/poster/", headers={"accept-language": language})
    page = text(answer)
    for said in (words, "0538-0000099", "0538-0000012", CODE, f"{settings.PUBLIC_URL}/grids/{CODE}/"):
        assert said in page
    assert "<svg" in answer.content.decode()
    assert ("王示例" if language == "zh-CN" else "Wang Shili") in page
    assert client.get("/grids/370902900006S99/poster/").status_code == 404


def test_a_grid_that_does_not_exist_is_not_there(client: Client, town: Path) -> None:
    assert client.get("/grids/370902900006S99/").status_code == 404


def test_the_public_list_is_found_by_worker_grid_and_pages_by_key(client: Client, worker: User) -> None:
    found = text(client.get("/grids/", {"q": "第3网格"}))
    assert "晨光社区第3网格" in found
    assert "晨光社区第4网格" not in found
    assert "王示例" in found
    only = text(client.get("/grids/", {"village": "370902900007"}))
    assert "星河社区第1网格" in only
    assert "晨光社区第3网格" not in only


def test_a_long_list_has_a_next_page(client: Client, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grids.views.pages.PAGE", 5)
    first = client.get("/grids/").content.decode()
    after = re.search(r"after=(\w+)", first)
    assert after is not None
    second = client.get("/grids/", {"after": after[1]}).content.decode()
    assert after[1] in first
    assert "370902900006S06" in second
    assert "370902900006S05" not in re.findall(r"/grids/(\w+)/", second)


def test_the_desk_shows_worker_and_version_and_any_past_day(client: Client, worker: User) -> None:
    desk = browser(worker)
    now = text(desk.get("/desk/grids/"))
    assert "王示例" in now
    assert "2026-01-05" in now
    past = desk.get("/desk/grids/", {"on": "2025-06-01"})
    assert CODE not in past.content.decode()
    assert "/tiles/grids/{z}/{x}/{y}.mvt?on=2025-06-01" in past.content.decode()


def test_the_desk_shows_the_other_scheme_on_demand(worker: User) -> None:
    page = browser(worker).get("/desk/grids/", {"scheme": "management"}).content.decode()
    assert "370902900006001" in page
    assert "/tiles/units/" in page


def test_the_desk_reaches_no_further_than_the_hat(town: Path) -> None:
    stranger = user()
    hat(stranger, role("reader", "grids.read"), department("far", "/3709/370911/"))
    assert CODE not in browser(stranger).get("/desk/grids/").content.decode()


def test_the_desk_is_for_those_with_the_right(client: Client, town: Path) -> None:
    assert client.get("/desk/grids/").status_code == 302
    nobody = user()
    hat(nobody, role("none"), department("d"))
    assert browser(nobody).get("/desk/grids/").status_code == 403


def test_addresses_are_found_by_chinese_text_by_pinyin_and_with_a_slip(client: Client, town: Path) -> None:
    def search(words: str) -> list[str]:
        answer = client.get("/addresses/", {"q": words}, headers={"accept": "application/json"})
        return [row["name_zh"] for row in answer.json()["results"]]

    street = next(row for row in small.part_of_town().addresses if row.kind == "street")
    assert search(street.text_zh)[0] == street.text_zh
    assert search(street.text_en)[0] == street.text_zh
    slip = street.text_en.replace("ng", "n", 1).lower()
    assert street.text_zh in search(slip)
    assert search("   ") == []
    assert search("%") == []


def test_addresses_are_a_plain_list_without_script(client: Client, town: Path) -> None:
    street = next(row for row in small.part_of_town().addresses if row.kind == "street")
    page = client.get("/addresses/", {"q": street.text_zh}).content.decode()
    assert f"<b>{street.text_zh}</b>" in page


def test_a_picked_point_is_told_in_words(client: Client, town: Path) -> None:
    found = client.get("/map/at.json", {"lon": LON, "lat": LAT, "datum": "wgs84"}).json()
    assert found["grid"]["code"].startswith("370902900006S")
    assert found["name"].endswith(found["grid"]["name_zh"])


@pytest.mark.parametrize(("lon", "lat", "words"), [(118.9, 36.2, "118.9"), (LAT, LON, "36.1899"), ("x", 1, "")])
def test_a_point_that_is_nowhere_is_refused_in_words(
    client: Client, town: Path, lon: Any, lat: Any, words: str
) -> None:
    answer = client.get("/map/at.json", {"lon": lon, "lat": lat})
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_the_map_knows_where_it_starts_and_whose_it_is(client: Client, db: None) -> None:
    facts = client.get("/map/config.json").json()
    assert facts["pmtiles"] == "/static/map/town.pmtiles"
    assert facts["layers"]["grids"] == "/tiles/grids/{z}/{x}/{y}.mvt"
    west, south, east, north = facts["extent"]
    assert west < facts["center"][0] < east
    assert south < facts["center"][1] < north
    assert facts["attribution"]


class TestGridAt:
    """GET /api/v1/grid-at"""

    url = "/api/v1/grid-at"

    def client(self, *scopes: str) -> Client:
        api_client(department("d"), *scopes, token="gp_x")
        return Client(headers={"authorization": "Bearer gp_x"})

    def test_a_client_with_the_scope_learns_division_and_grids(self, town: Path) -> None:
        answer = self.client("grids.read").get(self.url, {"lon": LON, "lat": LAT})
        body = answer.json()
        assert body["division"]["path"] == "/3709/370902/370902900/370902900006/"
        assert body["grids"]["service"]["code"].startswith("370902900006S")
        assert set(body["grids"]) == {"service", "management"}

    def test_it_takes_two_statements(self, town: Path, django_assert_num_queries: Any) -> None:
        client = self.client("grids.read")
        with django_assert_num_queries(2):
            client.get(self.url, {"lon": LON, "lat": LAT})

    def test_without_the_scope_or_a_token_there_is_no_answer(self, town: Path) -> None:
        assert self.client("reports.write").get(self.url, {"lon": LON, "lat": LAT}).status_code == 403
        assert Client().get(self.url, {"lon": LON, "lat": LAT}).status_code == 401

    @pytest.mark.parametrize(
        "query",
        [{"lon": LON}, {"lon": "a", "lat": 1}, {"lon": 118.9, "lat": 36.2}, {"lon": LON, "lat": LAT, "datum": "x"}],
    )
    def test_a_wrong_point_is_a_problem_document(self, town: Path, query: dict[str, Any]) -> None:
        answer = self.client("grids.read").get(self.url, query)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["errors"]
