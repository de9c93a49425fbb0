from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events.queries import forget_catalogue
from ledger.queries.calendar import forget_calendar
from tests.events import town as builders


@pytest.fixture
def town(db: None, settings: Any, tmp_path: Path) -> Iterator[builders.Town]:
    settings.MEDIA_ROOT = tmp_path
    forget_calendar()
    yield builders.build()
    forget_calendar()
    forget_catalogue()
