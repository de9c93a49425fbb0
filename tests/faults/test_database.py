"""P16: a restart of PostgreSQL heals itself."""

import signal
import time

import pytest

from tests.faults import page, servers
from tests.faults.rig import Rig


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["fast restart", "kill -9 of the postmaster"])
def test_p16_the_first_report_after_a_database_restart_succeeds_within_seconds(rig: Rig, how: signal.Signals) -> None:
    keys = rig.keys(f"restart-{how.name}", 40)
    before = {name: process.pid for name, process in rig.running.items()}
    with rig.meanwhile(keys, rate=10) as book:
        time.sleep(1)
        servers.down(servers.postmaster(rig.paths), how)
        time.sleep(1)
        servers.up(rig.paths)
        accepts = time.monotonic()
        done = len(book.acked)
        while len(book.acked) == done and time.monotonic() - accepts < 20:
            time.sleep(0.02)
        healed = time.monotonic() - accepts
    assert healed <= 5.0
    assert not [status for status in book.statuses if 400 <= status < 500], book.statuses
    assert len(book.acked) == len(keys)
    rig.end_leases()
    rig.wait_routed(keys, within=30)
    rig.wait_quiet()
    assert {name: process.pid for name, process in rig.running.items() if process.poll() is None} == before
    rig.compare(keys, book)
    page.note("P16", how.name, f"{how.name}: first success {healed:.1f} s after it accepts")
