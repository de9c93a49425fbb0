"""Loading: faults with file and line, differences, and nothing twice."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import User
from grids.actions import load_duty_kinds
from grids.imports import export_divisions, export_duties, export_duty_kinds, export_town
from grids.models import Address, Division, Duty, Grid, GridVersion
from grids.queries import grid_worker
from grids.queries.roster import duty_kinds
from ledger.actors import CLOCK
from ledger.cityfolder import CityFolder
from ledger.clock import app_now
from tests.grids import small
from tests.grids.small import edit, load

pytestmark = pytest.mark.django_db
GRIDS, DIVISIONS = "town/grids.geojson", "town/divisions.geojson"


def faults(path: Path) -> list[str]:
    folder, _ = load(path)
    return [str(fault) for fault in folder.faults]


def features(path: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((path / name).read_text(encoding="utf-8"))
    return content


def put(path: Path, name: str, content: dict[str, Any]) -> None:
    (path / name).write_text(json.dumps(content), encoding="utf-8")


def test_loading_twice_changes_nothing(town: Path) -> None:
    folder, changes = load(town)
    assert folder.faults == []
    assert not any(changes.values())
    assert changes["load_divisions"].same == 6


def test_a_checking_run_writes_nothing(folder: Path) -> None:
    _, changes = load(folder, apply=False)
    assert changes["load_divisions"].added == 6
    assert not Division.objects.exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("divisions.csv", "370902001,甲", "370911001,甲", "divisions.csv:4: code: does not begin with the code of"),
        ("divisions.csv", "3709,试城", "37,试城", "divisions.csv:2: code: a city code has 4 digits"),
        ("divisions.csv", ",370902,2023-06-30", ",370902,30.6.2023", "divisions.csv:4: valid_from: is not a date"),
        ("divisions.csv", "试城,Test City", "试城,", "divisions.csv:2: name_zh: both names are needed"),
        ("divisions.csv", "370902001,", "370902900,", "divisions.csv:4: code: townships 900–999 are reserved"),
        ("divisions.csv", "parent_code", "above", "divisions.csv:1: parent_code: column is missing"),
        ("counties.geojson", '"370902"', '"370999"', "counties.geojson:2: code: no division '370999'"),
        (GRIDS, '"scheme":"service"', '"scheme":"church"', f"{GRIDS}:2: scheme: no scheme 'church'"),
        (GRIDS, '"type":"base"', '"type":"unit"', f"{GRIDS}:2: code: a grid of the service scheme is"),
        (GRIDS, '"code":"370902900006S02"', '"code":"370902900006S01"', f"{GRIDS}:3: code: 370902900006S01 stands"),
        (GRIDS, '"division":"370902900006"', '"division":"370902900003"', f"{GRIDS}:2: division: no village"),
        ("town/addresses.csv", ",house,", ",barn,", "town/addresses.csv:2: kind: is none of house"),
        ("city.json", '"code": "3709"', '"kode": "3709"', "city.json: is missing or names no city code"),
        ("counties.geojson", "{", "", "counties.geojson:1: is not JSON"),
    ],
)
def test_a_fault_names_file_line_and_column(folder: Path, file: str, old: str, new: str, expected: str) -> None:
    edit(folder / file, old, new)
    found = faults(folder)
    assert any(line.startswith(expected) for line in found), found
    assert not Division.objects.exists()


def test_the_wrong_code_is_told_even_if_the_line_is_deep_in_the_file(folder: Path) -> None:
    content = features(folder, GRIDS)
    content["features"][100]["properties"]["code"] = "370902900006ABC"
    put(folder, GRIDS, content)
    assert any(line.startswith(f"{GRIDS}:102: code: ends in three digits") for line in faults(folder))


def test_a_boundary_that_crosses_itself_is_refused(folder: Path) -> None:
    content = features(folder, GRIDS)
    ring = content["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[6] = ring[6], ring[1]
    put(folder, GRIDS, content)
    assert any("crosses itself" in line for line in faults(folder))


def test_an_overlap_of_one_step_of_the_lattice_is_refused(folder: Path) -> None:
    content = features(folder, GRIDS)
    ring = content["features"][0]["geometry"]["coordinates"][0]
    inner = next(k for k in range(1, len(ring) - 1) if _shared(content, ring[k]))
    outward = -1e-8 if ring[inner][0] == min(point[0] for point in ring) else 1e-8
    ring[inner] = [round(ring[inner][0] + outward, 8), round(ring[inner][1] + outward, 8)]
    put(folder, GRIDS, content)
    found = faults(folder)
    assert any("overlaps 3709029000" in line or "do not fill village" in line for line in found), found


def _shared(content: dict[str, Any], point: list[float]) -> bool:
    service = [item for item in content["features"] if item["properties"]["scheme"] == "service"]
    return sum(point in item["geometry"]["coordinates"][0] for item in service) > 2


def test_a_gap_between_grids_is_refused(folder: Path) -> None:
    content = features(folder, GRIDS)
    del content["features"][3]
    put(folder, GRIDS, content)
    assert any("do not fill village 370902900006 exactly" in line for line in faults(folder))


def test_a_changed_boundary_needs_a_later_day(town: Path) -> None:
    _move_line(town, valid_from="2026-01-05")
    assert any("needs a valid_from after 2026-01-05" in line for line in faults(town))


def test_a_changed_boundary_becomes_a_new_version_and_the_old_one_stays(town: Path) -> None:
    codes = _move_line(town, valid_from="2026-10-01")
    assert faults(town) == []
    versions = GridVersion.objects.filter(grid__code=codes[0]).order_by("number")
    assert [(row.number, row.valid.lower, row.valid.upper) for row in versions] == [
        (1, date(2026, 1, 5), date(2026, 10, 1)),
        (2, date(2026, 10, 1), None),
    ]
    assert GridVersion.objects.filter(number=2).count() == len(codes)


def _move_line(folder: Path, valid_from: str) -> list[str]:
    """Move one inner node that service grids of the village share by 1e-8°."""
    content = features(folder, GRIDS)
    outlines = {
        tuple(point) for item in features(folder, DIVISIONS)["features"] for point in item["geometry"]["coordinates"][0]
    }
    service = [item for item in content["features"] if item["properties"]["scheme"] == "service"]
    node = next(
        point for item in service for point in item["geometry"]["coordinates"][0] if tuple(point) not in outlines
    )
    moved = [round(node[0] + 1e-8, 8), node[1]]
    codes = []
    for item in service:
        ring = item["geometry"]["coordinates"][0]
        if node in ring:
            item["geometry"]["coordinates"][0] = [moved if point == node else point for point in ring]
            item["properties"]["valid_from"] = valid_from
            codes.append(item["properties"]["code"])
    put(folder, GRIDS, content)
    return codes


def test_a_corrected_name_changes_the_row_and_a_later_name_begins_a_new_period(town: Path) -> None:
    edit(town / "divisions.csv", "甲街道,Jia", "乙街道,Yi")
    load(town)
    assert Division.objects.get(code="370902001").name_zh == "乙街道"
    edit(
        town / "divisions.csv",
        "乙街道,Yi Subdistrict,township,370902,2023-06-30",
        "丙街道,Bing,township,370902,2026-01-01",
    )
    load(town)
    rows = Division.objects.filter(code="370902001").order_by("valid")
    assert [(row.name_zh, row.valid.upper) for row in rows] == [("乙街道", date(2026, 1, 1)), ("丙街道", None)]


def test_a_division_that_is_gone_is_ended_not_deleted(town: Path) -> None:
    edit(town / "divisions.csv", "370902001,甲街道,Jia Subdistrict,township,370902,2023-06-30\n", "")
    _, changes = load(town)
    assert changes["load_divisions"].ended == 1
    assert Division.objects.get(code="370902001").valid.upper is not None


def test_grids_of_a_village_that_is_dissolved_are_retired_and_keep_their_versions(town: Path) -> None:
    content = features(town, GRIDS)
    content["features"] = [item for item in content["features"] if item["properties"]["scheme"] == "service"]
    put(town, GRIDS, content)
    load(town)
    units = Grid.objects.filter(scheme__code="management")
    assert units.count() > 50
    assert not units.filter(retired_at=None).exists()
    assert GridVersion.objects.filter(scheme__code="management").count() == units.count()


def test_addresses_follow_the_file(town: Path) -> None:
    before = Address.objects.count()
    lines = (town / "town/addresses.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (town / "town/addresses.csv").write_text("".join(lines[:-1]).replace("1号,", "1号甲,"), encoding="utf-8")
    load(town)
    assert Address.objects.count() == before - 1
    assert Address.objects.filter(text_zh__endswith="号甲").exists()


def _roster(folder: Path, *rows: tuple[str, ...]) -> None:
    with (folder / "town/duties.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("grid", "worker", "deputy", "valid_from"), *rows])


def test_the_roster_names_a_worker_and_a_deputy_and_a_change_begins_on_its_day(town: Path) -> None:
    users = {name: User.objects.create(username=name) for name in ("wang", "li", "zhao")}
    _roster(town, ("370902900006S01", "wang", "li", "2026-01-05"))
    assert load(town, users=tuple(users))[0].faults == []
    grid = Grid.objects.get(code="370902900006S01")
    assert grid_worker(grid.pk, date(2026, 2, 1)) == (users["wang"].pk, users["li"].pk)
    _roster(town, ("370902900006S01", "zhao", "li", "2026-09-01"))
    assert load(town, users=tuple(users))[0].faults == []
    assert grid_worker(grid.pk, date(2026, 8, 31))[0] == users["wang"].pk
    assert grid_worker(grid.pk, date(2026, 9, 1)) == (users["zhao"].pk, users["li"].pk)
    assert Duty.objects.count() == 3
    assert export_duties()["town/duties.csv"].splitlines()[1].startswith("370902900006S01,zhao,li,")


def test_what_the_roster_changed_later_stays_when_the_folder_is_loaded_again(town: Path) -> None:
    users = {name: User.objects.create(username=name) for name in ("wang", "li", "zhao")}
    _roster(town, ("370902900006S01", "wang", "", "2026-01-05"), ("370902900006S02", "wang", "li", "2026-01-05"))
    assert load(town, users=tuple(users))[0].faults == []
    first, second = (Grid.objects.get(code=f"370902900006S0{n}") for n in (1, 2))
    later = DateRange(date(2026, 3, 1), None)
    before = DateRange(date(2026, 1, 5), date(2026, 3, 1))
    Duty.objects.filter(grid=first).update(valid=before)
    Duty.objects.create(grid=first, user=users["zhao"], post="worker", valid=later, given_by=users["li"])
    Duty.objects.create(grid=first, user=users["li"], post="deputy", valid=later, given_by=users["li"])
    Duty.objects.filter(grid=second, post="deputy").update(valid=before)  # left vacant
    found, changes = load(town, users=tuple(users))
    assert found.faults == []
    assert not changes["load_duties"]
    assert grid_worker(first.pk, date(2026, 4, 1)) == (users["zhao"].pk, users["li"].pk)
    assert grid_worker(second.pk, date(2026, 4, 1)) == (users["wang"].pk, None)


def test_the_catalogue_of_duties_comes_from_its_file_and_goes_back(town: Path) -> None:
    path = town / "duty_kinds.csv"
    text = "code,name_zh,name_en,valid_from\nvisits,走访,Visits,2026-01-01\nsafety,安全,Safety,2026-01-01\n"
    path.write_text(text, encoding="utf-8")
    for apply, counts in ((False, (2, 0)), (True, (2, 0)), (True, (0, 2))):
        change = load_duty_kinds(CityFolder(town), apply=apply, actor=CLOCK, now=app_now())
        assert (change.added, change.same) == counts
    assert export_duty_kinds() == {"duty_kinds.csv": text}
    path.write_text(text.replace("safety,安全,Safety,2026-01-01\n", ""), encoding="utf-8")
    load_duty_kinds(CityFolder(town), apply=True, actor=CLOCK, now=app_now())
    assert [kind.code for kind in duty_kinds(on=date(2099, 1, 1))] == ["visits"]
    path.write_text(text.replace("安全", ""), encoding="utf-8")
    broken = CityFolder(town)
    load_duty_kinds(broken, apply=False, actor=CLOCK, now=app_now())
    assert [str(fault) for fault in broken.faults] == ["duty_kinds.csv:3: code: code and both names are needed"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("370902900006S99", "wang", "li", "2026-01-05"), "grid: no grid '370902900006S99'"),
        (("370902900006S01", "", "li", "2026-01-05"), "worker: a worker is needed"),
        (("370902900006S01", "wang", "wang", "2026-01-05"), "deputy: is the worker"),
        (("370902900006S01", "nobody", "", "2026-01-05"), "worker: no user 'nobody'"),
    ],
)
def test_a_wrong_roster_is_told_by_line(folder: Path, row: tuple[str, ...], words: str) -> None:
    _roster(folder, row)
    found, _ = load(folder, users=("wang", "li"))
    assert f"town/duties.csv:2: {words}" in [str(fault) for fault in found.faults]


def test_what_is_exported_is_what_was_loaded(town: Path) -> None:
    files = export_divisions() | export_town()
    for name, text in files.items():
        if name != "counties.geojson":
            assert text == (town / name).read_text(encoding="utf-8"), name
    assert json.loads(files["counties.geojson"])["features"][0]["geometry"]["coordinates"][0][0] == small.COUNTY
