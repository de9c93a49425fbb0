"""Loading the catalogue of duties (duty_kinds.csv)."""

from datetime import datetime

from django.db import transaction

from grids.actions.periods import close, since
from grids.imports import DutyKindEntry, read_duty_kinds
from grids.models import DutyKind
from grids.queries import city_day
from ledger.actors import Actor
from ledger.cityfolder import Change, CityFolder


@transaction.atomic(durable=True)
def load_duty_kinds(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """Bring the duties to what the folder says; one that is gone ends today and is never deleted.

    What was changed at the desk is the desk's.
    """
    here = set(DutyKind.objects.exclude(edited_by=None).values_list("code", flat=True))
    stated = read_duty_kinds(folder)
    wanted = {entry.code: entry for entry in stated if entry.code not in here}
    rows = {row.code: row for row in DutyKind.objects.filter(edited_by=None)}
    new = [entry for code, entry in wanted.items() if code not in rows]
    changed = [entry for code, entry in wanted.items() if code in rows and _differs(rows[code], entry)]
    gone = [row for code, row in rows.items() if code not in wanted and row.valid.upper is None] if stated else []
    change = Change(len(new), len(changed), len(gone), len(wanted) - len(new) - len(changed))
    change.lines += [f"+ {entry.code}" for entry in new] + [f"~ {entry.code}" for entry in changed]
    change.lines += [f"- {row.code}" for row in gone]
    if apply and change:
        for entry in (*new, *changed):
            row = rows.get(entry.code) or DutyKind(code=entry.code)
            row.name_zh, row.name_en, row.position = entry.name_zh, entry.name_en, entry.position
            row.grid_types, row.valid = list(entry.grid_types), since(entry.valid_from)
            row.save()
        close(DutyKind, [row.pk for row in gone], city_day(now))
    return change


def _differs(row: DutyKind, entry: DutyKindEntry) -> bool:
    stored = (row.name_zh, row.name_en, row.position, tuple(row.grid_types), row.valid.lower, row.valid.upper)
    return stored != (entry.name_zh, entry.name_en, entry.position, entry.grid_types, entry.valid_from, None)
