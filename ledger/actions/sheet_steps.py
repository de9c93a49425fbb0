"""The job of an import: read the file in the sandbox, find the columns, check the rows. Run twice it ends the same."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import override

from ledger import kinds, rules
from ledger.actions.jobs import JobView, StepResult
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.gateways import isolation_level
from ledger.gateways.private import erase_private, keep_private, read_private
from ledger.gateways.sheets import Unreadable, read_sheet
from ledger.kinds import Column, ImportKind, Reading, RowError, SheetRow
from ledger.models import ImportFault, ImportRun

HEAD_ROWS = 500  # rows a page may look at without opening all of them
FAULTS_KEPT = 2000
LINES_KEPT = 200
State = ImportRun.State


def import_step(job: JobView, budget_seconds: float) -> StepResult:
    """Step of the job `ledger.import`: reading first, checking second; between them a person may choose columns."""
    run = ImportRun.objects.get(pk=job.params["run"])
    if run.state != State.UPLOADED:
        return StepResult(done=job.done, total=job.total, finished=True)
    with override(run.language):
        again = kinds.imports[run.kind].reader and not job.checkpoint.get("read")
        if not run.header or again:
            return _read(run)
        return _check(run, job.params.get("territory", ""))


def _read(run: ImportRun) -> StepResult:
    spec = kinds.imports[run.kind]
    columns = kinds.resolve(spec.columns)()
    try:
        read = _by_reader(run, spec) if spec.reader else _as_sheet(run, columns)
    except (Unreadable, ValidationError) as error:
        message = str(error) if isinstance(error, Unreadable) else " ".join(error.messages)
        _unreadable(run.pk, message)
        return StepResult(finished=True, message=message)
    if not read.mapping:
        read = replace(read, mapping=rules.guess_mapping(read.header, columns))
    complete = bool(read.rows) and all(column.key in read.mapping for column in columns if column.required)
    keep_private(f"{run.pk}.rows", json.dumps(read.rows, ensure_ascii=False).encode())
    keep_private(f"{run.pk}.head", json.dumps(read.rows[:HEAD_ROWS], ensure_ascii=False).encode())
    _have_read(run.pk, read, complete=complete)
    return StepResult(checkpoint={"read": True}, done=0, total=len(read.rows), finished=not complete)


@dataclass(frozen=True, slots=True)
class _Read:
    """What a file holds, however it was read; an empty mapping is guessed."""

    header: list[str]
    header_row: int
    rows: list[tuple[int, list[Any]]]
    mapping: dict[str, int]
    changes: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)


def _as_sheet(run: ImportRun, columns: Sequence[Column]) -> _Read:
    sheet = read_sheet(read_private(f"{run.pk}.source"))
    place = rules.header_row(sheet.rows, columns)
    number, cells = sheet.rows[place]
    header = [cell if isinstance(cell, str) else str(cell[1]) for cell in cells]
    return _Read(header, number, sheet.rows[place + 1 :], {}, {"sheet": sheet.sheet, "sheets": sheet.sheets})


def _by_reader(run: ImportRun, spec: ImportKind) -> _Read:
    read: Reading = kinds.resolve(spec.reader)(read_private(f"{run.pk}.source"), choices=run.choices)
    kept = run.mapping if read.header == run.header else {}  # another layer has other columns
    return _Read(read.header, 1, read.rows, kept, {}, read.facts, read.choices)


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
def _have_read(run_id: UUID, read: _Read, *, complete: bool) -> None:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != State.UPLOADED:
        return
    run.header, run.header_row, run.rows, run.mapping = read.header, read.header_row, len(read.rows), read.mapping
    run.state, run.updated_at = State.UPLOADED if complete else State.PARSED, app_now()
    run.changes, run.facts, run.choices, run.isolation = read.changes, read.facts, read.choices, isolation_level()
    run.save()


def _check(run: ImportRun, territory: str) -> StepResult:
    spec = kinds.imports[run.kind]
    actor = actor_of(run.actor_kind, run.actor_id, run.actor_department, territory, spec)
    rows, faults = read_rows(run)
    now = app_now()
    found = checked_faults(run=run, rows=rows, faults=faults, actor=actor, now=now)
    found = rules.with_values(found, read_cells(run), _columns(spec), run.mapping)
    changes: dict[str, Any] = {}
    if not _count(found) and spec.changes:
        change = kinds.resolve(spec.changes)(rows, actor=actor, now=now, **with_choices(run))
        counts = {name: getattr(change, name) for name in ("added", "changed", "ended", "same")}
        changes = {**counts, "lines": change.lines[:LINES_KEPT], "more": max(0, len(change.lines) - LINES_KEPT)}
    _have_checked(run.pk, found, changes, run.facts)
    return StepResult(done=len(rows), total=len(rows), finished=True)


@transaction.atomic(durable=True)
def _have_checked(run_id: UUID, found: list[RowError], changes: dict[str, Any], facts: dict[str, Any]) -> None:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != State.UPLOADED:
        return
    run.faults.all().delete()
    ImportFault.objects.bulk_create(_fault(run, item) for item in found[:FAULTS_KEPT])
    kept_facts = {name: run.changes[name] for name in ("sheet", "sheets") if name in run.changes}
    run.state, run.faults_found, run.message, run.updated_at = State.CHECKED, _count(found), "", app_now()
    run.changes, run.facts = {**kept_facts, **changes}, facts
    run.save()


def _count(found: list[RowError]) -> int:
    return sum(1 for item in found if not item.warning)


def _fault(run: ImportRun, item: RowError) -> ImportFault:
    lon, lat = item.place or (None, None)
    texts = {"column": item.column[:60], "message": item.message[:500]}
    return ImportFault(run=run, row=item.row, lon=lon, lat=lat, warning=item.warning, **texts)


def read_rows(run: ImportRun) -> tuple[list[SheetRow], list[RowError]]:
    """Typed rows of a run and what is wrong with single cells, in the active language."""
    return rules.typed_rows(read_cells(run), _columns(kinds.imports[run.kind]), run.mapping)


def read_cells(run: ImportRun) -> list[tuple[int, list[Any]]]:
    """Rows of a run as they were sent, with their numbers."""
    return [(number, cells) for number, cells in json.loads(read_private(f"{run.pk}.rows"))]


def checked_faults(
    *, run: ImportRun, rows: list[SheetRow], faults: list[RowError], actor: Actor, now: datetime
) -> list[RowError]:
    """All faults in the order of the rows; of a cell that is unreadable already, the kind's opinion does not count."""
    spec = kinds.imports[run.kind]
    known = {(fault.row, fault.column) for fault in faults}
    said = kinds.resolve(spec.check)(rows, actor=actor, now=now, **with_choices(run))
    found = [*faults, *(fault for fault in said if (fault.row, fault.column) not in known)]
    order = {column.key: place for place, column in enumerate(_columns(spec))}
    return sorted(found, key=lambda fault: (fault.warning, fault.row, order.get(fault.column, -1)))


def with_choices(run: ImportRun) -> dict[str, Any]:
    """What a kind with a reader of its own is told besides the rows."""
    return {"choices": run.choices, "facts": run.facts} if kinds.imports[run.kind].reader else {}


def _columns(spec: ImportKind) -> Sequence[Column]:
    columns: Sequence[Column] = kinds.resolve(spec.columns)()
    return columns


def actor_of(kind: str, actor_id: str, department: int | None, territory: str, spec: ImportKind) -> Actor:
    """Who sent the sheet, with the one right that let him, where he had it: for what a worker does in his name."""
    return Actor(
        kind=ActorKind(kind), id=actor_id, department_id=department, rights=frozenset({spec.right}),
        territory=territory, label="import",
    )  # fmt: skip
