"""Shared by all tests: which of them may run beside others."""

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders whose tests have servers or a browser of their own: they follow each other in one process, first of all,
# while the other process takes the rest file by file.
ALONE = ("tests/faults/", "tests/journeys/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(ALONE))


class AloneTogether(LoadScopeScheduling):
    """One unit of work for all that must not meet, one per file for the rest."""

    def _split_scope(self, nodeid: str) -> str:
        return "alone" if nodeid.startswith(ALONE) else nodeid.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> AloneTogether:
    return AloneTogether(config, log)
