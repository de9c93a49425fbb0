"""Sheets of invented workers, as rows of the import; the whole way through check and commit. Builders only."""

import random
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.demo_identity import demo_id_number
from ledger.actions import redeem_held
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.kinds import RowError, SheetRow
from ledger.promises import held
from wages import actions
from wages.imports import check_sheet

SEPTEMBER = date(2026, 9, 1)
PAID_ON = date(2026, 10, 20)


def row(
    number: int, *, code: str = "W001", month: date = SEPTEMBER, worker: int | None = None, **more: Any
) -> SheetRow:
    """A worker with 26 days and 7,800 yuan, paid in full; the same worker number is the same person."""
    chance = random.Random(worker if worker is not None else number)
    values: dict[str, Any] = {
        "project": code, "name": f"王示{worker if worker is not None else number}", "id_number": demo_id_number(chance),
        "phone": f"16100{worker if worker is not None else number:06d}", "team": "木工三组", "month": month,
        "days": Decimal(26), "due": Decimal(7800), "paid": Decimal(7800), "paid_on": PAID_ON,
    }  # fmt: skip
    return SheetRow(number, {**values, **more})


def unpaid(number: int, **more: Any) -> SheetRow:
    return row(number, **{"paid": None, "paid_on": None, **more})


def off_the_list(number: int, **more: Any) -> SheetRow:
    """Attended, but on no payroll."""
    return row(number, **{"due": None, "paid": None, "paid_on": None, **more})


def faults(rows: list[SheetRow], actor: Actor) -> list[RowError]:
    return check_sheet(rows, actor=actor, now=app_now())


def bring_in(rows: list[SheetRow], actor: Actor, run: UUID | None = None) -> dict[str, int]:
    """Check, commit and redeem what follows, at the present clock."""
    found = faults(rows, actor)
    assert found == [], found
    with held() as promised:
        with transaction.atomic():
            counts = actions.commit_sheet(rows=rows, run_id=run or uuid7(), actor=actor, now=app_now())
        redeem_held(ids=promised)
    return counts
