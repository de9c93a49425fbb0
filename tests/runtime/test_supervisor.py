"""A dead process comes back, and after a stop nothing is left: real processes, real kills."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from govplatform.runtime import running
from govplatform.runtime.paths import CHECKOUT, Paths
from govplatform.runtime.processes import Process
from govplatform.runtime.running import MARK, is_running, marked_processes, only_run, stop_run
from govplatform.runtime.supervisor import Supervisor

# Forks a child that ignores the polite signal, as a stuck worker would, and tells both process ids.
FORKING = """
import os, signal, time
child = os.fork()
if child == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
print(os.getpid(), child, flush=True)
time.sleep(600)
"""


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never became true"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(root=tmp_path, uid=os.geteuid())


def supervisor_of(paths: Paths, code: str) -> Supervisor:
    process = Process("web", (sys.executable, "-c", code), stop_seconds=1)
    return Supervisor([process], cwd=paths.root, env={**os.environ, MARK: paths.key}, logs=paths.logs)


@pytest.fixture
def forking(paths: Paths) -> Iterator[Supervisor]:
    supervisor = supervisor_of(paths, FORKING)
    supervisor.start()
    yield supervisor
    supervisor.stop()


def pids(supervisor: Supervisor) -> list[int]:
    wait_for(lambda: len(supervisor.tail("web", 1).split()) == 2)
    return [int(word) for word in supervisor.tail("web", 1).split()]


def test_stopping_leaves_no_process_not_even_one_that_ignores_the_signal(forking: Supervisor) -> None:
    started = pids(forking)
    forking.stop()
    assert not any(map(lives, started))


def test_a_killed_process_is_started_again_and_its_orphans_are_not_left(forking: Supervisor) -> None:
    leader, orphan = pids(forking)
    os.kill(leader, signal.SIGKILL)

    def back() -> bool:
        forking.look_after()
        return forking.children["web"].pid not in {None, leader}

    wait_for(back)
    assert not lives(orphan)


def test_a_process_that_dies_at_once_is_started_again_ever_more_slowly(paths: Paths) -> None:
    supervisor = supervisor_of(paths, "raise SystemExit(3)")
    child = supervisor.children["web"]
    waits = []
    for _ in range(3):
        child.start()
        wait_for(lambda: child.exit_code() is not None)
        child.died()
        assert child.restart_at is not None
        waits.append(child.restart_at - time.monotonic())
    assert waits[0] < waits[1] < waits[2]


def test_processes_end_when_their_supervisor_is_killed_outright(paths: Paths) -> None:
    code = (
        "import os, sys, time; from pathlib import Path\n"
        "from govplatform.runtime.processes import Process; from govplatform.runtime.supervisor import Supervisor\n"
        "process = Process('web', (sys.executable, '-c', 'import time; time.sleep(600)'), 1)\n"
        f"supervisor = Supervisor([process], cwd=Path('/'), env=os.environ, logs=Path({str(paths.logs)!r}))\n"
        "supervisor.start(); print(supervisor.children['web'].pid, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as outer:
        assert outer.stdout is not None
        child = int(outer.stdout.readline())
        outer.kill()
    wait_for(lambda: not lives(child))


def test_stop_ends_what_a_killed_run_has_left(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "STOP_SECONDS", 1.0)
    with subprocess.Popen([sys.executable, "-c", FORKING], env={**os.environ, MARK: paths.key}):
        wait_for(lambda: len(marked_processes(paths)) == 2)
        assert stop_run(paths)
    assert marked_processes(paths) == []


def test_a_second_run_of_a_checkout_is_noticed(paths: Paths) -> None:
    with only_run(paths):
        assert is_running(paths)
    assert not is_running(paths)
