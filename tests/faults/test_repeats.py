"""P7: asking again changes nothing."""

from tests.faults import page
from tests.faults.rig import Rig


def test_p7_every_handler_run_four_times_at_once_and_again_has_one_effect(whole_rig: Rig) -> None:
    rig = whole_rig
    rig.ensure("web")
    keys = rig.keys("repeat", 3)
    book = rig.driver.submit(keys)
    found = rig.inside("every_handler.py", *rig.stored(keys))
    assert sorted(found["seen"]) == found["registered"], "a handler was not reached: give it a seed in inside/jobs.py"
    assert {kind: seen for kind, seen in found["seen"].items() if seen["changed"]} == {}
    assert {kind: seen for kind, seen in found["seen"].items() if seen["unexpected"]} == {}
    assert {kind: seen["error"] for kind, seen in found["seen"].items() if not seen["done"]} == {}
    assert found["incidents"] == 0
    page.note("P7", "handlers", f"{len(found['seen'])} of {len(found['registered'])} handlers, 0 rows changed again")
    rig.ensure("web", "worker", "relay")
    rig.wait_routed(keys, within=30)
    rig.wait_quiet()
    rig.compare(keys, book)
