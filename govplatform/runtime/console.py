"""Progress on the terminal: one line per step, with the seconds since the start."""

import sys
import time
from typing import NoReturn

_STARTED = time.monotonic()


class Refusal(Exception):
    """Something the person at the terminal has to do; the message is one line and names the command."""


def elapsed() -> float:
    """Seconds since this command started."""
    return time.monotonic() - _STARTED


def say(message: str) -> None:
    """Print one progress line at once, also when the output is a pipe."""
    print(f"[{elapsed():6.1f} s] {message}", flush=True)


def fail(message: str, code: int = 1) -> NoReturn:
    """Print the reason and leave with ``code``."""
    print(message, file=sys.stderr, flush=True)
    raise SystemExit(code)
