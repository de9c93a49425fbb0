"""P12, P13: people who act at the same moment."""

from tests.faults import page
from tests.faults.driver import Book
from tests.faults.rig import Rig


def waiting_reports(rig: Rig, name: str, count: int) -> tuple[list[str], Book]:
    """Reports that nobody routes, so that they wait for an acceptance officer; test_repeats.py routes them all."""
    rig.ensure("web")
    keys = rig.keys(name, count, kinds=["report"])
    book = rig.driver.submit(keys)
    assert len(book.acked) == count
    return keys, book


def test_p12_of_ten_people_who_want_the_same_task_one_gets_it(whole_rig: Rig, size: int) -> None:
    rig = whole_rig
    keys, book = waiting_reports(rig, "claim", 40 * min(size, 5))
    found = rig.inside("one_winner.py", 10 * min(size, 4), *rig.stored(keys))
    assert found["unexpected"] == []
    assert found["tasks"] == found["won"] == len(keys)
    assert found["winners"] == [1]
    assert found["losers_who_were_told_by_whom"] == len(keys) * (10 * min(size, 4) - 1)
    assert found["p95"] <= 0.5  # 100 ms on two cores of its own; here other tests run beside
    page.note("P12", "claim", f"10 people × {len(keys)} tasks: one winner each, p95 {found['p95'] * 1000:.0f} ms")
    rig.compare(keys, book)


def test_p13_of_two_conflicting_decisions_one_is_made_and_one_is_told(whole_rig: Rig, size: int) -> None:
    rig = whole_rig
    keys, book = waiting_reports(rig, "conflicting", 50 * size)
    found = rig.inside("lost_updates.py", *rig.stored(keys))
    assert found["unexpected"] == []
    assert found["cases"] == found["made"] == found["detected"] == len(keys)
    assert found["once_each"]
    assert found["blind_refused"] == len(keys), "a decision that names no version is refused"
    page.note("P13", "decide", f"{len(keys)} conflicting decisions: {len(keys)} made, {len(keys)} detected")
    rig.compare(keys, book)
