"""P8: a job of one second under none, one and several beats. Arguments: beats, seconds. No worker or relay runs beside.

A beat is what Celery's beat sends: the tick. With no beat at all the relay's own round sees to late jobs.
"""

import json
import sys
import threading
import time
from itertools import pairwise

import django

django.setup()

from django.db import connection  # noqa: E402

from ledger import kinds  # noqa: E402
from ledger.actions import redeem, tick  # noqa: E402
from ledger.models import PeriodRun, Promise  # noqa: E402
from tests.faults.inside import jobs  # noqa: E402

NAME = f"rig.period.{sys.argv[1]}"  # several of these run side by side
RELAY_LATE_BY = 2


def caller(late_by: int, stop: threading.Event) -> None:
    while not stop.wait(0.1):
        tick(late_by=late_by)
    connection.close()


def main(beats: int, seconds: float) -> dict[str, object]:
    kinds.periodics.clear()
    kinds.register_periodic(NAME, handler="tests.faults.inside.jobs.periodic", seconds=1)
    kinds.resolve.cache_clear()
    PeriodRun.objects.filter(name=NAME).delete()
    stop = threading.Event()
    late = [0] * beats or [RELAY_LATE_BY]
    crew = [threading.Thread(target=caller, args=(late_by, stop)) for late_by in late]
    for thread in crew:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in crew:
        thread.join()
    rows = list(PeriodRun.objects.filter(name=NAME).order_by("period_start").values_list("period_start", flat=True))
    due = list(
        Promise.objects.filter(kind="ledger.periodic", payload__name=NAME, done_at=None).values_list("pk", flat=True)
    )
    for _ in range(2):
        redeem(due)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(rows)]
    return {"rows": len(rows), "gaps": sorted(set(gaps)), "ran": len(jobs.ran)}


print(json.dumps(main(int(sys.argv[1]), float(sys.argv[2]))))
