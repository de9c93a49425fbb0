"""Nobody puts a rule in force alone, and never for the past."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from ledger.actions import approve_edition, change_edition, draft_edition, move_edition, publish_edition
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.models import AuditEntry, Edition
from ledger.queries import edition_cards, edition_in_force, newer_editions

pytestmark = pytest.mark.django_db


def publish(operator: Actor, approver: Actor, hours: float = 0) -> Edition:
    now = app_now()
    edition = draft_edition(kind="routing", title="t", actor=operator, now=now)
    approve_edition(edition_id=edition.pk, actor=approver, now=now)
    return publish_edition(edition_id=edition.pk, effective_from=now + timedelta(hours=hours), actor=approver, now=now)


def test_drafted_by_one_and_approved_by_another_it_is_in_force(operator: Actor, approver: Actor) -> None:
    edition = publish(operator, approver)
    assert edition_in_force("routing", app_now()) == edition
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "edition.drafted",
        "edition.approved",
        "edition.published",
    ]


def test_the_drafter_cannot_approve(approver: Actor) -> None:
    edition = draft_edition(kind="routing", title="t", actor=approver, now=app_now())
    with pytest.raises(ValidationError) as refused:
        approve_edition(edition_id=edition.pk, actor=approver, now=app_now())
    assert refused.value.code == "four_eyes"


def test_the_database_refuses_one_pair_of_eyes_too(operator: Actor) -> None:
    edition = draft_edition(kind="routing", title="t", actor=operator, now=app_now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(approved_by=edition.drafted_by)


def test_a_draft_is_not_published_unapproved(operator: Actor, approver: Actor) -> None:
    edition = draft_edition(kind="routing", title="t", actor=operator, now=app_now())
    with pytest.raises(ValidationError):
        publish_edition(edition_id=edition.pk, effective_from=app_now(), actor=approver, now=app_now())


def test_it_never_applies_to_the_past(operator: Actor, approver: Actor) -> None:
    with pytest.raises(ValidationError):
        publish(operator, approver, hours=-1)


def test_the_one_before_applies_until_the_next_begins(operator: Actor, approver: Actor) -> None:
    first, second = publish(operator, approver), publish(operator, approver, hours=2)
    now = app_now()
    assert (first.number, second.number) == (1, 2)
    assert edition_in_force("routing", now) == first
    assert edition_in_force("routing", now + timedelta(hours=2)) == second
    assert edition_in_force("categories", now) is None


def test_drafting_and_approving_are_rights(operator: Actor) -> None:
    with pytest.raises(PermissionDenied):
        draft_edition(kind="routing", title="t", actor=Actor(kind=ActorKind.MEMBER, id="9"), now=app_now())
    edition = draft_edition(kind="routing", title="t", actor=operator, now=app_now())
    with pytest.raises(PermissionDenied):
        approve_edition(edition_id=edition.pk, actor=operator, now=app_now())


def moved(edition: Edition, move: str, actor: Actor, **given: object) -> Edition:
    """A step in the test's own transaction: the screen's is durable."""
    return move_edition.__wrapped__(kind=edition.kind, number=edition.number, move=move, actor=actor, **given)


def test_whoever_wrote_in_a_draft_does_not_approve_it(operator: Actor, approver: Actor) -> None:
    edition = draft_edition(kind="test", title="t", actor=operator, now=app_now())
    changed = change_edition(edition_id=edition.pk, kind="test", actor=approver)
    with pytest.raises(ValidationError) as refused:
        approve_edition(edition_id=edition.pk, actor=approver, now=app_now())
    assert (refused.value.code, changed.editors) == ("four_eyes", ["member:8"])


def test_a_draft_that_changed_after_it_was_read_is_not_approved(operator: Actor, approver: Actor) -> None:
    edition = draft_edition(kind="test", title="t", actor=operator, now=app_now())
    change_edition(edition_id=edition.pk, kind="test", actor=operator)
    with pytest.raises(ValidationError) as refused:
        approve_edition(edition_id=edition.pk, actor=approver, now=app_now(), expected_version=0)
    assert refused.value.code == "version"
    assert approve_edition(edition_id=edition.pk, actor=approver, now=app_now(), expected_version=1).approved_by


def test_a_returned_draft_waits_for_its_drafter(operator: Actor, approver: Actor) -> None:
    edition = draft_edition(kind="test", title="t", actor=operator, now=app_now())
    approve_edition(edition_id=edition.pk, actor=approver, now=app_now())
    with pytest.raises(ValidationError):
        moved(edition, "return", approver, reason="  ")
    assert moved(edition, "return", approver, reason="too wide").approved_by == ""
    with pytest.raises(ValidationError) as refused:
        approve_edition(edition_id=edition.pk, actor=approver, now=app_now())
    assert refused.value.code == "returned"
    moved(edition, "hand-in", operator)
    assert approve_edition(edition_id=edition.pk, actor=approver, now=app_now()).state == "approved"


def test_a_discarded_draft_can_be_taken_up_again(operator: Actor) -> None:
    edition = draft_edition(kind="test", title="t", actor=operator, now=app_now())
    assert moved(edition, "discard", operator).state == "discarded"
    with pytest.raises(ValidationError):
        change_edition(edition_id=edition.pk, kind="test", actor=operator)
    assert moved(edition, "restore", operator).state == "draft"


def test_withdrawn_before_it_begins_the_one_before_goes_on(operator: Actor, approver: Actor) -> None:
    first, second = publish(operator, approver), publish(operator, approver, hours=2)
    first.refresh_from_db()
    assert (first.state, first.superseded_at) == ("superseded", second.effective_from)
    moved(second, "withdraw", approver, reason="not yet")
    first.refresh_from_db()
    assert (first.state, first.superseded_at) == ("published", None)
    assert edition_in_force("routing", app_now() + timedelta(hours=3)) == first
    with pytest.raises(ValidationError) as refused:
        moved(first, "withdraw", approver, reason="too late")
    assert refused.value.code == "in_force"


def test_an_edition_put_before_a_coming_one_applies_until_that_begins(operator: Actor, approver: Actor) -> None:
    publish(operator, approver)
    late, early = publish(operator, approver, hours=9), publish(operator, approver, hours=3)
    early.refresh_from_db()
    assert early.superseded_at == late.effective_from
    assert edition_in_force("routing", app_now() + timedelta(hours=4)) == early
    assert edition_in_force("routing", app_now() + timedelta(hours=9)) == late


def test_a_draft_knows_what_was_published_since_until_it_takes_it_over(operator: Actor, approver: Actor) -> None:
    publish(operator, approver)
    draft = draft_edition(kind="routing", title="slow", actor=operator, now=app_now())
    newer = publish(operator, approver, hours=1)

    def since() -> list[int]:
        cards = edition_cards("routing", app_now())
        return [card.number for card in newer_editions(next(c for c in cards if c.id == draft.pk), cards)]

    assert since() == [newer.number]
    moved(draft, "rebase", operator)
    assert since() == []
