"""What a draft does to the load of each worker: grids and households before and after, those elsewhere included."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Sum

from grids.models import Duty
from grids.queries.drafts import DraftState
from grids.queries.roster import LIMITS, Person, load_limits, open_cases, people_of


@dataclass(frozen=True, slots=True)
class DraftLoad:
    """One worker. Grids and households of all his grids, those outside the village included."""

    person: Person
    grids_before: int
    grids_after: int
    households_before: int
    households_after: int
    open_cases: int
    over: tuple[str, ...]  # of LIMITS, after the draft


def draft_loads(
    state: DraftState, *, before: Mapping[str, int], after: Mapping[str, int], came_from: Mapping[str, str]
) -> list[DraftLoad]:
    """Loads of the workers of a village, heaviest first. A new grid goes to the worker of the grid it was cut from.

    Four statements at most.

    Arguments:
        before, after: grid code → households. came_from: code of a new grid → code of the grid most of it was.
    """
    ids = {part.grid_id: code for code, part in state.base.items() if part.grid_id is not None}
    posts = Duty.objects.filter(grid_id__in=ids, post="worker", valid__upper_inf=True)
    worker = {ids[grid_id]: user for grid_id, user in posts.values_list("grid_id", "user_id")}
    users = set(worker.values())
    elsewhere = Duty.objects.filter(user__in=users, post="worker", valid__upper_inf=True).exclude(grid_id__in=ids)
    sums = elsewhere.values("user").annotate(grids=Count("pk"), households=Sum("grid__households"))
    other = {row["user"]: (row["grids"], row["households"]) for row in sums}
    held, people, limits = open_cases(users), people_of(users), load_limits()
    rows = []
    for user in users:
        old = [before.get(code, 0) for code, who in worker.items() if who == user]
        new = [after.get(code, 0) for code in state.parts if worker.get(came_from.get(code, code)) == user]
        grids, households = other.get(user, (0, 0))
        carried = {"grids": grids + len(new), "households": households + sum(new), "open_cases": held.get(user, 0)}
        over = tuple(name for name in LIMITS if name in limits and carried[name] > limits[name])
        first = (people[user], grids + len(old), carried["grids"], households + sum(old))
        rows.append(DraftLoad(*first, carried["households"], carried["open_cases"], over))
    return sorted(rows, key=lambda row: (-row.households_after, row.person.username))
