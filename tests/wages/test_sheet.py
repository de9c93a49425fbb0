"""A wage sheet: every fault by row and column, all or nothing, replaced and never doubled."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Person
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.models import Promise
from tests.wages.sheets import SEPTEMBER, bring_in, faults, off_the_list, row, unpaid
from tests.wages.site import Site, on, project
from wages import actions
from wages.models import MonthFigure, PayLine, Worker

NOVEMBER = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"project": "W999"}, "project"),
        ({"month": date(2026, 12, 1)}, "month"),
        ({"month": date(2025, 10, 1)}, "month"),
        ({"id_number": "379999198001010019"}, "id_number"),
        ({"phone": "12345"}, "phone"),
        ({"days": Decimal(31)}, "days"),
        ({"days": Decimal("25.3")}, "days"),
        ({"due": Decimal("-1")}, "due"),
        ({"due": Decimal("7800.005")}, "due"),
        ({"due": Decimal("1000000.01")}, "due"),
        ({"paid": Decimal(7801)}, "paid"),
        ({"due": None}, "paid"),
        ({"paid_on": None}, "paid_on"),
        ({"paid_on": date(2026, 11, 3)}, "paid_on"),
    ],
)
def test_a_fault_names_its_row_and_column(site: Site, change: dict[str, Any], column: str) -> None:
    project()
    with on(NOVEMBER):
        found = faults([row(2), row(3, **change)], site["inspector"])
    assert [(fault.row, fault.column) for fault in found] == [(3, column)]
    assert found[0].message


def test_faults_never_quote_a_person(site: Site) -> None:
    project()
    rows = [row(2), row(3, worker=2), row(4, id_number="379999198001010019"), row(5, phone="16100000002")]
    with on(NOVEMBER):
        found = faults(rows, site["inspector"])
    assert {(fault.row, fault.column) for fault in found} == {(3, "id_number"), (4, "id_number"), (5, "phone")}
    said = " ".join(fault.message for fault in found)
    assert "王示" not in said and "379999" not in said and "16100" not in said


def test_one_id_number_with_two_names_is_a_slip(site: Site) -> None:
    project()
    rows = [row(2, worker=7), row(3, worker=7, month=date(2026, 8, 1), name="李示七")]
    with on(NOVEMBER):
        assert [(f.row, f.column) for f in faults(rows, site["inspector"])] == [(3, "name")]


def test_a_phone_of_the_roster_cannot_be_given_to_another_worker(site: Site) -> None:
    project()
    with on(NOVEMBER):
        bring_in([row(2, worker=1)], site["inspector"])
        found = faults([row(2, worker=9, phone="16100000001")], site["inspector"])
    assert [(f.row, f.column) for f in found] == [(2, "phone")]


def test_a_project_outside_the_area_is_not_there(site: Site) -> None:
    project(path="/3709/370983/")
    with on(NOVEMBER):
        assert [f.column for f in faults([row(2)], site["inspector"])] == ["project"]
        assert faults([row(2)], site["above"]) == []


def test_a_month_becomes_sums(site: Site) -> None:
    project()
    rows = [row(n, worker=n) for n in range(1, 9)] + [unpaid(9, worker=9), off_the_list(10, worker=10)]
    rows.append(row(11, worker=11, paid=Decimal(5000)))
    with on(NOVEMBER):
        counts = bring_in(rows, site["inspector"])
    assert counts == {"lines": 11, "workers": 11, "months": 1}
    figure = MonthFigure.objects.get()
    assert (figure.attending, figure.listed, figure.paid_workers) == (11, 10, 8)  # 5,000 of 7,800 is not paid in full
    assert (figure.due, figure.paid) == (Decimal(78000), Decimal(67400))  # 10 × 7,800; 8 × 7,800 + 5,000
    assert figure.last_paid_on == date(2026, 10, 20)


def test_the_same_worker_of_the_next_sheet_is_the_same_row(site: Site) -> None:
    project()
    with on(NOVEMBER):
        bring_in([unpaid(2, worker=1), row(3, worker=2)], site["inspector"])
        again = bring_in([row(2, worker=1), row(3, worker=3)], site["inspector"])
    assert again == {"lines": 2, "workers": 1, "months": 1}
    assert PayLine.objects.count() == 3
    assert (
        PayLine.objects.get(worker__person__phone_index=Person.objects.order_by("created_at")[0].phone_index).paid
        == 7800
    )
    assert MonthFigure.objects.get().paid_workers == 3


def test_the_same_person_at_two_sites_is_two_rosters(site: Site) -> None:
    project("W001")
    project("W002")
    with on(NOVEMBER):
        bring_in([row(2, worker=1), row(3, worker=1, code="W002")], site["inspector"])
    assert Worker.objects.count() == 2
    assert Person.objects.filter(wage_worker__isnull=False).count() == 2


def test_a_later_sheet_cannot_turn_a_workers_lines_over_to_another_phone(site: Site) -> None:
    project()
    with on(NOVEMBER):
        bring_in([row(2, worker=1), row(3, worker=2, phone="")], site["inspector"])
        before = Person.objects.get(wage_worker__isnull=False, phone_index__isnull=False)
        bring_in([row(2, worker=1, phone="16100777777"), row(3, worker=2)], site["inspector"])
    assert Person.objects.get(pk=before.pk).phone_index == before.phone_index
    assert Person.objects.filter(phone_index=None).count() == 0  # who had none has one now


def test_nothing_is_half_written_when_a_commit_breaks(site: Site) -> None:
    project()
    rows = [row(2, worker=1), row(3, worker=2, days=Decimal(99))]  # a check that was skipped meets the database
    with on(NOVEMBER), pytest.raises(Exception, match="days"), transaction.atomic():
        actions.commit_sheet(rows=rows, run_id=uuid7(), actor=site["inspector"], now=app_now())
    assert not PayLine.objects.exists() and not Worker.objects.exists() and not MonthFigure.objects.exists()
    assert not Person.objects.exists()
    assert not Promise.objects.filter(kind="wages.judge").exists()


def test_what_is_at_rest_and_in_promises_names_nobody(site: Site) -> None:
    project()
    with on(NOVEMBER):
        bring_in([row(2, worker=1)], site["inspector"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(p::text, ' ') FROM accounts_person p")
        people = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(p::text, ' ') FROM ledger_promise p")
        promised = cursor.fetchone()[0]
    for secret in ("王示1", "16100000001", "379999"):
        assert secret not in people and secret not in promised


def test_lines_lie_in_the_partition_of_their_month(site: Site) -> None:
    project()
    with on(NOVEMBER):
        bring_in([row(2, worker=1), row(3, worker=1, month=date(2026, 8, 1))], site["inspector"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM wages_payline ORDER BY month")
        assert [name for (name,) in cursor.fetchall()] == ["wages_payline_2026_08", "wages_payline_2026_09"]


def test_nought_days_and_nothing_due_takes_a_line_back(site: Site) -> None:
    project()
    with on(NOVEMBER):
        bring_in([row(2, worker=1), unpaid(3, worker=2)], site["inspector"])
        bring_in([off_the_list(3, worker=2, days=Decimal(0))], site["inspector"])
    figure = MonthFigure.objects.get(month=SEPTEMBER)
    assert (figure.attending, figure.listed, figure.paid_workers) == (1, 1, 1)
