"""Routing: one statement finds the rule, the promise moves the case, a person goes first, nowhere is no answer."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import actions, queries, rules
from cases.models import Assignment, Case, HistoryEntry, RouteFinding, RoutingRule
from ledger.actions import redeem
from ledger.actors import ANONYMOUS
from ledger.clock import app_now
from ledger.models import Edition, Promise
from tests.cases.made_up import SLUG
from tests.cases.world import COUNTY, VILLAGE, World, move, open_case, step

NEW = "inspection/01/0101"


def edition(effective_from: datetime | None = None, number: int = 1) -> Edition:
    return Edition.objects.create(
        kind="routing", number=number, state="published", drafted_by="a", approved_by="b", drafted_at=app_now(),
        effective_from=effective_from or app_now() - timedelta(days=1),
    )  # fmt: skip


def rule(town: World, book: Edition, code: str, priority: int, **more: Any) -> RoutingRule:
    facts = {"kind": SLUG, "step_key": "joint", "reason_zh": "职责", "reason_en": "duty", "needs_role": "", **more}
    return RoutingRule.objects.create(
        edition=book, code=code, priority=priority, owner=town.users["chief"],
        department_id=facts.pop("department_id", town.id("works")), **facts,
    )  # fmt: skip


def route(case: Case) -> RouteFinding:
    """Redeem the promise as a worker does."""
    promised = Promise.objects.get(kind="cases.route", payload__case=case.pk)
    redeem([promised.pk])
    promised.refresh_from_db()
    assert promised.done_at is not None
    return RouteFinding.objects.get(case=case)


def test_an_automatic_rule_files_and_dispatches_in_one_move_with_its_own_name(town: World) -> None:
    best = rule(town, edition(), "R-1", 10, automatic=True, category="inspection/01")
    case = open_case(ANONYMOUS, route=True)
    found = route(case)
    case.refresh_from_db()

    assert (found.outcome, found.rule, case.state, case.department_id) == (
        "dispatched",
        best,
        "joint",
        town.id("works"),
    )
    lines = HistoryEntry.objects.filter(case=case).order_by("sequence")
    assert [(e.transition, e.actor_kind, e.actor_id) for e in lines[1:]] == [
        ("begin_at_once", "rule", str(best.pk)),
        ("send_at_once", "rule", str(best.pk)),
    ]
    facts = lines[2].data
    assert (facts["rule"], facts["edition"], facts["owner"]) == ("R-1", 1, town.users["chief"].pk)
    assert step(case, "joint").rule == best


def test_another_rule_leaves_a_proposal_and_the_case_where_it_is(town: World) -> None:
    rule(town, edition(), "R-1", 10)
    case = open_case(ANONYMOUS, route=True)
    found = route(case)
    case.refresh_from_db()

    assert (found.outcome, case.state) == ("proposed", "received")
    assert HistoryEntry.objects.filter(case=case).latest("sequence").transition == "proposed"
    assert step(case, "intake").department_id == town.id("centre")


def test_nothing_matched_is_the_duty_chiefs(town: World) -> None:
    rule(town, edition(), "R-1", 10, category="inspection/99")
    case = open_case(ANONYMOUS, route=True)
    found = route(case)

    assert (found.outcome, found.rule) == ("nothing", None)
    assert found.rejected == [{"rule": RoutingRule.objects.get().pk, "code": "R-1", "why": "category"}]
    duty = step(case, "duty")
    assert (duty.needs_role, duty.department_id) == ("duty_chief", town.id("centre"))
    assert queries.invariant_i1() == []


def test_without_any_edition_the_duty_chief_has_it_too(town: World) -> None:
    case = open_case(ANONYMOUS, route=True)
    assert route(case).outcome == "nothing"
    assert step(case, "duty").needs_role == "duty_chief"


@pytest.mark.parametrize("first", ["moved", "claimed"])
def test_a_person_who_was_first_is_not_overruled(town: World, first: str) -> None:
    rule(town, edition(), "R-1", 10, automatic=True)
    case = open_case(ANONYMOUS, route=True)
    if first == "moved":
        move(case, "begin", town.actor("ada"))
    else:
        actions.claim(assignment_id=step(case, "intake").pk, actor=town.actor("ada"), expected_version=0)
    lines = HistoryEntry.objects.filter(case=case).count()

    assert route(case).outcome == "overtaken"
    assert HistoryEntry.objects.filter(case=case).count() == lines


def test_redeeming_twice_dispatches_once(town: World) -> None:
    rule(town, edition(), "R-1", 10, automatic=True)
    case = open_case(ANONYMOUS, route=True)
    route(case)
    redeem([Promise.objects.get(kind="cases.route").pk])
    assert Assignment.objects.filter(case=case, step_key="joint").count() == 1
    assert RouteFinding.objects.filter(case=case).count() == 1


def test_the_highest_priority_that_fits_wins_and_the_others_say_why_not(town: World) -> None:
    book = edition()
    rule(town, book, "far", 90, path="/3709/370983/")
    rule(town, book, "hotline", 80, source="hotline")
    rule(town, book, "hazard", 70, answers={"hazard": "yes"})
    best = rule(town, book, "best", 60, category="inspection/01", path=COUNTY)
    rule(town, book, "plain", 10)
    case = open_case(ANONYMOUS, route=True)
    found = route(case)

    assert found.rule == best
    assert {row["code"]: row["why"] for row in found.rejected} == {
        "far": "territory", "hotline": "source", "hazard": "answers", "plain": "priority",
    }  # fmt: skip
    file = queries.case_file(town.actor("chief"), case.number, app_now())
    assert file is not None and file.finding is not None
    assert (file.finding.rule, file.finding.edition, len(file.finding.rejected)) == ("best", 1, 4)


def test_the_best_rule_costs_one_statement(town: World) -> None:
    rule(town, edition(), "R-1", 10)
    now = app_now()
    with CaptureQueriesContext(connection) as seen:
        queries.best_rule(kind=SLUG, step="joint", category=NEW, path=VILLAGE, source="public", answers={}, at=now)
    assert len(seen) == 1


def test_the_edition_of_the_moment_decides(town: World) -> None:
    now = app_now()
    rule(town, edition(now - timedelta(days=30), 1), "old", 10)
    rule(town, edition(now + timedelta(days=1), 2), "new", 10)

    def code(at: datetime) -> str:
        answer = queries.best_rule(
            kind=SLUG, step="joint", category=NEW, path=VILLAGE, source="public", answers={}, at=at
        )
        return answer.best.code if answer.best else ""

    assert [code(now - timedelta(days=40)), code(now), code(now + timedelta(days=2))] == ["", "old", "new"]


ANSWERS = st.dictionaries(st.sampled_from(["hazard", "size"]), st.sampled_from(["yes", "no", 1, True]), max_size=2)


def test_sql_and_the_pure_rule_agree_on_every_rule(town: World) -> None:
    book = edition()
    one = rule(town, book, "R", 1)

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        category=st.sampled_from(["", "inspection", "inspection/01", "inspection/02"]),
        path=st.sampled_from(["", "/3709/", COUNTY, "/3709/370983/"]),
        source=st.sampled_from(["", "public", "api"]),
        wanted=ANSWERS,
        answers=ANSWERS,
    )
    def agree(category: str, path: str, source: str, wanted: dict[str, Any], answers: dict[str, Any]) -> None:
        RoutingRule.objects.filter(pk=one.pk).update(category=category, path=path, source=source, answers=wanted)
        one.refresh_from_db()
        case = rules.RoutedCase(NEW, VILLAGE, "public", answers)
        found = queries.best_rule(
            kind=SLUG, step="joint", category=NEW, path=VILLAGE, source="public", answers=answers, at=app_now()
        )
        in_sql = "" if found.best else found.rejected[0].why
        assert in_sql == rules.why_not(one, case)

    agree()


def test_a_tie_is_refused_naming_both_rules_and_by_the_database(town: World) -> None:
    author = replace(town.actor("chief"), rights=frozenset({"rules.draft"}))
    book = actions.draft_rules(title="next", actor=author)
    values = {
        "kind": SLUG, "step_key": "joint", "needs_role": "", "priority": 5, "department_id": town.id("works"),
        "owner_id": town.users["chief"].pk, "reason_zh": "职责", "reason_en": "duty",
    }  # fmt: skip
    actions.save_rule(edition_id=book.pk, values={**values, "code": "first"}, actor=author)
    with pytest.raises(ValidationError) as refused:
        actions.save_rule(edition_id=book.pk, values={**values, "code": "second"}, actor=author)
    message = refused.value.message_dict["priority"][0]
    assert "first" in message and "second" in message
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(town, book, "third", 5)
