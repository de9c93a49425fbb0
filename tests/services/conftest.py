from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.queries.calendar import forget_calendar
from tests.services import world


@pytest.fixture
def city(db: None, settings: Any, tmp_path: Path) -> Iterator[world.City]:
    settings.MEDIA_ROOT = tmp_path
    forget_calendar()
    yield world.build()
    forget_calendar()
