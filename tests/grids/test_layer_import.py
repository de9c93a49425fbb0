"""A layer on its way into drafts: read, placed, checked beside what exists, and written with the last step only."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from grids import queries
from grids.models import BoundaryDraft
from grids.queries.drafts import DraftState
from grids.rules.coverage import canonical, exact
from ledger.actions import install_test_clock, redeem_due
from ledger.models import ImportRun
from ledger.queries import import_run
from tests.accounts.world import browser
from tests.grids import small
from tests.grids.layer_files import archive, gbk, in_this_process, parts_of
from tests.grids.zoning_world import VILLAGE, actor_of, person_with, state

pytestmark = pytest.mark.django_db
FILES = "/desk/zoning/files/"


@pytest.fixture(autouse=True)
def tool_in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "gbk" not in request.node.name:
        in_this_process(monkeypatch)


@pytest.fixture
def clerk(town: Path) -> User:
    install_test_clock()
    return person_with("clerk", "grids.edit")


@pytest.fixture
def desk(clerk: User) -> Client:
    return browser(clerk)


def exported(desk: Client, form: str, **more: str) -> bytes:
    query = {"division": VILLAGE, "scheme": "service", "date": str(queries.today()), "datum": "wgs84", "format": form}
    answer = desk.post(f"{FILES}export/", query | more)
    assert answer.status_code == 302, answer.content.decode()[:500]
    redeem_due()
    file = desk.get(f"{answer['Location']}file/")
    assert file.status_code == 200, desk.get(answer["Location"]).content.decode()
    return bytes(file.content)


def uploaded(desk: Client, data: bytes, name: str, **more: str) -> UUID:
    values = {"scheme": "service", "title": "外部图层", **more}
    answer = desk.post(f"{FILES}import/", {**values, "file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()[:500]
    redeem_due()
    return UUID(answer["Location"].strip("/").rsplit("/", 1)[1])


def page_of(clerk: User, run: UUID) -> Any:
    page = import_run(actor_of(clerk), run)
    assert page is not None
    return page


def committed(desk: Client, run: UUID) -> list[int]:
    desk.post(f"/desk/imports/{run}/commit/")
    redeem_due()
    found = ImportRun.objects.get(pk=run)
    assert found.state == "committed", found.message
    return [item["id"] for item in found.facts["drafts"]]


def moved(found: DraftState) -> float:
    """The most that a vertex lies from where it was, in hundred-millionths of a degree."""
    pairs = [
        (node, before)
        for code, part in found.parts.items()
        for node, before in zip(canonical(part.ring), canonical(found.base[code].ring), strict=True)
    ]
    return max(max(abs(a[0] - b[0]), abs(a[1] - b[1])) for a, b in pairs)


ENDINGS = {"shp": "zip"}
EXACT = [(form, "wgs84") for form in ("geojson", "gpkg", "shp", "kml", "csv", "xlsx")]
EXACT += [("gpkg", "cgcs2000"), ("gpkg", "epsg4548"), ("shp", "epsg4527"), ("shp", "epsg4548")]


@pytest.mark.parametrize(("form", "datum"), EXACT)
def test_what_is_exported_and_imported_again_is_the_same_to_the_last_unit(
    desk: Client, clerk: User, form: str, datum: str
) -> None:
    data = exported(desk, form, datum=datum)
    run = uploaded(desk, data, f"grids.{ENDINGS.get(form, form)}")
    page = page_of(clerk, run)
    assert (page.state, page.message, page.faults) == ("checked", "", [])
    assert page.facts["chosen"] == datum
    assert page.facts["best"]
    assert not BoundaryDraft.objects.exists()
    (draft,) = committed(desk, run)
    found = state(draft, actor_of(clerk))
    assert found.changes() == []
    assert len(found.parts) == 12


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_shifted_file_without_a_word_about_it_is_recognised(desk: Client, clerk: User, datum: str) -> None:
    run = uploaded(desk, exported(desk, "csv", datum=datum), "grids.csv")
    page = page_of(clerk, run)
    assert (page.facts["best"], page.facts["chosen"], page.faults) == (datum, datum, [])
    found = state(committed(desk, run)[0], actor_of(clerk))
    assert moved(found) <= 2


def test_a_gbk_shapefile_in_the_wrong_datum_is_warned_about_and_corrected(desk: Client, clerk: User) -> None:
    """The file says WGS-84 and is GCJ-02: what a phone map exports."""
    shifted = parts_of(exported(desk, "shp", datum="gcj02"))
    shifted["grids.prj"] = parts_of(exported(desk, "shp"))["grids.prj"]
    run = uploaded(desk, gbk(archive(shifted)), "宁阳.zip")
    page = page_of(clerk, run)
    assert (page.facts["encoding"], page.facts["stated"], page.facts["best"]) == ("GB18030", "EPSG:4326", "gcj02")
    metres = {item["datum"]: item["metres"] for item in page.facts["offsets"]}
    assert 500 < metres["wgs84"] < 560
    assert metres["gcj02"] < 0.1
    (fault,) = [fault for fault in page.faults if fault.row == 0]
    assert "GCJ-02" in fault.message
    assert f"{metres['wgs84']:,.0f} 米" in fault.message
    shown = desk.get(f"/desk/imports/{run}/").content.decode()
    assert f"{metres['wgs84']:.1f}" in shown
    desk.post(f"/desk/imports/{run}/commit/")
    assert not BoundaryDraft.objects.exists()
    choose(desk, page, datum="gcj02")
    page = page_of(clerk, run)
    assert page.faults == []
    found = state(committed(desk, run)[0], actor_of(clerk))
    assert moved(found) <= 2
    assert {part.name_zh for part in found.parts.values()} == {part.name_zh for part in found.base.values()}


def choose(desk: Client, page: Any, **choices: str) -> None:
    """What a person does on the page of the import: all the same, but for what is chosen otherwise."""
    values = {f"choose-{choice.key}": choices.get(choice.key, choice.value) for choice in page.choices}
    values |= {column.key: "" if column.place is None else column.place for column in page.columns}
    answer = desk.post(f"/desk/imports/{page.id}/columns/", values)
    assert answer.status_code == 302, answer.content.decode()[:500]
    redeem_due()


def test_who_is_sure_of_a_strange_datum_may_go_on_with_it(desk: Client, clerk: User) -> None:
    run = uploaded(desk, exported(desk, "geojson", datum="gcj02"), "a.geojson")
    page = page_of(clerk, run)
    assert [fault.row for fault in page.faults] == [0]
    choose(desk, page, sure="yes")
    page = page_of(clerk, run)
    assert {fault.warning for fault in page.faults} == {True}
    assert any("越出" in fault.message for fault in page.faults)
    committed(desk, run)


def test_features_without_a_code_go_to_the_village_that_holds_most_of_them(desk: Client, clerk: User) -> None:
    whole = json.loads(exported(desk, "geojson", division="", scheme="service"))
    for feature in whole["features"]:
        feature["properties"] = {"name": feature["properties"]["name_zh"]}
        ring = feature["geometry"]["coordinates"]
        feature["geometry"] = {"type": "MultiPolygon", "coordinates": [[[[*place, 12.5] for place in ring[0]]]]}
    run = uploaded(desk, json.dumps(whole).encode(), "all.geojson")
    page = page_of(clerk, run)
    assert (page.state, page.message, page.faults) == ("checked", "", [])
    assert {row["code"] for row in page.facts["villages"]} == set(small.VILLAGES)
    drafts = committed(desk, run)
    assert len(drafts) == 2
    found = state(drafts[0], actor_of(clerk))
    assert exact(found.rings, found.outline)
    assert not set(found.parts) & set(found.base)  # new grids get new codes


def test_an_overlap_is_shown_with_its_place_and_mended_in_the_draft(desk: Client, clerk: User) -> None:
    data = json.loads(exported(desk, "geojson"))
    ring = data["features"][3]["geometry"]["coordinates"][0]
    middle = [sum(place[axis] for place in ring[:-1]) / (len(ring) - 1) for axis in (0, 1)]
    ring[1] = [round(ring[1][axis] + (ring[1][axis] - middle[axis]) / 4, 8) for axis in (0, 1)]
    run = uploaded(desk, json.dumps(data).encode(), "a.geojson")
    page = page_of(clerk, run)
    assert page.faults_found == 0
    assert {fault.warning for fault in page.faults} == {True}
    assert all(fault.lon and fault.lat for fault in page.faults)
    shapes = desk.get(f"{FILES}{run}/map.json").json()
    assert len(shapes["features"]) == 12
    shown = desk.get(f"/desk/imports/{run}/").content.decode()
    assert f'data-lon="{page.faults[0].lon}' in shown
    committed(desk, run)


def test_a_layer_of_another_territory_is_not_taken(desk: Client, town: Path) -> None:
    data = exported(desk, "geojson")
    far = person_with("far", "grids.edit")
    far.memberships.update(territory="/3709/370911/")
    run = uploaded(browser(far), data, "a.geojson")
    page = page_of(far, run)
    assert page.faults_found == 12
    assert VILLAGE in page.faults[0].message


def test_a_layer_can_be_given_up(desk: Client, clerk: User) -> None:
    run = uploaded(desk, exported(desk, "geojson"), "a.geojson")
    desk.post(f"/desk/imports/{run}/cancel/")
    assert page_of(clerk, run).state == "cancelled"
    assert desk.get(f"{FILES}{run}/map.json").json()["features"] == []
    assert not BoundaryDraft.objects.exists()
