"""The day of a change of boundaries: 10,000 open cases follow, while reports arrive and people work on these cases."""

import random
import threading
import time
from typing import Any

from bench.node import Node
from bench.paths import reports, sender, settle, wait_singing
from bench.report import Figure

CASES, GRIDS, PATIENCE = 10_000, 100, 600.0
# Open cases are laid into a hundred grids, each named after another one than it lies in; what they were is kept aside.
PREPARE = """
DROP TABLE IF EXISTS bench_regrid;
CREATE TABLE bench_regrid AS
WITH g AS (SELECT row_number() OVER (ORDER BY v.id) - 1 AS n, v.grid_id, ST_PointOnSurface(v.boundary) AS point
             FROM grids_gridversion v JOIN grids_grid b ON b.id = v.grid_id WHERE b.code LIKE 'B%%'
            ORDER BY v.id LIMIT %(grids)s),
     c AS (SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, point, grid_id, path FROM cases_case
            WHERE NOT closed AND submission_key LIKE 'bench-%%' ORDER BY id LIMIT %(cases)s)
SELECT c.id, c.point AS old_point, c.grid_id AS old_grid, c.path AS old_path, there.point, wrong.grid_id
  FROM c JOIN g there ON there.n = c.n %% %(grids)s JOIN g wrong ON wrong.n = (c.n + 1) %% %(grids)s;
UPDATE cases_case c SET point = b.point, grid_id = b.grid_id FROM bench_regrid b WHERE b.id = c.id;
ANALYZE bench_regrid
"""
RESTORE = """
UPDATE cases_case c SET point = b.old_point, grid_id = b.old_grid, path = b.old_path FROM bench_regrid b
 WHERE b.id = c.id;
DROP TABLE bench_regrid
"""
# The same rows by hand: one UPDATE and one INSERT a batch of 200, no lock taken before, nobody asked where a case lies.
RAW = (
    "UPDATE cases_case c SET path = c.path FROM bench_regrid b WHERE b.id = c.id AND c.id = ANY(%s)",
    "INSERT INTO bench_raw SELECT id, now() FROM bench_regrid WHERE id = ANY(%s)",
)


class Worker:
    """Somebody who works on one case after the other and has to wait while it is being moved."""

    def __init__(self, node: Node, ids: list[int]) -> None:
        self.node, self.ids, self.waits, self.over = node, ids, [0.0], threading.Event()
        self.thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        connection, chance = self.node.connect(), random.Random(7)
        with connection.cursor() as cursor:
            while not self.over.is_set():
                began = time.perf_counter()
                cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR NO KEY UPDATE", [chance.choice(self.ids)])
                self.waits.append(time.perf_counter() - began)
                connection.rollback()
        connection.close()


def regrid(node: Node) -> list[Figure]:
    """Seconds from the start of the job to its end, the longest wait for a case, and reports meanwhile."""
    node.run(PREPARE, {"cases": CASES, "grids": GRIDS})
    ids = [row[0] for row in node.rows("SELECT id FROM bench_regrid ORDER BY id")]
    raw = by_hand(node, ids)
    bearer = sender(node)
    arriving = reports(node, 4000, bearer)
    worker, load = Worker(node, ids), {}

    def arrive() -> None:
        load.update(node.load(arriving, seconds=20, connections=4, repeat=False))

    sender_thread = threading.Thread(target=arrive)
    with node.running("web"), node.running("worker"), node.running("beat"), node.running("relay"):
        wait_singing(node)
        worker.thread.start()
        sender_thread.start()
        began = time.monotonic()
        job = node.inside("regrid")["job"]
        while node.rows("SELECT state FROM ledger_job WHERE id = %s", job)[0][0] not in ("done", "failed"):
            if time.monotonic() > began + PATIENCE:
                raise TimeoutError("the cases did not follow in ten minutes")
            time.sleep(0.1)
        seconds = time.monotonic() - began
        worker.over.set()
        worker.thread.join()
        sender_thread.join()
        settle(node, 120)
    left = node.number("SELECT count(*) FROM cases_case c JOIN bench_regrid b USING (id) WHERE c.grid_id = b.grid_id")
    node.run(RESTORE, {})
    return figures(len(ids), seconds, raw, max(worker.waits), len(worker.waits), left, load)


def by_hand(node: Node, ids: list[int]) -> float:
    """Seconds of the bare statements."""
    connection = node.connect()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_raw (id bigint, at timestamptz)")
        connection.commit()
        began = time.perf_counter()
        for first in range(0, len(ids), 200):
            for statement in RAW:
                cursor.execute(statement, [ids[first : first + 200]])
            connection.commit()
        seconds = time.perf_counter() - began
    connection.close()
    return seconds


def figures(
    cases: int, seconds: float, raw: float, longest: float, moves: int, left: float, load: dict[str, Any]
) -> list[Figure]:
    """What was measured, in words."""
    note = (
        f"{cases:,} open cases in batches of 200, {left:.0f} left behind; the bare UPDATE and INSERT of the same rows "
        f"{raw:.1f} s, ratio {seconds / raw:.1f}"
    )
    beside = f"{moves:,} locks of single cases meanwhile"
    return [
        Figure("cases follow a change", seconds, 60, unit=" s", more_is_better=False, note=note,
               errors={"left": int(left)} if left else {}),
        Figure("longest wait for a case meanwhile", longest, 1.0, unit=" s", more_is_better=False, note=beside),
        Figure("reports meanwhile", load["per_second"], 20, p95=load["p95"], note="4 clients, router on"),
    ]  # fmt: skip
