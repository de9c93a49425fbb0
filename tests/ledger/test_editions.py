"""Nobody puts a rule in force alone, and never for the past."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from ledger.actions import approve_edition, draft_edition, publish_edition
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.models import AuditEntry, Edition
from ledger.queries import edition_in_force

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
