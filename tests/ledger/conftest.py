"""Promises of made-up kinds, and what a test needs to make them due, leased or lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from ledger import kinds
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.models import Promise
from ledger.promises import promise
from ledger.queries.calendar import forget_calendar
from tests.ledger import handlers

MADE_UP = {
    "test.write": "write_down",
    "test.slow": "write_slowly",
    "test.fail": "fail",
    "test.away": "be_away",
    "test.chain": "promise_another",
}
Promised = Callable[..., Promise]


@pytest.fixture(autouse=True)
def made_up_kinds(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path  # anchors of one test are none of the next one's
    for kind, name in MADE_UP.items():
        monkeypatch.setitem(kinds.handlers, kind, kinds.Handler(kind, f"tests.ledger.handlers.{name}", "route"))
    external = kinds.Handler(
        "test.external",
        "tests.ledger.handlers.settle",
        "notify",
        prepare="tests.ledger.handlers.prepare",
        send="tests.ledger.handlers.send",
        batch=1,
    )
    monkeypatch.setitem(kinds.handlers, "test.external", external)
    monkeypatch.setitem(kinds.jobs, "test.count", handlers.COUNTING)
    handlers.sent.clear()
    handlers.seen.clear()
    forget_calendar()
    yield
    forget_calendar()


@pytest.fixture
def promised() -> Promised:
    """Make one promise in a transaction of its own; the columns of `change` are set afterwards by plain SQL."""

    def make(kind: str = "test.write", payload: dict[str, object] | None = None, **change: object) -> Promise:
        with transaction.atomic():
            number = Promise.objects.count()
            promise_id = promise(kind, key=f"{kind}:{number}", payload=payload or {}, now=app_now()) or 0
        if change:
            Promise.objects.filter(pk=promise_id).update(**change)
        return Promise.objects.get(pk=promise_id)

    return make


@pytest.fixture
def operator() -> Actor:
    rights = frozenset({"operations.settle", "rules.draft"})
    return Actor(kind=ActorKind.MEMBER, id="7", department_id=3, membership_id=11, role="system_admin", rights=rights)


@pytest.fixture
def approver() -> Actor:
    return Actor(kind=ActorKind.MEMBER, id="8", membership_id=12, rights=frozenset({"rules.approve", "rules.draft"}))


def lose_lease(promise_id: int) -> None:
    """As if the process that took this promise had been killed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_promise SET lease_until = clock_timestamp() - interval '1 second', lease_owner = 'gone:1:1'"
            " WHERE id = %s",
            [promise_id],
        )


def make_due(promise_id: int) -> None:
    """As if its time had come."""
    Promise.objects.filter(pk=promise_id).update(not_before=app_now() - timedelta(seconds=1))
