"""A person retries or settles what the machine could not do."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from ledger import kinds
from ledger.actions import open_incident, reconcile, redeem, retry_incident, settle_incident
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.models import AuditEntry, Incident, Promise
from tests.ledger.conftest import Promised
from tests.ledger.handlers import effects

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(promised: Promised) -> Incident:
    row = promised("test.fail", attempts=11)
    redeem([row.pk])
    return Incident.objects.get(promise=row)


def test_retried_the_promise_has_all_its_attempts_again(
    incident: Incident, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    repaired = kinds.Handler("test.fail", "tests.ledger.handlers.write_down", "route")
    monkeypatch.setitem(kinds.handlers, "test.fail", repaired)
    retry_incident(incident_id=incident.pk, actor=operator)
    row = Promise.objects.get()
    assert (row.attempts, row.dead_at) == (0, None)
    redeem([row.pk])
    assert effects() == 1
    incident.refresh_from_db()
    assert (incident.settlement, incident.settled_by) == ("retried", "member:7")
    assert AuditEntry.objects.get().action == "incident.retried"


def test_settled_by_hand_the_promise_stays_unredeemed(incident: Incident, operator: Actor) -> None:
    settle_incident(incident_id=incident.pk, note="Called the department", actor=operator)
    incident.refresh_from_db()
    assert incident.settlement == "settled"
    assert incident.note == "Called the department"
    assert redeem([Promise.objects.get().pk]).touched == 0


def test_settling_needs_a_note(incident: Incident, operator: Actor) -> None:
    with pytest.raises(ValidationError) as refused:
        settle_incident(incident_id=incident.pk, note=" ", actor=operator)
    assert "note" in refused.value.message_dict
    assert Incident.objects.filter(settled_at=None).count() == 1


def test_settling_twice_is_refused(incident: Incident, operator: Actor) -> None:
    settle_incident(incident_id=incident.pk, note="done", actor=operator)
    with pytest.raises(ValidationError):
        retry_incident(incident_id=incident.pk, actor=operator)


def test_without_the_right_nothing_is_settled(incident: Incident) -> None:
    stranger = Actor(kind=ActorKind.MEMBER, id="9", rights=frozenset({"cases.read"}))
    with pytest.raises(PermissionDenied):
        retry_incident(incident_id=incident.pk, actor=stranger)
    assert Incident.objects.filter(settled_at=None).count() == 1


def test_the_same_trouble_is_one_incident_until_it_is_settled(operator: Actor) -> None:
    now = app_now()
    assert open_incident(kind="invariant.I1", reference="I1", detail="case 1", now=now)
    assert not open_incident(kind="invariant.I1", reference="I1", detail="case 1", now=now)
    settle_incident(incident_id=Incident.objects.get().pk, note="repaired", actor=operator)
    assert open_incident(kind="invariant.I1", reference="I1", detail="case 1", now=now)


def test_reconciling_opens_an_incident_for_a_promise_that_waits_too_long(
    promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "invariants", {"I6": "ledger.queries.invariant_promises"})
    early = app_now().replace(year=2020)
    row = promised(not_before=early)
    reconcile(now=app_now())
    assert Incident.objects.get(kind="invariant.I6").detail == f"promise {row.pk} test.write waits"
