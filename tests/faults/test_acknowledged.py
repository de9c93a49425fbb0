"""P1, P2, P3: what was acknowledged is there, once, and reaches a department."""

import random
import re
import threading

import pytest

from govplatform.runtime.paths import CHECKOUT
from tests.faults import page
from tests.faults.driver import Book
from tests.faults.rig import KINDS, Rig, p95, wait_until
from tests.faults.servers import HOUSE
from tests.faults.web import Web

MARK = re.compile(r"faults\.point\((.*?)\)")
CODES_SENT = "SELECT count(*) FROM accounts_standinmessage WHERE idempotency_key LIKE 'accounts.send_code:%'"
KILLED = {"web", "worker", "relay"}
# from the promise to route it until the rules were asked
VISIBLE = """
SELECT extract(epoch FROM max(f.at) - max(p.created_at))::float
  FROM cases_case c JOIN cases_routefinding f ON f.case_id = c.id
  JOIN ledger_promise p ON p.kind = 'cases.route' AND p.payload->>'case' = c.id::text
 WHERE c.submission_key = ANY(%s) GROUP BY c.id
"""
DRAFTS = "SELECT count(*) FROM services_draft"


def crash_points() -> list[str]:
    """Every place that is marked in the code."""
    files = (path for package in HOUSE for path in (CHECKOUT / package).rglob("*.py"))
    return sorted(point.strip('"') for path in files for point in MARK.findall(path.read_text()))


def asked_for_codes(rig: Rig, count: int) -> int:
    """Work that leaves the house: so many residents ask for a code by SMS."""
    pages = [Web(rig.base).post("/accounts/phone/", {"phone": f"1610055{number:04d}"}) for number in range(count)]
    return sum("/accounts/phone/code/" in place for place, _text in pages)


def test_p1_what_was_acknowledged_survives_a_kill_at_every_marked_place(rig: Rig, size: int) -> None:
    points = crash_points()
    share = -(-200 * size // len(points))
    every = rig.keys("sheets", 0, sheets=len(points) * size)
    codes, book = 0, Book()
    with rig.meanwhile(every[:], threads=2) as sheets:
        for point in points:
            for process in KILLED:
                rig.arm(process, point)
            keys = rig.keys(point.replace(".", "-")[:20], share)
            every += keys
            if point.startswith("ledger.external"):
                codes += asked_for_codes(rig, 6)
            rig.driver.submit(keys, threads=4, give_up=60, book=book)
            wait_until(lambda point=point: rig.armed(point) < KILLED, within=60, what=f"somebody dies at {point}")
            rig.ensure("web", "worker", "beat", "relay")
        rig.end_leases()
    book.acked |= sheets.acked
    assert len(book.acked) == len(every) >= 200 * size
    rig.wait_routed(every, within=60)
    rig.wait_quiet()
    sent = rig.number(CODES_SENT)
    assert sent == rig.number("SELECT count(*) FROM accounts_phonecode") >= codes > 0, "each message once"
    rig.compare(every, book)
    what = f"{len(every)} acknowledged of {len(KINDS) + 1} kinds over {len(points)} places of death"
    page.note("P1", "kills", f"{what}, 0 lost, 0 twice")


def test_p2_one_submission_sent_ten_times_at_once_is_one_case(rig: Rig, size: int) -> None:
    keys = rig.keys("replay", 48 * size, sheets=2 * size)
    rig.checked(keys)
    book = Book()

    def replay(seed: int) -> None:
        order = keys[:]
        random.Random(seed // 2).shuffle(order)  # by pairs in the same order, so that two are there at once
        rig.driver.submit(order, threads=1, book=book)

    threads = [threading.Thread(target=replay, args=(seed,)) for seed in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(book.acked) == set(keys), book.statuses
    cases = rig.number("SELECT count(*) FROM cases_case WHERE submission_key = ANY(%s)", rig.stored(keys))
    rig.wait_routed(keys, within=30)
    rig.compare(keys, book)
    assert rig.number(DRAFTS) == 0, "what was sent is no draft any more, however often it was sent"
    what = f"{len(keys)} submissions of {len(KINDS) + 1} kinds × 10 concurrent replays"
    page.note("P2", "replays", f"{what}: {cases} cases, one each (sheets: one per finding)")


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("report", {"description": "something else"}),
        ("claim", {"description": "something else"}),
        ("application", {"card_type": "60"}),
        ("request", {"words": "something else"}),
    ],
)
def test_p2_the_same_key_with_another_body_is_a_conflict(rig: Rig, kind: str, change: dict[str, str]) -> None:
    key = rig.keys("conflict", 1, kinds=[kind])[0]
    line, door = rig.driver.line(), rig.driver.door(key)
    assert door.send(line, key).status in (201, 302)
    assert door.send(line, key, **change).status == 409
    line.close()


def test_p3_every_case_reaches_a_department_within_seconds(rig: Rig, size: int) -> None:
    keys = rig.keys("visible", 58 * size, sheets=2 * size)
    book = rig.driver.submit(keys, threads=6, rate=10)
    rig.wait_routed(keys, within=10)
    seconds = [float(row[0]) for row in rig.rows(VISIBLE, rig.stored(keys))]
    assert len(seconds) == len(rig.stored(keys))
    assert p95(seconds) <= 3.0
    rig.compare(keys, book)
    what = f"{len(seconds)} cases of {len(KINDS) + 1} kinds at 10/s"
    page.note("P3", "visible", f"{what}: visible p95 {p95(seconds):.1f} s, 0 orphans")
