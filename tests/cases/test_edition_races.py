"""Two people at once on one edition: one wins, the other learns why not, and nothing is half done."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from cases import actions
from cases.models import RoutingRule
from ledger.actions import move_edition, start_simulation
from ledger.actors import Actor
from ledger.models import AuditEntry, Edition
from tests.cases import world
from tests.cases.test_concurrency import at_once
from tests.cases.test_routing import edition, rule
from tests.cases.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db: None) -> Iterator[World]:
    yield world.build()


@pytest.fixture
def book(town: World) -> Edition:
    rule(town, edition(), "R-1", 10)
    return actions.draft_rules(title="next", actor=author(town))


def author(town: World) -> Actor:
    return replace(town.actor("dan"), rights=frozenset({"rules.draft"}))


def approver(town: World, name: str) -> Actor:
    return replace(town.actor(name), rights=frozenset({"rules.approve"}))


def step(town: World, book: Edition, move: str, name: str) -> Callable[[], object]:
    who = approver(town, name)
    return lambda: move_edition(
        kind="routing", number=book.number, move=move, version=book.version, reason="too wide", actor=who
    )


def test_of_two_who_approve_at_once_one_does(town: World, book: Edition) -> None:
    answers = at_once(step(town, book, "approve", "ada"), step(town, book, "approve", "chief"))
    refused = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert len(refused) == 1 and refused[0].code == "state"
    assert AuditEntry.objects.filter(action="edition.approved").count() == 1


def test_of_approving_and_returning_at_once_the_state_is_one_of_both(town: World, book: Edition) -> None:
    at_once(step(town, book, "approve", "ada"), step(town, book, "return", "chief"))
    book.refresh_from_db()
    approved = (book.state, book.approved_by != "", book.returned_by != "")
    assert approved in {("approved", True, False), ("draft", False, True)}


def test_a_rule_written_while_it_is_approved_is_in_it_or_refused(town: World, book: Edition) -> None:
    one = RoutingRule.objects.get(edition=book)

    def write() -> object:
        return actions.save_rule(
            edition_id=book.pk, rule_id=one.pk, values={"department_id": town.id("office")}, actor=author(town)
        )

    answers = at_once(write, step(town, book, "approve", "ada"))
    refused = [answer for answer in answers if isinstance(answer, ValidationError)]
    book.refresh_from_db()
    one.refresh_from_db()
    assert len(refused) == 1, "nobody approves what he did not read"
    assert (book.state == "approved") == (one.department_id == town.id("works"))


def test_drafts_begun_at_once_get_numbers_of_their_own(town: World, book: Edition) -> None:
    made = at_once(*[lambda: actions.draft_rules(title="more", actor=author(town))] * 4)
    assert sorted(one.number for one in made if isinstance(one, Edition)) == [3, 4, 5, 6]


def test_a_simulation_begun_twice_at_once_runs_once(town: World, book: Edition) -> None:
    def begin() -> object:
        return start_simulation(kind="routing", number=book.number, scope="last", size=100, actor=author(town))

    answers = at_once(begin, begin)
    assert sorted(isinstance(answer, ValidationError) for answer in answers) == [False, True]
