"""P5: a worker that is killed again and again does no harm."""

import time

from tests.faults import page
from tests.faults.rig import Rig

KILLING_SECONDS = 20
EVERY_SECONDS = 2.0


def test_p5_killing_the_worker_every_two_seconds_leaves_one_effect_each(rig: Rig, size: int) -> None:
    seconds = KILLING_SECONDS * (1 if size == 1 else 3)
    keys = rig.keys("killed", seconds * 4 - 2 * size, sheets=2 * size)
    rig.checked(keys)
    with rig.meanwhile(keys, rate=4) as book:
        for _ in range(int(seconds / EVERY_SECONDS)):
            time.sleep(EVERY_SECONDS)
            rig.kill("worker")
            rig.start("worker")
    assert len(book.acked) == len(keys)
    assert not book.broken
    took = rig.wait_routed(keys, within=30)
    rig.end_leases()  # of messages that were on their way out: two minutes
    rig.wait_quiet()
    rig.compare(keys, book)
    cases = len(rig.stored(keys))
    page.note(
        "P5", "kills", f"{cases} cases of all kinds, {seconds // 2} kills: all routed {took:.0f} s after the last"
    )
