"""The servers of the bench: a cluster and a Redis of their own, kept between runs, and the processes of one node."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from govplatform.runtime.paths import CHECKOUT, Paths
from govplatform.runtime.processes import PROCESSES
from govplatform.runtime.servers import start_servers, stop_servers

HOME = Path(os.environ.get("BENCH_HOME", CHECKOUT / "var" / "bench"))  # two checkouts may share one volume
HERE = Path(__file__).parent
LINES = {process.name: process for process in PROCESSES}


class Node:
    """One machine: database, Redis, and what is started on it for a measurement."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.web: psutil.Process | None = None
        self.paths = Paths(root=HOME, uid=os.geteuid())
        for folder in (self.paths.state, self.paths.logs):
            folder.mkdir(parents=True, exist_ok=True)
        start_servers(self.paths)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def env(self) -> dict[str, str]:
        programs = Path(sys.executable).parent
        return {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "govplatform.settings",
            "DATABASE_URL": self.paths.database_url(database=self.database),
            "REDIS_URL": self.paths.redis_url(),
            "GOVPLATFORM_DEMO": "1",
            "GOVPLATFORM_API_PER_MINUTE": "1000000",  # counted, never reached
            "GOVPLATFORM_LOG_LEVEL": "ERROR",
            "GOVPLATFORM_VAR_DIR": str(self.paths.var),
            "GOVPLATFORM_KEYS_DIR": str(self.paths.keys),
            "GOVPLATFORM_MEDIA_DIR": str(self.paths.media),
            "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{self.port}",
        }

    def connect(self, *, superuser: bool = False, database: str = "") -> Any:
        """A psycopg2 connection past Django."""
        user = "postgres" if superuser else "govplatform"
        return psycopg2.connect(self.paths.database_url(user=user, database=database or self.database))

    def rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, arguments)
                found: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
            connection.commit()
            return found
        finally:
            connection.close()

    def run(self, sql: str, values: dict[str, Any]) -> None:
        """Statements without an answer, in one transaction."""
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
            connection.commit()
        finally:
            connection.close()

    def number(self, sql: str, *arguments: object) -> float:
        return float(self.rows(sql, *arguments)[0][0])

    def manage(self, *argv: str) -> str:
        """Run a management command to its end."""
        done = subprocess.run(
            ["python", "manage.py", *argv], cwd=CHECKOUT, env=self.env(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{argv}: {done.stderr[-3000:]}")
        return done.stdout

    def inside(self, verb: str, *arguments: object, script: str = "inside.py") -> Any:
        """Run a verb of bench/inside.py (or another script) with Django on this database; its last line is JSON."""
        done = subprocess.run(
            ["python", str(HERE / script), verb, *map(str, arguments)],
            cwd=CHECKOUT,
            env=self.env(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{verb}: {done.stdout[-500:]} {done.stderr[-3000:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    @contextmanager
    def running(self, name: str, *changes: str, argv: Sequence[str] = ()) -> Iterator[psutil.Process]:
        """One process line of the product; `changes` replace options of the same name."""
        line = list(argv or LINES[name].argv)
        for change in changes:
            option = change.split("=")[0]
            line = [part for part in line if part.split("=")[0] != option] + [change]
        line = [part.replace("=var/", f"={self.paths.var}/") for part in line]
        with (self.paths.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                line, cwd=CHECKOUT, env=self.env(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            if LINES.get(name, LINES["web"]).name == "web":
                self.wait_answer(process)
                self.web = psutil.Process(process.pid)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def wait_answer(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                self.get("/healthz")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"web does not answer; see {self.paths.logs}")

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def load(
        self, requests: list[dict[str, Any]], *, seconds: float = 8, connections: int = 8, **more: Any
    ) -> dict[str, Any]:
        """Drive requests through the web process; figures as in bench/load.py."""
        folder = Path(tempfile.mkdtemp(prefix="gp-bench-"))
        (folder / "requests").write_text("\n".join(json.dumps(request) for request in requests))
        spec = {
            "host": "127.0.0.1",
            "port": self.port,
            "connections": connections,
            "seconds": seconds,
            "requests": str(folder / "requests"),
            **more,
        }
        (folder / "spec").write_text(json.dumps(spec))
        web, database = self.cpu_seconds()
        done = subprocess.run(
            [sys.executable, str(HERE / "load.py"), str(folder / "spec")], capture_output=True, text=True, check=True
        )
        found: dict[str, Any] = json.loads(done.stdout)
        answers = max(1, sum(found["statuses"].values()))
        after_web, after_database = self.cpu_seconds()
        found["cpu"] = ((after_web - web) / answers * 1000, (after_database - database) / answers * 1000)
        return found

    def cpu_seconds(self) -> tuple[float, float]:
        """CPU time used so far by the web workers and by PostgreSQL: steadier than a rate on a shared machine."""
        postmaster = psutil.Process(int((self.paths.pgdata / "postmaster.pid").read_text().split()[0]))
        crews = (self.web.children() if self.web else [], [postmaster, *postmaster.children()])
        totals = [0.0, 0.0]
        for index, crew in enumerate(crews):
            for process in crew:
                with suppress(psutil.NoSuchProcess):
                    totals[index] += sum(process.cpu_times()[:2])
        return totals[0], totals[1]

    def stop(self) -> None:
        stop_servers(self.paths)
