"""P1, P2, P3: what was acknowledged is there, once, and reaches a department."""

import ast
import http.client
import random
import threading

from tests.architecture.tree import calls, dotted_name, modules
from tests.faults import page
from tests.faults.driver import Book
from tests.faults.rig import Rig, p95, wait_until

# who talks to another system holds a lease of 120 s; the test does not wait for those of the dead
LEASES_RUN_OUT = "UPDATE ledger_promise SET lease_until = now() WHERE lease_until > now() + interval '15 seconds'"
KILLED = {"web", "worker", "relay"}
VISIBLE = """
SELECT extract(epoch FROM max(a.opened_at) - c.opened_at)::float
  FROM cases_case c JOIN cases_assignment a ON a.case_id = c.id
 WHERE c.submission_key = ANY(%s) GROUP BY c.id, c.opened_at
"""


def crash_points() -> list[str]:
    """Every place that is marked in the code."""
    return sorted(
        str(call.args[0].value)
        for module in modules()
        for call in calls(module)
        if dotted_name(call.func).endswith("faults.point") and call.args and isinstance(call.args[0], ast.Constant)
    )


def test_p1_an_acknowledged_report_survives_a_kill_at_every_marked_place(rig: Rig, size: int) -> None:
    points = crash_points()
    assert points
    share = -(-200 * size // len(points))
    every, codes, book, passed = [], [], Book(), []
    for point in points:
        for process in KILLED:
            rig.arm(process, point)
        keys = rig.keys(point.replace(".", "-")[:30], share)
        every += keys
        if point.startswith("ledger.external"):
            codes += rig.inside("send_codes.py", 10 * points.index(point), 6)
        rig.driver.submit(keys, threads=4, give_up=60, book=book)
        wait_until(lambda point=point: rig.armed(point) < KILLED, within=60, what=f"somebody dies at {point}")
        passed.append(point)
        rig.ensure("web", "worker", "beat", "relay")
    assert passed == points
    assert len(book.acked) == len(every) >= 200 * size
    rig.wait_routed(every, within=90)  # each death costs a lease of 15 s; P5 holds the bound for the worker alone
    rig.rows(LEASES_RUN_OUT)
    rig.wait_quiet()
    sent = rig.number("SELECT count(*) FROM accounts_standinmessage WHERE channel = 'sms'")
    assert sent == rig.number("SELECT count(*) FROM accounts_phonecode") >= len(codes) > 0, "each message once"
    rig.compare(every, book)
    page.note("P1", "kills", f"{len(every)} acknowledged over {len(points)} places of death, 0 lost, 0 twice")


def test_p2_one_submission_sent_ten_times_at_once_is_one_case(rig: Rig, size: int) -> None:
    keys = rig.keys("replay", 50 * size)
    book = Book()

    def replay(seed: int) -> None:
        order = keys[:]
        random.Random(seed).shuffle(order)
        rig.driver.submit(order, threads=1, book=book)

    threads = [threading.Thread(target=replay, args=(seed,)) for seed in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(book.acked) == len(keys)
    assert rig.number("SELECT count(*) FROM cases_case WHERE submission_key = ANY(%s)", rig.stored(keys)) == len(keys)
    rig.wait_routed(keys, within=30)
    rig.compare(keys, book)
    page.note("P2", "replays", f"{len(keys)} submissions × 10 concurrent replays: {len(keys)} cases")


def test_p2_the_same_key_with_another_body_is_a_conflict(rig: Rig) -> None:
    key = rig.keys("conflict", 1)[0]
    connection = http.client.HTTPConnection(*rig.driver.address, timeout=5)
    first, answer = rig.driver.once(connection, key)
    original = rig.driver.body
    rig.driver.body = lambda key: {**original(key), "description": "something else"}
    try:
        second, refusal = rig.driver.once(connection, key)
    finally:
        rig.driver.body = original
        connection.close()
    assert first == 201, answer
    assert second == 409, refusal


def test_p3_every_case_reaches_a_department_within_seconds(rig: Rig, size: int) -> None:
    keys = rig.keys("visible", 60 * size)
    book = rig.driver.submit(keys, threads=4, rate=10)
    rig.wait_routed(keys, within=10)
    seconds = [float(row[0]) for row in rig.rows(VISIBLE, rig.stored(keys))]
    assert len(seconds) == len(keys)
    assert p95(seconds) <= 3.0
    rig.compare(keys, book)
    page.note("P3", "visible", f"{len(keys)} at 10/s: visible p95 {p95(seconds):.1f} s, 0 orphans")
