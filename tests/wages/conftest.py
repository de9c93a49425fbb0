from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.queries.calendar import forget_calendar
from tests.wages import site as builders


@pytest.fixture
def site(db: None, settings: Any, tmp_path: Path) -> Iterator[builders.Site]:
    settings.MEDIA_ROOT = tmp_path
    forget_calendar()
    yield builders.build()
    forget_calendar()
