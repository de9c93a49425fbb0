"""The job of an import: read the file in the sandbox, find the columns, check the rows. Run twice it ends the same."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import override

from ledger import kinds, rules
from ledger.actions.jobs import JobView, StepResult
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.gateways import isolation_level
from ledger.gateways.private import erase_private, keep_private, read_private
from ledger.gateways.sheets import Sheet, Unreadable, read_sheet
from ledger.kinds import Column, ImportKind, RowError, SheetRow
from ledger.models import ImportFault, ImportRun

HEAD_ROWS = 50  # rows of the preview
FAULTS_KEPT = 2000
LINES_KEPT = 200
State = ImportRun.State


def import_step(job: JobView, budget_seconds: float) -> StepResult:
    """Step of the job `ledger.import`: reading first, checking second; between them a person may choose columns."""
    run = ImportRun.objects.get(pk=job.params["run"])
    if run.state != State.UPLOADED:
        return StepResult(done=job.done, total=job.total, finished=True)
    with override(run.language):
        if not run.header:
            return _read(run)
        return _check(run, job.params.get("territory", ""))


def _read(run: ImportRun) -> StepResult:
    try:
        sheet = read_sheet(read_private(f"{run.pk}.source"))
    except Unreadable as error:
        _unreadable(run.pk, str(error))
        return StepResult(finished=True, message=str(error))
    columns = kinds.resolve(kinds.imports[run.kind].columns)()
    place = rules.header_row(sheet.rows, columns)
    header, body = sheet.rows[place], sheet.rows[place + 1 :]
    mapping = rules.guess_mapping(header[1], columns)
    complete = bool(body) and all(column.key in mapping for column in columns if column.required)
    keep_private(f"{run.pk}.rows", json.dumps(body, ensure_ascii=False).encode())
    keep_private(f"{run.pk}.head", json.dumps(body[:HEAD_ROWS], ensure_ascii=False).encode())
    _have_read(run.pk, sheet, header, len(body), mapping, complete=complete)
    return StepResult(done=0, total=len(body), finished=not complete)


@transaction.atomic(durable=True)
def _unreadable(run_id: UUID, message: str) -> None:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    now = app_now()
    run.state, run.message, run.isolation, run.updated_at, run.erased_at = (
        State.FAILED,
        message,
        isolation_level(),
        now,
        now,
    )
    run.save(update_fields=["state", "message", "isolation", "updated_at", "erased_at"])
    transaction.on_commit(lambda: erase_private(str(run_id)))


@transaction.atomic(durable=True)
def _have_read(
    run_id: UUID, sheet: Sheet, header: tuple[int, list[Any]], rows: int, mapping: dict[str, int], *, complete: bool
) -> None:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != State.UPLOADED:
        return
    run.header = [cell if isinstance(cell, str) else str(cell[1]) for cell in header[1]]
    run.header_row, run.rows, run.mapping, run.isolation = header[0], rows, mapping, isolation_level()
    run.state, run.updated_at = State.UPLOADED if complete else State.PARSED, app_now()
    run.changes = {"sheet": sheet.sheet, "sheets": sheet.sheets}
    run.save()


def _check(run: ImportRun, territory: str) -> StepResult:
    spec = kinds.imports[run.kind]
    actor = actor_of(run.actor_kind, run.actor_id, run.actor_department, territory, spec)
    rows, faults = read_rows(run)
    now = app_now()
    found = checked_faults(spec=spec, rows=rows, faults=faults, actor=actor, now=now)
    found = rules.with_values(found, read_cells(run), _columns(spec), run.mapping)
    changes: dict[str, Any] = {}
    if not found and spec.changes:
        change = kinds.resolve(spec.changes)(rows, actor=actor, now=now)
        counts = {name: getattr(change, name) for name in ("added", "changed", "ended", "same")}
        changes = {**counts, "lines": change.lines[:LINES_KEPT], "more": max(0, len(change.lines) - LINES_KEPT)}
    _have_checked(run.pk, found, changes)
    return StepResult(done=len(rows), total=len(rows), finished=True)


@transaction.atomic(durable=True)
def _have_checked(run_id: UUID, found: list[RowError], changes: dict[str, Any]) -> None:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != State.UPLOADED:
        return
    run.faults.all().delete()
    kept = found[:FAULTS_KEPT]
    ImportFault.objects.bulk_create(
        ImportFault(run=run, row=item.row, column=item.column[:60], message=item.message[:500]) for item in kept
    )
    kept_facts = {name: run.changes[name] for name in ("sheet", "sheets") if name in run.changes}
    run.state, run.faults_found, run.message, run.updated_at = State.CHECKED, len(found), "", app_now()
    run.changes = {**kept_facts, **changes}
    run.save()


def read_rows(run: ImportRun) -> tuple[list[SheetRow], list[RowError]]:
    """Typed rows of a run and what is wrong with single cells, in the active language."""
    return rules.typed_rows(read_cells(run), _columns(kinds.imports[run.kind]), run.mapping)


def read_cells(run: ImportRun) -> list[tuple[int, list[Any]]]:
    """Rows of a run as they were sent, with their numbers."""
    return [(number, cells) for number, cells in json.loads(read_private(f"{run.pk}.rows"))]


def checked_faults(
    *, spec: ImportKind, rows: list[SheetRow], faults: list[RowError], actor: Actor, now: datetime
) -> list[RowError]:
    """All faults in the order of the rows; of a cell that is unreadable already, the kind's opinion does not count."""
    known = {(fault.row, fault.column) for fault in faults}
    said = kinds.resolve(spec.check)(rows, actor=actor, now=now)
    found = [*faults, *(fault for fault in said if (fault.row, fault.column) not in known)]
    order = {column.key: place for place, column in enumerate(_columns(spec))}
    return sorted(found, key=lambda fault: (fault.row, order.get(fault.column, -1)))


def _columns(spec: ImportKind) -> Sequence[Column]:
    columns: Sequence[Column] = kinds.resolve(spec.columns)()
    return columns


def actor_of(kind: str, actor_id: str, department: int | None, territory: str, spec: ImportKind) -> Actor:
    """Who sent the sheet, with the one right that let him, where he had it: for what a worker does in his name."""
    return Actor(
        kind=ActorKind(kind), id=actor_id, department_id=department, rights=frozenset({spec.right}),
        territory=territory, label="import",
    )  # fmt: skip
