"""The report of blind spots: what it names, what adds up, and what the roster does about it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import override

from accounts.models import User
from grids import actions, queries
from grids.models import Absence, Address, Division, Duty, DutyKind, Grid, GridVersion, KindDuty
from grids.queries.blind_spots import Report, blind_spots
from grids.queries.roster import loads, roster
from ledger.actions import install_test_clock
from ledger.actors import Actor
from ledger.clock import shifted
from ledger.models import Promise
from tests.accounts.world import LONG_AGO, department, hat, role, user
from tests.grids.small import VILLAGES
from tests.grids.zoning_world import S04, VILLAGE, actor_of, person_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The city of these tests sets no limit of load, and refuses in English."""
    monkeypatch.setattr("grids.queries.roster.city_config", dict)
    with override("en"):
        yield


AREA = "/3709/370902/"
ALWAYS = DateRange(LONG_AGO, None)


def worker(name: str) -> User:
    made = user(name)
    hat(made, role("grid_worker", "field.use"), department("station", AREA))
    return made


@pytest.fixture
def clerk(town: Path) -> Actor:
    install_test_clock()
    # two of its villages only: of the township nobody asks here
    Division.objects.filter(level="township").update(outline=None)
    return actor_of(person_with("registrar", "grids.edit"))


@pytest.fixture
def crew(town: Path) -> tuple[User, User, User]:
    """Wang is worker and Li deputy of every service grid; Zhao is free. One catalogue of two duties."""
    people = worker("wang"), worker("li"), worker("zhao")
    for grid in Grid.objects.filter(scheme__code="service"):
        for who, post in zip(people, ("worker", "deputy"), strict=False):
            Duty.objects.create(grid=grid, user=who, post=post, valid=ALWAYS)
    for position, code in enumerate(("safety", "disputes")):
        DutyKind.objects.create(code=code, name_zh=code, name_en=code, position=position, valid=ALWAYS)
    return people


def report(**more: object) -> Report:
    return blind_spots(on=queries.today(), within=AREA, **more)  # type: ignore[arg-type]


def test_a_city_that_is_served_has_no_hole_and_its_figures_add_up(clerk: Actor, crew: tuple[User, User, User]) -> None:
    found = report()
    assert found.holes == []
    assert found.moving == 0
    assert {(row.village, row.scheme) for row in found.figures} >= {(code, "service") for code in VILLAGES}
    for row in found.figures:
        assert row.grids > 0
        assert row.parts == pytest.approx(row.parent, abs=0.01)
        assert abs(row.rest) < 0.01
        assert row.houses_placed == row.houses
    served = [row for row in found.figures if row.scheme == "service"]
    assert sum(row.houses for row in served) == Address.objects.filter(kind="house", households__gt=0).count()
    assert found.duties_held == found.duties == 2 * sum(row.grids for row in served)


def test_what_is_taken_away_is_named_with_its_area_and_house(clerk: Actor, crew: tuple[User, User, User]) -> None:
    house = Address.objects.filter(kind="house", households__gt=0).earliest("code")
    lost = GridVersion.objects.get(grid__scheme__code="service", boundary__covers=house.point)
    before = report().figures
    GridVersion.objects.filter(pk=lost.pk).update(valid=DateRange(empty=True))
    found = report()
    (gap,) = found.of("gap")
    (houses,) = found.of("houses")
    assert gap.area == pytest.approx(lost.area, abs=0.01)
    assert house.code in houses.codes
    row = next(row for row in found.figures if row.village == gap.village and row.scheme == "service")
    old = next(row for row in before if row.village == gap.village and row.scheme == "service")
    assert row.difference == pytest.approx(-lost.area, abs=0.01)
    assert abs(row.rest) < 0.01
    assert row.houses - row.houses_placed == houses.count
    assert row.parent == old.parent


def test_a_person_who_may_not_serve_there_any_more_is_nobody(clerk: Actor, crew: tuple[User, User, User]) -> None:
    User.objects.filter(username="wang").update(is_active=False)
    found = report()
    grids = {line.code for line in found.roster.lines}
    assert {hole.codes[0] for hole in found.of("worker")} == grids
    assert found.of("duty", "deputy") == []  # the deputy acts
    User.objects.filter(username="li").update(is_active=False)
    found = report()
    assert {hole.codes for hole in found.of("duty")} == {(code, "safety", "disputes") for code in grids}
    assert found.duties_held == 0


def test_leave_without_a_substitute_is_a_hole_and_with_one_he_acts(clerk: Actor, crew: tuple[User, User, User]) -> None:
    wang, li, zhao = crew
    today = queries.today()
    days = {"first": today, "last": today + timedelta(days=2)}
    made = actions.enter_absence(user_id=wang.pk, substitute_id=None, actor=clerk, **days)
    (hole,) = report().of("leave")
    assert hole.user == wang.pk
    grid = Grid.objects.get(code=S04)
    assert queries.member_on_duty(grid.pk, on=today) == (department("station").pk, li.pk)
    actions.end_absence(absence_id=made, actor=clerk)
    assert Absence.objects.get().valid.isempty
    actions.enter_absence(user_id=wang.pk, substitute_id=zhao.pk, actor=clerk, **days)
    assert report().of("leave") == []
    assert queries.member_on_duty(grid.pk, on=today) == (department("station").pk, zhao.pk)
    assert queries.member_on_duty(grid.pk, on=today + timedelta(days=3)) == (department("station").pk, wang.pk)
    assert queries.grid_worker(grid.pk, today) == (wang.pk, li.pk)  # the names that are posted stay
    assert S04 in {row.code for row in queries.grids_of_worker(zhao.pk, today)}
    assert Promise.objects.filter(kind="cases.hand_over_work").count() == 2


def test_nobody_is_away_twice_nor_replaced_by_who_is_away(clerk: Actor, crew: tuple[User, User, User]) -> None:
    wang, _li, zhao = crew
    day = queries.today() + timedelta(days=1)
    actions.enter_absence(user_id=wang.pk, first=day, last=day, substitute_id=None, actor=clerk)
    with pytest.raises(ValidationError, match="away on some of these days"):
        actions.enter_absence(user_id=wang.pk, first=day, last=day, substitute_id=None, actor=clerk)
    with pytest.raises(ValidationError, match="away on that day"):
        actions.enter_absence(user_id=zhao.pk, first=day, last=day, substitute_id=wang.pk, actor=clerk)
    with pytest.raises(ValidationError, match="what has been stays"):
        actions.enter_absence(user_id=zhao.pk, first=day - timedelta(days=2), last=day, substitute_id=None, actor=clerk)


def test_a_transfer_begins_on_its_day_and_swaps_worker_and_deputy(clerk: Actor, crew: tuple[User, User, User]) -> None:
    wang, li, _zhao = crew
    grid, day = Grid.objects.get(code=S04), queries.today() + timedelta(days=3)
    actions.transfer_duties(user_id=wang.pk, to_id=li.pk, day=day, actor=clerk)
    assert queries.grid_worker(grid.pk, day - timedelta(days=1)) == (wang.pk, li.pk)
    assert queries.grid_worker(grid.pk, day) == (li.pk, wang.pk)
    assert blind_spots(on=day, within=AREA).holes == []


def test_a_duty_may_have_its_own_people_and_goes_back(clerk: Actor, crew: tuple[User, User, User]) -> None:
    day = queries.today()
    zhao = crew[2]
    assign = {"grid": S04, "kind": "safety", "post": "worker", "day": day, "actor": clerk}
    actions.assign_duty(user_id=zhao.pk, **assign)  # type: ignore[arg-type]
    line = next(line for line in roster(on=day, within=AREA).lines if line.code == S04)
    assert line.duties["safety"].acting == zhao.pk
    assert line.duties["disputes"].acting == crew[0].pk
    assert line.special == {"safety"}
    User.objects.filter(pk=zhao.pk).update(is_active=False)
    assert [hole.codes for hole in report().of("duty")] == [(S04, "safety")]
    actions.assign_duty(user_id=None, **assign)  # type: ignore[arg-type]
    assert report().holes == []
    assert KindDuty.objects.get().valid.isempty


def test_a_post_is_given_only_by_right_in_the_area_to_somebody_who_serves_there(
    clerk: Actor, crew: tuple[User, User, User]
) -> None:
    wang, li, _zhao = crew
    day = queries.today()
    with pytest.raises(PermissionDenied):
        actions.assign_duty(grid=S04, post="worker", user_id=li.pk, day=day, actor=actor_of(wang))
    with pytest.raises(ValidationError, match="does not serve there"):
        actions.assign_duty(grid=S04, post="deputy", user_id=user("guest").pk, day=day, actor=clerk)
    with pytest.raises(ValidationError, match="two persons"):
        actions.assign_duty(grid=S04, post="worker", user_id=li.pk, day=day, actor=clerk)


def test_loads_count_who_acts_and_the_limit_is_the_citys(
    clerk: Actor, crew: tuple[User, User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = roster(on=queries.today(), within=AREA)
    (first, *_rest) = loads(found)
    assert first.user == crew[0].pk
    assert first.grids == len(found.lines)
    assert first.households == sum(line.households for line in found.lines)
    assert report().of("load") == []
    monkeypatch.setattr("grids.queries.roster.city_config", lambda: {"load_limits": {"grids": 3}})
    (hole,) = report().of("load")
    assert (hole.user, hole.count) == (crew[0].pk, first.grids)


def test_nothing_is_told_of_another_area(clerk: Actor, crew: tuple[User, User, User]) -> None:
    assert blind_spots(on=queries.today(), within="").figures == []
    found = blind_spots(on=queries.today(), within=f"/3709/370902/370902900/{VILLAGE}/")
    assert {row.village for row in found.figures} == {VILLAGE}


def test_a_substitute_is_given_to_who_is_away_already(clerk: Actor, crew: tuple[User, User, User]) -> None:
    wang, li, zhao = crew
    today = queries.today()
    days = {"first": today, "last": today + timedelta(days=4)}
    made = actions.enter_absence(user_id=wang.pk, substitute_id=None, actor=clerk, **days)
    later = today + timedelta(days=2)
    with shifted(timedelta(days=2)):
        with pytest.raises(ValidationError, match="Choose somebody else"):
            actions.give_substitute(absence_id=made, substitute_id=wang.pk, actor=clerk)
        actions.give_substitute(absence_id=made, substitute_id=zhao.pk, actor=clerk)
        assert report().of("leave") == []
    grid = Grid.objects.get(code=S04).pk
    station = department("station").pk
    assert queries.member_on_duty(grid, on=today) == (station, li.pk)  # what has been stays
    assert queries.member_on_duty(grid, on=later) == (station, zhao.pk)
    assert queries.member_on_duty(grid, on=today + timedelta(days=4)) == (station, zhao.pk)
    assert queries.member_on_duty(grid, on=today + timedelta(days=5)) == (station, wang.pk)
    with shifted(timedelta(days=5)), pytest.raises(ValidationError, match="no such absence"):
        actions.give_substitute(absence_id=made, substitute_id=zhao.pk, actor=clerk)
