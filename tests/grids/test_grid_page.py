"""The page of one grid on the desk, the lists of what stands in the grids, and that none of it is public."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from grids import tiles
from grids.models import Building, CityPart, Equipment, GridVersion
from ledger.actions import install_test_clock
from ledger.clock import app_now
from ledger.models import AuditEntry
from tests.accounts.world import browser
from tests.grids.zoning_world import S04, person_with

pytestmark = pytest.mark.django_db
SECRET = ("B-SECRET", "3709020137000001", "E-SECRET")


@pytest.fixture
def desk(town: Path) -> Client:
    install_test_clock()
    point = GridVersion.objects.get(grid__code=S04).boundary.point_on_surface
    facts = {
        "point": Point(round(point.x, 8), round(point.y, 8), srid=4326),
        "source": "普查",
        "as_of": date(2026, 1, 1),
    }
    now = {"updated_at": app_now() - timedelta(days=1)}
    Building.objects.create(code=SECRET[0], residents=7, verify_by=date(2026, 1, 2), **facts, **now)
    Building.objects.create(code="B-FRESH", residents=2, verify_by=date(2999, 1, 1), **facts, **now)
    CityPart.objects.create(code=SECRET[1], **facts, **now)
    Equipment.objects.create(code=SECRET[2], kind="camera", **facts, **now)
    return browser(person_with("clerk", "grids.edit"))


def test_the_page_of_a_grid_counts_what_stands_in_it(desk: Client) -> None:
    page = desk.get(f"/desk/grids/{S04}/")
    counts = page.context["counts"]
    assert (counts.buildings, counts.residents, counts.parts, counts.equipment, counts.moving) == (2, 9, 1, 1, 0)
    assert f"/desk/things/parts/?grid={S04}" in page.content.decode()
    assert [row.number for row in page.context["versions"]] == [1]
    assert page.context["work"] == (0, 0)
    assert desk.get("/desk/grids/nothing/").status_code == 404


def test_the_lists_are_filtered_paged_by_key_and_kept_to_the_area(desk: Client) -> None:
    codes = [row.code for row in desk.get("/desk/things/buildings/").context["page"].rows]
    assert codes == ["B-FRESH", SECRET[0]]
    overdue = desk.get("/desk/things/buildings/", {"overdue": "1", "grid": S04}).context["page"]
    assert [(row.code, row.overdue, row.grid_code) for row in overdue.rows] == [(SECRET[0], True, S04)]
    assert [row.code for row in desk.get("/desk/things/buildings/?after=B-FRESH").context["page"].rows] == [SECRET[0]]
    far = person_with("far", "grids.edit")
    far.memberships.update(territory="/3709/370911/")
    assert browser(far).get("/desk/things/buildings/").context["page"].rows == []
    assert browser(far).get(f"/desk/grids/{S04}/").status_code == 404


def test_one_thing_is_corrected_through_the_checks_of_a_file_and_remembers(desk: Client) -> None:
    address = f"/desk/things/buildings/{SECRET[0]}/"
    page = desk.get(address, headers={"accept-language": "en"})
    assert page.context["file"].row.overdue
    body = {
        **page.context["form"].initial,
        "residents": "12",
        "source": "走访",
        "as_of": "2026-11-01",
        "verify_by": "2027-11-01",
    }
    wrong = desk.post(address, {**body, "residents": "many", "verify_by": "2026-01-01"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) >= {"residents"}
    assert Building.objects.get(code=SECRET[0]).residents == 7
    assert desk.post(address, body).status_code == 302
    row = Building.objects.get(code=SECRET[0])
    assert (row.residents, row.source, str(row.verify_by)) == (12, "走访", "2027-11-01")
    (told,) = [one for one in desk.get(address).context["file"].history]
    assert told.changes["residents"] == ["7", "12"]
    assert AuditEntry.objects.get(action="things.corrected").data["fields"] == [
        "as_of",
        "residents",
        "source",
        "verify_by",
    ]
    late = desk.post(address, body)  # seen before the correction
    assert late.status_code == 422
    far = person_with("stranger", "grids.edit")
    far.memberships.update(territory="/3709/370911/")
    assert browser(far).get(address).status_code == 404
    assert desk.get("/desk/things/parts/nothing/").status_code == 404


def test_a_field_is_emptied_at_the_desk_but_not_one_that_must_say_something(desk: Client) -> None:
    address = f"/desk/things/buildings/{SECRET[0]}/"
    body = desk.get(address).context["form"].initial
    assert body["residents"] == "7"
    wrong = desk.post(address, {**body, "residents": "", "use": ""})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"use"}
    assert Building.objects.get(code=SECRET[0]).residents == 7
    assert desk.post(address, {**body, "residents": "", "verify_by": ""}).status_code == 302
    row = Building.objects.get(code=SECRET[0])
    assert (row.residents, row.verify_by, row.source) == (None, None, body["source"])
    (told,) = desk.get(address).context["file"].history
    assert (told.changes["residents"], told.changes["verify_by"]) == (["7", ""], [body["verify_by"], ""])
    seen = desk.get(address).context["form"].initial["seen"]
    assert desk.post(address, {"seen": seen, "residents": "9"}).status_code == 302  # what was not sent is kept
    row.refresh_from_db()
    assert (row.residents, row.source) == (9, body["source"])


def test_infrastructure_and_small_counts_are_on_no_public_page_layer_or_tile(desk: Client) -> None:
    anybody = Client()
    assert set(tiles.LAYERS) == {"divisions", "grids", "units"}
    names = {item["id"] for item in anybody.get("/ogc/collections?f=json").json()["collections"]}
    assert names.isdisjoint({"buildings", "parts", "equipment", "barriers"})
    assert not [name for name in names if any(word in name for word in ("build", "part", "equip", "barrier"))]
    for address in (f"/grids/{S04}/", f"/grids/{S04}/poster/", "/ogc/collections/grids-service/items?f=json&limit=50"):
        body = anybody.get(address).content.decode()
        assert S04 in body
        assert not [code for code in SECRET if code in body]
        assert "residents" not in body.lower()
    for layer in ("building", "buildings", "parts", "equipment", "barriers"):
        assert anybody.get(f"/tiles/{layer}/14/13526/6438.mvt").status_code == 404
    for address in ("/desk/things/buildings/", f"/desk/grids/{S04}/"):
        assert anybody.get(address).status_code == 302
