"""A made-up kind of import: things with a price. It writes incidents, which have no constraint of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.actors import Actor
from ledger.cityfolder import Change
from ledger.kinds import Column, ImportKind, RowError, SheetRow
from ledger.models import Incident

EFFECT = "test.thing"
seen: list[Any] = []


def columns() -> Sequence[Column]:
    return (
        Column("code", "代码", "Code", "code", required=True, max_length=6),
        Column("name", "姓名", "Name", required=True, personal=True),
        Column("price", "单价", "Price", "decimal", aliases=("价格",)),
        Column("since", "起始", "Since", "month"),
        Column("size", "大小", "Size", choices=("大", "小")),
    )


def check(rows: Sequence[SheetRow], *, actor: Actor, now: datetime) -> list[RowError]:
    taken = set(Incident.objects.filter(kind=EFFECT).values_list("reference", flat=True))
    return [RowError(row.number, "code", "taken already") for row in rows if row["code"] in taken]


def changes(rows: Sequence[SheetRow], *, actor: Actor, now: datetime) -> Change:
    return Change(added=len(rows), lines=[f"+ {row['code']}" for row in rows])


def commit(rows: Sequence[SheetRow], *, run_id: UUID, actor: Actor, now: datetime) -> dict[str, int]:
    for row in rows:
        Incident.objects.create(kind=EFFECT, reference=row["code"], detail=str(row["price"]), opened_at=now)
        if row["code"] == "BOOM":
            raise ZeroDivisionError
    seen.append((run_id, actor.id))
    return {"added": len(rows)}


THINGS = ImportKind(
    "test.things", "tests.ledger.sheet_kind.columns", "tests.ledger.sheet_kind.check", "tests.ledger.sheet_kind.commit",
    "rules.draft", "物品", "Things", "tests.ledger.sheet_kind.changes",
)  # fmt: skip
