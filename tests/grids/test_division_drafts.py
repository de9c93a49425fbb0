"""Villages of a township are drawn like grids: approved by a second person, from a day, undone; their grids follow."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.gis.db.models.aggregates import Union
from django.contrib.gis.geos import MultiPolygon, Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum

from accounts.models import Membership
from cases.actions.following import regrid_step
from cases.models import Case
from events.actions import Incident, report_incident
from grids import actions, queries
from grids.models import Address, BoundaryDraft, Division, Duty, Grid, GridVersion
from grids.queries.boundaries import boundary_defects, ring_from
from grids.queries.carrying import carrying
from grids.queries.draft_page import draft_page
from grids.queries.drafts import draft_rows, last_parts
from grids.rules.coverage import degrees_of
from ledger.actions import JobView, install_test_clock
from ledger.actors import ANONYMOUS, Actor
from ledger.clock import app_now, shifted
from ledger.models import Job
from tests.accounts.world import browser, department, hat, role, user
from tests.events.town import load_catalogue
from tests.grids import small
from tests.grids.test_zoning_pages import text
from tests.grids.zoning_world import actor_of, edit, hand_in, person_with, state

pytestmark = pytest.mark.django_db
TOWNSHIP = "370902900"
ONE, TWO = small.VILLAGES
NEW = f"{TOWNSHIP}008"


@pytest.fixture
def township(town: Path) -> Division:
    """The invented township, as large as its two villages."""
    install_test_clock()
    row = Division.objects.get(code=TOWNSHIP)
    whole = Division.objects.filter(code__in=small.VILLAGES).aggregate(shape=Union("outline"))["shape"]
    ring = set(whole.coords[0][:-1])
    assert ring <= {place for code in small.VILLAGES for place in Division.objects.get(code=code).outline.coords[0][0]}
    row.outline = MultiPolygon(whole, srid=4326)
    row.save(update_fields=["outline"])
    return row


@pytest.fixture
def clerk(township: Division) -> Actor:
    return actor_of(person_with("registrar", "grids.edit"))


@pytest.fixture
def second(township: Division) -> Actor:
    return actor_of(person_with("chief", "grids.publish"))


@pytest.fixture
def draft(clerk: Actor) -> int:
    return actions.begin_draft(village=TOWNSHIP, scheme="division", title="调整村界", actor=clerk)


def publish(draft: int, clerk: Actor, second: Actor, days: int = 5) -> date:
    hand_in(draft, clerk)
    day = queries.today() + timedelta(days=days)
    version = state(draft, second).version
    actions.publish_draft(draft_id=draft, version=version, effective_from=day, actor=second)
    return day


def come_into_force() -> None:
    """The day has come: what is due follows, one change after the other, as the periodic job does it."""
    while True:
        with transaction.atomic():
            if not actions.bring_into_force(now=app_now()):
                return


def shared(draft: int, clerk: Actor) -> tuple[float, float]:
    """A vertex of the border between the two villages that is not on the outline of the township."""
    now = state(draft, clerk)
    both = set(now.parts[ONE].ring) & set(now.parts[TWO].ring)
    return degrees_of(min(both - set(now.outline)))


def fits_on(day: date) -> None:
    """On a day the villages fill the township and the service grids their villages, exactly."""
    villages = {row.code: row for row in Division.objects.filter(parent__code=TOWNSHIP, valid__contains=day)}
    outline = ring_from(Division.objects.get(code=TOWNSHIP).outline)
    assert boundary_defects({code: ring_from(row.outline) for code, row in villages.items()}, outline) == []
    for scheme in ("service", "management"):
        rows = GridVersion.objects.filter(valid__contains=day, scheme__code=scheme).select_related("grid")
        for code, village in villages.items():
            rings = {row.grid.code: ring_from(row.boundary) for row in rows if row.grid.code.startswith(code)}
            wrong = boundary_defects(rings, ring_from(village.outline)) if rings else []
            assert [row for row in wrong if scheme == "service" or row.kind != "gap"] == []


def test_a_border_between_villages_moves_and_the_grids_on_both_sides_follow(
    draft: int, clerk: Actor, second: Actor
) -> None:
    place = shared(draft, clerk)
    to = (place[0] + 0.0004, place[1] + 0.0002)
    edit(draft, clerk, "move", at=place, to=to)
    today, before = queries.today(), Grid.objects.filter(retired_at=None).count()
    day = publish(draft, clerk, second)
    fits_on(today)
    fits_on(day)
    assert {row.title for row in draft_rows(clerk)} == {"调整村界"}  # what follows is part of it, and not listed
    follow = BoundaryDraft.objects.filter(follows=draft)
    assert follow and set(follow.values_list("stage", flat=True)) == {"published"}
    assert Division.objects.filter(code=ONE, valid__contains=today).get().draft_id is None
    assert Division.objects.filter(code=ONE, valid__contains=day).get().draft_id == draft
    with shifted(timedelta(days=5)):
        come_into_force()
        fits_on(queries.today())
        assert Grid.objects.filter(retired_at=None).count() == before
        for code in small.VILLAGES:
            period = Division.objects.get(code=code, valid__contains=queries.today())
            assert set(Grid.objects.filter(code__startswith=code).values_list("division", flat=True)) == {period.pk}


def test_two_villages_become_one_and_everything_in_them_follows(draft: int, clerk: Actor, second: Actor) -> None:
    officer = user("officer")
    hat(officer, role("clerk-of-two", "grids.read"), department("office-of-two", f"/3709/370902/{TOWNSHIP}/{TWO}/"))
    Membership.objects.filter(user=officer).update(territory=f"/3709/370902/{TOWNSHIP}/{TWO}/")
    load_catalogue()
    old = GridVersion.objects.filter(grid__division__code=TWO, scheme__code="service").order_by("grid__code")[0]
    spot: Point = old.boundary.point_on_surface
    worker = user("worker")
    Duty.objects.filter(grid=old.grid).delete()
    Duty.objects.create(grid=old.grid, user=worker, post="worker", valid=(queries.today(), None))
    department("370902-jd", "/3709/370902/", function="supervision")
    incident = Incident(category="part/01/0101", lon=spot.x, lat=spot.y)
    receipt = report_incident(actor=ANONYMOUS, incident=incident, source="public", submission_key="merged")
    case = Case.objects.get(pk=receipt.case_id)
    assert f"/{TWO}/" in case.path
    assert case.grid_id == old.grid_id
    edit(draft, clerk, "merge", grid=ONE, other=TWO)
    lines = {(row.kind, row.before, row.after): row.count for row in draft_page(state(draft, clerk)).consequences}
    grids = Grid.objects.filter(division__code=TWO, scheme__code="service", retired_at=None).count()
    assert lines["grids_service", TWO, ONE] == grids
    assert lines["members", TWO, ONE] == 1
    assert lines["cases", TWO, ONE] == 1
    total = GridVersion.objects.filter(valid__contains=queries.today(), scheme__code="service")
    area = total.aggregate(Sum("area"))["area__sum"]
    day = publish(draft, clerk, second)
    with shifted(timedelta(days=5)):
        come_into_force()
        today = queries.today()
        assert today == day
        fits_on(day)
        assert not Division.objects.filter(code=TWO, valid__contains=day).exists()
        assert not Grid.objects.filter(code__startswith=TWO, retired_at=None).exists()
        now = GridVersion.objects.filter(valid__contains=day, scheme__code="service")
        assert now.aggregate(Sum("area"))["area__sum"] == pytest.approx(area, abs=0.01)
        heir = now.get(boundary__covers=spot).grid
        assert heir.code.startswith(ONE) and heir.code != old.grid.code
        assert Duty.objects.get(grid=heir, post="worker", valid__contains=day).user_id == worker.pk
        assert not Duty.objects.filter(grid=old.grid, valid__contains=day).exists()
        assert Membership.objects.get(user=officer).territory.endswith(f"/{ONE}/")
        assert not Address.objects.filter(division__code=TWO).exists()
        job = Job.objects.get(kind="cases.regrid")
        view = JobView(job.pk, job.kind, job.params, 0, {}, 0, 0)
        assert regrid_step(view, 10).finished
        case.refresh_from_db()
        assert (case.grid_id, case.path) == (heir.pk, f"/3709/370902/{TOWNSHIP}/{ONE}/{heir.code}/")


def test_a_village_is_split_under_the_next_code_and_renamed(draft: int, clerk: Actor, second: Actor) -> None:
    ring = state(draft, clerk).parts[ONE].ring
    line = tuple(degrees_of(node) for node in (ring[0], ring[len(ring) // 2]))
    edit(draft, clerk, "split", grid=ONE, line=line)
    found = edit(draft, clerk, "rename", grid=NEW, name_zh="新苑社区", name_en="Xinyuan Community")
    assert sorted(found.parts) == [ONE, TWO, NEW]
    day = publish(draft, clerk, second)
    fits_on(day)
    village = Division.objects.get(code=NEW)
    assert (village.name_zh, village.path) == ("新苑社区", f"/3709/370902/{TOWNSHIP}/{NEW}/")
    assert (village.valid.lower, village.illustrative) == (day, True)
    fresh = Grid.objects.filter(division=village, scheme__code="service")
    assert fresh.count() > 1
    assert sorted(fresh.values_list("code", flat=True))[0] == f"{NEW}S01"
    assert Grid.objects.filter(division=village, scheme__code="management", type="unit").exists()


def test_before_its_day_a_change_is_withdrawn_and_everything_is_as_it_was(
    draft: int, clerk: Actor, second: Actor
) -> None:
    before = {part.code: part for part in last_parts(Division.objects.get(code=ONE).pk, 1)}
    edit(draft, clerk, "merge", grid=ONE, other=TWO)
    day = publish(draft, clerk, second)
    actions.withdraw_draft(draft_id=draft, version=state(draft, second).version, reason="推迟", actor=second)
    fits_on(day)
    assert {row.code for row in Division.objects.filter(parent__code=TOWNSHIP, valid__contains=day)} == {ONE, TWO}
    assert set(BoundaryDraft.objects.filter(follows=draft).values_list("stage", flat=True)) == {"withdrawn"}
    assert {part.code: part for part in last_parts(Division.objects.get(code=ONE, valid__contains=day).pk, 1)} == before
    with shifted(timedelta(days=5)):
        come_into_force()
        assert Division.objects.filter(code=TWO, valid__contains=queries.today()).exists()


def test_the_grids_of_a_change_of_divisions_cannot_go_their_own_way(draft: int, clerk: Actor, second: Actor) -> None:
    edit(draft, clerk, "move", at=(place := shared(draft, clerk)), to=(place[0] + 0.0003, place[1]))
    day = publish(draft, clerk, second)
    follower = BoundaryDraft.objects.filter(follows=draft)[0]
    with pytest.raises(ValidationError) as refusal:
        actions.withdraw_draft(draft_id=follower.pk, version=follower.version, reason="不要", actor=second)
    assert refusal.value.code == "follows"
    with pytest.raises(ValidationError) as refusal:
        actions.begin_draft(village=ONE, scheme="service", title="切分", actor=clerk)
    assert str(day) in str(refusal.value)


def test_a_change_of_grids_on_its_way_stops_one_of_divisions(draft: int, clerk: Actor, second: Actor) -> None:
    edit(draft, clerk, "merge", grid=ONE, other=TWO)
    hand_in(draft, clerk)
    other = actions.begin_draft(village=ONE, scheme="service", title="改名", actor=clerk)
    edit(other, clerk, "rename", grid=f"{ONE}S01", name_zh="一号网格", name_en="Grid One")
    hand_in(other, clerk)
    day = queries.today() + timedelta(days=3)
    actions.publish_draft(draft_id=other, version=state(other, second).version, effective_from=day, actor=second)
    with pytest.raises(ValidationError) as refusal:
        version = state(draft, second).version
        later = day + timedelta(days=1)
        actions.publish_draft(draft_id=draft, version=version, effective_from=later, actor=second)
    assert refusal.value.code == "ahead" and str(day) in refusal.value.messages[0]


def test_whoever_drew_villages_does_not_publish_them(draft: int, clerk: Actor) -> None:
    both = actor_of(person_with("both", "grids.edit", "grids.publish"))
    edit(draft, both, "merge", grid=ONE, other=TWO)
    hand_in(draft, clerk)
    with pytest.raises(PermissionDenied, match="four_eyes"):
        day = queries.today() + timedelta(days=5)
        actions.publish_draft(draft_id=draft, version=state(draft, both).version, effective_from=day, actor=both)


def test_only_a_township_whose_villages_are_all_drawn_can_be_divided(clerk: Actor) -> None:
    Division.objects.filter(code=TWO).update(outline=None)
    with pytest.raises(ValidationError) as refusal:
        actions.begin_draft(village=TOWNSHIP, scheme="division", title="调整", actor=clerk)
    assert TWO in refusal.value.messages[0]


def test_the_city_folder_does_not_undo_what_was_changed_here(
    draft: int, clerk: Actor, second: Actor, folder: Path
) -> None:
    edit(draft, clerk, "rename", grid=ONE, name_zh="改名社区", name_en="Renamed Community")
    edit(draft, clerk, "merge", grid=ONE, other=TWO)
    publish(draft, clerk, second)
    with shifted(timedelta(days=5)):
        come_into_force()
        loaded, changes = small.load(folder)
        assert loaded.faults == []
        # the township itself has the outline of this test
        assert [line.split()[1] for line in changes["load_divisions"].lines] == [TOWNSHIP]
        today = queries.today()
        assert Division.objects.get(code=ONE, valid__contains=today).name_zh == "改名社区"
        assert not Division.objects.filter(code=TWO, valid__contains=today).exists()


def test_a_draft_under_way_is_told_that_its_village_was_redrawn(draft: int, clerk: Actor, second: Actor) -> None:
    other = actions.begin_draft(village=ONE, scheme="service", title="切分", actor=clerk)
    edit(draft, clerk, "move", at=(place := shared(draft, clerk)), to=(place[0] + 0.0003, place[1]))
    assert carrying(state(draft, clerk)).carries
    publish(draft, clerk, second)
    with shifted(timedelta(days=5)):
        come_into_force()
        page = draft_page(state(other, clerk))
        assert page.moved and page.defects
        actions.rebase_draft(draft_id=other, version=state(other, clerk).version, choices={}, actor=clerk)
        assert draft_page(state(other, clerk)).defects == []


def test_a_new_village_takes_the_code_the_authority_gives_and_no_other_does(draft: int, clerk: Actor) -> None:
    ring = state(draft, clerk).parts[ONE].ring
    edit(draft, clerk, "split", grid=ONE, line=tuple(degrees_of(node) for node in (ring[0], ring[len(ring) // 2])))
    names = {"name_zh": "新苑社区", "name_en": "Xinyuan Community"}
    found = edit(draft, clerk, "rename", grid=NEW, code=f"{TOWNSHIP}210", **names)
    assert sorted(found.parts) == [ONE, TWO, f"{TOWNSHIP}210"]
    for grid, code in ((f"{TOWNSHIP}210", TWO), (f"{TOWNSHIP}210", "370902001001"), (ONE, f"{TOWNSHIP}211")):
        with pytest.raises(ValidationError) as refusal:
            edit(draft, clerk, "rename", grid=grid, code=code, **names)
        assert refusal.value.code == "code"
    assert state(draft, clerk).parts.keys() == found.parts.keys()


def test_the_page_of_a_change_of_villages_says_what_follows(township: Division) -> None:
    person = person_with("drawer", "grids.edit")
    desk = browser(person)
    begun = {"village": [TOWNSHIP], "scheme": "division", "title": "并村"}
    answer = desk.post("/desk/zoning/begin/", begun)
    assert answer.status_code == 302
    page, drawer = answer["Location"], actor_of(person)
    number = int(page.strip("/").rsplit("/", 1)[1])
    data = {"version": 0, "operation": "merge", "grid": ONE, "other": TWO}
    assert desk.post(f"{page}edit/", data).status_code == 302
    shown = text(desk.get(page))
    assert "村（社区）" in shown
    assert "007 → 006" in shown
    assert "须换新代码的服务网格" in shown
    publish(number, drawer, actor_of(person_with("chief", "grids.publish")))
    shown = text(desk.get(page))
    assert "随之调整的网格" in shown
    follower = BoundaryDraft.objects.filter(follows=number)[0]
    assert "随区划调整" in text(desk.get(f"/desk/zoning/{follower.pk}/"))
    two = {"village": [ONE], "scheme": "division", "title": "并村"}
    answer = desk.post("/desk/zoning/begin/", two)
    assert answer.status_code == 422
    assert "该乡镇（街道）的区划将于" in text(answer)
