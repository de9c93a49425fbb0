"""P4: Redis holds nothing that matters."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults import page
from tests.faults.driver import Book
from tests.faults.rig import Rig, p95, wait_until

OUTAGE_SECONDS = 20.0
SESSIONS = "SELECT count(*) FROM django_session"


@contextmanager
def reports_meanwhile(rig: Rig, keys: list[str], rate: float) -> Iterator[Book]:
    """Reports keep coming in at `rate` per second while the test does harm."""
    book = Book()
    thread = threading.Thread(
        target=rig.driver.submit, args=(keys,), kwargs={"threads": 4, "rate": rate, "give_up": 120, "book": book}
    )
    thread.start()
    yield book
    thread.join()


def test_p4_emptying_redis_at_any_moment_loses_nothing(rig: Rig, size: int) -> None:
    keys = rig.keys("flush", 100 * size)
    moments = random.Random(4)
    with reports_meanwhile(rig, keys, 20) as book:
        while len(book.seconds) + book.broken < len(keys):
            time.sleep(moments.uniform(0.05, 0.6))
            rig.flush_redis()
    assert set(book.statuses) == {201}
    assert not book.broken
    took = rig.wait_routed(keys, within=30)
    rig.compare(keys, book)
    page.note("P4", "flush", f"FLUSHALL all the time: {len(keys)} of {len(keys)} routed after {took:.0f} s")


def test_p4_reports_are_taken_and_routed_while_redis_is_away(rig: Rig, size: int) -> None:
    sessions = rig.number(SESSIONS)
    seconds = OUTAGE_SECONDS * (1 if size == 1 else 15)
    keys = rig.keys("outage", int(seconds * 4))
    with reports_meanwhile(rig, keys, 4) as book:
        rig.redis.blackhole()
        time.sleep(seconds / 2)
        rig.redis.cut()
        # the relay routes what came in, with no broker at all
        wait_until(lambda: rig.routed(keys) >= len(book.acked) // 2 > 0, within=20, what="routed without a broker")
        time.sleep(seconds / 4)
        rig.redis.heal()
    assert set(book.statuses) == {201}, book.statuses
    assert not book.broken
    assert p95(book.seconds) <= 1.0, "a request waited for Redis"
    assert max(book.seconds) <= 2.0
    took = rig.wait_routed(keys, within=60)
    rig.wait_quiet(within=60)
    assert rig.number(SESSIONS) == sessions
    rig.compare(keys, book)
    slow = p95(book.seconds) * 1000
    page.note("P4", "outage", f"{seconds:.0f} s away: 0 errors, p95 {slow:.0f} ms, backlog gone after {took:.0f} s")
