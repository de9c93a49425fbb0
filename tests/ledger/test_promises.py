"""What a promise costs, and that it stands or falls with its fact."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from kombu import Connection

from ledger import promises
from ledger.clock import app_now
from ledger.models import Promise
from ledger.promises import promise


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nudges leave with their transaction, as in a command; a web worker (`govplatform.wsgi`) gathers them."""
    monkeypatch.setattr(promises.gatherer, "on", False)


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    calls: list[tuple[str, list[int]]] = []

    def told(kind: str, ids: list[int]) -> bool:
        calls.append((kind, list(ids)))
        return True

    monkeypatch.setattr(promises, "nudge", told)
    return calls


@pytest.fixture
def broker_away(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Connection("redis://127.0.0.1:1/0", transport_options={"socket_connect_timeout": 0.5, "max_retries": 0})
    monkeypatch.setattr(promises, "_broker", lambda: nowhere)
    monkeypatch.setattr(promises, "breaker", promises._Breaker())


@pytest.mark.django_db
def test_a_promise_is_one_statement() -> None:
    now = app_now()
    with CaptureQueriesContext(connection) as statements:
        promise("test.write", key="a", payload={"case": 1}, now=now)
    assert len(statements) == 1


@pytest.mark.django_db
def test_the_same_key_is_promised_once() -> None:
    now = app_now()
    first = promise("test.write", key="a", payload={"case": 1}, now=now)
    second = promise("test.write", key="a", payload={"case": 2}, now=now)
    assert first is not None
    assert second is None
    assert Promise.objects.get().payload == {"case": 1}


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_promised() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        promise("test.write", key="a", payload={}, now=app_now())
    assert not Promise.objects.exists()


@pytest.mark.django_db
def test_a_kind_nobody_registered_is_refused() -> None:
    with pytest.raises(KeyError):
        promise("test.unheard", key="a", payload={}, now=app_now())


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_fact_takes_its_promise_and_nudge_along(nudged: list[tuple[str, list[int]]]) -> None:
    now = app_now()
    with pytest.raises(RuntimeError), transaction.atomic():
        promise("test.write", key="a", payload={}, now=now)
        raise RuntimeError
    with transaction.atomic():
        kept = promise("test.write", key="b", payload={}, now=now)
    assert list(Promise.objects.values_list("pk", flat=True)) == [kept]
    assert nudged == [("test.write", [kept])]


@pytest.mark.django_db(transaction=True)
def test_one_transaction_sends_one_nudge_for_each_kind(nudged: list[tuple[str, list[int]]]) -> None:
    now = app_now()
    with transaction.atomic():
        first = promise("test.write", key="a", payload={}, now=now)
        other = promise("test.slow", key="b", payload={}, now=now)
        with transaction.atomic():
            third = promise("test.write", key="c", payload={}, now=now)
    assert nudged == [("test.write", [first, third]), ("test.slow", [other])]


@pytest.mark.django_db(transaction=True)
def test_what_is_due_later_is_not_nudged_now(nudged: list[tuple[str, list[int]]]) -> None:
    now = app_now()
    with transaction.atomic():
        promise("test.write", key="a", payload={}, now=now, not_before=now.replace(year=now.year + 1))
    assert nudged == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("broker_away")
def test_without_a_broker_the_fact_is_saved_and_nobody_waits_twice() -> None:
    now = app_now()
    begun = time.monotonic()
    for key in "abcdefgh":
        with transaction.atomic():
            promise("test.write", key=key, payload={}, now=now)
    assert time.monotonic() - begun < 1.0
    assert Promise.objects.filter(nudged_at=None, done_at=None).count() == 8
    assert not promises.breaker.open_for_use()


@pytest.mark.django_db(transaction=True)
def test_held_promises_are_not_nudged_and_leased_to_their_maker(nudged: list[tuple[str, list[int]]]) -> None:
    with promises.held() as ids, transaction.atomic():
        promise("test.write", key="a", payload={}, now=app_now())
    row = Promise.objects.get()
    assert ids == [row.pk]
    assert row.lease_owner == promises.owner_name()
    assert nudged == []


@pytest.mark.django_db(transaction=True)
def test_a_web_worker_gathers_the_nudges_of_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    gatherer, sent, told = promises._Gatherer(), [], threading.Event()

    def send(kind: str, ids: list[int]) -> bool:
        sent.append((kind, list(ids)))
        told.set()
        return True

    monkeypatch.setattr(promises, "nudge", send)
    monkeypatch.setattr(promises, "GATHER_SECONDS", 0.2)
    monkeypatch.setattr(promises, "gatherer", gatherer)
    gatherer.on = True
    made = []
    for key in "abc":
        with transaction.atomic():
            made.append(promise("test.write", key=key, payload={}, now=app_now()))
    assert told.wait(5)
    assert sent == [("test.write", made)]
