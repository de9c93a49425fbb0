"""A draft tried on history: what it says is what then happens, and nobody learns of a case he may not see."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import actions, queries
from cases.models import Case, RouteFinding, RoutingRule
from ledger.actions import cancel_job, move_edition, redeem_due, resume_job, simulations, start_simulation
from ledger.actors import ANONYMOUS, Actor
from ledger.clock import app_now
from ledger.models import Edition, SimulationRow
from ledger.queries import SimulationCard, simulation_cards
from tests.cases.test_routing import edition, route, rule
from tests.cases.world import VILLAGE, World, open_case

FAR = "/3709/370983/370983001/370983001001/"


def author(town: World) -> Actor:
    return replace(town.actor("chief"), rights=town.actor("chief").rights | {"rules.draft"})


def approver(town: World) -> Actor:
    return replace(town.actor("ada"), rights=frozenset({"rules.approve"}))


def draft(town: World) -> Edition:
    return actions.draft_rules(title="next", actor=author(town))


def change(town: World, book: Edition, code: str, **values: Any) -> None:
    found = RoutingRule.objects.get(edition=book, code=code)
    actions.save_rule(edition_id=book.pk, rule_id=found.pk, values=values, actor=author(town))


def simulate(town: World, book: Edition, size: int = 100) -> SimulationCard:
    start_simulation(kind="routing", number=book.number, scope="last", size=size, actor=author(town))
    redeem_due()
    return simulation_cards("routing", book.number)[0]


def publish(town: World, book: Edition) -> None:
    book.refresh_from_db()
    move_edition(kind="routing", number=book.number, move="approve", version=book.version, actor=approver(town))
    move_edition(kind="routing", number=book.number, move="publish", actor=approver(town))


def test_it_says_which_cases_would_go_elsewhere_and_which_nowhere(town: World) -> None:
    old = edition()
    rule(town, old, "R-1", 10, category="inspection/01", automatic=True)
    rule(town, old, "R-2", 5, category="inspection/02")
    first, second = open_case(ANONYMOUS), open_case(ANONYMOUS, category="inspection/02/0201")
    book = draft(town)
    change(town, book, "R-1", department_id=town.id("office"))
    actions.remove_rule(
        edition_id=book.pk, rule_id=RoutingRule.objects.get(edition=book, code="R-2").pk, actor=author(town)
    )
    card = simulate(town, book)

    works, office = str(town.id("works")), str(town.id("office"))
    assert (card.state, card.done, card.counts) == ("done", 2, {"department": 1, "nothing": 1})
    assert card.tally == {works: [2, 0], office: [0, 1], "": [0, 1]}
    page = queries.simulation_page(author(town), card, verdict="", group=None, after="", limit=50)
    assert [row.told.subject for row in page.rows] == [second.number, first.number], "no rule fits comes first"
    assert page.groups[0].code == ""
    assert "R-1" in page.rows[1].told.before


def test_the_past_itself_stays_as_it_was(town: World) -> None:
    rule(town, edition(), "R-1", 10)
    case = open_case(ANONYMOUS, route=True)
    route(case)
    before = Case.objects.filter(pk=case.pk).values().get()
    book = draft(town)
    change(town, book, "R-1", department_id=town.id("office"))
    simulate(town, book)
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert RouteFinding.objects.count() == 1


def test_cases_outside_the_readers_area_are_counted_and_not_listed(town: World) -> None:
    rule(town, edition(), "R-1", 10)
    near, far = open_case(ANONYMOUS, path=VILLAGE), open_case(ANONYMOUS, path=FAR)
    book = draft(town)
    change(town, book, "R-1", department_id=town.id("office"))
    card = simulate(town, book)
    reader = replace(town.actor("cora"), rights=town.actor("cora").rights | {"cases.supervise"})
    page = queries.simulation_page(reader, card, verdict="", group=None, after="", limit=50)
    assert ([row.told.subject for row in page.rows], page.shown, page.hidden) == ([near.number], 1, 1)
    exported = [row.told.subject for row in queries.simulation_lines(reader, card, verdict="", group=None)]
    assert far.number not in exported


def test_it_pages_through_everything_once_in_the_order_of_the_verdicts(town: World) -> None:
    old = edition()
    rule(town, old, "R-1", 10, category="inspection/01")
    rule(town, old, "R-2", 5, category="inspection/02")
    for number in range(9):
        open_case(ANONYMOUS, category=f"inspection/0{number % 2 + 1}/0101")
    book = draft(town)
    change(town, book, "R-1", department_id=town.id("office"))
    change(town, book, "R-2", category="inspection/09")
    card, after, seen = simulate(town, book), "", []
    for _page in range(5):
        page = queries.simulation_page(author(town), card, verdict="", group=None, after=after, limit=2)
        seen += [(row.verdict, row.id) for row in page.rows]
        after = page.next_key
    assert len(seen) == len(set(seen)) == 9
    assert [verdict for verdict, _id in seen] == ["nothing"] * 4 + ["department"] * 5


def test_stopped_it_goes_on_where_it_was_and_finds_everything_once(
    town: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.queries.rule_simulation.BATCH", 2)
    monkeypatch.setattr(simulations, "PIECE_SECONDS", 0.0)
    rule(town, edition(), "R-1", 10)
    for _number in range(7):
        open_case(ANONYMOUS)
    book = draft(town)
    change(town, book, "R-1", department_id=town.id("office"))
    start_simulation(kind="routing", number=book.number, scope="last", size=100, actor=author(town))
    card = simulation_cards("routing", book.number)[0]
    cancel_job(job_id=card.job_id, actor=author(town))
    redeem_due()
    assert simulation_cards("routing", book.number)[0].resumable
    resume_job(job_id=card.job_id, actor=author(town))
    redeem_due()
    card = simulation_cards("routing", book.number)[0]
    assert (card.state, card.done, card.counts) == ("done", 7, {"department": 7})
    assert SimulationRow.objects.filter(run=card.id).count() == 7


def test_one_at_a_time_and_only_by_those_who_draft_or_approve(town: World) -> None:
    rule(town, edition(), "R-1", 10)
    book = draft(town)
    given_ = {"kind": "routing", "number": book.number, "scope": "last", "size": 100}
    with pytest.raises(PermissionDenied):
        start_simulation(**given_, actor=town.actor("hal"))
    start_simulation(**given_, actor=author(town))
    with pytest.raises(ValidationError) as refused:
        start_simulation(**given_, actor=approver(town))
    assert refused.value.code == "running"
    with pytest.raises(ValidationError):
        start_simulation(**{**given_, "size": 7}, actor=author(town))


def test_only_the_newest_five_of_an_edition_are_kept(town: World) -> None:
    rule(town, edition(), "R-1", 10)
    book = draft(town)
    for _number in range(7):
        simulate(town, book)
    assert len(simulation_cards("routing", book.number)) == 5


def test_a_draft_changed_since_makes_its_figures_old(town: World) -> None:
    rule(town, edition(), "R-1", 10)
    book = draft(town)
    assert not simulate(town, book).stale
    change(town, book, "R-1", department_id=town.id("office"))
    assert simulation_cards("routing", book.number)[0].stale


RULES = st.lists(
    st.fixed_dictionaries(
        {
            "category": st.sampled_from(["", "inspection/01", "inspection/02", "inspection/01/0102"]),
            "path": st.sampled_from(["", "/3709/370902/", FAR]),
            "source": st.sampled_from(["", "public", "hotline"]),
            "answers": st.sampled_from([{}, {"hazard": "yes"}]),
            "department": st.sampled_from(["works", "office", "lab"]),
            "automatic": st.booleans(),
        }
    ),
    max_size=5,
)
REPORTS = st.lists(
    st.fixed_dictionaries(
        {
            "category": st.sampled_from(["inspection/01/0101", "inspection/01/0102", "inspection/02/0201"]),
            "path": st.sampled_from([VILLAGE, FAR]),
            "source": st.sampled_from(["public", "hotline"]),
            "answers": st.sampled_from([{}, {"hazard": "yes"}, {"hazard": "no"}]),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=RULES, new=RULES, reports=REPORTS)
def test_what_it_says_is_what_routing_does_once_the_draft_is_in_force(
    town: World, old: list[dict[str, Any]], new: list[dict[str, Any]], reports: list[dict[str, Any]]
) -> None:
    """Publish the draft, report the same again, and compare with what the simulation said."""
    point = transaction.savepoint()
    try:
        _compare(town, old, new, reports)
    finally:
        transaction.savepoint_rollback(point)


def _compare(town: World, old: list[dict[str, Any]], new: list[dict[str, Any]], reports: list[dict[str, Any]]) -> None:
    _rules(town, edition(), old)
    past = [open_case(ANONYMOUS, **report) for report in reports]
    book = draft(town)
    RoutingRule.objects.filter(edition=book).delete()
    _rules(town, book, new)
    card = simulate(town, book)
    said = {row.case_id: row.data["after"].get("rule") for row in SimulationRow.objects.filter(run=card.id)}
    if not new:
        return  # an empty edition is refused, so there is nothing to compare with
    kept = {case.pk: _best(case) for case in past}
    publish(town, book)
    again = [route(open_case(ANONYMOUS, route=True, **report)) for report in reports]
    for case, found in zip(past, again, strict=True):
        really = found.rule.code if found.rule else None
        assert said.get(case.pk, kept[case.pk]) == really


def _best(case: Case) -> str | None:
    answer = queries.best_rule(
        kind=case.kind, step="joint", category=case.category, path=case.path, source=case.source,
        answers=case.answers, at=app_now(),
    )  # fmt: skip
    return answer.best.code if answer.best else None


def _rules(town: World, book: Edition, facts: list[dict[str, Any]]) -> None:
    for place, fact in enumerate(facts):
        values = {**fact}
        rule(town, book, f"R-{place}", 100 - place, department_id=town.id(values.pop("department")), **values)
