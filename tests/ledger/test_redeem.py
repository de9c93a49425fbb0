"""Twice is once, a fault is a matter of one promise, and nothing is lost when a process dies."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from ledger import kinds
from ledger.actions import hand_over, redeem, redeem_due, redeem_held
from ledger.clock import app_now
from ledger.models import Incident, Promise
from ledger.promises import held
from ledger.promises import redeem as redeeming
from ledger.promises.redeem import SLICE_SECONDS
from tests.ledger.conftest import Promised, lose_lease, make_due
from tests.ledger.handlers import effects, seen


def at_once(times: int, work: Callable[[], object]) -> None:
    """Run the same work in so many threads, each with its own connection, from one starting line."""
    line = threading.Barrier(times)

    def run() -> None:
        try:
            line.wait(10)
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


@pytest.mark.django_db(transaction=True)
def test_four_redeemers_at_once_have_one_effect_each(promised: Promised) -> None:
    ids = [promised("test.slow", {"name": f"p{number}"}).pk for number in range(12)]
    at_once(4, lambda: redeem(ids))
    assert effects() == 12
    assert len({row.reference for row in Incident.objects.all()}) == 12
    assert not Promise.objects.filter(done_at=None).exists()


@pytest.mark.django_db
def test_redeeming_again_changes_no_row(promised: Promised) -> None:
    row = promised()
    redeem([row.pk])
    before = Promise.objects.values().get(pk=row.pk)
    outcome = redeem([row.pk])
    assert outcome.touched == 0
    assert effects() == 1
    assert Promise.objects.values().get(pk=row.pk) == before


@pytest.mark.django_db
def test_one_that_fails_leaves_its_neighbours_done_and_nothing_of_itself(promised: Promised) -> None:
    good, bad, other = promised(), promised("test.fail"), promised()
    outcome = redeem([good.pk, bad.pk, other.pk])
    assert (outcome.done, outcome.failed) == (2, 1)
    assert effects() == 2
    bad.refresh_from_db()
    assert bad.attempts == 1
    assert bad.done_at is None
    assert bad.lease_until is None


@pytest.mark.django_db
def test_the_noted_error_names_place_and_kind_but_no_value(promised: Promised) -> None:
    row = promised("test.fail")
    redeem([row.pk])
    row.refresh_from_db()
    assert row.last_error.startswith("ValueError: no such thing as …")
    assert "handlers.py" in row.last_error
    assert "1380" not in row.last_error


@pytest.mark.django_db
@pytest.mark.parametrize(("attempts", "seconds"), [(0, 10), (1, 20), (4, 160), (9, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(promised: Promised, attempts: int, seconds: int) -> None:
    row = promised("test.fail", attempts=attempts)
    redeem([row.pk])
    row.refresh_from_db()
    wait = (row.not_before - app_now()).total_seconds()
    assert 0.8 * seconds - 2 <= wait <= 1.2 * seconds


@pytest.mark.django_db
def test_the_twelfth_failure_is_an_incident_and_no_more_tries(promised: Promised) -> None:
    row = promised("test.fail", attempts=11)
    redeem([row.pk])
    incident = Incident.objects.get(promise=row)
    assert "failed 12 times" in incident.detail
    make_due(row.pk)
    assert redeem([row.pk]).touched == 0


@pytest.mark.django_db
def test_an_outage_does_not_count_as_an_attempt(promised: Promised) -> None:
    row = promised("test.away", attempts=3)
    redeem([row.pk])
    row.refresh_from_db()
    assert row.attempts == 3
    assert row.failing_since is not None
    assert row.dead_at is None


@pytest.mark.django_db
def test_an_outage_of_72_hours_is_an_incident(promised: Promised) -> None:
    row = promised("test.away", failing_since=app_now() - timedelta(hours=72, seconds=1))
    redeem([row.pk])
    assert "72 hours" in Incident.objects.get(promise=row).detail


@pytest.mark.django_db
def test_a_kind_nobody_knows_waits_without_counting(promised: Promised, monkeypatch: pytest.MonkeyPatch) -> None:
    row = promised()
    monkeypatch.delitem(kinds.handlers, "test.write")
    assert redeem([row.pk]).waiting == 1
    row.refresh_from_db()
    assert 25 <= (row.not_before - app_now()).total_seconds() <= 31
    assert (row.attempts, row.lost_leases, row.lease_until) == (0, 0, None)


@pytest.mark.django_db
def test_a_newer_payload_waits_for_a_worker_that_reads_it(promised: Promised) -> None:
    row = promised(payload_version=2)
    assert redeem([row.pk]).waiting == 1
    assert effects() == 0


@pytest.mark.django_db
def test_what_a_living_process_holds_is_left_to_it(promised: Promised) -> None:
    row = promised(lease_until=app_now() + timedelta(seconds=10), lease_owner="other:1:1")
    assert redeem([row.pk]).touched == 0
    assert effects() == 0


@pytest.mark.django_db
def test_a_lost_lease_is_taken_up_and_remembered(promised: Promised) -> None:
    row = promised()
    lose_lease(row.pk)
    assert redeem([row.pk]).done == 1
    row.refresh_from_db()
    assert row.lost_leases == 1
    assert effects() == 1


@pytest.mark.django_db
def test_the_third_lost_lease_is_an_incident_and_its_neighbours_are_done(promised: Promised) -> None:
    poison, *rest = [promised() for _ in range(4)]
    for row in (poison, *rest):
        lose_lease(row.pk)
    Promise.objects.filter(pk=poison.pk).update(lost_leases=2)
    redeem([poison.pk, *(row.pk for row in rest)])
    assert Incident.objects.get(promise=poison).detail.startswith("the process died 3 times")
    assert poison.pk not in seen
    assert effects() == 3


@pytest.mark.django_db
def test_what_lost_a_lease_runs_in_a_transaction_of_its_own(
    promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    real = redeeming._run_slice

    def counted(spec: Any, rows: Any, *args: Any, **options: Any) -> Any:
        sizes.append(len(rows))
        return real(spec, rows, *args, **options)

    monkeypatch.setattr(redeeming, "_run_slice", counted)
    healthy, lost, also_lost = promised(), promised(), promised()
    lose_lease(lost.pk)
    lose_lease(also_lost.pk)
    redeem([healthy.pk, lost.pk, also_lost.pk])
    assert sizes == [1, 1, 1]


@pytest.mark.django_db
def test_a_message_for_an_old_promise_also_takes_the_newest(promised: Promised) -> None:
    rows = [promised() for _ in range(60)]
    redeem([rows[0].pk], top_up=True)
    done = set(Promise.objects.exclude(done_at=None).values_list("pk", flat=True))
    assert rows[0].pk in done
    assert rows[-1].pk in done
    assert rows[1].pk not in done


@pytest.mark.django_db
def test_a_message_that_comes_too_late_still_helps_the_newest(promised: Promised) -> None:
    late = promised()
    redeem([late.pk])
    fresh = promised()
    other_kind = promised("test.slow")
    redeem([late.pk], top_up=True)
    assert set(Promise.objects.filter(done_at=None)) == {other_kind}
    assert fresh.pk in seen


@pytest.mark.django_db
def test_work_of_seconds_is_never_added_to_a_message(promised: Promised) -> None:
    first, second = promised("test.external", {"to": "a"}), promised("test.external", {"to": "b"})
    redeem([first.pk], top_up=True)
    assert set(Promise.objects.filter(done_at=None)) == {second}


@pytest.mark.django_db(transaction=True)
def test_a_long_batch_commits_in_slices(promised: Promised) -> None:
    rows = [promised("test.slow") for _ in range(int(SLICE_SECONDS / 0.05) + 5)]
    assert redeem([row.pk for row in rows]).done == len(rows)
    assert Promise.objects.values("done_at").distinct().count() > 1


@pytest.mark.django_db(transaction=True)
def test_an_abandoned_row_lock_is_stepped_over(promised: Promised) -> None:
    busy, free = promised(), promised()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM ledger_promise WHERE id = %s FOR UPDATE", [busy.pk])
        assert redeem([busy.pk, free.pk]).done == 1
        with other.cursor() as cursor:
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert redeem([busy.pk]).done == 1


@pytest.mark.django_db
def test_everything_due_is_redeemed_with_what_it_promises(promised: Promised) -> None:
    promised("test.chain", {"left": 3})
    redeem_due()
    assert Promise.objects.filter(kind="test.chain", done_at=None).count() == 0
    assert Promise.objects.filter(kind="test.chain").count() == 4


@pytest.mark.django_db(transaction=True)
def test_held_promises_are_redeemed_by_their_maker_only(promised: Promised) -> None:
    with held() as ids:
        promised("test.chain", {"left": 2})
        at_once(1, lambda: redeem(list(ids)))
        assert effects() == 0
        assert redeem_held(ids) == 3
    assert effects() == 3


@pytest.mark.django_db(transaction=True)
def test_what_its_maker_hands_over_is_due_now_and_anybodys(promised: Promised) -> None:
    with held() as ids:
        promised("test.chain", {"left": 0})
    Promise.objects.filter(pk__in=ids).update(not_before=app_now() - timedelta(days=70))
    at_once(1, lambda: hand_over(ids, now=app_now()))
    assert Promise.objects.get(pk=ids[0]).lease_owner  # another thread has no say
    now = app_now()
    hand_over(ids, now=now)
    kept = Promise.objects.get(pk=ids[0])
    assert (kept.lease_until, kept.lease_owner, kept.not_before) == (None, "", now)
    at_once(1, lambda: redeem(list(ids)))
    assert effects() == 1
