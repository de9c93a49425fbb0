"""What stands in a grid: the database says where, a file comes in whole or not at all, and things follow a redraw."""

import io
import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import geopandas
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.demo_identity import demo_credit_code
from accounts.models import Organisation, User
from grids.datum import from_wgs84
from grids.models import Address, Barrier, Building, CityPart, Equipment, GridVersion, Premises, ThingChange
from ledger.actions import install_test_clock, redeem_due, start_job
from ledger.actors import CLOCK
from ledger.clock import app_now
from ledger.models import ImportRun
from ledger.queries import import_run
from tests.accounts.world import browser
from tests.grids.layer_files import in_this_process
from tests.grids.zoning_world import S04, VILLAGE, actor_of, person_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tool_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)


@pytest.fixture
def clerk(town: Path) -> Any:
    install_test_clock()
    return person_with("clerk", "grids.edit")


@pytest.fixture
def desk(clerk: Any) -> Client:
    return browser(clerk)


def middle(code: str = S04) -> tuple[float, float]:
    point = GridVersion.objects.get(grid__code=code).boundary.point_on_surface
    return round(point.x, 8), round(point.y, 8)


def sent(desk: Client, kind: str, data: bytes, name: str, **choices: str) -> ImportRun:
    """Upload, say source and day for the whole file, check."""
    answer = desk.post(f"/desk/imports/new/{kind}/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()[:800]
    redeem_due()
    run = ImportRun.objects.get(pk=answer["Location"].strip("/").rsplit("/", 1)[1])
    assert run.state in ("parsed", "checked"), run.message
    page = import_run(actor_of_last(run), run.pk)
    assert page is not None
    given = {"source": "2026 年普查", "as_of": "2026-01-31"} | choices
    values = {f"choose-{choice.key}": given.get(choice.key, choice.value) for choice in page.choices}
    values |= {column.key: "" if column.place is None else str(column.place) for column in page.columns}
    answer = desk.post(f"/desk/imports/{run.pk}/columns/", values)
    assert answer.status_code == 302, answer.content.decode()[:800]
    redeem_due()
    run.refresh_from_db()
    return run


def actor_of_last(run: ImportRun) -> Any:
    return actor_of(User.objects.get(pk=run.actor_id))


def faults(run: ImportRun) -> list[tuple[int, str, str]]:
    return list(run.faults.order_by("row", "pk").values_list("row", "column", "message"))


def commit(desk: Client, run: ImportRun) -> None:
    desk.post(f"/desk/imports/{run.pk}/commit/")
    redeem_due()
    run.refresh_from_db()
    assert run.state == "committed", (run.message, faults(run))


def buildings(**more: Any) -> bytes:
    lon, lat = middle()
    ring = [[lon, lat], [lon + 1e-4, lat], [lon + 1e-4, lat + 1e-4], [lon, lat + 1e-4], [lon, lat]]
    facts = {"code": "B1", "name": "一号楼", "use": "home", "storeys": 6, "residents": 14, "households": 5, **more}
    shapes = ({"type": "Polygon", "coordinates": [ring]}, {"type": "Point", "coordinates": [lon, lat]})
    features = [
        {"type": "Feature", "properties": facts | {"code": code}, "geometry": shape}
        for code, shape in zip(("B1", "B2"), shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_buildings_come_from_a_layer_and_the_database_says_where_they_belong(desk: Client, clerk: Any) -> None:
    run = sent(desk, "grids.buildings", buildings(), "b.geojson")
    assert (run.state, faults(run)) == ("checked", [])
    assert run.changes["added"] == 2
    assert not Building.objects.exists()
    commit(desk, run)
    first, second = Building.objects.order_by("code")
    assert first.shape is not None and second.shape is None
    assert {row.service_version.grid.code for row in (first, second)} == {S04}
    assert first.management_version.grid.code.startswith(VILLAGE)
    assert first.path.endswith(f"/{VILLAGE}/{S04}/")
    assert (first.source, first.as_of, first.illustrative) == ("2026 年普查", date(2026, 1, 31), False)


def test_a_second_import_shows_and_writes_the_difference_and_keeps_what_it_does_not_say(
    desk: Client, clerk: Any
) -> None:
    commit(desk, sent(desk, "grids.buildings", buildings(), "b.geojson"))
    data = json.loads(buildings(storeys=7))
    for feature in data["features"]:
        del feature["properties"]["residents"]
    del data["features"][1]
    run = sent(desk, "grids.buildings", json.dumps(data).encode(), "c.geojson", as_of="2026-01-31")
    assert {name: run.changes[name] for name in ("added", "changed", "same")} == {"added": 0, "changed": 1, "same": 0}
    assert run.changes["lines"] == ["~ B1 storeys: 6 → 7"]
    commit(desk, run)
    row = Building.objects.get(code="B1")
    assert (row.storeys, row.residents, Building.objects.count()) == (7, 14, 2)
    assert ThingChange.objects.filter(code="B1").latest("pk").changes == {"storeys": ["6", "7"]}


def test_a_house_number_is_counted_once(desk: Client, clerk: Any) -> None:
    house = Address.objects.filter(kind="house", households__gt=0).first()
    assert house is not None
    run = sent(desk, "grids.buildings", buildings(house=house.code, households=house.households + 1), "b.geojson")
    messages = [(row, column) for row, column, _words in faults(run)]
    assert ("households" in {column for _row, column in messages}) and not Building.objects.exists()
    data = json.loads(buildings(house=house.code, households=house.households))
    del data["features"][1]
    commit(desk, sent(desk, "grids.buildings", json.dumps(data).encode(), "c.geojson"))
    row = Building.objects.get()
    assert (row.house, row.households) == (house, None)


def test_a_fault_names_row_field_and_place_and_nothing_is_written(desk: Client, clerk: Any) -> None:
    lon, lat = middle()
    rows = [
        "code,lon,lat,department,state",
        f"3709020137000001,{lon},{lat},clerk,sound",
        f"370902013700000,{lon},{lat},clerk,sound",
        f"3709029937000001,{lon},{lat},clerk,sound",
        f"3709110137000001,{lon},{lat},clerk,sound",
        f"3709020137000002,{lon},{lat},nobody,sound",
        "3709020137000003,116.0,39.0,clerk,sound",
        f"3709020137000004,{lat},{lon},clerk,sound",
        f"3709020137000005,,{lat},clerk,sound",
        f"3709020137000006,{lon},{lat},clerk,lost",
    ]
    run = sent(desk, "grids.parts", "\n".join(rows).encode(), "parts.csv")
    found = {(row, column) for row, column, _words in faults(run)}
    expected = {(3, "code"), (4, "code"), (5, "code"), (6, "department"), (7, ""), (8, ""), (9, ""), (10, "state")}
    assert found == expected, faults(run)
    placed = run.faults.get(row=7)
    assert (placed.lon, placed.lat) == (116.0, 39.0)
    assert "116.0000000, 39.0000000" in placed.message
    assert not CityPart.objects.exists()
    run = sent(desk, "grids.parts", "\n".join(rows[:2]).encode(), "one.csv")
    commit(desk, run)
    part = CityPart.objects.get()
    assert part.department.code == "clerk"
    assert part.service_version.grid.code == S04


def test_a_shifted_file_lands_where_it_lies(desk: Client, clerk: Any) -> None:
    lon, lat = from_wgs84(*middle(), "gcj02")
    text = f"code,kind,lon,lat,custodian\nC1,camera,{lon},{lat},clerk\n"
    commit(desk, sent(desk, "grids.equipment", text.encode(), "e.csv", datum="gcj02"))
    row = Equipment.objects.get()
    assert (row.point.x, row.point.y) == pytest.approx(middle(), abs=2e-7)
    assert row.custodian == clerk


def test_barriers_are_lines_and_belong_to_the_division_around_them(desk: Client, clerk: Any) -> None:
    lon, lat = middle()
    frame = geopandas.GeoDataFrame(
        {"code": ["R1"], "kind": ["river"], "strength": [0.9]},
        geometry=geopandas.GeoSeries.from_wkt([f"LINESTRING ({lon} {lat}, {lon + 0.002} {lat})"]),
        crs="EPSG:4326",
    )
    out = io.BytesIO()
    frame.to_file(out, driver="GPKG", layer="lines")
    commit(desk, sent(desk, "grids.barriers", out.getvalue(), "b.gpkg"))
    row = Barrier.objects.get()
    assert (row.kind, row.strength, len(row.line.coords)) == ("river", 0.9, 2)
    assert "370902" in row.path


def test_another_area_is_not_written_to(desk: Client, clerk: Any) -> None:
    clerk.memberships.update(territory="/3709/370911/")
    run = sent(desk, "grids.buildings", buildings(), "b.geojson")
    assert [row for row, _column, _words in faults(run)] == [1, 2]


def test_things_follow_a_change_of_boundaries_and_say_so_until_they_have(desk: Client, clerk: Any) -> None:
    commit(desk, sent(desk, "grids.buildings", buildings(), "b.geojson"))
    before = GridVersion.objects.get(grid__code=S04)
    day = before.valid.lower + timedelta(days=1)
    GridVersion.objects.filter(pk=before.pk).update(valid=(before.valid.lower, day))
    after = GridVersion.objects.create(
        grid=before.grid, scheme=before.scheme, number=2, boundary=before.boundary, area=before.area, valid=(day, None)
    )
    assert {row.service_version_id for row in Building.objects.all()} == {before.pk}
    start_job(kind="grids.things", params={"path": before.grid.division.path}, actor=CLOCK, now=app_now())
    redeem_due()
    assert {row.service_version_id for row in Building.objects.all()} == {after.pk}


def test_premises_belong_to_the_organisation_of_their_credit_code(desk: Client) -> None:
    lon, lat = middle()
    good = demo_credit_code(Random(1))
    rows = [
        "code,name_zh,kind,credit_code,address,industry,staff,lon,lat",
        f"U1,示范机械厂,company,{good.lower()},示范路1号,C3484,24,{lon},{lat}",
        f"U2,示范机械厂门市部,company,{good},示范路2号,F5212,3,{lon},{lat}",
        f"U3,早餐摊,trader,,示范路3号,H6241,2,{lon},{lat}",
    ]
    wrong = [f"U4,甲,company,{good[:-1]}*,,,,{lon},{lat}", f"U5,乙,shop,,,X1,-1,{lon},{lat}"]
    run = sent(desk, "grids.premises", "\n".join([*rows, *wrong]).encode(), "u.csv")
    found = {(row, column) for row, column, _words in faults(run)}
    assert found == {(5, "credit_code"), (6, "kind"), (6, "industry"), (6, "staff")}, faults(run)
    assert not Premises.objects.exists()
    commit(desk, sent(desk, "grids.premises", "\n".join(rows).encode(), "good.csv"))
    organisation = Organisation.objects.get(credit_code=good)
    assert organisation.name == "示范机械厂"
    assert list(organisation.premises.order_by("code").values_list("code", flat=True)) == ["U1", "U2"]
    trader = Premises.objects.get(code="U3")
    assert (trader.organisation, trader.service_version.grid.code) == (None, S04)
    assert "示范机械厂" in desk.get(f"/desk/things/premises/?grid={S04}").content.decode()
    assert desk.get(f"/desk/grids/{S04}/").context["counts"].premises == 3
    commit(desk, sent(desk, "grids.premises", f"{rows[0]}\nU1,示范机械厂,company,,,,,{lon},{lat}".encode(), "same.csv"))
    assert Premises.objects.get(code="U1").organisation == organisation  # an empty cell keeps what is there
