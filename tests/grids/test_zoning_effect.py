"""What a published change does on its day: cases, tiles, posts, and the demo that shows it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Membership, Notice
from cases.actions.following import regrid_step
from cases.models import Case, HistoryEntry
from cases.queries import case_file
from cases.queries.zoning import cases_in, moving_cases
from events.actions import Incident, report_incident
from govplatform.demo import boundaries
from grids import actions, queries, tiles
from grids.models import BoundaryDraft, Duty, Grid, GridVersion
from grids.queries.boundaries import wkb
from grids.queries.changes import boundary_changes
from ledger.actions import JobView, install_test_clock
from ledger.actors import ANONYMOUS, Actor
from ledger.clock import app_now, shifted
from ledger.models import Job, Promise
from tests.accounts.world import LONG_AGO, department, user
from tests.events.town import load_catalogue
from tests.grids.zoning_world import S04, S13, VILLAGE, across, actor_of, edit, hand_in, person_with, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(town: Path) -> Actor:
    install_test_clock()
    return actor_of(person_with("registrar", "grids.edit"))


@pytest.fixture
def second(town: Path) -> Actor:
    return actor_of(person_with("chief", "grids.publish"))


@pytest.fixture
def draft(clerk: Actor) -> int:
    made = actions.begin_draft(village=VILLAGE, scheme="service", title="切分", actor=clerk)
    edit(made, clerk, "split", grid=S04, line=across(state(made, clerk), S04))
    hand_in(made, clerk)
    return made


def published(draft: int, second: Actor, days: int = 5) -> None:
    day = queries.today() + timedelta(days=days)
    version = state(draft, second).version
    actions.publish_draft(draft_id=draft, version=version, effective_from=day, actor=second)


def in_force() -> None:
    with transaction.atomic():
        actions.bring_into_force(now=app_now())


def regrid() -> JobView:
    """The job a change began, as its first step sees it."""
    job = Job.objects.get(kind="cases.regrid")
    return JobView(job.pk, job.kind, job.params, 0, {}, 0, 0)


def case_in(draft: int, clerk: Actor, code: str, key: str) -> Case:
    """A report in what will be the grid `code`."""
    department("370902-jd", "/3709/370902/", function="supervision")
    load_catalogue()
    ring = state(draft, clerk).parts[code].ring
    x, y = sum(n[0] for n in ring) / len(ring) / 1e8, sum(n[1] for n in ring) / len(ring) / 1e8
    incident = Incident(category="part/01/0101", lon=x, lat=y)
    receipt = report_incident(actor=ANONYMOUS, incident=incident, source="public", submission_key=key)
    return Case.objects.get(pk=receipt.case_id)


def test_an_open_case_follows_and_keeps_the_version_it_was_reported_under(
    draft: int, clerk: Actor, second: Actor
) -> None:
    case = case_in(draft, clerk, S13, "follows")
    assert case.grid is not None
    assert case.grid.code == S04
    assert cases_in(case.grid.pk, app_now()) == (1, 0)
    assert cases_in(case.grid.pk, app_now() + timedelta(days=400)) == (1, 1)
    parts = [(code, wkb(part.ring)) for code, part in state(draft, clerk).parts.items()]
    (told,) = moving_cases(parts, [case.grid_id], "service")
    assert (told.before, told.after, told.count, told.examples) == (S04, S13, 1, (case.number,))
    reported = case.reported_version_id
    published(draft, second)
    with shifted(timedelta(days=5)):
        in_force()
        assert Promise.objects.filter(kind="ledger.job.geo", payload__job=str(regrid().id)).count() == 1
        page = case_file(actor_of(person_with("reader", "cases.read", "cases.supervise")), case.number, app_now())
        assert page is not None
        assert (page.grid_code, page.moving_to) == (S04, S13)
        for moved in (1, 0):
            reached = regrid_step(regrid(), 50)
            assert (reached.finished, reached.done, reached.total) == (True, moved, moved)
    case.refresh_from_db()
    assert case.grid is not None
    assert case.grid.code == S13
    assert case.path.endswith(f"/{S13}/")
    assert case.reported_version_id == reported
    (entry,) = HistoryEntry.objects.filter(case=case, transition="regrid")
    assert entry.data == {"from": S04, "to": S13}


def test_a_closed_case_stays_where_it_was(draft: int, clerk: Actor, second: Actor) -> None:
    case = case_in(draft, clerk, S13, "stays")
    Case.objects.filter(pk=case.pk).update(closed=True)
    published(draft, second)
    with shifted(timedelta(days=5)):
        in_force()
        assert regrid_step(regrid(), 50).total == 0
    case.refresh_from_db()
    assert case.grid is not None
    assert case.grid.code == S04


def test_nothing_happens_before_the_day_and_once_on_it(draft: int, second: Actor) -> None:
    published(draft, second)
    in_force()
    assert BoundaryDraft.objects.get(pk=draft).stage == "published"
    with shifted(timedelta(days=6)):
        in_force()
        in_force()
    assert BoundaryDraft.objects.get(pk=draft).stage == "in_force"
    assert Job.objects.filter(kind="cases.regrid").count() == 1


def test_a_new_grid_begins_with_the_worker_of_the_grid_it_was_cut_from(draft: int, second: Actor) -> None:
    worker = user("wang")
    grid = Grid.objects.get(code=S04)
    Duty.objects.create(grid=grid, user=worker, post="worker", valid=DateRange(LONG_AGO, None))
    published(draft, second)
    day = queries.today() + timedelta(days=5)
    with shifted(timedelta(days=5)):
        in_force()
        new = Grid.objects.get(code=S13)
        assert queries.grid_worker(new.pk, day) == (worker.pk, None)
        assert queries.grid_worker(new.pk, day - timedelta(days=1)) == (None, None)
        assert queries.grid_worker(grid.pk, day) == (worker.pk, None)
    told = Notice.objects.filter(user=worker).order_by("pk").values_list("kind", "data__codes", "data__day")
    kinds_told = ("boundary.published", "boundary.in_force")
    assert list(told) == [(kind, f"{S04}, {S13}", f"{day:%Y-%m-%d}") for kind in kinds_told]


def drawn(on: object = None) -> bytes:
    tiles.forget()
    version = GridVersion.objects.filter(grid__code=S04).earliest("number")
    point = version.boundary.centroid
    z = 16
    x = int((point.x + 180) / 360 * 2**z)
    key = next(
        tiles.TileKey("grids", "public", tiles.stamp(), z, x, y)
        for y in range(2**z)
        if tiles._degrees(z, x, y)["south"] <= point.y <= tiles._degrees(z, x, y)["north"]
    )
    return tiles.draw(key, on)  # type: ignore[arg-type]


def test_tiles_show_the_new_boundary_from_its_day_on_and_any_other_day_on_demand(draft: int, second: Actor) -> None:
    published(draft, second)
    day = queries.today() + timedelta(days=5)
    assert S04.encode() in drawn()
    assert S13.encode() not in drawn()
    assert S13.encode() in drawn(day)
    with shifted(timedelta(days=5)):
        assert S13.encode() in drawn()
        assert S13.encode() not in drawn(day - timedelta(days=1))


def test_two_days_are_compared_grid_by_grid(draft: int, second: Actor) -> None:
    published(draft, second)
    now, day = queries.today(), queries.today() + timedelta(days=5)
    ask = {"scheme": "service", "within": "/3709/370902/"}
    found = {row.code: row for row in boundary_changes(since=now, until=day, **ask)}
    assert {code: row.what for code, row in found.items()} == {S04: "boundary", S13: "new"}
    assert found[S04].title == "切分"
    assert found[S04].area_before == pytest.approx(found[S04].area_after + found[S13].area_after, abs=0.1)
    assert boundary_changes(since=now, until=day - timedelta(days=1), **ask) == []
    assert boundary_changes(since=now, until=day, scheme="service", within="/3709/370911/") == []


def test_the_demo_has_a_change_in_the_past_and_a_draft_that_waits(clerk: Actor, second: Actor) -> None:
    assert Membership.objects.count() == 2
    assert boundaries.redraw() is True
    assert boundaries.redraw() is False
    stages = dict(BoundaryDraft.objects.exclude(stage="discarded").values_list("title", "stage"))
    assert stages == {boundaries.PAST: "in_force", boundaries.WAITING: "submitted"}
    today = queries.today()
    long_before = today - timedelta(days=35)
    found = boundary_changes(since=long_before, until=today, scheme="service", within="/3709/")
    assert sorted(row.what for row in found) == ["boundary", "new"]
