"""Promises that talk to another system: outside every transaction, and once for the receiver."""

import pytest

from ledger.actions import redeem
from ledger.models import Promise
from tests.ledger.conftest import Promised, lose_lease, make_due
from tests.ledger.handlers import effects, in_transaction, sent


@pytest.mark.django_db(transaction=True)
def test_it_is_sent_outside_a_transaction_and_its_answer_written(promised: Promised) -> None:
    row = promised("test.external", {"to": "somebody"})
    in_transaction.clear()
    assert redeem([row.pk]).done == 1
    assert sent == [({"to": "somebody"}, f"test.external:{row.pk}")]
    assert in_transaction == [False]
    assert effects("r-1") == 1


@pytest.mark.django_db
def test_it_is_not_sent_again_once_settled(promised: Promised) -> None:
    row = promised("test.external", {"to": "somebody"})
    redeem([row.pk])
    redeem([row.pk])
    assert len(sent) == 1


@pytest.mark.django_db
def test_after_a_crash_it_is_sent_with_the_same_key(promised: Promised) -> None:
    row = promised("test.external", {"to": "somebody"})
    redeem([row.pk])
    Promise.objects.filter(pk=row.pk).update(done_at=None)  # as if killed between sending and settling
    lose_lease(row.pk)
    redeem([row.pk])
    assert [key for _, key in sent] == [f"test.external:{row.pk}"] * 2


@pytest.mark.django_db
def test_with_nothing_left_to_send_it_is_done(promised: Promised) -> None:
    row = promised("test.external", {"to": "somebody", "nothing": True})
    assert redeem([row.pk]).done == 1
    row.refresh_from_db()
    assert row.done_at is not None
    assert sent == []


@pytest.mark.django_db
def test_a_receiver_that_is_away_is_asked_again_later(promised: Promised) -> None:
    row = promised("test.external", {"to": "away"})
    assert redeem([row.pk]).failed == 1
    row.refresh_from_db()
    assert row.attempts == 0
    assert row.lease_until is None
    make_due(row.pk)
    redeem([row.pk])
    assert len(sent) == 2
