"""One clock, which only a demo or a test can move."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from ledger.actions import install_test_clock
from ledger.clock import app_now, shifted
from ledger.ids import uuid7

pytestmark = pytest.mark.django_db


def test_it_is_the_database_transaction_and_aware() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT transaction_timestamp()")
        assert app_now() == cursor.fetchone()[0]
    assert app_now().tzinfo is not None


def test_the_production_clock_ignores_an_offset() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL govplatform.clock_offset = '-3 days'")
        cursor.execute("SELECT app_now() = transaction_timestamp()")
        assert cursor.fetchone()[0]


def test_the_production_clock_cannot_be_shifted() -> None:
    with pytest.raises(RuntimeError, match="production clock"), shifted(timedelta(days=1)):
        pass


def test_a_test_clock_moves_for_a_while_and_back() -> None:
    install_test_clock()
    before = app_now()
    with shifted(timedelta(days=-90)):
        assert before - app_now() == timedelta(days=90)
        with shifted(timedelta(days=-80)):
            assert before - app_now() == timedelta(days=80)
        assert before - app_now() == timedelta(days=90)
    assert app_now() == before


def test_a_site_that_is_no_demo_keeps_its_clock(settings: Settings) -> None:
    settings.DEMO = settings.TEST_RUN = False
    with pytest.raises(PermissionError):
        install_test_clock()


@pytest.mark.django_db(transaction=True)
def test_it_stands_still_within_a_transaction() -> None:
    with transaction.atomic():
        first = app_now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01)")
        assert app_now() == first
    assert app_now() > first


def test_ids_are_version_7_and_differ() -> None:
    ids = [uuid7() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {(value.version, value.variant) for value in ids} == {(7, "specified in RFC 4122")}
    assert ids[0].int >> 80 <= ids[-1].int >> 80
