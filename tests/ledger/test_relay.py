"""The relay keeps promises moving whatever else is down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command

from ledger import kinds
from ledger.actions import redeem, relay_round
from ledger.actions import relay as relay_module
from ledger.clock import app_now
from ledger.models import Promise
from ledger.promises.redeem import Outcome
from tests.ledger.conftest import Promised
from tests.ledger.handlers import effects

pytestmark = pytest.mark.django_db
Nudges = list[tuple[str, list[int]]]


@pytest.fixture(autouse=True)
def no_periodic_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "periodics", {})


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> Nudges:
    """A broker that takes every message, and workers that never come."""
    calls: Nudges = []

    def told(kind: str, ids: list[int]) -> bool:
        calls.append((kind, ids))
        return True

    monkeypatch.setattr(relay_module, "nudge", told)
    return calls


@pytest.fixture
def workers_alive() -> Callable[[], None]:
    def sing() -> None:
        relay_module._sing()
        redeem(list(Promise.objects.filter(kind="ledger.canary", done_at=None).values_list("pk", flat=True)))

    return sing


def test_without_workers_promises_run_here(promised: Promised, nudges: Nudges) -> None:
    row = promised()
    assert relay_round() == 1
    row.refresh_from_db()
    assert row.done_at is not None
    assert effects() == 1


def test_the_canary_is_left_to_the_workers(nudges: Nudges) -> None:
    relay_round()
    assert Promise.objects.get(kind="ledger.canary").done_at is None


def test_with_workers_only_what_was_left_lying_is_nudged(
    promised: Promised, nudges: Nudges, workers_alive: Callable[[], None]
) -> None:
    workers_alive()
    old = promised(created_at=app_now() - timedelta(seconds=6))
    promised()
    assert relay_round() == 0
    assert nudges == [("test.write", [old.pk])]
    relay_round()
    assert len(nudges) == 1, "told once, it is not told again at once"


def test_what_a_dead_process_held_is_nudged(
    promised: Promised, nudges: Nudges, workers_alive: Callable[[], None]
) -> None:
    workers_alive()
    early = app_now() - timedelta(seconds=60)
    row = promised(created_at=early, lease_until=early, lease_owner="gone:1:1")
    relay_round()
    assert nudges == [("test.write", [row.pk])]


def test_with_the_broker_away_promises_run_here(
    promised: Promised, workers_alive: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    workers_alive()
    monkeypatch.setattr(relay_module, "nudge", lambda kind, ids: False)
    promised(created_at=app_now() - timedelta(seconds=6))
    assert relay_round() == 1
    assert effects() == 1


def test_routing_comes_first_and_a_flood_of_another_kind_does_not_hide_it(
    promised: Promised, nudges: Nudges, workers_alive: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    workers_alive()
    monkeypatch.setattr(relay_module, "KIND_LIMIT", 3)
    early = app_now() - timedelta(seconds=6)
    for number in range(5):
        promised("test.external", {"to": str(number)}, created_at=early)
    routed = promised("test.write", created_at=early)
    relay_round()
    assert [(kind, len(ids)) for kind, ids in nudges] == [("test.external", 3), ("test.write", 1)]
    monkeypatch.setattr(relay_module, "INLINE_SECONDS", 0.0)
    order: list[int] = []

    def noted(ids: list[int]) -> Outcome:
        order.extend(ids)
        return redeem(ids)

    monkeypatch.setattr(relay_module, "redeem", noted)
    relay_module._run_inline(relay_module._stale(everything=True))
    assert order[0] == routed.pk
    assert len(order) == 2


def test_one_canary_is_sung_in_ten_seconds() -> None:
    begun = app_now()
    for _ in range(5):
        relay_module._sing()
    elapsed = (app_now() - begun).total_seconds()
    assert Promise.objects.filter(kind="ledger.canary").count() <= 1 + elapsed // 10 + 1


def test_the_command_makes_a_round_and_ends_when_asked(promised: Promised, nudges: Nudges) -> None:
    promised()
    call_command("relay", "--once")
    assert effects() == 1
