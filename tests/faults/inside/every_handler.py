"""P7: every registered handler is asked four times at once, and then again. Arguments: submission keys of new reports.

Run with no worker and no relay, so that this process alone redeems. Prints what each kind changed the second time.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from accounts.actions import notify, request_code  # noqa: E402
from accounts.models import User  # noqa: E402
from cases.models import Case, Clock  # noqa: E402
from ledger import kinds  # noqa: E402
from ledger.actions import redeem, run_periodic, start_job  # noqa: E402
from ledger.actors import CLOCK  # noqa: E402
from ledger.clock import app_now  # noqa: E402
from ledger.models import Incident, Promise  # noqa: E402
from ledger.promises import promise  # noqa: E402
from tests.faults.inside import jobs  # noqa: E402
from tests.faults.inside.staff import together  # noqa: E402

APPS = ("ledger", "accounts", "cases", "events", "wages", "services", "grids")
STILL = ("grids_division", "grids_gridversion", "grids_address")  # large, and no handler's business
SUMS = "SELECT coalesce(sum(hashtextextended(t::text, 0)), 0), count(*) FROM {} t"


def snapshot() -> dict[str, tuple[Any, int]]:
    """Content of every table of ours, as one number and a count each."""
    tables = [name for name in connection.introspection.table_names() if name.split("_")[0] in APPS]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            if table not in STILL:
                cursor.execute(SUMS.format(connection.ops.quote_name(table)))
                found[table] = cursor.fetchone()
    return found


def seed(keys: list[str]) -> None:
    """One promise of every kind that new reports alone do not bring."""
    case = Case.objects.filter(submission_key__in=keys).order_by("pk")[0]
    clock = Clock.objects.filter(case__submission_key__in=keys).order_by("pk").first()
    user = User.objects.filter(is_active=True).order_by("pk")[0]
    for name in kinds.periodics:
        run_periodic(name=name)
    for queue in kinds.QUEUES:
        kind = f"rig.{queue}"
        kinds.register_job(kind, step="tests.faults.inside.jobs.step", name_zh="试", name_en="Trial", queue=queue)
        with transaction.atomic():
            start_job(kind=kind, params={}, actor=CLOCK, now=app_now())
    with transaction.atomic():
        start_job(kind="cases.regrid", params={"draft": jobs.change_of_boundaries()}, actor=CLOCK, now=app_now())
    request_code(phone="13800000000")
    with transaction.atomic():
        now = app_now()
        notify(kind="case.arrived", key=f"rig:{now}", now=now, user_ids=[user.pk], channels=("sms",), case_id=case.pk)
        for kind, payload in jobs.seeds(case=case, clock=clock).items():
            if kind in kinds.handlers and not Promise.objects.filter(kind=kind, done_at=None, dead_at=None).exists():
                promise(kind, key=f"rig:{kind}:{now.timestamp()}", payload=payload, now=now)


def due_labels() -> Iterator[tuple[str, Promise]]:
    """What is due, by the kind of the promise; routing by the kind of case too, for each has its own way."""
    due = Promise.objects.filter(done_at=None, dead_at=None, lease_until=None, not_before__lte=app_now())
    kind_of_case = dict(Case.objects.values_list("pk", "kind"))
    for row in due.order_by("pk"):
        yield (f"{row.kind} {kind_of_case[row.payload['case']]}" if row.kind == "cases.route" else row.kind), row


def four_times(promise_id: int) -> list[str]:
    return [repr(error) for error in together([lambda: redeem([promise_id])] * 4)]


def main(keys: list[str]) -> dict[str, Any]:
    seed(keys)
    seen: dict[str, dict[str, Any]] = {}
    while True:
        what, row = next((found for found in due_labels() if found[0] not in seen), ("", None))
        if row is None:
            break
        errors = four_times(row.pk)
        before = snapshot()
        errors += four_times(row.pk)
        after = snapshot()
        row.refresh_from_db()
        seen[what] = {
            "done": row.done_at is not None,
            "attempts": row.attempts,
            "error": row.last_error,
            "changed": sorted(name for name in before if before[name] != after[name]),
            "unexpected": errors,
        }
    return {
        "registered": sorted(kinds.handlers),
        "seen": seen,
        "incidents": Incident.objects.filter(settled_at=None).count(),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
