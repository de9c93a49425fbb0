"""A transaction the database gave up for another is run again."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)
# serialization_failure, deadlock_detected, lock_not_available: nothing was written, the same call may succeed next time
COLLISIONS = frozenset({"40001", "40P01", "55P03"})
TIMES = 3


def collided(error: BaseException) -> bool:
    """True if the database gave up one of two transactions that stood in each other's way."""
    return getattr(error.__cause__, "pgcode", None) in COLLISIONS


def retrying(action: Callable[P, T]) -> Callable[P, T]:
    """Run an action again when the database gave it up for another: three times in all, then the error stands.

    Put it outside `@transaction.atomic(durable=True)`. Inside another transaction it does nothing, the outer is lost.
    """

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, TIMES):
            try:
                return action(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or not collided(error):
                    raise
                log.info("%s met a concurrent change, attempt %s", action.__name__, attempt)
        return action(*args, **kwargs)

    return run
