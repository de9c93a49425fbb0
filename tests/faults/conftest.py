"""One rig for the whole folder: scenarios follow each other on one database, as faults do in a real year."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rig import Rig

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.fault)


@pytest.fixture(scope="package")
def whole_rig() -> Iterator[Rig]:
    """Gone when the folder is done: an idle rig still takes a share of two cores."""
    rig = Rig()
    # the log that the canaries must not be found in is the full one; everybody comes from an address of his own
    rig.more_env = {"GOVPLATFORM_LOG_LEVEL": "INFO", "GOVPLATFORM_PROXIES": "1"}
    rig.start_commands()
    yield rig
    rig.stop()


@pytest.fixture
def rig(whole_rig: Rig) -> Rig:
    """The rig with web, worker, beat and relay running and no fault set."""
    whole_rig.ensure("web", "worker", "beat", "relay")
    return whole_rig


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    """Factor on the sizes of a scenario: 1 on every push, 10 in `make check-long`."""
    return 10 if "long" in (request.config.option.markexpr or "").replace("not long", "") else 1
