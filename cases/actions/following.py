"""Open cases follow a change of boundaries: their present grid changes, the version they were reported under never."""

from datetime import datetime
from typing import Any

from cases import engine
from cases.models import Case
from grids import queries as grid_queries
from ledger.actors import CLOCK
from ledger.promises import promise

BATCH = 50


def follow_grids(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Move some open cases of a published change to the grids of today; promises the next piece if there is more.

    Runs in ledger's transaction. Asks where a case lies today and writes only a difference, so twice is once. Who has
    the case keeps it: a boundary takes nobody's work away.

    Arguments:
        payload: draft (id of the change), after (id of the last case of the piece before).
    """
    field, grid_ids = grid_queries.touched_grids(payload["draft"])
    rows = Case.objects.filter(closed=False, point__isnull=False, pk__gt=payload["after"])
    rows = rows.filter(**{f"{field}__in": grid_ids}).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    for case_id in ids:
        _follow(case_id, now)
    if len(ids) == BATCH:
        key = f"boundary:{payload['draft']}:{ids[-1]}"
        promise("cases.follow_grids", key=key, payload={"draft": payload["draft"], "after": ids[-1]}, now=now)
    else:  # everything follows: now a look at what the change left behind
        promise("events.blind_spots", key=f"boundary:{payload['draft']}:blind", payload={}, now=now)


def _follow(case_id: int, now: datetime) -> None:
    move = engine.lock(case_id, actor=CLOCK, now=now)
    case = move.case
    if case.closed or case.point is None:
        return
    place = grid_queries.locate(lon=case.point.x, lat=case.point.y, datum="wgs84", on=None)
    service, management = place.grids.get("service"), place.grids.get("management")
    found = service.grid_id if service else None, management.grid_id if management else None
    if found == (case.grid_id, case.management_grid_id):
        return
    before = case.grid.code if case.grid else ""
    case.grid_id, case.management_grid_id = found
    case.path = place.path
    codes = {"from": before, "to": service.code if service else ""}
    move.record("regrid", data=codes if codes["from"] != codes["to"] else {})
    case.save(update_fields=["grid_id", "management_grid_id", "path"])
    move.flush()
