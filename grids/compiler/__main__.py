"""`python -m grids.compiler <in.json> <out.json>`.

Prints a line of JSON for each step: {"step": "cells|split|balance|draw", "alternative": i, "done": n, "of": m}.
Exit code 0: out.json holds the alternatives; 2: it holds {"error": {"code", "at"}}.
SIGTERM ends it at once, without an answer.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from grids.compiler.given import Data, Wrong, read
from grids.compiler.plan import solve


def main(argv: list[str]) -> int:
    """Read the question, answer it; the answer appears whole or not at all."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    question, answer = (Path(name) for name in argv)
    try:
        data = _asked(question)
        found, code = solve(read(data), _told), 0
    except Wrong as wrong:
        found, code = {"error": {"code": wrong.code, "at": wrong.at}}, 2
    except MemoryError:
        found, code = {"error": {"code": "memory", "at": ""}}, 2
    _write(answer, found)
    return code


def _asked(path: Path) -> Data:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise Wrong("unreadable", path.name) from fault
    if not isinstance(data, dict):
        raise Wrong("unreadable", path.name)
    return data


def _told(step: str, alternative: int, done: int, of: int) -> None:
    print(json.dumps({"step": step, "alternative": alternative, "done": done, "of": of}), flush=True)  # noqa: T201


def _write(path: Path, data: Data) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # whole or not at all
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".compiler-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(data, file, separators=(",", ":"))
    Path(name).replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
