"""P9, P14: time passes once. Last of the folder, because the clock of the rig's database is moved here."""

from tests.faults import page
from tests.faults.rig import Rig, p95, wait_until

HOURS = 240  # ten days: every limit of the city has passed by then
DUE = """
SELECT count(*) FROM cases_clock k JOIN cases_case c ON c.id = k.case_id
 WHERE c.submission_key = ANY(%s) AND k.stopped_at IS NULL AND k.due_at <= now() + %s * interval '1 hour'
"""
WARNED = DUE + " AND k.warned_level = 2"
FIRED_TWICE = """
SELECT h.case_id, h.data->>'clock' FROM cases_historyentry h WHERE h.transition = 'overdue'
 GROUP BY 1, 2 HAVING count(*) > 1
"""
FIRED_EARLY = """
SELECT h.case_id FROM cases_historyentry h JOIN cases_clock k ON k.id = (h.data->>'clock')::bigint
 WHERE h.transition = 'overdue' AND h.at < k.due_at
"""
# sung before the clock was moved and not heard: ten days old at once, until the relay tells a worker of it again
OLD_CANARIES = """
SELECT count(*) FROM ledger_promise
 WHERE kind = 'ledger.canary' AND done_at IS NULL AND created_at < app_now() - interval '1 minute'
"""
LATE = """
SELECT extract(epoch FROM h.at - greatest(k.due_at, %s::timestamptz))::float
  FROM cases_historyentry h JOIN cases_clock k ON k.id = (h.data->>'clock')::bigint
  JOIN cases_case c ON c.id = h.case_id WHERE h.transition = 'overdue' AND c.submission_key = ANY(%s)
"""


def test_p9_every_deadline_fires_once_although_no_worker_ran_before(whole_rig: Rig, size: int) -> None:
    rig = whole_rig
    rig.ensure("web", "worker", "relay")
    keys = rig.keys("deadline", 100 * size, kinds=["report"])
    book = rig.driver.submit(keys)
    rig.wait_routed(keys, within=60)
    rig.wait_quiet()
    rig.ensure()  # everybody is dead while the limits pass
    rig.command(f"demo_clock {HOURS}")
    moved = rig.rows("SELECT now() + %s * interval '1 hour'", HOURS)[0][0]
    due = rig.number(DUE, rig.stored(keys), HOURS)
    assert due >= len(keys)
    rig.ensure("worker", "beat", "relay")
    took = wait_until(
        lambda: rig.number(WARNED, rig.stored(keys), HOURS) == due, within=60, what=f"{due} deadlines fired", every=0.5
    )
    rig.wait_quiet()
    wait_until(lambda: rig.number(OLD_CANARIES) == 0, within=60, what="the canaries of before are heard", every=0.2)
    assert rig.rows(FIRED_TWICE) == []
    assert rig.rows(FIRED_EARLY) == []
    late = [float(row[0]) for row in rig.rows(LATE, moved, rig.stored(keys))]
    assert len(late) == due
    assert p95(late) <= 60
    page.note("P9", "deadlines", f"{due} deadlines: {due} fired within {took:.0f} s of the start, 0 twice, 0 early")
    rig.compare(keys, book)


def test_p14_the_invariants_hold_after_all_of_it(whole_rig: Rig) -> None:
    whole_rig.check_invariants()
    cases = whole_rig.number("SELECT count(*) FROM cases_case")
    page.note("P14", "end", f"0 breaches after all scenarios, {cases} cases")
