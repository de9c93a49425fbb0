"""Two transactions in each other's way: the database gives one up, and it is run again."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from ledger.actions import retrying
from ledger.models import CalendarYear

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_that_lock_in_opposite_order_both_succeed() -> None:
    CalendarYear.objects.bulk_create([CalendarYear(year=year, hours=[], source="") for year in (1, 2)])
    line = threading.Barrier(2)
    met = threading.local()
    failures: list[BaseException] = []

    @retrying
    @transaction.atomic(durable=True)
    def add(first: int, second: int) -> None:
        for year in (first, second):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE ledger_calendaryear SET source = source || 'x' WHERE year = %s", [year])
            if not hasattr(met, "done"):
                met.done = True
                line.wait(10)

    def run(first: int, second: int) -> None:
        try:
            add(first, second)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert set(CalendarYear.objects.values_list("source", flat=True)) == {"xx"}


def test_another_error_of_the_database_is_raised_at_once() -> None:
    tries = []

    @retrying
    def fail() -> None:
        tries.append(1)
        raise OperationalError("server closed the connection")

    with pytest.raises(OperationalError):
        fail()
    assert len(tries) == 1
