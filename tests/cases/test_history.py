"""History: gapless, append-only, and the invariants that watch it."""

import pytest
from django.db import DatabaseError, connection, transaction

from cases import actions, queries
from cases.models import Assignment, Case, HistoryEntry
from ledger.actors import ANONYMOUS
from tests.cases.world import World, move, open_case, step, to_joint

INVARIANTS = (
    queries.invariant_i1,
    queries.invariant_i2,
    queries.invariant_i3,
    queries.invariant_i4,
    queries.invariant_i8,
)


def test_a_history_has_no_gap_whatever_happens_to_the_case(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    actions.comment(number=case.number, actor=town.actor("chief"), text="hurry")
    actions.urge(number=case.number, actor=town.actor("chief"))
    move(case, "give_back", town.actor("cora"), note="not ours")
    actions.claim(assignment_id=step(case, "decide").pk, actor=town.actor("dan"), expected_version=0)

    sequences = list(HistoryEntry.objects.filter(case=case).order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))
    assert [check() for check in INVARIANTS] == [[]] * len(INVARIANTS)


@pytest.mark.parametrize("sql", ["UPDATE cases_historyentry SET note = 'x'", "DELETE FROM cases_historyentry"])
def test_the_database_refuses_to_change_or_delete_a_line(town: World, sql: str) -> None:
    open_case(ANONYMOUS)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert HistoryEntry.objects.count() == 1


def test_an_open_case_in_nobodys_inbox_is_a_breach(town: World) -> None:
    case = open_case(ANONYMOUS)
    Assignment.objects.filter(case=case).update(open=False)
    assert queries.invariant_i1() == [f"nobody has the open case: {case.number}"]


def test_a_state_that_history_does_not_know_is_a_breach(town: World) -> None:
    case = open_case(ANONYMOUS)
    Case.objects.filter(pk=case.pk).update(state="joint", history_count=2)
    assert queries.invariant_i2() and queries.invariant_i3() == []
    Case.objects.filter(pk=case.pk).update(history_count=1)
    assert queries.invariant_i3() == [f"state and history differ: {case.number}"]


def test_a_step_with_a_disabled_user_is_a_breach(town: World) -> None:
    case = open_case(ANONYMOUS)
    actions.claim(assignment_id=step(case, "intake").pk, actor=town.actor("ada"), expected_version=0)
    town.users["ada"].is_active = False
    town.users["ada"].save(update_fields=["is_active"])
    assert len(queries.invariant_i4()) == 1


def test_an_open_case_counted_in_a_department_that_does_not_have_it_is_a_breach(town: World) -> None:
    case = open_case(ANONYMOUS)
    Case.objects.filter(pk=case.pk).update(department=town.departments["far"])
    assert len(queries.invariant_i8()) == 1
