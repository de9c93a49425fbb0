"""Reports on projects and their special accounts, as rows of the import. Builders only."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import transaction

from accounts.demo_identity import demo_credit_code
from grids.models import Division
from ledger.actions import redeem_held
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.kinds import RowError, SheetRow
from ledger.promises import held
from tests.wages.site import COUNTY, HERE
from wages import actions
from wages.imports import check_reports, report_columns

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
EMPTY = {column.key: "" if column.type in ("text", "code") else None for column in report_columns()}
BANK = {
    "agreed": Decimal(120_000), "arrived": Decimal(100_000), "arrived_on": date(2026, 10, 8), "balance": Decimal(8000),
}  # fmt: skip
WAGES = {
    "attending": 12, "listed": 12, "paid_workers": 12, "due": Decimal(93_600), "paid": Decimal(93_600),
    "last_paid_on": date(2026, 10, 20),
}  # fmt: skip


def credit_code(name: str) -> str:
    return demo_credit_code(random.Random(name))


def draw_county() -> None:
    """The county gets an outline, so that a place can lie in it or not."""
    square = MultiPolygon(Polygon.from_bbox((117.0, 36.0, 117.4, 36.4)))
    Division.objects.filter(path=COUNTY).update(outline=square)


def facts(code: str = "W101") -> dict[str, Any]:
    """What a project is that is not there yet."""
    return {
        "name_zh": f"新示例工程{code}", "name_en": f"New sample site {code}", "industry": "房屋建筑",
        "division": "370902", "lon": Decimal(str(HERE[0])), "lat": Decimal(str(HERE[1])), "datum": "CGCS2000",
        "address": "示例路 2 号", "owner": f"示例新置业{code}", "owner_code": credit_code(f"owner {code}"),
        "contractor": f"示例新建工{code}", "contractor_code": credit_code(f"contractor {code}"),
        "contract_price": Decimal(42_000_000), "signed_on": date(2026, 3, 1), "ends_on": date(2028, 6, 30),
        "pay_day": 20, "officer_phone": "0538-0000056", "bank": "示例银行", "account_tail": "0042",
        "account_opened": date(2026, 3, 25), "deposit": Decimal(840_000), "deposit_until": date(2028, 12, 31),
    }  # fmt: skip


def row(number: int, *, code: str = "W101", month: date | None = SEPTEMBER, **more: Any) -> SheetRow:
    """A new project with a whole month."""
    return SheetRow(number, {**EMPTY, "project": code, **facts(code), "month": month, **BANK, **WAGES, **more})


def month_row(number: int, *, code: str = "W101", month: date | None = OCTOBER, **more: Any) -> SheetRow:
    """A month of a project, nothing else."""
    return SheetRow(number, {**EMPTY, "project": code, "month": month, **more})


def faults(rows: list[SheetRow], actor: Actor) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in found(rows, actor)]


def found(rows: list[SheetRow], actor: Actor) -> list[RowError]:
    return check_reports(rows, actor=actor, now=app_now())


def bring_in(rows: list[SheetRow], actor: Actor) -> dict[str, int]:
    """Check, commit and redeem what follows, at the present clock."""
    wrong = found(rows, actor)
    assert wrong == [], wrong
    with held() as promised:
        with transaction.atomic():
            counts = actions.commit_reports(rows=rows, run_id=uuid7(), actor=actor, now=app_now())
        redeem_held(ids=promised)
    return counts
