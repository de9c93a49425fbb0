"""A sheet on its way in: uploaded, read and checked by a job, and written in one transaction or not at all."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from ledger import kinds
from ledger.actions.jobs import start_job
from ledger.actions.records import audit
from ledger.actions.sheet_steps import actor_of, checked_faults, read_rows, with_choices
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.gateways.private import erase_private, keep_private, private_stems
from ledger.ids import uuid7
from ledger.kinds import ImportKind, SheetRow
from ledger.models import ImportRun, Job
from ledger.promises import promise
from ledger.queries.sheets import own_runs

MEGABYTE = 1024 * 1024
INLINE_ROWS = 2000  # more rows are written by a worker
RECENT = timedelta(days=30)  # a file this young may belong to an upload that is not written yet
State = ImportRun.State
UNFINISHED = (State.UPLOADED, State.PARSED, State.CHECKED, State.FAILED)


def upload_sheet(
    *, kind: str, file_name: str, data: bytes, actor: Actor, choices: dict[str, str] | None = None
) -> UUID:
    """Keep a file sealed and promise to read it. Nothing of it is looked at here but its size and its first bytes.

    Arguments:
        file_name: as the browser says; only its end counts.
        choices: what is chosen for the whole file, of a kind with a reader of its own.

    Raises:
        PermissionDenied: the right of this kind of import is missing.
        ValidationError: too large, empty, of another kind, or taken over before.
    """
    spec = import_kind(kind=kind, actor=actor)
    sha256 = hashlib.sha256(data).hexdigest()
    _refuse_file(spec, PurePath(file_name).suffix.lower(), data, sha256)
    run = ImportRun(
        id=uuid7(), kind=spec.key, file_name=PurePath(file_name).name[-120:], sha256=sha256, size=len(data),
        language=get_language() or "zh-hans", choices=choices or {},
        actor_kind=actor.kind, actor_id=actor.id, actor_department=actor.department_id,
    )  # fmt: skip
    keep_private(f"{run.pk}.source", data)
    _uploaded(run, actor)
    return run.pk


@transaction.atomic(durable=True)
def _uploaded(run: ImportRun, actor: Actor) -> None:
    now = app_now()
    run.created_at = run.updated_at = now
    params = {"run": str(run.pk), "territory": actor.territory}
    run.job_id = start_job(kind="ledger.import", params=params, actor=actor, now=now)
    run.save(force_insert=True)
    data = {"kind": run.kind, "sha256": run.sha256, "bytes": run.size}
    audit(actor=actor, action="import.uploaded", object_kind="import", object_id=run.pk, data=data, now=now)


def _refuse_file(spec: ImportKind, suffix: str, data: bytes, sha256: str) -> None:
    if suffix not in spec.suffixes:
        names = ", ".join(name.lstrip(".") for name in spec.suffixes)
        message = _("Only files of these kinds are taken: %(names)s.") % {"names": names}
        raise ValidationError({"file": message}, code="kind")
    if not data:
        raise ValidationError({"file": _("This file is empty.")}, code="empty")
    if len(data) > spec.megabytes * MEGABYTE:
        message = _("This file is larger than %(most)s MB. Split it.") % {"most": spec.megabytes}
        raise ValidationError({"file": message}, code="size")
    if ImportRun.objects.filter(kind=spec.key, sha256=sha256, state=State.COMMITTED).exists():
        raise ValidationError({"file": _("This very file has been taken over before.")}, code="again")


def import_kind(*, kind: str, actor: Actor) -> ImportKind:
    """The kind, if the actor may import it.

    Raises:
        PermissionDenied: unknown, or the right is missing.
    """
    spec = kinds.imports.get(kind)
    if spec is None or not actor.may(spec.right):
        raise PermissionDenied
    return spec


@transaction.atomic(durable=True)
def choose_columns(
    *, run_id: UUID, mapping: dict[str, int], actor: Actor, choices: dict[str, str] | None = None
) -> None:
    """Say which column of the file is which, and check again.

    Arguments:
        mapping: column key → place in the header, from 0.
        choices: what is chosen for the whole file, of a kind with a reader of its own.

    Raises:
        ValidationError: a needed column is missing, or one place is named twice; the keys are those of the columns.
    """
    now = app_now()
    run = _locked(run_id, actor, State.PARSED, State.CHECKED)
    columns = kinds.resolve(kinds.imports[run.kind].columns)()
    hidden = {column.key: run.header.index(column.key) for column in columns if column.hidden}
    _refuse_mapping(run, mapping, {column.key for column in columns if column.required and not column.hidden})
    run.mapping, run.choices = mapping | hidden, run.choices | (choices or {})
    run.state, run.language, run.updated_at = State.UPLOADED, get_language() or "zh-hans", now
    params = {"run": str(run.pk), "territory": actor.territory, "again": 1}
    run.job_id = start_job(kind="ledger.import", params=params, actor=actor, now=now)
    run.save(update_fields=["mapping", "choices", "state", "language", "job_id", "updated_at"])


def _refuse_mapping(run: ImportRun, mapping: dict[str, int], required: set[str]) -> None:
    faults = {key: _("Choose a column.") for key in required - mapping.keys()}
    places = list(mapping.values())
    for key, place in mapping.items():
        if not 0 <= place < len(run.header):
            faults[key] = _("There is no such column.")
        elif places.count(place) > 1:
            faults[key] = _("This column is chosen twice.")
    if faults:
        raise ValidationError(faults)


@transaction.atomic(durable=True)
def cancel_sheet(*, run_id: UUID, actor: Actor) -> None:
    """Give it up: the file is erased, the row says who sent what."""
    now = app_now()
    run = _locked(run_id, actor, *UNFINISHED)
    run.state, run.updated_at, run.erased_at = State.CANCELLED, now, now
    run.save(update_fields=["state", "updated_at", "erased_at"])
    run.faults.all().delete()
    if run.job_id:
        Job.objects.filter(pk=run.job_id).update(cancel_requested=True)  # what is read or checked now ends soon
    transaction.on_commit(lambda: erase_private(str(run.pk)))
    audit(actor=actor, action="import.cancelled", object_kind="import", object_id=run.pk, now=now)


def commit_sheet(*, run_id: UUID, actor: Actor) -> None:
    """Write all rows, or none. A large sheet is written by a worker.

    Raises:
        ValidationError: not checked, with faults, taken over before, or no longer fitting what is in the database.
    """
    run = own_runs(actor).filter(pk=run_id).first()
    if run is None:
        raise PermissionDenied
    if run.state != State.CHECKED:
        raise ValidationError(_("This import has moved on; load the page again."), code="state")
    if run.rows > INLINE_ROWS:
        _promise_commit(run_id, actor)
        return
    rows = read_rows(run)[0]
    with transaction.atomic(durable=True):
        now = app_now()
        _write(_committable(run_id, actor, State.CHECKED), rows, actor, now)


@transaction.atomic(durable=True)
def _promise_commit(run_id: UUID, actor: Actor) -> None:
    now = app_now()
    run = _committable(run_id, actor, State.CHECKED)
    run.state, run.updated_at, run.committed_by = State.COMMITTING, now, f"{actor.kind}:{actor.id}"
    run.save(update_fields=["state", "updated_at", "committed_by"])
    payload = {
        "run": str(run_id), "actor": actor.id, "kind": str(actor.kind), "department": actor.department_id,
        "territory": actor.territory,
    }  # fmt: skip
    promise("ledger.import", key=f"import:{run_id}:{now.isoformat()}", payload=payload, now=now)


def prepare_commit(payload: dict[str, Any], *, promise_id: int, now: datetime) -> dict[str, Any] | None:
    """First part of the promise: None if somebody was faster."""
    run = ImportRun.objects.select_for_update().get(pk=payload["run"])
    return {"run": payload["run"]} if run.state == State.COMMITTING else None


def read_for_commit(prepared: dict[str, Any], *, idempotency_key: str) -> dict[str, Any]:
    """Second part, outside the transaction: the rows."""
    return {"rows": read_rows(ImportRun.objects.get(pk=prepared["run"]))[0]}


def settle_commit(payload: dict[str, Any], *, promise_id: int, now: datetime, answer: dict[str, Any]) -> None:
    """Third part: everything in one transaction. Rows that no longer fit send the sheet back to its person."""
    run = ImportRun.objects.select_for_update().get(pk=payload["run"])
    if run.state != State.COMMITTING:
        return
    spec = kinds.imports[run.kind]
    actor = actor_of(payload["kind"], payload["actor"], payload["department"], payload.get("territory", ""), spec)
    try:
        with transaction.atomic(), override(run.language):
            _write(run, answer["rows"], actor, now)
    except ValidationError as error:
        run.state, run.message = State.CHECKED, " ".join(error.messages)
        run.save(update_fields=["state", "message"])


def _committable(run_id: UUID, actor: Actor, *states: str) -> ImportRun:
    run = _locked(run_id, actor, *states)
    if run.faults_found:
        raise ValidationError(_("Mend the rows with faults first; nothing is written by halves."), code="faults")
    if ImportRun.objects.filter(kind=run.kind, sha256=run.sha256, state=State.COMMITTED).exists():
        raise ValidationError(_("This very file has been taken over before."), code="again")
    return run


def _write(run: ImportRun, rows: list[SheetRow], actor: Actor, now: datetime) -> None:
    spec = kinds.imports[run.kind]
    found = checked_faults(run=run, rows=rows, faults=[], actor=actor, now=now)
    faults = [fault for fault in found if not fault.warning]
    if faults:
        where = {"row": faults[0].row, "message": faults[0].message}
        raise ValidationError(
            _("Since the check something has changed. Row %(row)s: %(message)s") % where, code="stale"
        )
    run.result = kinds.resolve(spec.commit)(rows=rows, run_id=run.pk, actor=actor, now=now, **with_choices(run))
    run.state, run.message, run.committed_at, run.updated_at, run.erased_at = State.COMMITTED, "", now, now, now
    run.committed_by = f"{actor.kind}:{actor.id}"
    run.save()
    transaction.on_commit(lambda: erase_private(str(run.pk)))
    data = {"kind": run.kind, "sha256": run.sha256, "rows": run.rows, **run.result}
    audit(actor=actor, action="import.committed", object_kind="import", object_id=run.pk, data=data, now=now)


def erase_sheets(*, now: datetime) -> bool:
    """Periodic: files of ended runs whose erasing was interrupted, and files without a run, are gone. Those that have
    grown old leave by the retention table.
    """
    kept = {str(pk) for pk in ImportRun.objects.filter(erased_at=None).values_list("pk", flat=True)}
    recent = {str(pk) for pk in ImportRun.objects.filter(created_at__gte=now - RECENT).values_list("pk", flat=True)}
    ended = ImportRun.objects.exclude(erased_at=None).values_list("pk", flat=True)
    gone = {str(pk) for pk in ended} | (private_stems() - recent - kept)
    for stem in private_stems() & gone:
        transaction.on_commit(lambda stem=stem: erase_private(stem))  # type: ignore[misc]
    return False


def erase_old_sheets(*, ids: Sequence[UUID], now: datetime) -> None:
    """Handler of the retention row "ledger.importrun": the sealed file and the faults go, who sent what stays."""
    for run in ImportRun.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        run.faults.all().delete()
        if run.state in UNFINISHED:
            run.state = State.CANCELLED
        run.erased_at = run.updated_at = now
        run.save(update_fields=["state", "erased_at", "updated_at"])
        transaction.on_commit(lambda stem=str(run.pk): erase_private(stem))  # type: ignore[misc]


def _locked(run_id: UUID, actor: Actor, *states: str) -> ImportRun:
    run = own_runs(actor).select_for_update().filter(pk=run_id).first()
    if run is None:
        raise PermissionDenied
    if run.state not in states:
        raise ValidationError(_("This import has moved on; load the page again."), code="state")
    return run
