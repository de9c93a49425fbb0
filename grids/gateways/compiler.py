"""The grid compiler, a program of its own: asked by a file, followed by its lines, ended by a signal."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

from django.conf import settings

MEMORY = 4 * 1024**3  # bytes of address space
SHARES = {"cells": (0, 25), "split": (25, 40), "balance": (40, 80), "draw": (80, 100)}  # percent of one alternative


class NoAnswer(Exception):
    """The compiler gave none: `code` is one of its own, or time, stopped, crash; `at` names a place in the question."""

    def __init__(self, code: str, at: str = "") -> None:
        super().__init__(f"{code} at {at}")
        self.code, self.at = code, at


def compile_grids(question: dict[str, Any], *, seconds: float, progress: Callable[[int], bool]) -> dict[str, Any]:
    """Let the compiler answer; see grids/compiler for both.

    Arguments:
        seconds: after them it is ended.
        progress: told the percentage, at most a hundred times; True ends the compiler.

    Raises:
        NoAnswer: there is none; nothing is left behind.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, told = Path(folder) / "in.json", Path(folder) / "out.json"
        asked.write_text(json.dumps(question), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "grids.compiler", str(asked), str(told)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            preexec_fn=_limit,  # noqa: PLW1509
        )
        timer = Timer(seconds, _end, [process])
        timer.start()
        try:
            stopped = _follow(process, question["alternatives"], progress)
            code = process.wait()
        finally:
            late = not timer.is_alive()
            timer.cancel()
            _end(process)
        return _answer(told, code, "stopped" if stopped else "time" if late else "")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)


def _follow(process: "subprocess.Popen[str]", alternatives: int, progress: Callable[[int], bool]) -> bool:
    """Read its lines to the end. Returns whether it was stopped."""
    shown = -1
    for line in process.stdout or ():
        percent = _percent(json.loads(line), alternatives)
        if percent > shown:
            shown = percent
            if progress(percent):
                _end(process)
                return True
    return False


def _percent(line: dict[str, Any], alternatives: int) -> int:
    first, last = SHARES.get(line["step"], (0, 0))
    part = first + (last - first) * line["done"] / max(line["of"], 1)
    return min(int((line["alternative"] * 100 + part) / max(alternatives, 1)), 99)


def _answer(path: Path, code: int, ended: str) -> dict[str, Any]:
    if ended or not path.exists():
        raise NoAnswer(ended or "crash", str(code))
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "error" in found:
        raise NoAnswer(found["error"]["code"], found["error"]["at"])
    return found
