"""The screens of all editions: what they show to whom, what they refuse and how they say so."""

import re
from collections import Counter
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Notice, Role
from cases import actions, queries
from cases.models import RoutingRule
from ledger.actions import redeem_due, simulations
from ledger.actors import ANONYMOUS
from ledger.models import AuditEntry, Edition
from ledger.queries import simulation_cards
from tests.cases.test_routing import edition, rule
from tests.cases.test_simulation import author, change, draft
from tests.cases.world import World, open_case

RIGHTS = {"dispatcher": "rules.draft", "duty_chief": "rules.approve", "acceptor": "rules.approve"}


@pytest.fixture
def book(town: World) -> Edition:
    """A draft of chief's beside an edition in force with two rules."""
    for code, right in RIGHTS.items():
        role = Role.objects.get(code=code)
        Role.objects.filter(pk=role.pk).update(rights=[*role.rights, right])
    old = edition()
    rule(town, old, "R-1", 10, category="inspection/01", department_id=town.id("works"))
    rule(town, old, "R-2", 5, category="inspection/02")
    return draft(town)


def browser(town: World, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(town.users[name])
    session = client.session
    session["hat"] = Membership.objects.get(user=town.users[name]).pk
    session.save()
    return client


def address(name: str, book: Edition, **more: Any) -> str:
    return reverse(f"cases:{name}", kwargs={"kind": "routing", "number": book.number, **more})


def text(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_overview_says_what_is_in_force_and_what_waits_for_whom(town: World, book: Edition) -> None:
    seen = text(browser(town, "ada").get(reverse("cases:editions")))
    assert "Routing rules" in seen and "Categories of events and parts" in seen
    assert "Edition 1 since" in seen and "Edition 2 next" in seen
    assert "waits for your approval" in seen
    assert "waits for somebody else: you wrote in it" in text(browser(town, "chief").get(reverse("cases:editions")))


def test_an_edition_shows_its_difference_in_words_and_not_in_ids(town: World, book: Edition) -> None:
    change(town, book, "R-1", department_id=town.id("office"))
    seen = text(browser(town, "ada").get(address("edition", book)))
    assert "0 added, 1 changed, 0 taken out" in seen
    assert re.search(r"changed R-1 Sends to Dept works Dept office", seen)
    assert "Reason duty" not in seen, "what reads the same is not in the difference"


def test_the_drafter_is_told_that_somebody_else_has_to_approve(town: World, book: Edition) -> None:
    client = browser(town, "chief")
    seen = client.get(address("edition", book))
    assert "You wrote in this draft" in text(seen)
    assert address("edition_move", book, move="approve") not in seen.content.decode()
    refused = client.post(address("edition_move", book, move="approve"), {"version": 0})
    assert refused.status_code == 422
    assert "Somebody else has to approve what you drafted." in text(refused)


def test_approved_on_the_page_and_published_with_a_date(town: World, book: Edition) -> None:
    client = browser(town, "ada")
    assert client.post(address("edition_move", book, move="approve"), {"version": 0}).status_code == 302
    past = client.post(address("edition_move", book, move="publish"), {"effective_from": "2020-01-01T08:00"})
    assert (past.status_code, "An edition cannot apply to the past." in text(past)) == (422, True)
    odd = client.post(address("edition_move", book, move="publish"), {"effective_from": "soon"})
    assert (odd.status_code, "This is no date and time." in text(odd)) == (422, True)
    assert client.post(address("edition_move", book, move="publish")).status_code == 302
    assert "in force" in text(client.get(address("edition", book)))


def test_what_was_changed_after_it_was_read_is_not_approved(town: World, book: Edition) -> None:
    client = browser(town, "ada")
    client.get(address("edition", book))
    change(town, book, "R-1", department_id=town.id("office"))
    refused = client.post(address("edition_move", book, move="approve"), {"version": 0})
    assert (refused.status_code, "changed since you read it" in text(refused)) == (422, True)


def test_what_would_undo_a_newer_edition_is_said_and_asked_twice(town: World, book: Edition) -> None:
    other = draft(town)
    client = browser(town, "ada")
    client.post(address("edition_move", other, move="approve"), {"version": 0})
    client.post(address("edition_move", other, move="publish"))
    assert "Something has been published since this was drafted" in text(client.get(address("edition", book)))
    refused = client.post(address("edition_move", book, move="approve"), {"version": 0})
    assert refused.status_code == 422
    agreed = client.post(address("edition_move", book, move="approve"), {"version": 0, "confirmed": "on"})
    assert agreed.status_code == 302


def test_an_edition_that_sends_to_a_closed_department_says_so(town: World, book: Edition) -> None:
    town.departments["works"].active = False
    town.departments["works"].save()
    client = browser(town, "ada")
    assert "Rule R-1 sends to Dept works, which has been closed." in text(client.get(address("edition", book)))
    assert client.post(address("edition_move", book, move="approve"), {"version": 0}).status_code == 422


def test_which_applied_at_a_date_is_in_the_address(town: World, book: Edition) -> None:
    page = reverse("cases:edition_kind", kwargs={"kind": "routing"})
    client = browser(town, "ada")
    assert "On 2020-01-01 08:00 there was no edition in force" in text(client.get(page + "?at=2020-01-01T08:00"))
    assert re.search(r"On 2090-01-01 08:00 edition 1 applied", text(client.get(page + "?at=2090-01-01T08:00")))
    assert client.get(page + "?at=nonsense").status_code == 422


def test_a_rule_of_a_draft_is_written_on_its_own_page(town: World, book: Edition) -> None:
    client = browser(town, "dan")
    page = reverse("cases:rule_edit", kwargs={"edition": book.pk, "code": "R-1"})
    values = {**queries.rule_values(queries.rule_of(book.pk, "R-1")), "department_id": town.id("lab")}
    posted = {name: value for name, value in values.items() if name not in ("automatic", "answers")}
    posted["answers"] = "hazard = yes\n\ncondition = 1"
    assert client.post(page, posted).status_code == 302
    written = RoutingRule.objects.get(edition=book, code="R-1")
    assert (written.department_id, written.answers) == (town.id("lab"), {"hazard": "yes", "condition": 1})
    assert "condition = 1\nhazard = yes" in client.get(page).content.decode()
    unreadable = client.post(page, {**posted, "answers": "hazard"})
    assert (unreadable.status_code, "one condition a line" in text(unreadable)) == (422, True)
    tie = client.post(page, {**posted, "priority": 5})
    assert (tie.status_code, "one of them must go first" in text(tie)) == (422, True)
    assert browser(town, "ada").get(page).status_code == 403


def test_who_may_not_draft_finds_no_form_and_is_refused(town: World, book: Edition) -> None:
    client = browser(town, "cora")
    seen = client.get(reverse("cases:edition_kind", kwargs={"kind": "routing"}))
    assert "New draft" not in text(seen)
    made = client.post(reverse("cases:edition_draft", kwargs={"kind": "routing"}), {"title": "mine"})
    assert (made.status_code, Edition.objects.count()) == (403, 2)


def test_a_simulation_from_the_page_to_the_file(town: World, book: Edition) -> None:
    case = open_case(ANONYMOUS)
    change(town, book, "R-1", department_id=town.id("office"))
    client = browser(town, "chief")
    begun = client.post(address("simulation_start", book), {"size": "last:100"})
    assert begun.status_code == 302
    assert "running" in text(client.get(begun["Location"]))
    redeem_due()
    seen = text(client.get(begun["Location"]))
    assert "1 of 1 would change" in seen and case.number in seen and "Dept office" in seen
    group = client.get(begun["Location"] + f"?group={town.id('lab')}")
    assert case.number not in text(group)
    answer = client.get(begun["Location"] + "?format=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert [line.split(",")[0] for line in lines] == ["Subject", case.number]
    assert AuditEntry.objects.filter(action="simulation.export").count() == 1


def test_a_simulation_is_stopped_and_carried_on_from_the_page(
    town: World, book: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.queries.rule_simulation.BATCH", 1)
    monkeypatch.setattr(simulations, "PIECE_SECONDS", 0.0)
    for _number in range(3):
        open_case(ANONYMOUS)
    client = browser(town, "chief")
    where = client.post(address("simulation_start", book), {"size": "last:100"})["Location"]
    client.post(where + "stop/")
    redeem_due()
    assert "stopped" in text(client.get(where))
    client.post(where + "resume/")
    redeem_due()
    assert simulation_cards("routing", book.number)[0].done == 3
    assert client.post(address("simulation_start", book), {"size": "last:7"}).status_code == 422


def test_an_old_draft_keeps_what_it_said_when_a_newer_takes_its_place(town: World, book: Edition) -> None:
    actions.remove_rule(edition_id=book.pk, rule_id=RoutingRule.objects.get(edition=book, code="R-2").pk,
                        actor=author(town))  # fmt: skip
    client = browser(town, "ada")
    book.refresh_from_db()
    client.post(address("edition_move", book, move="approve"), {"version": book.version})
    client.post(address("edition_move", book, move="publish"))
    first = Edition.objects.get(number=1)
    assert "2 rows in this edition" in text(client.get(address("edition", first)))
    assert "taken out R-2" in text(client.get(address("edition", book)))


def test_who_may_approve_is_told_once_for_each_version_handed_in(town: World, book: Edition) -> None:
    def told() -> dict[str, int]:
        redeem_due()
        names = Notice.objects.filter(kind="edition.waiting").values_list("user__username", flat=True)
        return dict(Counter(names))

    role = Role.objects.get(code="duty_chief")
    Role.objects.filter(pk=role.pk).update(rights=[*role.rights, "rules.draft"])
    client = browser(town, "chief")
    assert address("edition_move", book, move="hand-in") in client.get(address("edition", book)).content.decode()
    assert told() == {}, "a draft that nobody handed in waits for nobody"
    for _again in range(2):
        client.post(address("edition_move", book, move="hand-in"))
    assert told() == {"ada": 1, "bo": 1}, "not the drafter, and nobody twice"
    reader = browser(town, "ada")
    assert f"Routing rules, edition {book.number}: waits for approval" in text(reader.get("/notices/"))
    reader.post(address("edition_move", book, move="return"), {"reason": "too wide"})
    client.post(address("edition_move", book, move="hand-in"))
    assert told() == {"ada": 2, "bo": 2}
