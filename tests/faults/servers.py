"""Real PostgreSQL and Redis in a temporary folder, started by the very code that `make run` uses.

The first run makes a cluster with the schema and the city in it and keeps a copy under var/rig, named after everything
that went into it; later runs copy it and start in seconds.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from govplatform.runtime.paths import CHECKOUT, Paths
from govplatform.runtime.servers import installed_postgres, start_servers, stop_servers

HOUSE = ("govplatform", "events", "wages", "services", "cases", "grids", "accounts", "ledger")
KEPT = CHECKOUT / "var" / "rig"


@dataclass(frozen=True)
class RigPaths(Paths):
    """The paths of a checkout whose servers and files live in `home`."""

    home: Path = Path()

    @property
    def var(self) -> Path:
        return self.home / "var"

    @property
    def servers(self) -> Path:
        return self.home / "servers"

    @property
    def run(self) -> Path:
        return self.home / "run"


def new_paths(prefix: str = "gp-rig-") -> RigPaths:
    """A fresh folder that the account of the servers may enter."""
    home = Path(tempfile.mkdtemp(prefix=prefix))
    home.chmod(0o711)
    paths = RigPaths(root=CHECKOUT, uid=os.geteuid(), home=home)
    for folder in (paths.state, paths.logs, home / "points"):
        folder.mkdir(parents=True)
    return paths


def wait_until(condition: Callable[[], object], *, within: float, what: str, every: float = 0.05) -> float:
    """Poll until true; seconds it took.

    Raises:
        AssertionError: it did not come true in time.
    """
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > within:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(every)
    return time.monotonic() - start


def environment(paths: RigPaths, *, database_url: str = "", redis_url: str = "") -> dict[str, str]:
    """What every process of the rig finds; the addresses are those of the proxies when given."""
    # a virtual environment's python is a link: its folder, not its target's, has the other programs
    programs = Path(sys.executable).parent
    return {
        **{
            key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "GOVPLATFORM_", "PYTEST"))
        },
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "govplatform.settings",
        "DATABASE_URL": database_url or paths.database_url(),
        "REDIS_URL": redis_url or paths.redis_url(),
        "GOVPLATFORM_DEMO": "1",
        "GOVPLATFORM_API_PER_MINUTE": "1000000",  # counted, never reached
        "GOVPLATFORM_LOG_LEVEL": "WARNING",
        "GOVPLATFORM_VAR_DIR": str(paths.var),
        "GOVPLATFORM_KEYS_DIR": str(paths.keys),
        "GOVPLATFORM_MEDIA_DIR": str(paths.media),
    }


def command(argv: tuple[str, ...], env: Mapping[str, str], *, seconds: float = 120) -> str:
    """Run one command of the platform in the checkout and return what it prints.

    Raises:
        AssertionError: it failed; the message holds the end of what it said.
    """
    done = subprocess.run(argv, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False, timeout=seconds)
    assert done.returncode == 0, f"{' '.join(argv)}: {done.stdout[-1500:]} {done.stderr[-2500:]}"
    return done.stdout


def fingerprint() -> str:
    """Changes with the code, the city and the PostgreSQL that make the database."""
    digest = hashlib.sha256(str(installed_postgres(RigPaths(CHECKOUT, os.geteuid(), Path("/nonexistent")))).encode())
    for package in HOUSE:
        for path in sorted((CHECKOUT / package).rglob("*")):
            if path.suffix in (".py", ".csv", ".json", ".geojson", ".sql") and path.is_file():
                digest.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def start(paths: RigPaths, prepare: Callable[[RigPaths], None]) -> None:
    """Both servers up, with the schema and the city: from the kept copy, else made by `prepare`."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with (KEPT.parent / "rig.lock").open("w") as lock:  # faults and journeys begin at once: one of them prepares
        fcntl.flock(lock, fcntl.LOCK_EX)
        _start(paths, prepare)


def _start(paths: RigPaths, prepare: Callable[[RigPaths], None]) -> None:
    kept = KEPT / fingerprint()
    if kept.exists():
        paths.servers.mkdir()
        for part in ("servers", "var"):
            _copy(kept / part, paths.home)
        start_servers(paths)
        return
    start_servers(paths)
    prepare(paths)
    stop_servers(paths)
    shutil.rmtree(KEPT, ignore_errors=True)
    draft = kept.with_suffix(f".{os.getpid()}")
    draft.mkdir(parents=True)
    for part in ("servers", "var"):
        _copy(paths.home / part, draft)
    draft.rename(kept)
    start_servers(paths)


def _copy(source: Path, folder: Path) -> None:
    subprocess.run(["cp", "-a", str(source), str(folder)], check=True)  # keeps the owner, which PostgreSQL insists on


def stop(paths: RigPaths) -> None:
    with contextlib.suppress(Exception):
        stop_servers(paths)
    shutil.rmtree(paths.home, ignore_errors=True)


def postmaster(paths: RigPaths) -> int:
    return int((paths.pgdata / "postmaster.pid").read_text().split()[0])


def down(pid: int, how: signal.Signals) -> None:
    """Send the signal to one server and wait until it is gone."""
    os.kill(pid, how)
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), within=20, what=f"process {pid} ends on {how.name}")


def up(paths: RigPaths) -> None:
    """Start what is down; a killed PostgreSQL may need a moment until its last child has noticed."""

    def started() -> bool:
        try:
            start_servers(paths)
        except Exception:
            return False
        return True

    wait_until(started, within=30, what="servers start again", every=0.3)
