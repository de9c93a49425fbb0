"""``make run``: from whatever this machine has to a running site, in the foreground, and down again without a trace."""

import json
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from types import FrameType

from govplatform.runtime import processes
from govplatform.runtime.commands import Follower, Stopped, run_command
from govplatform.runtime.console import Refusal, say
from govplatform.runtime.environment import child_environment, uses_own_database, uses_own_redis
from govplatform.runtime.install import install
from govplatform.runtime.paths import Paths
from govplatform.runtime.ports import DEFAULT_PORT, open_listener, site_address
from govplatform.runtime.processes import PROCESSES, Process
from govplatform.runtime.running import MARK, describe, only_run
from govplatform.runtime.servers import cluster_id, servers_in_use
from govplatform.runtime.stamps import Stamps, digest, source_digest
from govplatform.runtime.supervisor import Supervisor

READY_SECONDS = 180.0
BACKLOG_SECONDS = 30.0  # after so long a site that only has old promises to redeem is shown all the same
POLL_SECONDS = 0.2
HEALTH_SECONDS = 10.0
STALE_SECONDS = 60.0  # a worker that redeemed nothing for so long is connected but deaf
SEED_REST = "demo"


class Run:
    """One foreground run. Signals only set a flag; everything is ended from the main line."""

    def __init__(self, paths: Paths, host: str, port: str) -> None:
        self._paths = paths
        self._host = host
        self._port = port
        self._stopping = False
        self._supervisor: Supervisor | None = None
        self._env = {**child_environment(paths), MARK: paths.key}
        self._stamps = Stamps(paths)
        self._address = ""
        self._worker_since = time.monotonic()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopping and self._supervisor is not None:
            self._supervisor.kill()
        self._stopping = True

    def _check_stop(self) -> None:
        if self._stopping:
            raise Stopped

    def _command(self, name: str, argv: Sequence[str], *, show: bool = False) -> None:
        say(name)
        log = self._paths.logs / "setup.log"
        run_command(argv, cwd=self._paths.root, env=self._env, log=log, show=show, stopping=lambda: self._stopping)

    def _data_key(self, *steps: Sequence[str]) -> str:
        """What the stored data depends on: the code, the city's files, the database itself."""
        database = cluster_id(self._paths) if uses_own_database() else self._env["DATABASE_URL"]
        lines = [" ".join(step) for step in steps]
        return digest([source_digest(self._paths.root), database, self._env["GOVPLATFORM_DEMO"], *lines])

    def _prepare_data(self) -> None:
        """Schema, city and the first cases; skipped when nothing they depend on has changed."""
        key = self._data_key(processes.MIGRATE, processes.LOAD_CITY, processes.SEED_FIRST)
        # A given database may have been emptied by somebody else, so it is always asked.
        if uses_own_database() and self._stamps.is_done("data", key):
            return
        self._command("bringing the database to the current schema", processes.MIGRATE)
        self._command("loading the city", processes.LOAD_CITY)
        if self._env["GOVPLATFORM_DEMO"] == "1":
            self._command("loading accounts and the first cases of the demo", processes.SEED_FIRST, show=True)
        self._stamps.done("data", key)

    def _open(self) -> socket.socket:
        listener = open_listener(self._host, self._port)
        port = listener.getsockname()[1]
        if not self._port and port != DEFAULT_PORT:
            say(f"port {DEFAULT_PORT} is busy, using {port}")
        self._address = site_address(self._host, port)
        self._env["GUNICORN_CMD_ARGS"] = f"--bind=fd://{listener.fileno()}"
        if not {"GOVPLATFORM_PUBLIC_URL", "GOVPLATFORM_ORIGINS"} & self._env.keys():  # where QR codes lead
            self._env["GOVPLATFORM_PUBLIC_URL"] = self._address.rstrip("/")
        if "GOVPLATFORM_HOSTS" not in self._env and self._host != "127.0.0.1":
            names = ["*"] if self._address != f"http://{self._host}:{port}/" else ["localhost", "127.0.0.1", self._host]
            self._env["GOVPLATFORM_HOSTS"] = ",".join(names)
        return listener

    def _health(self) -> tuple[int, dict[str, object]]:
        """Status and content of /readyz; status 0 when nothing answers."""
        return fetch_json(f"{self._address}readyz")

    def _wait_ready(self) -> None:
        started = time.monotonic()
        status, found = self._health()
        while time.monotonic() - started < READY_SECONDS:
            self._round()
            status, found = self._health()
            if status == 200:
                return
            if found.get("database_writable") and time.monotonic() - started > BACKLOG_SECONDS:
                say(f"serving with a backlog: the oldest promise has waited {found.get('oldest_unsent_seconds')} s")
                return
            time.sleep(POLL_SECONDS)
        assert self._supervisor is not None
        raise Refusal(f"The site did not get ready ({status} {found}):\n{self._supervisor.tail('web')}")

    def _round(self) -> None:
        self._check_stop()
        if self._supervisor is not None:
            self._supervisor.look_after()

    def _seed_rest(self) -> Follower | None:
        """Start what is left of the demo beside the running site."""
        assert self._supervisor is not None
        key = self._data_key(processes.SEED_REST)
        if self._env["GOVPLATFORM_DEMO"] != "1" or (uses_own_database() and self._stamps.is_done("demo", key)):
            return None
        say("loading the rest of the demo in the background")
        self._supervisor.start_once(Process(SEED_REST, processes.SEED_REST, stop_seconds=2))
        return Follower(self._paths.logs / f"{SEED_REST}.log", "demo: ")

    def _watch_demo(self, follower: Follower | None) -> Follower | None:
        assert self._supervisor is not None
        if follower is None:
            return None
        code = self._supervisor.finished(SEED_REST)
        follower.show_new()
        if code is None:
            return follower
        if code == 0:
            self._stamps.done("demo", self._data_key(processes.SEED_REST))
            say("the demo is complete")
        else:
            say(f"loading the demo ended with {code}, see {self._paths.logs / SEED_REST}.log; again: make demo-reset")
        return None

    def _watch_worker(self) -> None:
        """Restart a worker that is alive but redeems nothing."""
        assert self._supervisor is not None
        age = self._health()[1].get("canary_age_seconds")
        young = time.monotonic() - self._worker_since < STALE_SECONDS
        if not isinstance(age, int | float) or age <= STALE_SECONDS or young:
            return
        say(f"the worker has redeemed nothing for {age:.0f} s, starting it again")
        self._supervisor.restart("worker")
        self._worker_since = time.monotonic()

    def _stay(self) -> None:
        follower = self._seed_rest()
        next_health = time.monotonic() + HEALTH_SECONDS
        while True:
            self._round()
            follower = self._watch_demo(follower)
            if time.monotonic() >= next_health:
                self._watch_worker()
                next_health = time.monotonic() + HEALTH_SECONDS
            time.sleep(POLL_SECONDS)

    def _serve(self) -> None:
        self._prepare_data()
        with self._open() as listener:
            say("starting " + ", ".join(process.name for process in PROCESSES))
            self._supervisor = Supervisor(
                PROCESSES, cwd=self._paths.root, env=self._env, logs=self._paths.logs, listener=listener.fileno()
            )
            try:
                self._supervisor.start()
                describe(self._paths, self._address)
                self._wait_ready()
                fetch_json(self._address)  # so that the first visitor does not wait for the templates
                say("the first page stands")
                print(f"Ready: {self._address}", flush=True)
                self._stay()
            finally:
                say("stopping")
                self._supervisor.stop()

    def go(self) -> int:
        """Run until stopped; 0 after a wanted stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        with only_run(self._paths):
            try:
                install(self._paths, "run")
                self._check_stop()
                with servers_in_use(self._paths, database=uses_own_database(), redis=uses_own_redis()):
                    self._serve()
            except Stopped:
                pass
        say("stopped")
        return 0


def fetch_json(address: str) -> tuple[int, dict[str, object]]:
    """GET ``address``: the status (0 when nothing answers) and the JSON object in the answer, if it is one."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    except OSError:
        return 0, {}
    try:
        found = json.loads(body)
    except ValueError:
        return status, {}
    return status, found if isinstance(found, dict) else {}
