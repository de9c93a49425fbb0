import pytest

from tests.accounts.world import City, city


@pytest.fixture
def town(db: None) -> City:
    return city()
