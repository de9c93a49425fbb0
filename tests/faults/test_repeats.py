"""P7, P8: asking again changes nothing, and asking for what is periodic does it once in a period."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.faults import page
from tests.faults.rig import Rig

BEATS = (0, 1, 2)
KINDS_OF_CASE = {"event", "service", "privacy_request", "wage_claim", "wage_warning"}


def test_p8_a_periodic_job_runs_once_in_every_period_whoever_beats(whole_rig: Rig, size: int) -> None:
    rig = whole_rig
    rig.ensure("web")  # no worker and no relay: the jobs of these processes are known to nobody else

    def beaten(beats: int) -> dict[str, Any]:
        found: dict[str, Any] = rig.inside("periods.py", beats, 3.5 * size)
        return found

    with ThreadPoolExecutor() as side_by_side:
        for beats, found in zip(BEATS, side_by_side.map(beaten, BEATS), strict=True):
            assert found["ran"] == found["rows"]
            assert found["rows"] >= (3 * size if beats else 1)
            if beats:
                assert found["gaps"] == [1.0], "every period has its row"
            page.note("P8", f"{beats} beats", f"{beats} beats: {found['rows']} rows, {found['ran']} runs")


def test_p7_every_handler_run_four_times_at_once_and_again_has_one_effect(whole_rig: Rig) -> None:
    rig = whole_rig
    rig.ensure("web")
    keys = rig.keys("repeat", 4)
    book = rig.driver.submit(keys)
    found = rig.inside("every_handler.py", *rig.stored(keys))
    seen = found["seen"]
    reached = {what.partition(" ")[0] for what in seen}
    assert sorted(reached) == found["registered"], "a handler was not reached: give it a seed in inside/jobs.py"
    assert {what.partition(" ")[2] for what in seen if what.startswith("cases.route ")} == KINDS_OF_CASE
    assert {what: row for what, row in seen.items() if row["changed"] or row["unexpected"] or not row["done"]} == {}
    assert found["incidents"] == 0
    handlers = f"{len(reached)} of {len(found['registered'])} handlers, routing for each of {len(KINDS_OF_CASE)} kinds"
    page.note("P7", "handlers", f"{handlers}: 0 rows changed again")
    rig.ensure("web", "worker", "relay")
    rig.wait_routed(keys, within=30)
    rig.wait_quiet()
    rig.compare(keys, book)
