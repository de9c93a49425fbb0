"""Loading divisions: new ones added, changed ones corrected or given a new period, absent ones ended."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from grids.actions.division_days import follow_divisions
from grids.actions.periods import close, since
from grids.imports import DivisionEntry, read_divisions
from grids.models import Division
from grids.queries import city_day
from grids.queries.drafts import redrawn_divisions
from ledger.actors import Actor
from ledger.cityfolder import Change, CityFolder

BATCH = 1000
LEVELS = ("province", "city", "county", "township", "village")


def load_city_facts(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """city.json is read from the folder at run time: it is checked here and not stored."""
    facts = folder.json("city.json")
    if not (isinstance(facts, dict) and facts.get("code")):
        folder.refuse_file("city.json", "is missing or names no city code")
    return Change(same=1)


@transaction.atomic(durable=True)
def load_divisions(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """Bring the divisions of one code system to what the folder says.

    A name or level that changes with a later `valid_from` begins a new period; with the same one it is a correction.
    A division that is gone ends today; it is never deleted. A village that was changed here follows the platform until
    the folder states a later day.
    """
    redrawn = redrawn_divisions()
    entries = {c: e for c, e in read_divisions(folder).items() if c not in redrawn or e.valid_from > redrawn[c]}
    system = str(folder.json("city.json").get("code_system", "NBS-2023"))
    rows = {row.code: row for row in open_rows(system)}
    new = [entry for code, entry in entries.items() if code not in rows]
    changed = [entry for code, entry in entries.items() if code in rows and differs(rows[code], entry)]
    gone = sorted(set(rows) - set(entries) - set(redrawn))
    if not entries:
        gone = []
    change = Change(len(new), len(changed), len(gone), len(entries) - len(new) - len(changed))
    change.lines += [f"+ {entry.code} {entry.name_zh}" for entry in new]
    change.lines += [f"~ {entry.code} {rows[entry.code].name_zh} -> {entry.name_zh}" for entry in changed]
    change.lines += [f"- {code} {rows[code].name_zh}" for code in gone]
    if apply and change:
        successors = write_changed(changed, rows, system)
        write_new(new, rows | successors, system)
        close(Division, [rows[code].pk for code in gone], city_day(now))
        follow_divisions(city_day(now))
    return change


def open_rows(system: str) -> "QuerySet[Division]":
    return Division.objects.filter(code_system=system, valid__upper_inf=True).select_related("parent")


def differs(row: Division, entry: DivisionEntry) -> bool:
    if (row.name_zh, row.name_en, row.level, row.path) != (entry.name_zh, entry.name_en, entry.level, entry.path):
        return True
    if row.valid.lower != entry.valid_from or row.illustrative != entry.illustrative:
        return True
    if (row.outline is None) != (entry.outline is None):
        return True
    return row.outline is not None and entry.outline is not None and bool(row.outline.wkb != entry.outline.wkb)


def _fill(row: Division, entry: DivisionEntry, parent: Division | None) -> Division:
    row.level, row.name_zh, row.name_en, row.path = entry.level, entry.name_zh, entry.name_en, entry.path
    row.parent, row.illustrative = parent, entry.illustrative
    row.outline, row.outline_source = entry.outline, entry.outline_source
    row.valid = since(entry.valid_from)
    return row


def write_changed(entries: Iterable[DivisionEntry], rows: dict[str, Division], system: str) -> dict[str, Division]:
    """Correct or succeed changed divisions; returns code → its last row. What points to a row that is over follows on
    its day, see `division_days.follow_divisions`."""
    found: dict[str, Division] = {}
    for entry in entries:
        row = rows[entry.code]
        parent = found.get(entry.parent_code) or rows.get(entry.parent_code)
        if begins_new_period(row, entry.valid_from):
            close(Division, [row.pk], entry.valid_from)
            fresh = _fill(Division(code=entry.code, code_system=system), entry, parent)
            fresh.save(force_insert=True)
        else:
            fresh = _fill(row, entry, parent)
            fresh.save()
        found[entry.code] = fresh
    return found


def begins_new_period(row: Division, day: date) -> bool:
    return bool(row.valid.lower and day > row.valid.lower)


def write_new(entries: list[DivisionEntry], rows: dict[str, Division], system: str) -> None:
    """Level by level, so that every parent has its key."""
    known = dict(rows)
    for level in LEVELS:
        fresh = [
            _fill(Division(code=entry.code, code_system=system), entry, known.get(entry.parent_code))
            for entry in entries
            if entry.level == level
        ]
        for row in Division.objects.bulk_create(fresh, batch_size=BATCH):
            known[row.code] = row
