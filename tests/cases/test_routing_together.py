"""Many cases routed with the statements of one: the same result as one by one; one that cannot go harms no other."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import kinds
from cases.models import Assignment, Case, Clock, HistoryEntry, RouteFinding
from ledger.actions import redeem
from ledger.actors import ANONYMOUS
from ledger.models import Promise
from tests.cases.test_routing import edition, rule
from tests.cases.world import World, open_case

AUTOMATIC, PROPOSED, NOWHERE = "inspection/01/0101", "inspection/02/0201", "inspection/09/0901"


def reported(count: int) -> list[Case]:
    """New cases of three fates in turn."""
    fates = (AUTOMATIC, PROPOSED, NOWHERE)
    return [open_case(ANONYMOUS, route=True, category=fates[n % 3]) for n in range(count)]


def promised(cases: list[Case]) -> list[int]:
    ids = [case.pk for case in cases]
    rows = Promise.objects.filter(kind="cases.route", payload__case__in=ids).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def traces(cases: list[Case]) -> list[dict[str, Any]]:
    """Everything routing left behind, without what differs by nature: ids, numbers and moments."""
    found = []
    for case in cases:
        case.refresh_from_db()
        lines = HistoryEntry.objects.filter(case=case).order_by("sequence")
        found.append(
            {
                "state": (case.state, case.department_id, case.version, case.history_count, case.due_at is None),
                "history": [(e.sequence, e.transition, e.from_state, e.to_state, e.actor_id, e.data) for e in lines],
                "steps": sorted(
                    Assignment.objects.filter(case=case).values_list(
                        "step_key", "department_id", "open", "outcome", "rule_id", "opened_by", "version"
                    ),
                    key=str,
                ),
                "clocks": sorted(
                    (c.stage, c.unit, str(c.budget), c.stopped_at is None) for c in Clock.objects.filter(case=case)
                ),
                "finding": [
                    (f.outcome, f.rule_id, f.rejected) for f in RouteFinding.objects.filter(case=case).order_by("pk")
                ],
                "told": Promise.objects.filter(kind="cases.notify", payload__case=case.pk).count(),
            }
        )
    return found


@pytest.fixture
def book(town: World) -> World:
    rules = edition()
    rule(town, rules, "R-1", 10, automatic=True, category="inspection/01")
    rule(town, rules, "R-2", 20, category="inspection/02")
    return town


def test_together_they_end_as_one_by_one(book: World) -> None:
    alone, together = reported(9), reported(9)
    for promise_id in promised(alone):
        redeem([promise_id])
    outcome = redeem(promised(together))
    assert (outcome.done, outcome.failed) == (9, 0)
    assert traces(together) == traces(alone)
    assert {f.outcome for f in RouteFinding.objects.all()} == {"dispatched", "proposed", "nothing"}


def test_the_statements_grow_slowly_with_their_number(book: World) -> None:
    few, many = reported(3), reported(30)
    counts = []
    for cases in (few, many):
        with CaptureQueriesContext(connection) as statements:
            redeem(promised(cases))
        counts.append(len(statements))
    assert counts[1] - counts[0] <= 2 * (len(many) - len(few)), counts


def test_one_that_the_workflow_refuses_does_not_hold_the_others_up(
    book: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = reported(6)
    odd = cases[3].pk

    def refuse(case: Case, *, transition: str, rule: Any, now: Any) -> dict[str, Any]:
        if case.pk == odd:
            raise ValidationError("not by a machine")
        return {}

    monkeypatch.setattr(kinds, "call", _replacing("automatic", refuse))
    assert redeem(promised(cases)).done == 6
    found = {f.case_id: f.outcome for f in RouteFinding.objects.all()}
    assert found[odd] == "proposed"
    assert found[cases[0].pk] == "dispatched"
    assert len(found) == RouteFinding.objects.count() == 6


def test_one_that_breaks_is_the_only_one_that_waits(book: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = reported(6)
    odd = cases[0].pk

    def broken(case: Case, *, transition: str, rule: Any, now: Any) -> dict[str, Any]:
        if case.pk == odd:
            raise RuntimeError("a fault of ours")
        return {}

    monkeypatch.setattr(kinds, "call", _replacing("automatic", broken))
    outcome = redeem(promised(cases))
    assert (outcome.done, outcome.failed) == (5, 1)
    waiting = Promise.objects.get(kind="cases.route", payload__case=odd)
    assert waiting.done_at is None and waiting.attempts == 1 and "a fault of ours" in waiting.last_error
    assert not RouteFinding.objects.filter(case=odd).exists()


def test_twice_in_a_batch_is_routed_once_and_then_overtaken(book: World) -> None:
    case = open_case(ANONYMOUS, route=True, category=AUTOMATIC)
    again = Promise.objects.get(kind="cases.route", payload__case=case.pk)
    again.pk, again.dedupe_key = None, "a second wish"
    again.save()
    assert redeem(promised([case])).done == 2
    outcomes = RouteFinding.objects.filter(case=case).order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["dispatched", "overtaken"]


def _replacing(name: str, function: Any) -> Any:
    """`kinds.call` that gives another function for one dotted name of the made-up kind."""
    real = kinds.call

    def call(dotted: str) -> Any:
        return function if dotted == f"tests.cases.made_up.{name}" else real(dotted)

    return call
