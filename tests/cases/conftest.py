from collections.abc import Iterator

import pytest

from cases import kinds
from ledger.queries.calendar import forget_calendar
from tests.cases import made_up, world


@pytest.fixture(autouse=True)
def made_up_kind() -> Iterator[None]:
    kinds.register_kind(made_up.KIND)
    forget_calendar()
    yield
    kinds.unregister_kind(made_up.SLUG)
    forget_calendar()


@pytest.fixture
def town(db: None) -> world.World:
    return world.build()
