"""Who is told what: the promises that follow a move, a passed limit, a closed child."""

from datetime import timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice
from cases import actions, queries
from cases.models import Case, HistoryEntry
from ledger.actions import redeem
from ledger.actors import ANONYMOUS
from ledger.clock import app_now
from ledger.models import Promise
from tests.cases.world import World, move, open_case, step, to_joint


def drain(kind: str = "") -> None:
    """Redeem open promises of the kernel, as the workers do."""
    waiting = Promise.objects.filter(done_at=None, kind__startswith=kind or "cases.").order_by("pk")
    redeem([promise.pk for promise in waiting])
    assert not waiting.filter(last_error__gt="").exists(), list(waiting.values_list("kind", "last_error"))


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_who_may_take_a_new_step_is_told_once(town: World) -> None:
    case = open_case(ANONYMOUS)
    drain()
    drain()
    assert told("case.arrived") == {"ada", "bo"}
    assert Notice.objects.count() == 2
    assert Notice.objects.filter(data__number=case.number).exists()


def test_a_returned_step_is_told_as_returned(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    drain()
    move(case, "give_back", town.actor("cora"), note="not ours")
    drain()
    assert told("case.returned") == {"dan"}


def test_a_colleague_learns_that_a_step_was_handed_to_him(town: World) -> None:
    lead = step(to_joint(town, open_case(ANONYMOUS)), "joint")
    drain()
    Notice.objects.all().delete()
    actions.hand_over(
        assignment_id=lead.pk, holder_id=town.users["hal"].pk, actor=town.actor("cora"), expected_version=lead.version
    )
    drain()
    assert told("case.arrived") == {"hal"}


def test_an_urge_reaches_who_has_the_case(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    drain()
    actions.urge(number=case.number, actor=town.actor("chief"))
    drain()
    assert told("case.urge") == {"hal", "cora"}


def test_a_passed_limit_reaches_the_superior_and_a_near_one_only_the_department(town: World) -> None:
    case = open_case(ANONYMOUS, now=app_now() - timedelta(hours=3))
    drain()
    with transaction.atomic():
        actions.sweep_deadlines(now=case.opened_at + timedelta(hours=1.6))
    drain()
    assert (told("case.soon"), told("case.overdue")) == ({"ada", "bo"}, set())
    with transaction.atomic():
        actions.sweep_deadlines(now=case.opened_at + timedelta(hours=2.1))
    drain()
    assert told("case.overdue") == {"ada", "bo", "chief"}


def test_a_member_who_reported_hears_of_the_end_and_nobody_else_learns_his_name(town: World) -> None:
    case = to_joint(town, open_case(town.actor("gina")))
    move(case, "finish", town.actor("hal"), note="done")
    drain()
    assert told("case.progress") == {"gina"}
    assert "gina" not in str(list(Notice.objects.values_list("data", flat=True)))


def test_steps_of_a_disabled_user_go_back_to_the_department_and_are_told(town: World) -> None:
    case = open_case(ANONYMOUS)
    actions.claim(assignment_id=step(case, "intake").pk, actor=town.actor("ada"), expected_version=0)
    town.users["ada"].is_active = False
    town.users["ada"].save(update_fields=["is_active"])
    with transaction.atomic():
        actions.free_steps(now=app_now())
    drain()
    assert queries.invariant_i4() == []
    assert step(case, "intake").holder_id is None
    assert told("case.arrived") == {"bo"}


def test_the_last_child_to_close_moves_the_parent_by_the_declared_rule(town: World) -> None:
    parent = to_joint(town, open_case(ANONYMOUS))
    children = [open_case(town.actor("hal"), parent_id=parent.pk, closing_rule="all_closed") for _ in range(2)]
    free = open_case(town.actor("hal"), parent_id=parent.pk, closing_rule="none")
    for child in (free, *children):
        move(child, "refuse", town.actor("ada"), note="no")
        drain()
    lines = HistoryEntry.objects.filter(case=parent).order_by("sequence").values_list("transition", flat=True)
    assert list(lines)[-6:] == ["child_opened", "child_opened", "child_opened", "child_closed", "child_closed",
                                "children_done"]  # fmt: skip


def test_intake_and_a_move_cost_few_statements(town: World) -> None:
    now = app_now()
    open_case(ANONYMOUS, now=now)  # the calendar is read once a minute, the day's sequence made once a day
    with CaptureQueriesContext(connection) as intake:
        case = open_case(ANONYMOUS, now=now, route=True)
    assert len(_own(intake)) <= 8  # with clock, place and domain facts of a kind: ten

    to_joint(town, case)
    version = Case.objects.get(pk=case.pk).version
    with CaptureQueriesContext(connection) as moved:
        move(case, "give_back", town.actor("cora"), note="no", now=now, expected_version=version)
    assert len(_own(moved)) <= 12


def _own(seen: CaptureQueriesContext) -> list[str]:
    return [row["sql"] for row in seen.captured_queries if "SAVEPOINT" not in row["sql"]]
