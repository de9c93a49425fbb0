"""Files on their way out: written by a worker, fetched by who asked, stopped in the middle, gone after three days."""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import geopandas
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.demo_identity import demo_credit_code
from accounts.models import User
from grids.actions import load_things
from grids.imports.thing_kinds import THINGS
from grids.models import GridVersion, Scheme
from grids.town.things import HEADERS
from ledger import progress
from ledger.actions import cancel_job, erase_exports, install_test_clock, redeem_due
from ledger.actions import jobs as job_actions
from ledger.actors import CLOCK
from ledger.cityfolder import CityFolder, to_csv
from ledger.clock import app_now
from ledger.gateways.private import EXPORTS, private_stems
from ledger.models import AuditEntry, ImportRun, Job
from ledger.progress import Stopped, reporting, tick
from ledger.queries import import_run
from tests.accounts.world import browser
from tests.grids.layer_files import in_this_process
from tests.grids.zoning_world import S04, VILLAGE, actor_of, person_with

pytestmark = pytest.mark.django_db
Committed = Callable[..., AbstractContextManager[Any]]
FILES = "/desk/zoning/files/"


@pytest.fixture(autouse=True)
def tool_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)


ORIGIN = ("示意数据", "2026-01-05", "2027-01-05")


@pytest.fixture
def clerk(town: Path) -> User:
    install_test_clock()
    point = GridVersion.objects.get(grid__code=S04).boundary.point_on_surface
    lon, lat = round(point.x, 8), round(point.y, 8)
    corners = ((0.0, 0.0), (1e-4, 0.0), (1.23e-4, 1e-4), (0.0, 1e-4))
    ring = ",".join(f"{lon + x:.8f} {lat + y:.8f}" for x, y in corners)
    at, line = f"point:{lon} {lat}", f"line:{lon} {lat},{lon + 1e-3:.8f} {lat:.8f},{lon + 1e-3:.8f} {lat + 1e-3:.8f}"
    credit = demo_credit_code(Random(1))
    rows: dict[str, list[Sequence[object]]] = {
        "buildings": [
            ("B1", "一号楼", "Block 1", "", 5, 14, 6, "home", 0, *ORIGIN, ring),
            ("B2", "市场", "Market", "", 0, 0, 2, "market", 60, *ORIGIN, at),
        ],
        "parts": [
            ("3709020137000001", "路灯", "Lamp", "GB/T 30428.2-2013", "", "某局", "养护队", "sound", *ORIGIN, at)
        ],
        "equipment": [
            (
                "E1",
                "摄像机",
                "Camera",
                "camera",
                "SN1",
                "",
                "某局",
                "",
                "in_use",
                "2025-12-20",
                "2026-12-20",
                *ORIGIN,
                at,
            )
        ],
        "premises": [("U1", "便民超市", "Shop", "trader", credit, "和平路一号", "F5212", 3, "open", *ORIGIN, at)],
        "barriers": [("X1", "主路", "Main road", "road", 0.6, *ORIGIN, line)],
    }
    for kind, cells in rows.items():
        (town / f"town/{kind}.csv").write_text(to_csv(HEADERS[kind], cells), encoding="utf-8")
    folder = CityFolder(town)
    load_things(folder, apply=True, actor=CLOCK, now=app_now())
    assert folder.faults == []
    return person_with("clerk", "grids.edit", "grids.read")


@pytest.fixture
def desk(clerk: User) -> Client:
    return browser(clerk)


def asked(desk: Client, kind: str, **more: str) -> str:
    """The page of the export."""
    answer = desk.post(f"/desk/things/{kind}/export/", {"datum": "wgs84", "format": "csv"} | more)
    assert answer.status_code == 302
    return str(answer["Location"])


def fetched(desk: Client, kind: str, **more: str) -> bytes:
    page = asked(desk, kind, **more)
    redeem_due()
    file = desk.get(f"{page}file/")
    assert file.status_code == 200, desk.get(page).content.decode()
    return bytes(file.content)


def job_of(page: str) -> UUID:
    return UUID(page.strip("/").rsplit("/", 1)[1])


FORMS = [
    (kind, form) for kind in ("buildings", "barriers", "parts") for form in ("csv", "xlsx", "geojson", "gpkg", "shp")
]


@pytest.mark.parametrize(("kind", "form"), [*FORMS, ("buildings", "kml"), ("equipment", "csv"), ("premises", "csv")])
def test_things_that_are_exported_and_imported_again_are_the_same(
    desk: Client, clerk: User, tmp_path: Path, kind: str, form: str
) -> None:
    number = THINGS[kind].model.objects.count()
    assert number > 0
    data = fetched(desk, kind, format=form)
    if form == "shp":
        assert sorted(read_shapefile(data, tmp_path)) == sorted(
            THINGS[kind].model.objects.values_list("code", flat=True)
        )
        return
    name = f"things.{form}"
    answer = desk.post(f"/desk/imports/new/grids.{kind}/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()[:500]
    redeem_due()
    run = ImportRun.objects.get(pk=answer["Location"].strip("/").rsplit("/", 1)[1])
    page = import_run(actor_of(clerk), run.pk)
    assert page is not None
    if run.state == "parsed":
        values = {f"choose-{choice.key}": choice.value for choice in page.choices}
        values |= {column.key: "" if column.place is None else str(column.place) for column in page.columns}
        desk.post(f"/desk/imports/{run.pk}/columns/", values)
        redeem_due()
        page = import_run(actor_of(clerk), run.pk)
        assert page is not None
    run.refresh_from_db()
    assert (run.state, [(fault.row, fault.message) for fault in page.faults][:3]) == ("checked", [])
    assert {key: run.changes[key] for key in ("added", "changed", "ended", "same")} == {
        "added": 0, "changed": 0, "ended": 0, "same": number,
    }  # fmt: skip


def read_shapefile(data: bytes, folder: Path) -> list[str]:
    """Codes of all layers of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    return [code for file in folder.glob("*.shp") for code in geopandas.read_file(file)["code"]]


def test_things_of_one_grid_and_of_nobody_elses_area(desk: Client) -> None:
    rows = fetched(desk, "buildings", grid=S04).decode("utf-8-sig").splitlines()
    inside = THINGS["buildings"].model.objects.filter(service_version__grid__code=S04)
    assert {line.split(",", 1)[0] for line in rows[1:]} == set(inside.values_list("code", flat=True))
    far = person_with("far", "grids.edit", "grids.read")
    far.memberships.update(territory="/3709/370911/")
    page = asked(browser(far), "buildings")
    redeem_due()
    shown = browser(far).get(page).content.decode()
    assert Job.objects.get(pk=job_of(page)).state == "failed"
    assert "There is nothing of this kind in your area." in shown or "您的辖区内没有这类要素。" in shown


def test_a_shapefile_in_gb18030_says_so_and_keeps_every_name(desk: Client, tmp_path: Path) -> None:
    scheme = Scheme.objects.get(code="service").code
    today = app_now().date().isoformat()
    values = {"division": VILLAGE, "scheme": scheme, "date": today, "datum": "cgcs2000", "format": "shp_gbk"}
    page = desk.post(f"{FILES}export/", values)["Location"]
    redeem_due()
    with zipfile.ZipFile(io.BytesIO(desk.get(f"{page}file/").content)) as archive:
        archive.extractall(tmp_path)
    assert (tmp_path / "grids.cpg").read_text().strip() in ("GB18030", "54936")
    frame = geopandas.read_file(tmp_path / "grids.shp")
    raw = (tmp_path / "grids.dbf").read_bytes()
    assert all(name.encode("gb18030") in raw for name in frame["name_zh"])
    assert all("网格" in name for name in frame["name_zh"])


def test_only_who_asked_fetches_the_file_and_both_are_in_the_audit(desk: Client) -> None:
    page = asked(desk, "parts", format="geojson")
    assert "hx-trigger" in desk.get(page).content.decode()  # it follows by itself
    assert desk.get(f"{page}file/")["Location"] == page  # not written yet
    redeem_due()
    other = browser(person_with("other", "grids.edit"))
    assert [other.get(f"{page}{part}").status_code for part in ("", "file/")] == [404, 404]
    answer = desk.get(f"{page}file/")
    assert len(json.loads(answer.content)["features"]) == THINGS["parts"].model.objects.count()
    assert 'filename="parts-all-' in answer["Content-Disposition"]
    entries = AuditEntry.objects.filter(object_id=str(job_of(page))).order_by("pk")
    assert list(entries.values_list("action", flat=True)) == ["export.asked", "export.fetched"]


def test_metres_need_a_format_that_says_so(desk: Client) -> None:
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    refusals = []
    for asked in ({"datum": "epsg4548", "format": "csv"}, {"datum": "mars", "format": "csv"}):
        answer = desk.post("/desk/things/parts/export/", asked, follow=True)
        refusals += [str(message) for message in answer.context["messages"]]
    values = {"scheme": "service", "date": app_now().date().isoformat(), "datum": "epsg4527", "format": "kml"}
    refused = desk.post(f"{FILES}export/", values)
    assert (refused.status_code, refused.context["out"].non_field_errors()) == (422, refusals[:1])
    assert refusals == [
        "Only a GeoPackage or a Shapefile says that it is in metres; choose one of them.",
        "Choose a datum and a format of the list.",
    ]
    assert not Job.objects.filter(kind="ledger.export").exists()


def test_an_export_is_stopped_in_the_middle_and_leaves_nothing(
    desk: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = asked(desk, "buildings")
    monkeypatch.setattr(progress, "SECONDS", -1.0)
    said: list[tuple[int, int]] = []
    true_report = job_actions.report_progress

    def report(*, job_id: UUID, done: int, total: int) -> bool:
        said.append((done, total))
        if len(said) == 3:
            cancel_job(job_id=job_id, actor=actor_of(clerk))
        return true_report(job_id=job_id, done=done, total=total)

    monkeypatch.setattr(job_actions, "report_progress", report)
    redeem_due()
    assert (Job.objects.get(pk=job_of(page)).state, len(said)) == ("cancelled", 3)
    assert 0 < said[-1][0] < said[-1][1]
    shown = desk.get(page).content.decode()
    assert f"{page}file/" not in shown
    assert desk.post(f"{page}cancel/").status_code == 409  # it has ended already


def test_a_file_is_kept_for_three_days(desk: Client, django_capture_on_commit_callbacks: Committed) -> None:
    page = asked(desk, "parts")
    redeem_due()
    with django_capture_on_commit_callbacks(execute=True):
        erase_exports(now=app_now() + timedelta(days=2, hours=23))
    assert desk.get(f"{page}file/").status_code == 200
    later = app_now() + timedelta(days=3, hours=1)
    with django_capture_on_commit_callbacks(execute=True):
        erase_exports(now=later)
    assert not private_stems(folder=EXPORTS)
    Job.objects.update(created_at=app_now() - timedelta(days=3, hours=1))
    assert desk.get(f"{page}file/")["Location"] == page
    assert f"{page}file/" not in desk.get(page).content.decode()


def test_the_check_of_a_layer_says_how_far_it_is_and_ends_when_the_import_is_given_up(
    desk: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"division": VILLAGE, "scheme": "service", "date": app_now().date().isoformat(), "datum": "wgs84"}
    page = desk.post(f"{FILES}export/", values | {"format": "geojson"})["Location"]
    redeem_due()
    data = desk.get(f"{page}file/").content
    monkeypatch.setattr(progress, "SECONDS", -1.0)
    said: list[int] = []
    true_report = job_actions.report_progress

    def report(*, job_id: UUID, done: int, total: int) -> bool:
        said.append(done * 100 // total)
        if len(said) == 5:
            desk.post(f"/desk/imports/{ImportRun.objects.get(job_id=job_id).pk}/cancel/")
        return true_report(job_id=job_id, done=done, total=total)

    monkeypatch.setattr(job_actions, "report_progress", report)
    given = {"scheme": "service", "title": "外部图层", "file": SimpleUploadedFile("a.geojson", data)}
    answer = desk.post(f"{FILES}import/", given)
    assert answer.status_code == 302
    redeem_due()
    run = ImportRun.objects.get()
    assert (run.state, Job.objects.get(pk=run.job_id).state) == ("cancelled", "cancelled")
    assert said == sorted(said)
    assert len(said) == 5


def test_outside_a_job_saying_so_does_nothing_and_within_it_is_said_at_most_once_a_second() -> None:
    tick(1, 2)
    said: list[int] = []
    with reporting(lambda done, total: bool(said.append(done))):
        for number in range(1000):
            tick(number, 1000)
    assert len(said) <= 1


def test_who_is_asked_to_stop_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS", -1.0)
    with reporting(lambda done, total: done > 3), pytest.raises(Stopped):
        for number in range(10):
            tick(number, 10)
