"""Shared by all tests: which of them may run beside others."""

import pytest

ALONE = {"browser", "long", "fault"}


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups, and so before tests/faults marks its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with servers or a browser of their own follow each other in one process; the rest runs beside them."""
    for item in items:
        if "faults" in item.path.parts or any(item.get_closest_marker(name) for name in ALONE):
            item.add_marker(pytest.mark.xdist_group("alone"))
