from collections.abc import Iterator
from pathlib import Path

import pytest

from grids import tiles
from tests.grids import small


@pytest.fixture(autouse=True)
def fresh_stamp() -> Iterator[None]:
    """The memo of the process must not outlive the rows of a test."""
    tiles.forget()
    yield
    tiles.forget()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path / "small")


@pytest.fixture
def town(db: None, folder: Path) -> Path:
    """The small city, loaded; the value is its folder."""
    loaded, _ = small.load(folder)
    assert loaded.faults == []
    return folder
