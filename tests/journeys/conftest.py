"""The whole platform as `make run` starts it, and people in front of real browsers."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.faults.rig import Rig
from tests.journeys.people import City

CHROMIUM = "/usr/bin/chromium"
expect.set_options(timeout=20_000)  # handing in boundaries checks them in a sandbox; other tests share the machine
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def platform() -> Iterator[Rig]:
    rig = Rig()
    rig.ensure("web", "worker", "beat", "relay")
    yield rig
    rig.stop()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:  # of pytest-playwright: one loop for a process
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def city(platform: Rig, chromium: Browser) -> Iterator[City]:
    """Everybody leaves at the end; no page may have met a script error or a refusal of the content policy."""
    made = City(platform, chromium)
    yield made
    made.close()
