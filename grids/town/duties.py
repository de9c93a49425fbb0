"""One named worker and one deputy for every grid of the invented town, taken from the users of the city folder."""

import csv
import io
from collections import defaultdict

from grids.town import names
from grids.town.records import Town
from ledger.cityfolder import to_csv

COLUMNS = ("grid", "worker", "deputy", "valid_from")
VALID_FROM = "2026-01-01"
ROLE = "grid_worker"


def duties_csv(town: Town, users: str) -> str:
    """Text of town/duties.csv: the workers of a village take its service grids in turn, the next one is the deputy.

    Arguments:
        users: text of users.csv; rows with role grid_worker and a village path as territory count.
    """
    workers: defaultdict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(users)):
        if row["role"] == ROLE:
            workers[row["territory"].rstrip("/").rpartition("/")[2]].append(row["username"])
    rows = []
    turn: defaultdict[str, int] = defaultdict(int)
    for grid in town.grids:
        team = workers.get(grid.division) or workers.get(f"{names.COUNTY}{names.FIRST_TOWNSHIP}") or []
        if grid.scheme != "service" or not team:
            continue
        place = turn[grid.division]
        turn[grid.division] += 1
        worker, deputy = team[place % len(team)], team[(place + 1) % len(team)]
        rows.append((grid.code, worker, deputy if deputy != worker else "", VALID_FROM))
    return to_csv(COLUMNS, rows)
