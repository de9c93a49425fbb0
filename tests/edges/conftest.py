from collections.abc import Iterator

import pytest
from django.core.cache import cache

from accounts.api.limits import forget_counts
from tests.events.conftest import town  # noqa: F401 - a fixture of this folder as well


@pytest.fixture(autouse=True)
def uncounted() -> Iterator[None]:
    """Every test begins with nothing counted."""
    forget_counts()
    cache.clear()
    yield
    forget_counts()
