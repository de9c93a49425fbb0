"""What is shown of a sheet that lies sealed: the first rows, and the rows with faults as a sheet to mend."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from ledger import kinds, rules
from ledger.actions.records import audit
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.gateways import sheets
from ledger.gateways.private import read_private
from ledger.kinds import Column, SheetRow
from ledger.masks import mask_cell
from ledger.models import ImportRun
from ledger.queries.sheets import own_runs

PREVIEW_ROWS = 50


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row with its number; `cells` in the order of the kind's columns, those that name a person masked."""

    number: int
    cells: tuple[str, ...]


def sheet_template(*, kind: str, actor: Actor) -> bytes:
    """The template of a kind as XLSX.

    Raises:
        PermissionDenied: unknown, or the right is missing.
    """
    spec = kinds.imports.get(kind)
    if spec is None or not actor.may(spec.right):
        raise PermissionDenied
    return sheets.template(kinds.resolve(spec.columns)(), title=spec.name_zh)


def preview_sheet(*, run_id: UUID, actor: Actor) -> list[PreviewRow]:
    """The first fifty rows; none when the file is erased or not read yet."""
    run = _mine(run_id, actor)
    if run.erased_at is not None or not run.header:
        return []
    columns = [column for column in kinds.resolve(kinds.imports[run.kind].columns)() if not column.hidden]
    return [
        PreviewRow(number, tuple(_shown(cells, column, run.mapping) for column in columns))
        for number, cells in json.loads(read_private(f"{run.pk}.head"))[:PREVIEW_ROWS]
    ]


def first_rows(*, run_id: UUID, actor: Actor) -> tuple[list[SheetRow], dict[str, str]]:
    """The first five hundred rows by column, and what was chosen for the file; none when it is erased or not read."""
    run = _mine(run_id, actor)
    if run.erased_at is not None or not run.header:
        return [], run.choices
    body = [(number, cells) for number, cells in json.loads(read_private(f"{run.pk}.head"))]
    return rules.typed_rows(body, kinds.resolve(kinds.imports[run.kind].columns)(), run.mapping)[0], run.choices


def _shown(cells: list[Any], column: Column, mapping: dict[str, int]) -> str:
    place = mapping.get(column.key)
    cell = cells[place] if place is not None and place < len(cells) else ""
    text = cell if isinstance(cell, str) else f"{cell[1]} …"
    return mask_cell(text) if column.personal else text


def fault_sheet(*, run_id: UUID, actor: Actor) -> bytes:
    """The rows with faults as they were sent, with a column that says what is wrong. That it left is in the audit."""
    run = _mine(run_id, actor)
    if run.erased_at is not None:
        raise PermissionDenied
    found: dict[int, list[tuple[int | None, str]]] = {}
    for row, column, message in run.faults.order_by("row", "id").values_list("row", "column", "message"):
        found.setdefault(row, []).append((run.mapping.get(column), message))
    body = json.loads(read_private(f"{run.pk}.rows"))
    rows = [(number, cells) for number, cells in body if number in found]
    _left(run, actor, len(rows))
    return sheets.with_faults(run.header, rows, found)


@transaction.atomic(durable=True)
def _left(run: ImportRun, actor: Actor, rows: int) -> None:
    data = {"kind": run.kind, "rows": rows}
    audit(actor=actor, action="import.faults", object_kind="import", object_id=run.pk, data=data, now=app_now())


def _mine(run_id: UUID, actor: Actor) -> ImportRun:
    run = own_runs(actor).filter(pk=run_id).first()
    if run is None:
        raise PermissionDenied
    return run
