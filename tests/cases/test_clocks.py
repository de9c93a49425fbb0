"""Limits: started, stopped, resting, extended, warned of once per level."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from cases import actions, queries
from cases.access import Bearer
from cases.models import Case, Clock, HistoryEntry
from ledger.actors import ANONYMOUS
from ledger.clock import app_now
from ledger.models import Promise
from tests.cases.world import World, move, open_case, step, to_joint


def clock(case: Case, stage: str) -> Clock:
    return Clock.objects.get(case=case, stage=stage)


def test_the_nearest_limit_stands_on_case_and_step(town: World) -> None:
    case = open_case(ANONYMOUS)
    accept, total = clock(case, "accept"), clock(case, "total")

    assert accept.due_at == case.opened_at + timedelta(hours=2)
    assert case.due_at == step(case, "intake").due_at == accept.due_at
    assert case.soon_at == accept.soon_at == case.opened_at + timedelta(hours=1.5)
    assert total.due_at is not None and total.due_at > accept.due_at


def test_closing_a_step_stops_its_limit_and_leaves_the_case_limit_running(town: World) -> None:
    case = open_case(ANONYMOUS)
    move(case, "begin", town.actor("ada"))
    case.refresh_from_db()

    assert clock(case, "accept").stopped_at is not None
    assert case.due_at == clock(case, "total").due_at == step(case, "site").due_at


def test_a_resting_clock_runs_on_with_what_was_left(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    start = step(case, "joint").opened_at
    move(case, "supplement", town.actor("hal"), note="more papers", now=start + timedelta(hours=8))
    case.refresh_from_db()
    assert (case.paused, case.due_at, step(case, "joint").due_at) == (True, None, None)
    assert Decimal(clock(case, "handle").pauses[-1]["left"]) == 40

    move(case, "supplied", Bearer(case.number).actor(), now=start + timedelta(hours=108))
    case.refresh_from_db()
    assert (case.paused, clock(case, "handle").due_at) == (False, start + timedelta(hours=148))
    assert case.due_at == clock(case, "handle").due_at
    assert clock(case, "handle").pauses[-1]["reason"] == "supplement"


def test_more_time_moves_the_limit_and_keeps_the_amber_mark(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    before = clock(case, "handle").due_at
    move(case, "delay", town.actor("chief"), data={"extension": "12"})
    case.refresh_from_db()

    assert before is not None and case.due_at == before + timedelta(hours=12)
    assert clock(case, "handle").budget == 60
    file = queries.case_file(town.actor("chief"), case.number, app_now())
    assert file is not None and file.history[-1].back


def sweep(case: Case, hours: float) -> None:
    with transaction.atomic():
        actions.sweep_deadlines(now=case.opened_at + timedelta(hours=hours))


def test_each_level_of_a_limit_is_warned_of_once(town: World) -> None:
    case = open_case(ANONYMOUS)
    for hours in (1.0, 1.6, 1.7, 2.1, 2.2):
        sweep(case, hours)

    levels = Promise.objects.filter(kind="cases.deadline").values_list("payload__level", flat=True)
    assert sorted(levels) == [1, 2]
    assert list(HistoryEntry.objects.filter(case=case, transition="overdue").values_list("data__stage", flat=True)) == [
        "accept"
    ]


def test_overdue_is_a_fact_that_stays_after_the_step_is_done(town: World) -> None:
    case = open_case(ANONYMOUS)
    sweep(case, 3)
    move(case, "begin", town.actor("ada"))
    case.refresh_from_db()
    assert case.overdue_at == case.opened_at + timedelta(hours=2)


def test_resting_and_closed_cases_are_not_warned_of(town: World) -> None:
    resting = to_joint(town, open_case(ANONYMOUS))
    move(resting, "supplement", town.actor("hal"), note="more")
    closed = open_case(ANONYMOUS)
    move(closed, "refuse", town.actor("ada"), note="no")

    sweep(resting, 24 * 400)
    assert not Promise.objects.filter(kind="cases.deadline").exists()
