"""How far a step of a job has come, said from deep inside the work and without handing anything through.

Outside a job, in a web process for example, saying so does nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

SECONDS = 1.0  # between two words, so that saying them costs nothing
Report = Callable[[int, int], bool]


class Stopped(Exception):
    """Somebody has asked the job to stop. Not to be caught by the work: the job's machinery ends it."""


class _Said:
    def __init__(self, report: Report) -> None:
        self.report, self.due = report, monotonic() + SECONDS


_said: ContextVar[_Said | None] = ContextVar("progress", default=None)


@contextmanager
def reporting(report: Report) -> Iterator[None]:
    """Within, `tick` is handed to `report(done, total)`, which returns whether the work is to stop."""
    token = _said.set(_Said(report))
    try:
        yield
    finally:
        _said.reset(token)


def tick(done: int, total: int) -> None:
    """Say how far the work has come; at most once a second anything happens.

    Arguments:
        done, total: units of the work, for the screen.

    Raises:
        Stopped: the work is to end here; nothing may have been written yet.
    """
    said = _said.get()
    if said is None or monotonic() < said.due:
        return
    said.due = monotonic() + SECONDS
    if said.report(done, total):
        raise Stopped
