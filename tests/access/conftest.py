from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from events.queries import forget_catalogue
from ledger.queries.calendar import forget_calendar
from tests.access import world as builders


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any) -> Iterator[builders.World]:
    """One world for all tests of a file; every request is undone by itself."""
    media, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path_factory.mktemp("media")
    # pytest-django makes a test database only if some test is marked; without one this would be the site's own
    assert "test" in connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        forget_calendar()
        block: Any = transaction.atomic()
        block._from_testcase = True
        with block:
            yield builders.build()
            transaction.set_rollback(True)
    settings.MEDIA_ROOT = media
    forget_calendar()
    forget_catalogue()
