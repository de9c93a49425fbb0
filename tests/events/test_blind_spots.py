"""What the nightly report finds becomes one case for each kind and village, and ends when it is found no more."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from cases.actions import hand_over_work, move_case
from cases.engine import NotPermitted
from cases.models import Assignment, Case, HistoryEntry
from events.actions import find_blind_spots, look_every_night
from events.models import BlindSpot
from grids import actions, queries
from grids.models import Division, Duty, Grid
from ledger.actions import install_test_clock
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Promise
from tests.accounts.world import acting, department, hat, role, user
from tests.grids import small
from tests.grids.test_blind_spots import ALWAYS, AREA, worker
from tests.grids.zoning_world import S04, VILLAGE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grids.queries.roster.city_config", dict)


@pytest.fixture
def town(db: None, tmp_path: Path) -> None:
    loaded, _ = small.load(small.write(tmp_path / "small"))
    assert loaded.faults == []
    Division.objects.filter(level="township").update(outline=None)  # two of its villages only
    install_test_clock()


@pytest.fixture
def chief(town: None) -> Actor:
    made = user("chief")
    rights = ("grids.read", "grids.publish", "cases.read", "cases.claim")
    return acting(made, hat(made, role("duty_chief", *rights), department("centre", AREA)))


def look() -> None:
    """The whole city, and every promise the look was shared out to."""
    last = Promise.objects.aggregate(last=Max("pk"))["last"] or 0
    with transaction.atomic():
        find_blind_spots({}, promise_id=last + 1, now=app_now())
        for row in Promise.objects.filter(kind="events.blind_spots", pk__gt=last):
            find_blind_spots(row.payload, promise_id=row.pk, now=app_now())


def case_of(kind: str) -> Case:
    return Case.objects.filter(blind_spot__kind=kind, blind_spot__village=VILLAGE).latest("pk")


def man(village: str, *, deputies: bool = True) -> tuple[User, User]:
    """One worker and one deputy for all grids of a village."""
    people = worker(f"w{village[-1]}"), worker(f"d{village[-1]}")
    for grid in Grid.objects.filter(scheme__code="service", division__code=village):
        for who, post in zip(people, ("worker", "deputy"), strict=True):
            if post == "worker" or deputies:
                Duty.objects.create(grid=grid, user=who, post=post, valid=ALWAYS)
    return people


def move(case: Case, name: str, actor: Actor, note: str = "") -> None:
    case.refresh_from_db()
    step = Assignment.objects.get(case=case, open=True)
    move_case(
        number=case.number,
        transition=name,
        actor=actor,
        expected_version=case.version,
        assignment_id=step.pk,
        note=note,
    )
    case.refresh_from_db()


def test_a_hole_is_found_once_taken_and_ends_when_it_is_mended(chief: Actor) -> None:
    for village in small.VILLAGES:
        man(village, deputies=village != VILLAGE)
    look()
    look()
    (row,) = BlindSpot.objects.all()
    case = row.case
    assert (row.kind, row.village, row.count, case.state) == ("deputy", VILLAGE, 12, "found")
    step = Assignment.objects.get(case=case)
    assert (step.department.code, step.needs_role) == ("centre", "duty_chief")
    with pytest.raises(NotPermitted):  # nobody closes it by saying so
        move_case(number=case.number, transition="vanish", actor=chief, expected_version=case.version)
    move(case, "take", chief)
    assert case.state == "taken"
    for grid in Grid.objects.filter(scheme__code="service", division__code=VILLAGE):
        Duty.objects.create(grid=grid, user=User.objects.get(username=f"d{VILLAGE[-1]}"), post="deputy", valid=ALWAYS)
    look()
    case.refresh_from_db()
    assert case.state == "gone"  # the machine only proposes the end of what somebody took
    Duty.objects.filter(grid__code=S04, post="deputy").delete()
    look()
    case.refresh_from_db()
    row.refresh_from_db()
    assert (case.state, row.count, row.codes) == ("taken", 1, [S04])
    deputy = User.objects.get(username=f"d{VILLAGE[-1]}")
    Duty.objects.create(grid=Grid.objects.get(code=S04), user=deputy, post="deputy", valid=ALWAYS)
    look()
    move(case, "confirm", chief)
    assert case.closed
    assert HistoryEntry.objects.filter(case=case).values_list("transition", flat=True).count() == 6
    # found again later: another case; nobody took it: it ends by itself
    Duty.objects.filter(grid__code=S04, post="deputy").delete()
    look()
    again = case_of("deputy")
    assert again.pk != case.pk
    Duty.objects.create(grid=Grid.objects.get(code=S04), user=deputy, post="deputy", valid=ALWAYS)
    look()
    again.refresh_from_db()
    assert again.closed


def test_without_anybody_to_mend_it_a_hole_stands_in_the_report_only(town: None) -> None:
    look()
    assert not BlindSpot.objects.exists()


def test_the_look_is_shared_out_by_township_and_what_is_about_persons_stays_whole(chief: Actor) -> None:
    with transaction.atomic():
        find_blind_spots({}, promise_id=7, now=app_now())
    shared = [row.payload for row in Promise.objects.filter(kind="events.blind_spots").order_by("pk")]
    assert shared[0] == {"within": "/3709/", "persons": True}
    paths = Division.objects.filter(level="township").order_by("code").values_list("path", flat=True)
    assert [row["within"] for row in shared[1:]] == list(paths)
    assert not BlindSpot.objects.exists()


def test_a_look_at_one_township_ends_nothing_elsewhere(chief: Actor) -> None:
    for village in small.VILLAGES:
        man(village, deputies=False)
    look()
    assert BlindSpot.objects.filter(case__closed=False).count() == len(small.VILLAGES)
    other = Division.objects.filter(level="township").exclude(code=VILLAGE[:9]).get()
    with transaction.atomic():
        find_blind_spots({"within": other.path}, promise_id=1, now=app_now())
        find_blind_spots({"within": "/3709/", "persons": True}, promise_id=2, now=app_now())
    assert BlindSpot.objects.filter(case__closed=False).count() == len(small.VILLAGES)


def test_the_report_is_promised_once_a_day(town: None) -> None:
    for _hour in range(2):
        look_every_night(now=app_now())
    assert Promise.objects.filter(kind="events.blind_spots").count() == 1
    look_every_night(now=app_now() + timedelta(days=1))
    assert Promise.objects.filter(kind="events.blind_spots").count() == 2


def test_open_work_goes_to_the_substitute_on_the_first_day_and_twice_is_once(chief: Actor) -> None:
    first, second = man(VILLAGE)
    third = worker("third")
    look()
    case, today = Case.objects.filter(kind="blind_spot").latest("pk"), queries.today()
    step = Assignment.objects.get(case=case)
    grid = Grid.objects.get(code=S04)
    # a step of the grid workers' own station in the grid
    Case.objects.filter(pk=case.pk).update(grid=grid)
    Assignment.objects.filter(pk=step.pk).update(holder=first, department=department("station"))
    absence = actions.enter_absence(user_id=first.pk, first=today, last=today, substitute_id=third.pk, actor=chief)
    payload = Promise.objects.filter(kind="cases.hand_over_work").latest("pk").payload
    for _twice in range(2):
        with transaction.atomic():
            hand_over_work(payload, promise_id=0, now=app_now())
    step.refresh_from_db()
    assert step.holder == third
    assert HistoryEntry.objects.filter(case=case, transition="hand_over").count() == 1
    actions.end_absence(absence_id=absence, actor=chief)
    with transaction.atomic():  # a leave that was taken back moves nothing
        hand_over_work({**payload, "user": third.pk}, promise_id=0, now=app_now())
    step.refresh_from_db()
    assert step.holder == third
    actions.transfer_duties(user_id=first.pk, to_id=second.pk, day=today, actor=chief)
    Assignment.objects.filter(pk=step.pk).update(holder=first)
    payload = Promise.objects.filter(kind="cases.hand_over_work").latest("pk").payload
    with transaction.atomic():
        hand_over_work(payload, promise_id=0, now=app_now())
    step.refresh_from_db()
    assert step.holder == second
