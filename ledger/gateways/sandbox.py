"""Starts a tool of ledger.gateways.inside shut in: limits always, no network and another user where the machine allows.

A tool that dies takes nothing with it: the caller gets a `Refused` with the reason as a code.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from ledger.gateways.inside.start import OUT_OF_MEMORY, OUT_OF_ROOM

START = Path(__file__).parent / "inside" / "start.py"
NOBODY = 65534
MEGABYTE = 1024 * 1024


class Refused(Exception):
    """The tool did not finish: `reason` is time, memory, size or crash; `detail` its last line, for an operator."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Limits:
    """What a tool may use.

    Arguments:
        seconds: of the wall clock and of the processor.
        memory, output: megabytes.
        threads: the tool's library starts some; without, it can start neither thread nor process.
    """

    seconds: int = 60
    memory: int = 1024
    output: int = 256
    threads: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way of shutting in that works here; `name` as on the screens: "limits+netns+user"."""

    name: str
    prefix: tuple[str, ...] = ()
    uid: int = 0


def run(tool: str, *, data: bytes, options: dict[str, Any] | None = None, limits: Limits | None = None) -> bytes:
    """Run a tool on data and return what it wrote.

    Arguments:
        tool: a module of ledger.gateways.inside.
        data: its standard input.
        options: for the tool; no secrets, they are visible in the process list.

    Raises:
        Refused: it ran out of time, memory or room, or crashed.
    """
    return _run(way(), tool, data, options or {}, limits or Limits())


def isolation_level() -> str:
    """What a sandbox reaches here: "limits", with "+netns" if it gets no network, with "+user" if it runs as nobody."""
    return way().name


@cache
def way() -> Way:
    """The tightest way that works on this machine; tried once per process."""
    uid = NOBODY if os.geteuid() == 0 else 0
    candidates = (
        Way("limits+netns+user", ("unshare", "--net"), uid),
        Way("limits+netns", ("unshare", "--net")),
        Way("limits+netns", ("unshare", "--user", "--map-root-user", "--net")),
        Way("limits+user", (), uid),
    )
    for candidate in candidates:
        if ("user" not in candidate.name or uid) and _works(candidate):
            return candidate
    return Way("limits")


def _works(candidate: Way) -> bool:
    try:
        answer = json.loads(_run(candidate, "probe", b"", {}, Limits(seconds=5, memory=256, output=1)))
    except (Refused, OSError, ValueError):
        return False
    alone = "netns" not in candidate.name or set(answer["interfaces"]) <= {"lo"}
    return alone and (not candidate.uid or answer["uid"] == candidate.uid)


def _run(how: Way, tool: str, data: bytes, options: dict[str, Any], limits: Limits) -> bytes:
    numbers = {
        "cpu": limits.seconds,
        "memory": limits.memory * MEGABYTE,
        "output": limits.output * MEGABYTE,
        "uid": how.uid,
        "threads": int(limits.threads),
    }
    command = [*how.prefix, sys.executable, "-I", str(START), tool, json.dumps({**options, "limits": numbers})]
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target, tempfile.TemporaryFile() as said:
        source.write(data)
        source.seek(0)
        code = _wait(command, source, target, said, limits.seconds)
        said.seek(0)
        lines = said.read(100_000).decode("utf-8", "replace").strip().splitlines()
        if code != 0:
            raise Refused(_reason(code), lines[-1][:200] if lines else "")
        target.seek(0)
        return target.read()


def _wait(command: Sequence[str], source: IO[bytes], target: IO[bytes], said: IO[bytes], seconds: int) -> int:
    bare = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    process = subprocess.Popen(
        command, stdin=source, stdout=target, stderr=said, env=bare, cwd="/", start_new_session=True
    )
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return -signal.SIGXCPU
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _reason(code: int) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL, 128 + signal.SIGXCPU):
        return "time"
    if code == OUT_OF_MEMORY:
        return "memory"
    return "size" if code in (OUT_OF_ROOM, -signal.SIGXFSZ) else "crash"
