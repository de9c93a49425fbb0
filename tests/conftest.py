"""Shared by all tests: which of them may run beside others."""

import gc
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker
from xdist.scheduler import LoadScopeScheduling

from tests.template_db import template

# Tests that have servers or a browser of their own: those of one name follow each other in one process, first of all,
# while the other processes take the rest file by file. They wait more than they work, so there is a third process.
ALONE = {"tests/faults/": "faults", "tests/journeys/": "journeys", "tests/runtime/test_run.py": "journeys"}


def alone(nodeid: str) -> str:
    """The unit of work a test belongs to; "" if it may run beside others."""
    return next((unit for start, unit in ALONE.items() if nodeid.startswith(start)), "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not alone(item.nodeid))


class AloneTogether(LoadScopeScheduling):
    """One unit of work for those that must not meet, one per file for the rest."""

    def _split_scope(self, nodeid: str) -> str:
        return alone(nodeid) or nodeid.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> AloneTogether:
    return AloneTogether(config, log)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A page asked for in English leaves its language active in the thread; the next test begins without one."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Test databases are copies of one that has the schema already."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Transactional tests empty every table after themselves, so append-only tables let TRUNCATE through here."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only_truncate'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only_truncate")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What the imports left behind stays: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
