"""What is in a grid is written: from a file, from the city folder, one by one; and follows a change of boundaries.

The database says where each thing belongs.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from accounts.access import demand_right
from accounts.actions import create_organisation
from accounts.models import Organisation
from grids.imports.layer_check import SHAPE
from grids.imports.thing_kinds import THINGS, ThingKind, fields_of, thing_columns
from grids.imports.things import Entry, read_things, thing_changes
from grids.models import Premises, ThingChange
from ledger.actions import JobView, StepResult, audit
from ledger.actors import Actor
from ledger.cityfolder import Change, CityFolder
from ledger.kinds import SheetRow
from ledger.rules import typed_rows

EDIT = "grids.edit"
BATCH, MOVED_AT_ONCE = 1000, 500
EVERYWHERE = "/"
ORGANISATIONS = "市场主体登记管理条例第三十六条"  # what a registered organisation is called and where it is, is public


def _commit(
    key: str,
    *,
    rows: Sequence[SheetRow],
    run_id: UUID,
    actor: Actor,
    now: datetime,
    choices: dict[str, str],
    facts: dict[str, Any],
) -> dict[str, int]:
    """Write a checked file of one kind, in the caller's transaction.

    Raises:
        PermissionDenied: no right.
        ValidationError: a row has a fault by now.
    """
    demand_right(actor, EDIT)
    read = read_things(key, rows, territory=actor.territory, choices=choices)
    if read.faults:
        raise ValidationError(read.faults[0].message, code="stale")
    change = thing_changes(read)
    write_things(kind=THINGS[key], entries=read.entries, actor=actor, now=now, run=run_id)
    counts = {"added": change.added, "changed": change.changed, "same": change.same}
    audit(
        actor=actor,
        action="things.imported",
        now=now,
        object_kind="import",
        object_id=run_id,
        data={"kind": key, **counts},
    )
    return counts


commit_buildings, commit_parts = partial(_commit, "buildings"), partial(_commit, "parts")
commit_premises = partial(_commit, "premises")
commit_equipment, commit_barriers = partial(_commit, "equipment"), partial(_commit, "barriers")


def write_things(
    *, kind: ThingKind, entries: Sequence[Entry], actor: Actor, now: datetime, run: UUID | None = None
) -> None:
    """Write what is new or differs, with what changed, in the caller's transaction."""
    told = [(entry, entry.differences()) for entry in entries]
    wanted = [(entry, changes) for entry, changes in told if entry.was is None or changes]
    rows = [_filled(kind, entry, now) for entry, _changes in wanted]
    columns = [*fields_of(kind.key), *_shape_columns(kind), "updated_at"]
    kind.model.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["code"], update_fields=columns
    )
    ThingChange.objects.bulk_create(
        (
            ThingChange(
                kind=kind.key, code=entry.code, at=now, actor_kind=actor.kind, actor_id=actor.id, run=run,
                changes=changes,
            )
            for entry, changes in wanted
        ),
        batch_size=BATCH,
    )  # fmt: skip
    if kind.key == "premises":
        _know_organisations([row.code for row in rows], now)


def _know_organisations(codes: Sequence[str], now: datetime) -> None:
    """Premises with a credit code belong to the organisation of that code, which is made if nobody knew it."""
    Premises.objects.filter(code__in=codes, credit_code="").update(organisation=None)
    held = Premises.objects.filter(code__in=codes).exclude(credit_code="")
    unknown = held.exclude(credit_code__in=Organisation.objects.filter(credit_code__isnull=False).values("credit_code"))
    for row in unknown.order_by("code"):
        create_organisation(
            name=row.name_zh, credit_code=row.credit_code, source="registry", purpose="registry", basis=ORGANISATIONS,
            expires=date.max, notice="", now=now,
        )  # fmt: skip
    owner = Organisation.objects.filter(credit_code=OuterRef("credit_code")).values("pk")[:1]
    held.update(organisation=Subquery(owner))
    Premises.objects.filter(code__in=codes, credit_code="").update(organisation=None)


def _shape_columns(kind: ThingKind) -> list[str]:
    return [kind.geometry, *(["shape"] if "ring" in kind.takes else [])]


def _filled(kind: ThingKind, entry: Entry, now: datetime) -> Any:
    """The row as it will be: what is there, with what is said."""
    row = kind.model(code=entry.code)
    if entry.was is not None:
        for column in (*fields_of(kind.key), *_shape_columns(kind), "illustrative"):
            setattr(row, column, getattr(entry.was, column))
    for name, value in (*entry.values.items(), *entry.shapes.items()):
        setattr(row, name, value)
    row.updated_at = now
    return row


def load_things(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """Bring town/buildings.csv, parts.csv, equipment.csv and barriers.csv in; what is not in them stays.

    Before the territory is written nothing can be located, so a checking run reads codes and columns only.
    """
    total = Change()
    for kind in THINGS.values():
        columns = thing_columns(kind.key)
        header = [column.key for column in columns if column.key != SHAPE]
        lines = list(folder.rows(kind.file, required=[*header, "shape"]))
        cells = [(row.number, [*(row[name] for name in header), row["shape"]]) for row in lines]
        rows, faults = typed_rows(cells, columns, {name: at for at, name in enumerate([*header, SHAPE])})
        if apply:
            read = read_things(kind.key, rows, territory=EVERYWHERE, choices={}, illustrative=True)
            faults = [*faults, *read.faults]
            write_things(kind=kind, entries=read.entries, actor=actor, now=now)
            change = thing_changes(read)
            total.added, total.changed = total.added + change.added, total.changed + change.changed
            total.same += change.same
        else:
            present = set(kind.model.objects.values_list("code", flat=True))
            total.added += sum(row["code"] not in present for row in rows)
            total.same += sum(row["code"] in present for row in rows)
        for fault in faults:
            folder.refuse_file(kind.file, fault.message, row=fault.row, column=fault.column)
    if apply:
        for kind in _placed():
            _place_again(kind, EVERYWHERE, 0, None)
    return total


def _placed() -> list[ThingKind]:
    return [kind for kind in THINGS.values() if kind.geometry == "point"]


def things_step(job: JobView, budget_seconds: float) -> StepResult:
    """Things of a village follow a change of boundaries, in short transactions, from where the step before ended.

    Arguments:
        job: params: path of the village; checkpoint: kind (its place in the list) and after (id of the last thing).
    """
    ends = monotonic() + budget_seconds
    kinds = _placed()
    at, after, done = job.checkpoint.get("kind", 0), job.checkpoint.get("after", 0), job.done
    while at < len(kinds) and monotonic() < ends:
        moved, last = _follow(kinds[at], job.params["path"], after)
        done += moved
        at, after = (at, last) if last else (at + 1, 0)
    return StepResult({"kind": at, "after": after}, done, done, finished=at >= len(kinds))


@transaction.atomic(durable=True)
def _follow(kind: ThingKind, path: str, after: int) -> tuple[int, int]:
    return _place_again(kind, path, after, MOVED_AT_ONCE)


def _place_again(kind: ThingKind, path: str, after: int, most: int | None) -> tuple[int, int]:
    """Ask the database again where things lie whose boundary is no longer in force. How many, and the last id."""
    table = kind.model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN.format(table=table), {"path": f"{path}%", "after": after, "most": most})
        ids = [row[0] for row in cursor.fetchall()]
    return len(ids), max(ids, default=0)


_AGAIN = """
UPDATE {table} SET point = point WHERE id IN (
  SELECT t.id FROM {table} t
    LEFT JOIN grids_gridversion s ON s.id = t.service_version_id
    LEFT JOIN grids_gridversion m ON m.id = t.management_version_id
   WHERE t.path LIKE %(path)s AND t.id > %(after)s
     AND NOT coalesce(s.valid @> (app_now() AT TIME ZONE 'Asia/Shanghai')::date
                      AND (m.id IS NULL OR m.valid @> (app_now() AT TIME ZONE 'Asia/Shanghai')::date), FALSE)
   ORDER BY t.id LIMIT %(most)s FOR NO KEY UPDATE OF t)
RETURNING id
"""
