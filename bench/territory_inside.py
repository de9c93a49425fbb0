"""What bench/territory.py needs from inside Django: `python bench/territory_inside.py verb arguments`, JSON out."""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.contrib.gis.geos import Polygon  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.queries import presence_of_user  # noqa: E402
from bench.territory import spots  # noqa: E402
from grids import actions, queries  # noqa: E402
from grids.actions import Edit  # noqa: E402
from grids.actions.publishing import check_twice  # noqa: E402
from grids.models import BoundaryDraft, Division  # noqa: E402
from grids.queries.blind_spots import blind_spots  # noqa: E402
from grids.queries.change_sets import drafts_of_set, villages_of  # noqa: E402
from grids.queries.drafts import state_of  # noqa: E402
from grids.rules.coverage import closed_degrees, degrees_of  # noqa: E402


def blind() -> dict[str, Any]:
    """The report of the county the bench drew, twice in one process."""
    today, times = queries.today(), []
    for _n in range(2):
        began = time.perf_counter()
        blind_spots(on=today, within="/3709/")
        times.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"first": times[0], "again": times[1], "memory": peak}


def points(number: str) -> dict[str, Any]:
    """Seconds for so many points, asked a thousand at a time."""
    lons, lats = spots(int(number))
    queries.locate_all([(lons[0], lats[0])])
    began = time.perf_counter()
    for at in range(0, len(lons), 1000):
        queries.locate_all(list(zip(lons[at : at + 1000], lats[at : at + 1000], strict=True)))
    return {"seconds": time.perf_counter() - began}


def check(villages: str) -> dict[str, Any]:
    """A change set over so many villages with a border moved in each: seconds of its page, and of the second check."""
    actor = presence_of_user(User.objects.get(username="registrar"), None).actor
    rows = Division.objects.filter(outline_source="bench", level="village").order_by("code")
    codes = list(rows.values_list("code", flat=True)[: int(villages)])
    made = actions.begin_change_set(villages=codes, scheme="service", title="bench", actor=actor)
    for draft in BoundaryDraft.objects.filter(change_set=made):
        state = state_of(draft)
        first = state.parts[f"{state.row.division_code}S01"]
        inner = next(node for node in first.ring if node not in state.outline)
        lon, lat = degrees_of(inner)
        edit = Edit("move", at=(lon, lat), to=(lon + 1e-6, lat + 1e-6))
        actions.edit_draft(draft_id=draft.pk, version=state.version, edit=edit, actor=actor)
    states = drafts_of_set(made, actor)
    began = time.perf_counter()
    pages = villages_of(states)
    page = time.perf_counter() - began
    if any(one.page is None or one.page.defects for one in pages):
        raise RuntimeError("the change does not fit, or was not looked at")
    began = time.perf_counter()
    for state in states:
        check_twice(state)
    second = time.perf_counter() - began
    shapes = [Polygon(closed_degrees(part.ring)).wkb.hex() for state in states for part in state.parts.values()]
    actions.discard_set(set_id=made, version=sum(state.version for state in states), actor=actor)
    return {"page": page, "second": second, "villages": len(states), "grids": len(shapes), "shapes": shapes}


if __name__ == "__main__":
    verbs: dict[str, Callable[..., dict[str, Any]]] = {"blind": blind, "points": points, "check": check}
    print(json.dumps(verbs[sys.argv[1]](*sys.argv[2:])))
