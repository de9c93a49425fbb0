"""What anybody may see of a project, and what nobody sees who is not concerned."""

from datetime import date
from decimal import Decimal

import pytest

from tests.wages.site import Site, on, project
from wages import queries
from wages.models import MonthFigure

SEPTEMBER = date(2026, 9, 1)
MONEY = {"due": Decimal("271900.00"), "paid": Decimal("227300.00")}


def test_the_search_finds_a_project_by_name_code_and_contractor(site: Site) -> None:
    project("W001")
    project("W002")
    for text in ("W001", "示例工程W001", "Sample site W001", "示例建工W001"):
        assert [row.code for row in queries.public_projects(q=text).rows] == ["W001"], text
    assert queries.public_projects(q="no such thing").total == 0


def test_the_search_pages_by_code(site: Site) -> None:
    for number in range(5):
        project(f"W{number:03d}")
    first = queries.public_projects(limit=3)
    assert (first.total, first.next_key, len(first.rows)) == (5, "W002", 3)
    assert [row.code for row in queries.public_projects(after=first.next_key, limit=3).rows] == ["W003", "W004"]
    assert queries.public_projects(path="/3709/370983/").rows == ()


@pytest.mark.parametrize(("workers", "shown"), [(9, None), (10, Decimal("271900.00"))])
def test_a_sum_of_fewer_than_ten_workers_is_not_shown(site: Site, workers: int, shown: Decimal | None) -> None:
    made = project()
    MonthFigure.objects.create(project=made, month=SEPTEMBER, attending=workers, paid_workers=workers - 1, **MONEY)
    with on(date(2026, 11, 2)):
        page = queries.public_project("W001")
    assert page is not None
    (month,) = page.months
    assert month.due == shown
    assert month.paid == (Decimal("227300.00") if shown else None)
    assert month.share == (Decimal("83.5") if shown else None)  # 227.3 / 271.9 = 83.59…, cut off
    assert month.state == "short"


def test_a_month_whose_pay_date_is_ahead_is_waiting_not_unpaid(site: Site) -> None:
    made = project()
    MonthFigure.objects.create(project=made, month=SEPTEMBER, attending=12, due=Decimal(1), paid=Decimal(0))
    with on(date(2026, 10, 20)):
        assert [m.state for m in queries.public_project("W001").months] == ["waiting"]  # type: ignore[union-attr]
    with on(date(2026, 10, 21)):
        assert [m.state for m in queries.public_project("W001").months] == ["unpaid"]  # type: ignore[union-attr]


def test_an_unknown_code_has_no_page(site: Site) -> None:
    assert queries.public_project("nothing") is None
