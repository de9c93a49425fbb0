"""What has moved under a draft since it was begun: grids whose last boundary is no longer the one it began with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from grids.models import Division, GridVersion
from grids.queries.boundaries import areas
from grids.queries.drafts import DraftState, Part, last_parts
from grids.rules.coverage import Ring, canonical


@dataclass(frozen=True, slots=True)
class Moved:
    """One grid somebody else has changed.

    Arguments:
        what: new, ended, boundary or name, as seen from the draft's beginning.
        clash: the draft changes this grid as well.
        area_before, area_after: m²; None where it is not there.
        title, by_zh, by_en, day: the change it came with; empty for what a city folder brought.
    """

    code: str
    name_zh: str
    name_en: str
    what: str
    clash: bool
    area_before: float | None
    area_after: float | None
    title: str
    by_zh: str
    by_en: str
    day: date | None
    ring: Ring | None  # as it is now


def latest(state: DraftState) -> dict[str, Part]:
    """The last boundaries of the village as they are now, by code. One statement."""
    return {part.code: part for part in last_parts(state.division_id, state.scheme_id)}


def is_behind(state: DraftState, now: Mapping[str, Part]) -> bool:
    """Whether the draft began with other boundaries than the last ones."""
    return {part.version_id for part in now.values()} != {part.version_id for part in state.base.values()}


def moved_on(state: DraftState) -> list[Moved]:
    """Grids that are not what the draft began with, by code; empty if it is up to date. Three statements."""
    if not state.open:
        return []
    now = latest(state)
    if not is_behind(state, now):
        return []
    mine = {code for _kind, code in state.changes()}
    codes = now.keys() | state.base.keys()
    what = {code: kind for code in codes if (kind := _what(state.base.get(code), now.get(code)))}
    sizes = {
        name: dict(zip(rows, areas([part.ring for part in rows.values()]), strict=True))
        for name, rows in (("before", state.base), ("after", now))
    }
    model = Division if state.row.of_divisions else GridVersion
    came = _origins(model, [part.version_id for part in now.values() if part.version_id is not None])
    return [
        Moved(
            code,
            (now.get(code) or state.base[code]).name_zh,
            (now.get(code) or state.base[code]).name_en,
            kind,
            code in mine,
            sizes["before"].get(code),
            sizes["after"].get(code),
            *came.get(now[code].version_id if code in now else None, ("", "", "", None)),
            now[code].ring if code in now else None,
        )
        for code, kind in sorted(what.items())
    ]


def _what(before: Part | None, now: Part | None) -> str:
    if before is None or now is None:
        return "new" if before is None else "ended"
    if canonical(before.ring) != canonical(now.ring):
        return "boundary"
    return "name" if (before.name_zh, before.name_en, before.type) != (now.name_zh, now.name_en, now.type) else ""


def _origins(
    model: type[Division] | type[GridVersion], ids: list[int]
) -> dict[int | None, tuple[str, str, str, date | None]]:
    rows = model._default_manager.filter(pk__in=ids, draft__isnull=False).values_list(
        "pk",
        "draft__title",
        "draft__published_by__display_name",
        "draft__published_by__display_name_en",
        "draft__effective_from",
    )
    return {pk: (title, zh or "", en or "", day) for pk, title, zh, en, day in rows}
