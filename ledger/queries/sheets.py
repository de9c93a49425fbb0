"""Imports as the screens show them: of the reader's department, of kinds he has the right for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language

from ledger import kinds
from ledger.actors import Actor
from ledger.kinds import ImportChoice, ImportKind
from ledger.models import ImportRun, Job

RUNS_SHOWN = 50
FAULTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column as the screen explains it; `place` in the header of the file, None if it is not there."""

    key: str
    label: str
    help: str
    type: str
    required: bool
    example: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind of import the reader may use; `url` is that of its own page for the upload, "" for the common one."""

    key: str
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One import in the list."""

    id: UUID
    kind_label: str
    file_name: str
    state: str
    state_label: str
    rows: int
    faults: int
    created_at: datetime
    committed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault; `column` is the label of the column, "" for the whole row; row 0 is the whole sheet; degrees."""

    row: int
    column: str
    message: str
    lon: float | None
    lat: float | None
    warning: bool


@dataclass(frozen=True, slots=True)
class RunPage:
    """One import with everything its page says; `progress` is the job's, in per cent, None while unknown."""

    id: UUID
    kind: str
    kind_label: str
    file_name: str
    state: str
    state_label: str
    message: str
    size: int
    rows: int
    header: list[str]
    columns: list[ColumnRow]
    sheet: str
    sheets: int
    isolation: str
    faults_found: int
    faults: list[FaultRow]
    changes: dict[str, Any]
    choices: list[ImportChoice]
    facts: dict[str, Any]
    panel: str
    new_url: str
    result: dict[str, int]
    progress: int | None
    stuck: bool
    created_at: datetime
    committed_at: datetime | None
    erased_at: datetime | None

    @property
    def working(self) -> bool:
        """A worker has it: the page watches."""
        return self.state in (ImportRun.State.UPLOADED, ImportRun.State.COMMITTING)


def import_choices(actor: Actor) -> list[KindChoice]:
    """Kinds the reader has the right for, by name."""
    return [KindChoice(spec.key, _label(spec), spec.url) for spec in _kinds(actor)]


def import_columns(kind: str) -> list[ColumnRow]:
    """Columns of a kind in the reader's language."""
    return _columns(kinds.imports[kind], {})


def import_runs(actor: Actor) -> list[RunRow]:
    """The newest imports of the reader's department. One statement."""
    return [
        RunRow(
            id=run.pk,
            kind_label=_label(kinds.imports[run.kind]),
            file_name=run.file_name,
            state=run.state,
            state_label=run.get_state_display(),
            rows=run.rows,
            faults=run.faults_found,
            created_at=run.created_at,
            committed_at=run.committed_at,
        )
        for run in own_runs(actor).order_by("-created_at", "-id")[:RUNS_SHOWN]
    ]


def import_run(actor: Actor, run_id: UUID) -> RunPage | None:
    """One import; None if there is none or it is not his. Three statements."""
    run = own_runs(actor).filter(pk=run_id).first()
    if run is None:
        return None
    spec = kinds.imports[run.kind]
    columns = _columns(spec, run.mapping)
    labels = {column.key: column.label for column in columns}
    shown = run.faults.order_by("warning", "row", "id")
    faults = shown.values_list("row", "column", "message", "lon", "lat", "warning")[:FAULTS_SHOWN]
    job = Job.objects.filter(pk=run.job_id).first() if run.job_id else None
    return RunPage(
        id=run.pk,
        kind=run.kind,
        kind_label=_label(spec),
        file_name=run.file_name,
        state=run.state,
        state_label=run.get_state_display(),
        message=run.message,
        size=run.size,
        rows=run.rows,
        header=run.header,
        columns=columns,
        sheet=run.changes.get("sheet", ""),
        sheets=run.changes.get("sheets", 1),
        isolation=run.isolation,
        faults_found=run.faults_found,
        faults=[
            FaultRow(row, labels.get(key, key), said, lon, lat, warning) for row, key, said, lon, lat, warning in faults
        ],
        changes=run.changes if "added" in run.changes else {},
        choices=_choices(spec, run),
        facts=run.facts,
        panel=spec.panel,
        new_url=spec.url or f"/desk/imports/new/{spec.key}/",
        result=run.result,
        progress=job.done * 100 // job.total if job is not None and job.total else None,
        stuck=job is not None and job.state == Job.State.FAILED,
        created_at=run.created_at,
        committed_at=run.committed_at,
        erased_at=run.erased_at,
    )


def _choices(spec: ImportKind, run: ImportRun) -> list[ImportChoice]:
    return list(kinds.resolve(spec.choices)(run.facts, run.choices)) if spec.choices else []


def own_runs(actor: Actor) -> "QuerySet[ImportRun]":
    """Runs of the reader's department, of kinds he has the right for."""
    allowed = [spec.key for spec in _kinds(actor)]
    if actor.department_id is None:
        return ImportRun.objects.none()
    return ImportRun.objects.filter(actor_department=actor.department_id, kind__in=allowed)


def _kinds(actor: Actor) -> list[ImportKind]:
    return sorted((spec for spec in kinds.imports.values() if actor.may(spec.right)), key=_label)


def _columns(spec: ImportKind, mapping: dict[str, int]) -> list[ColumnRow]:
    zh = _chinese()
    return [
        ColumnRow(
            key=column.key,
            label=column.zh if zh else column.en,
            help=column.help_zh if zh else column.help_en,
            type=column.type,
            required=column.required,
            example=column.example,
            place=mapping.get(column.key),
        )
        for column in kinds.resolve(spec.columns)()
        if not column.hidden
    ]


def _label(spec: ImportKind) -> str:
    return spec.name_zh if _chinese() else spec.name_en


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
