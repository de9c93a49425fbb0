"""The platform as `make run` starts it, with its faults in a test's hands.

PostgreSQL and Redis are real, stand behind proxies that can be cut, and keep fsync on. Web, worker, beat and relay are
the lines of govplatform/runtime/processes.py, each in a session of its own, so that a kill -9 takes the whole group.
"""

import contextlib
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg2
import redis

from govplatform.runtime.paths import CHECKOUT
from govplatform.runtime.processes import PROCESSES, SETUP
from tests.faults import servers
from tests.faults.driver import Book, Driver, p95
from tests.faults.proxy import Proxy
from tests.faults.servers import RigPaths, wait_until

LINES = {process.name: process for process in PROCESSES}
INSIDE = Path(__file__).parent / "inside"
STORED = "SELECT submission_key, number FROM cases_case WHERE submission_key = ANY(%s)"
ROUTED = """
SELECT count(*) FROM cases_case c WHERE submission_key = ANY(%s)
   AND EXISTS (SELECT FROM cases_routefinding f WHERE f.case_id = c.id)
"""
ORPHANS = """
SELECT c.number FROM cases_case c WHERE NOT c.closed
   AND NOT EXISTS (SELECT FROM cases_assignment a WHERE a.case_id = c.id AND a.open)
   AND NOT EXISTS (SELECT FROM ledger_promise p WHERE p.payload->>'case' = c.id::text AND p.done_at IS NULL)
   AND NOT EXISTS (SELECT FROM ledger_incident i WHERE i.settled_at IS NULL)
"""
TWICE = """
SELECT 'history ' || case_id FROM cases_historyentry GROUP BY case_id
HAVING count(*) <> max(sequence) OR min(sequence) <> 1
UNION ALL SELECT 'finding ' || case_id FROM cases_routefinding GROUP BY case_id, step_key HAVING count(*) > 1
UNION ALL SELECT 'lead ' || case_id FROM cases_assignment WHERE open AND role = 'lead'
  GROUP BY case_id, step_key HAVING count(*) > 1
UNION ALL SELECT 'key ' || submission_key FROM cases_case GROUP BY submission_key HAVING count(*) > 1
"""
OPEN_PROMISES = """
SELECT count(*) FROM ledger_promise
 WHERE done_at IS NULL AND dead_at IS NULL AND not_before <= now() AND kind <> 'ledger.canary'
"""

LEFT = """
SELECT kind, count(*), max(attempts), max(lost_leases), max(lease_owner), max(lease_until - now()),
       max(now() - nudged_at), max(now() - created_at), max(last_error)
  FROM ledger_promise WHERE done_at IS NULL AND dead_at IS NULL AND not_before <= now() GROUP BY kind
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(paths: RigPaths) -> None:
    """Schema, city, and the API client whose token the driver uses."""
    env = servers.environment(paths)
    for argv in SETUP:
        servers.command(argv, env)
    (paths.var / "client.json").write_text(servers.command(("python", str(INSIDE / "make_client.py")), env))


class Rig:
    """Servers, proxies and processes of one run."""

    def __init__(self) -> None:
        self.paths = servers.new_paths()
        servers.start(self.paths, prepare)
        self.pg = Proxy(self.paths.pg_socket)
        self.redis = Proxy(self.paths.redis_socket)
        self.port = free_port()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.checker: subprocess.Popen[str] | None = None
        self.more_env: dict[str, str] = {}  # for processes that are started from now on
        self.log_begin = 0  # where the log of the present worker begins
        self.client: dict[str, Any] = json.loads((self.paths.var / "client.json").read_text())
        self.driver = Driver(("127.0.0.1", self.port), self.client["token"], self.report)

    # processes

    def env(self, name: str) -> dict[str, str]:
        base = servers.environment(
            self.paths,
            database_url=f"postgresql://govplatform@127.0.0.1:{self.pg.port}/govplatform",
            redis_url=f"redis://127.0.0.1:{self.redis.port}/0",
        )
        points = self.paths.home / "points" / name
        points.mkdir(exist_ok=True)
        return {
            **base,
            **self.more_env,
            "FAULT_POINT_FOLDER": str(points),
            "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{self.port}",
        }

    def start(self, *names: str) -> None:
        """Start processes by their names in processes.py; "beat-2" is a second one of its kind."""
        for name in names:
            line = LINES[name.split("-")[0]]
            own = self.paths.var / name
            (own / "state").mkdir(parents=True, exist_ok=True)
            with (self.paths.logs / f"{name}.log").open("ab") as log:
                self.log_begin = log.tell() if name == "worker" else self.log_begin
                self.running[name] = subprocess.Popen(
                    # what a line keeps under var/ stays in the rig's folder
                    [part.replace("=var/", f"={own}/") for part in line.argv],
                    cwd=CHECKOUT,
                    env=self.env(name),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        if "web" in names:
            wait_until(lambda: self.get("/healthz") == 200, within=60, what="web answers")

    def wait_consuming(self) -> None:
        """A worker that has just been started takes seconds until it takes messages."""
        log = self.paths.logs / "worker.log"
        wait_until(lambda: b" ready." in log.read_bytes()[self.log_begin :], within=60, what="the worker is ready")

    def kill(self, name: str) -> None:
        """kill -9 of the process and everything it has forked."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def ensure(self, *names: str) -> None:
        """Exactly these processes run, the network is whole, no fault point is armed."""
        servers.up(self.paths)
        self.pg.heal()
        self.redis.heal()
        for armed in (self.paths.home / "points").glob("*/*"):
            armed.unlink()
        for name in list(self.running):
            if name not in names or self.running[name].poll() is not None:
                self.kill(name)
        self.start(*(name for name in names if name not in self.running))
        if "worker" in names:
            self.wait_consuming()

    def arm(self, name: str, point: str) -> None:
        """The next process of this kind that comes by the fault point kills itself there."""
        (self.paths.home / "points" / name / point).touch()

    def armed(self, point: str) -> set[str]:
        """Kinds of process in which the point still waits for somebody."""
        return {path.parent.name for path in (self.paths.home / "points").glob(f"*/{point}")}

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)
        if self.checker is not None:
            self.checker.communicate(timeout=30)
        self.pg.close()
        self.redis.close()
        servers.stop(self.paths)

    # what a test asks

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Straight from the database, past the proxy."""
        connection = psycopg2.connect(self.paths.database_url())
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, arguments)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.commit()
            connection.close()

    def number(self, sql: str, *arguments: object) -> int:
        return int(self.rows(sql, *arguments)[0][0])

    def flush_redis(self) -> None:
        redis.Redis(unix_socket_path=str(self.paths.redis_socket)).flushall()

    def inside(self, script: str, *arguments: object, seconds: float = 120) -> Any:
        """Run a script of inside/ against the rig's database; its last line is JSON."""
        argv = ("python", str(INSIDE / script), *map(str, arguments))
        return json.loads(servers.command(argv, self.env("inside"), seconds=seconds).strip().splitlines()[-1])

    def report(self, key: str) -> dict[str, Any]:
        """The body of a report: one of the client's places and categories, always the same for the same key."""
        places, categories = self.client["places"], self.client["categories"]
        chosen = sum(key.encode())
        return {
            "category": categories[chosen % len(categories)],
            "lon": places[chosen % len(places)][0],
            "lat": places[chosen % len(places)][1],
            "datum": "wgs84",
            "description": f"report {key}",
        }

    def keys(self, name: str, count: int) -> list[str]:
        return [f"{name}-{time.time_ns():x}-{index:05d}" for index in range(count)]

    def stored(self, keys: list[str]) -> list[str]:
        """Submission keys as the API keeps them: those of two clients never meet."""
        return [hashlib.sha256(f"api\0{self.client['client']}\0{key}".encode()).hexdigest() for key in keys]

    # what every scenario ends with

    def routed(self, keys: list[str]) -> int:
        return self.number(ROUTED, self.stored(keys))

    def wait_routed(self, keys: list[str], *, within: float) -> float:
        return wait_until(
            lambda: self.routed(keys) == len(keys), within=within, what=f"all {len(keys)} routed", every=0.2
        )

    def wait_quiet(self, *, within: float = 60) -> float:
        try:
            return wait_until(lambda: self.number(OPEN_PROMISES) == 0, within=within, what="no promise left", every=0.2)
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.rows(LEFT)}") from late

    def compare(self, keys: list[str], book: Book) -> None:
        """acked ⊆ stored, effects = distinct submissions, no orphan, every invariant holds."""
        found = dict(self.rows(STORED, self.stored(keys)))
        stored = {key: found[kept] for key, kept in zip(keys, self.stored(keys), strict=True) if kept in found}
        lost = {key for key, answer in book.acked.items() if stored.get(key) != answer["number"]}
        assert not lost, f"acknowledged and lost: {sorted(lost)[:5]}"
        assert not book.differing, f"a replay got another answer: {book.differing[:5]}"
        assert len(set(stored.values())) == len(stored)
        assert not self.rows(TWICE)
        assert not self.rows(ORPHANS)
        self.check_invariants()

    def check_invariants(self) -> None:
        """I1 to I8 by the command of the product, in a process that is kept for the next time."""
        if self.checker is None:
            self.checker = subprocess.Popen(
                ["python", str(INSIDE / "checker.py")],
                cwd=CHECKOUT,
                env=servers.environment(self.paths),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.checker.stdin is not None and self.checker.stdout is not None
        print("check", file=self.checker.stdin, flush=True)
        answer = json.loads(self.checker.stdout.readline())
        assert answer["holds"], answer["said"]


__all__ = ["Book", "Rig", "p95", "wait_until"]
