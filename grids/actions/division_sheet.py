"""Takes a checked sheet of divisions over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from grids.actions.division_days import follow_divisions
from grids.actions.divisions import write_changed, write_new
from grids.imports.division_sheet import code_system, division_entries, present_divisions, same
from grids.queries import city_day
from ledger.actors import Actor
from ledger.kinds import SheetRow


def commit_divisions(*, rows: Sequence[SheetRow], run_id: UUID, actor: Actor, now: datetime) -> dict[str, int]:
    """Add new divisions and correct or succeed changed ones, inside the caller's transaction. Returns counts.

    A later `valid_from` begins a new period and the old one stays readable; no division is ended by a sheet.
    """
    present = present_divisions()
    entries = division_entries(rows, present)
    changed = [entry for code, entry in entries.items() if code in present and not same(present[code], entry)]
    new = [entry for code, entry in entries.items() if code not in present]
    successors = write_changed(changed, present, code_system())
    write_new(new, present | successors, code_system())
    follow_divisions(city_day(now))
    return {"added": len(new), "changed": len(changed), "ended": 0, "same": len(entries) - len(new) - len(changed)}
