"""Run one command of the platform with its environment, log it, and show its progress."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from govplatform.runtime.console import Refusal, say

POLL_SECONDS = 0.1


class Stopped(Exception):
    """Somebody asked to stop while a command was running."""


def resolve(argv: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """The command with its program looked up on the child's own path."""
    program = shutil.which(argv[0], path=env["PATH"])
    if program is None:
        raise Refusal(f"{argv[0]} is not installed; run: make run")
    return [program, *argv[1:]]


class Follower:
    """Shows the lines a command adds to its log, one progress line each."""

    def __init__(self, log: Path, prefix: str = "") -> None:
        self._log = log
        self._prefix = prefix
        self._stream: IO[str] | None = None
        self._rest = ""

    def show_new(self) -> None:
        """Print what has been added since the last call, whole lines only."""
        if self._stream is None:
            if not self._log.exists():
                return
            self._stream = self._log.open(errors="replace")
        *lines, self._rest = (self._rest + self._stream.read()).split("\n")
        for line in filter(str.strip, lines):
            say(self._prefix + line.strip())


def run_command(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: Path,
    show: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Run ``argv`` to its end with its output in ``log``.

    Raises:
        Refusal: it failed; the last lines of its log are in the message.
        Stopped: ``stopping`` became true; the command and what it started have been ended.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    follower = Follower(log)
    with log.open("wb") as out:
        child = subprocess.Popen(
            resolve(argv, env),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    while child.poll() is None:
        if show:
            follower.show_new()
        if stopping():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise Stopped
        time.sleep(POLL_SECONDS)
    if show:
        follower.show_new()
    if child.returncode:
        raise Refusal(f"{' '.join(argv)} failed ({child.returncode}):\n{log.read_text(errors='replace')[-3000:]}")
