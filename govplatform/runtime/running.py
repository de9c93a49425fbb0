"""The one ``make run`` of a checkout: its lock, its description, and how another command ends it."""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from govplatform.runtime.console import Refusal
from govplatform.runtime.paths import Paths

MARK = "GOVPLATFORM_RUN"  # in the environment of every process a run starts, and of no other
STOP_SECONDS = 60.0


def _description(paths: Paths) -> Path:
    return paths.state / "run.json"


def describe(paths: Paths, address: str) -> None:
    """Write down where the running site is."""
    _description(paths).write_text(json.dumps({"pid": os.getpid(), "address": address}))


def described(paths: Paths) -> tuple[int, str]:
    """Process id and address of the last run; (0, "") when there is no description."""
    try:
        found = json.loads(_description(paths).read_text())
        return int(found["pid"]), str(found["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, ""


@contextlib.contextmanager
def only_run(paths: Paths) -> Iterator[None]:
    """Hold the checkout's run lock, or refuse because another run holds it."""
    paths.state.mkdir(parents=True, exist_ok=True)
    with (paths.state / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            address = described(paths)[1]
            raise Refusal(f"Already running{f' at {address}' if address else ''}; end it with: make stop") from None
        describe(paths, "")
        try:
            yield
        finally:
            _description(paths).unlink(missing_ok=True)


def is_running(paths: Paths) -> bool:
    """Whether a run of this checkout holds its lock."""
    lock_file = paths.state / "run.lock"
    if not lock_file.exists():
        return False
    with lock_file.open("r") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def marked_processes(paths: Paths) -> list[int]:
    """Process ids that a run of this checkout has started and that still live."""
    mark = os.fsencode(f"{MARK}={paths.key}")
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):  # another user's, or gone meanwhile
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def _wait_until_gone(paths: Paths, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(paths) or marked_processes(paths):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _signal_all(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def stop_run(paths: Paths) -> bool:
    """End the run of this checkout and everything it started; whether there was anything to end."""
    supervised = is_running(paths)
    if not supervised and not marked_processes(paths):
        return False
    if supervised:
        _signal_all([pid for pid in (described(paths)[0],) if pid], signal.SIGTERM)
    else:  # its supervisor was killed outright
        _signal_all(marked_processes(paths), signal.SIGTERM)
    if not _wait_until_gone(paths, STOP_SECONDS):
        _signal_all(marked_processes(paths), signal.SIGKILL)
        _wait_until_gone(paths, STOP_SECONDS)
    return True
