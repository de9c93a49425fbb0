"""Starts the processes of the platform, restarts those that die, and leaves none behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from govplatform.runtime.console import say
from govplatform.runtime.processes import Process

BACKOFF_FIRST = 1.0
BACKOFF_LIMIT = 30.0
HEALTHY_SECONDS = 60.0  # a process that lived this long starts again without waiting
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None)


def _tie_to_parent() -> None:
    # In the child, before exec: should the supervisor be killed outright, its processes are told to stop.
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def signal_group(pid: int, number: int) -> None:
    """Send a signal to the process group led by ``pid``; a group that has gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def end_group(leader: int) -> None:
    """Kill what a dead leader has left in its group and wait for it; the orphans are ours by then."""
    signal_group(leader, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-leader, 0)


class Child:
    """One supervised process and everything it has forked: a session and process group of its own."""

    def __init__(
        self, process: Process, *, cwd: Path, env: Mapping[str, str], log: Path, fds: Sequence[int] = ()
    ) -> None:
        self.process = process
        self._fds = tuple(fds)
        self._cwd = cwd
        self._env = dict(env)
        self._log = log
        self._running: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._backoff = BACKOFF_FIRST
        self.restart_at: float | None = None

    @property
    def pid(self) -> int | None:
        """Process id while the process has been started and not been reaped."""
        return self._running.pid if self._running else None

    def start(self) -> None:
        """Start the process with its output appended to its log."""
        with self._log.open("ab") as out:
            self._running = subprocess.Popen(
                self.process.argv,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self._fds,
                preexec_fn=_tie_to_parent,  # noqa: PLW1509 - the supervisor has one thread
            )
        self._started = time.monotonic()
        self.restart_at = None

    def exit_code(self) -> int | None:
        """Exit code of a process that has ended, None while it runs."""
        return self._running.poll() if self._running else None

    def died(self) -> None:
        """Sweep up what a dead leader left in its group and set the time of the next start."""
        if self._running is None:
            return
        end_group(self._running.pid)
        if time.monotonic() - self._started > HEALTHY_SECONDS:
            self._backoff = BACKOFF_FIRST
        self.restart_at = time.monotonic() + self._backoff
        self._running = None
        self._backoff = min(self._backoff * 2, BACKOFF_LIMIT)

    def ask_to_stop(self) -> None:
        """Ask the leader to end; it tells its own children in its own way."""
        self.restart_at = None
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()

    def wait_stopped(self, deadline: float) -> None:
        """Wait for the leader until ``deadline`` (monotonic), then kill the whole group."""
        if self._running is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._running.wait(max(0.0, deadline - time.monotonic()))
        signal_group(self._running.pid, signal.SIGKILL)
        self._running.wait()
        end_group(self._running.pid)
        self._running = None


class Supervisor:
    """Keeps a set of processes running until told to stop."""

    def __init__(
        self,
        processes: Sequence[Process],
        *,
        cwd: Path,
        env: Mapping[str, str],
        logs: Path,
        listener: int | None = None,
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        for process in processes:
            log = logs / f"{process.name}.log"
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
        self.children = {
            process.name: Child(
                process,
                cwd=cwd,
                env=env,
                log=logs / f"{process.name}.log",
                fds=[listener] if process.listens and listener is not None else [],
            )
            for process in processes
        }
        self._logs = logs
        self._cwd = cwd
        self._env = env
        self._once: dict[str, Child] = {}
        # Grandchildren whose parent was killed come to us and not to init, so that the group can be waited for.
        _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def start(self) -> None:
        """Start every process."""
        for child in self.children.values():
            child.start()

    def start_once(self, process: Process) -> None:
        """Start a process that is to end by itself and is not started again."""
        log = self._logs / f"{process.name}.log"
        log.unlink(missing_ok=True)
        self._once[process.name] = Child(process, cwd=self._cwd, env=self._env, log=log)
        self._once[process.name].start()

    def finished(self, name: str) -> int | None:
        """Exit code of a process started once, None while it runs."""
        code = self._once[name].exit_code()
        if code is not None:
            self._once.pop(name).died()
        return code

    def _all(self) -> list[Child]:
        return [*self.children.values(), *self._once.values()]

    def look_after(self) -> None:
        """One round: report and clear away the dead, start those whose waiting time is over."""
        for name, child in self.children.items():
            code = child.exit_code()
            if code is not None:
                child.died()
                say(f"{name} ended with {code}, starting it again; see {self._logs / name}.log")
            if child.restart_at is not None and time.monotonic() >= child.restart_at:
                child.start()
        self._reap_adopted()

    def _reap_adopted(self) -> None:
        own = {child.pid for child in self._all()}
        with contextlib.suppress(ChildProcessError):
            while True:
                # WNOWAIT leaves our own children to Popen; only adopted ones are collected here.
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                if found is None or found.si_pid in own:
                    return
                os.waitpid(found.si_pid, os.WNOHANG)

    def restart(self, name: str) -> None:
        """Kill a process that no longer works, with everything it forked; the next round starts it again."""
        child = self.children[name]
        if child.pid is not None:
            signal_group(child.pid, signal.SIGKILL)

    def tail(self, name: str, lines: int = 15) -> str:
        """Last lines of a process's log."""
        log = self._logs / f"{name}.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""

    def kill(self) -> None:
        """End everything at once; what was in hand is redeemed again after the next start."""
        for child in self._all():
            if child.pid is not None:
                signal_group(child.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Stop everything in its own way, then by force; returns when no process is left."""
        for child in self._all():
            child.ask_to_stop()
        asked = time.monotonic()
        for child in self._all():
            child.wait_stopped(asked + child.process.stop_seconds)
