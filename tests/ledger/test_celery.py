"""A message that cannot be acknowledged does not keep its slot: after enough of them a worker would take none."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kombu.exceptions import OperationalError

from govplatform.celery import Slots


class Away:
    """A channel whose Redis is away."""

    do_restore = False

    @contextmanager
    def conn_or_acquire(self, client: object = None) -> Iterator[None]:
        raise OperationalError("away")
        yield


@pytest.mark.parametrize("answer", ["ack", "reject"])
def test_the_slot_is_free_although_redis_is_away(answer: str) -> None:
    slots = Slots(Away(), prefetch_count=1)
    slots._delivered["tag"] = object()
    assert not slots.can_consume()
    with pytest.raises(OperationalError):
        getattr(slots, answer)("tag")
    assert slots.can_consume()
    slots._delivered.clear()  # nothing to hand back when this process ends
