"""P1 to P5 and P14 with cases of all kinds side by side: killed workers and an emptied Redis do no harm."""

import threading
import time
from typing import Any

from tests.faults import page
from tests.faults.rig import ORPHANS, TWICE, Rig, wait_until

HELD = """
SELECT count(*) FROM cases_case c WHERE submission_key = ANY(%s)
   AND EXISTS (SELECT FROM cases_assignment a WHERE a.case_id = c.id AND a.open AND a.department_id = c.department_id)
"""
UNROUTED = """
SELECT count(*) FROM ledger_promise p JOIN cases_case c ON c.id::text = p.payload->>'case'
 WHERE c.submission_key = ANY(%s) AND p.kind = 'cases.route' AND p.done_at IS NULL
"""


def test_p14_cases_of_all_kinds_survive_killed_workers_and_an_emptied_redis(rig: Rig, size: int) -> None:
    opened: dict[str, dict[str, str]] = {}

    def people() -> None:
        opened.update(rig.inside("mixed.py", 8 * size))

    thread = threading.Thread(target=people)
    thread.start()
    kills = 0
    while thread.is_alive():
        time.sleep(1.5)
        rig.kill("worker")
        rig.flush_redis()
        rig.start("worker")
        kills += 1
    thread.join()
    assert len(opened) >= 3
    assert all(len(cases) == 8 * size for cases in opened.values()), {kind: len(rows) for kind, rows in opened.items()}
    keys: list[Any] = [key for cases in opened.values() for key in cases]
    took = wait_until(lambda: rig.number(UNROUTED, keys) == 0, within=60, what="every case routed", every=0.3)
    rig.wait_quiet()
    assert rig.number(HELD, keys) == len(keys), "every case stands in the inbox of the department that has it"
    assert rig.rows(TWICE) == []
    assert rig.rows(ORPHANS) == []
    rig.check_invariants()
    what = f"{len(keys)} cases of {len(opened)} kinds, {kills} kills and flushes: all with a department"
    page.note("P14", "mixed", f"{what} {took:.0f} s after the last, 0 twice, 0 breaches")
