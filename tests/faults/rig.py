"""The platform as `make run` starts it, with its faults in a test's hands.

PostgreSQL and Redis are real, stand behind proxies that can be cut, and keep fsync on. Web, worker, beat and relay are
the lines of govplatform/runtime/processes.py, each in a session of its own, so that a kill -9 takes the whole group.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg2
import redis

from cases.rules import tracking_token
from govplatform.keys import load_or_refuse
from govplatform.runtime.paths import CHECKOUT
from govplatform.runtime.processes import PROCESSES, SETUP
from tests.faults import doors, servers
from tests.faults.driver import Book, Driver, p95
from tests.faults.proxy import Proxy
from tests.faults.servers import RigPaths, wait_until
from tests.faults.web import Web

LINES = {process.name: process for process in PROCESSES}
INSIDE = Path(__file__).parent / "inside"
KINDS = ("report", "claim", "application", "request")  # words of the doors that make one case of one submission
STORED = "SELECT submission_key, id, number FROM cases_case WHERE submission_key = ANY(%s)"
# the rules were asked, nothing waits for them, and it stands in the inbox of the department that has it
ROUTED = """
SELECT count(*) FROM cases_case c WHERE submission_key = ANY(%s)
   AND EXISTS (SELECT FROM cases_routefinding f WHERE f.case_id = c.id)
   AND EXISTS (SELECT FROM cases_assignment a WHERE a.case_id = c.id AND a.open AND a.department_id = c.department_id)
   AND NOT EXISTS (SELECT FROM ledger_promise p
                    WHERE p.kind = 'cases.route' AND p.done_at IS NULL AND p.payload->>'case' = c.id::text)
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
        self.commands: subprocess.Popen[str] | None = None
        self.more_env: dict[str, str] = {}  # for processes that are started from now on
        self.log_begin = 0  # where the log of the present worker begins
        self.client: dict[str, Any] = json.loads((self.paths.var / "client.json").read_text())
        self.doors: dict[str, doors.Door] = {"report": doors.Reports(self.client)}
        self.driver = Driver(("127.0.0.1", self.port), self.doors)
        self.links = load_or_refuse(self.paths.keys, create=False).token  # what private links are made with

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
        if self.commands is not None:
            self.commands.communicate(timeout=30)
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
                cursor.execute(sql, arguments or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.commit()
            connection.close()

    def number(self, sql: str, *arguments: object) -> int:
        return int(self.rows(sql, *arguments)[0][0])

    def end_leases(self) -> None:
        """Leases of the dead run for 15 s, for 120 s where another system is talked to."""
        self.rows("UPDATE ledger_promise SET lease_until = now() WHERE lease_until > now()")

    def flush_redis(self) -> None:
        redis.Redis(unix_socket_path=str(self.paths.redis_socket)).flushall()

    def inside(self, script: str, *arguments: object, seconds: float = 120) -> Any:
        """Run a script of inside/ against the rig's database; its last line is JSON."""
        argv = ("python", str(INSIDE / script), *map(str, arguments))
        return json.loads(servers.command(argv, self.env("inside"), seconds=seconds).strip().splitlines()[-1])

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open_doors(self) -> None:
        """People sign in, once for all scenarios: neither a dead server nor an empty Redis may log them out."""
        if "claim" not in self.doors:
            resident, clerk, officer = (Web(self.base).sign_in(name) for name in ("resident", "window", "inspector"))
            months = self.rows(doors.SITE_MONTHS)
            self.doors["claim"] = doors.Claims(Web(self.base), months[0][2])
            self.doors["application"] = doors.Applications(resident, clerk)
            self.doors["request"] = doors.Requests(resident)
            self.doors["sheet"] = doors.Sheets(officer, months)

    def keys(self, name: str, count: int, *, kinds: Sequence[str] = KINDS, sheets: int = 0) -> list[str]:
        """Keys of that many submissions, of all kinds by turns, and of so many sheets spread among them."""
        if set(kinds) - {"report"} or sheets:
            self.open_doors()
        stamp = f"{name}-{time.time_ns():x}"
        keys = [f"{kinds[index % len(kinds)]}-{stamp}-{index:05d}" for index in range(count)]
        for sheet in range(sheets):
            keys.insert(count * sheet // sheets + sheet, f"sheet-{stamp}-{sheet:05d}")
        return keys

    def checked(self, keys: list[str]) -> None:
        """Sheets are uploaded and a worker has read them, so that only the last button is left to press."""
        line, sheets = self.driver.line(), self.doors["sheet"]
        assert isinstance(sheets, doors.Sheets)
        waiting = [key for key in keys if key.startswith("sheet-")]
        for key in waiting:
            sheets.upload(line, key)
        wait_until(
            lambda: all(sheets.is_checked(line, key) for key in waiting), within=30, what="sheets read", every=0.2
        )
        line.close()

    @contextlib.contextmanager
    def meanwhile(self, keys: list[str], *, rate: float = 0.0, threads: int = 4) -> Iterator[Book]:
        """Submissions keep coming in, `rate` of them per second, while the test does harm."""
        book = Book()
        more = {"threads": threads, "rate": rate, "give_up": 120, "book": book}
        thread = threading.Thread(target=self.driver.submit, args=(keys,), kwargs=more)
        thread.start()
        yield book
        thread.join()

    def stored(self, keys: list[str]) -> list[str]:
        """Submission keys under which the cases of these submissions are kept."""
        return [kept for key in keys for kept in self.driver.door(key).keeps(key)]

    # what every scenario ends with

    def routed(self, keys: list[str]) -> int:
        return self.number(ROUTED, self.stored(keys))

    def wait_routed(self, keys: list[str], *, within: float) -> float:
        count = len(self.stored(keys))
        return wait_until(lambda: self.routed(keys) == count, within=within, what=f"all {count} routed", every=0.2)

    def wait_quiet(self, *, within: float = 60) -> float:
        try:
            return wait_until(lambda: self.number(OPEN_PROMISES) == 0, within=within, what="no promise left", every=0.2)
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.rows(LEFT)}") from late

    def compare(self, keys: list[str], book: Book) -> None:
        """acked ⊆ stored, effects = distinct submissions, no orphan, every invariant holds."""
        found = {row[0]: row[1:] for row in self.rows(STORED, self.stored(keys))}
        lost = {key for key, told in book.acked.items() if not self._is_there(key, told, found)}
        assert not lost, f"acknowledged and lost: {sorted(lost)[:5]}"
        assert not book.differing, f"a replay got another answer: {book.differing[:5]}"
        assert len({number for _id, number in found.values()}) == len(found)
        assert not self.rows(TWICE)
        assert not self.rows(ORPHANS)
        self.check_invariants()

    def _is_there(self, key: str, told: str, found: dict[str, tuple[int, str]]) -> bool:
        """Every case of a submission is stored, and it is the one whose number or private link was answered."""
        kept = [found[one] for one in self.driver.door(key).keeps(key) if one in found]
        names = {name for case, number in kept for name in (number, tracking_token(case, self.links))}
        return len(kept) == len(self.driver.door(key).keeps(key)) and (key.startswith("sheet-") or told in names)

    def start_commands(self) -> None:
        """The process that runs commands: kept, so that no scenario pays for a start of Python."""
        self.commands = subprocess.Popen(
            ["python", str(INSIDE / "commands.py")],
            cwd=CHECKOUT,
            env=servers.environment(self.paths),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def command(self, line: str) -> None:
        """A command of manage.py, past the proxies.

        Raises:
            AssertionError: it failed; the message holds what it said.
        """
        if self.commands is None:
            self.start_commands()
        assert self.commands is not None and self.commands.stdin is not None and self.commands.stdout is not None
        print(line, file=self.commands.stdin, flush=True)
        answer = json.loads(self.commands.stdout.readline())
        assert answer["done"], answer["said"]

    def check_invariants(self) -> None:
        """I1 to I8."""
        self.command("check_invariants")


__all__ = ["Book", "Rig", "p95", "wait_until"]
