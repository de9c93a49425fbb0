"""P4: Redis holds nothing that matters."""

import random
import time

from tests.faults import page
from tests.faults.driver import TAKEN
from tests.faults.rig import Rig, p95, wait_until

OUTAGE_SECONDS = 20.0
SUNG_SINCE = (
    "SELECT count(*) FROM ledger_promise WHERE kind = 'ledger.canary' AND created_at > %s AND done_at IS NOT NULL"
)
SESSIONS = "SELECT count(*) FROM django_session"


def takes_messages_again(rig: Rig) -> None:
    """Canaries are left to the workers, so one that came after the outage and is done was taken by a worker."""
    healed = rig.rows("SELECT now()")[0][0]
    wait_until(lambda: rig.number(SUNG_SINCE, healed) > 0, within=40, what="the worker takes messages again", every=0.2)


def test_p4_emptying_redis_at_any_moment_loses_nothing(rig: Rig, size: int) -> None:
    keys = rig.keys("flush", 98 * size, sheets=2 * size)
    rig.checked(keys)
    moments = random.Random(4)
    with rig.meanwhile(keys, rate=20) as book:
        while not book.over.wait(moments.uniform(0.05, 0.6)):
            rig.flush_redis()
    assert set(book.statuses) <= TAKEN, book.statuses
    assert not book.broken
    assert set(book.acked) == set(keys)
    took = rig.wait_routed(keys, within=30)
    rig.compare(keys, book)
    page.note(
        "P4", "flush", f"FLUSHALL all the time: {len(keys)} of {len(keys)} of all kinds routed after {took:.0f} s"
    )


def test_p4_cases_are_taken_and_routed_while_redis_is_away(rig: Rig, size: int) -> None:
    sessions = rig.number(SESSIONS)
    seconds = OUTAGE_SECONDS * (1 if size == 1 else 15)
    keys = rig.keys("outage", int(seconds * 4) - 2 * size, sheets=2 * size)
    with rig.meanwhile(keys, rate=4) as book:
        rig.redis.blackhole()
        time.sleep(seconds / 2)
        rig.redis.cut()
        # the relay routes what came in, with no broker at all
        wait_until(lambda: rig.routed(keys) >= len(book.acked) // 2 > 0, within=20, what="routed without a broker")
        time.sleep(seconds / 4)
        rig.redis.heal()
    assert set(book.statuses) <= TAKEN, book.statuses
    assert not book.broken
    assert set(book.acked) == set(keys)
    assert p95(book.seconds) <= 1.0, "a request waited for Redis"
    assert max(book.seconds) <= 2.0
    took = rig.wait_routed(keys, within=60)
    rig.wait_quiet(within=60)
    takes_messages_again(rig)
    assert rig.number(SESSIONS) == sessions
    rig.compare(keys, book)
    what = f"{seconds:.0f} s away: {len(keys)} of all kinds taken, 0 errors, p95 {p95(book.seconds) * 1000:.0f} ms"
    page.note("P4", "outage", f"{what}, backlog gone after {took:.0f} s")
