"""Boundary versions of a change: written with a day, and taken back before it. Versions are never deleted."""

from datetime import date, datetime

from django.contrib.gis.geos import Polygon
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from grids.actions.periods import close, since
from grids.models import Division, Duty, Grid, GridVersion, KindDuty
from grids.queries.boundaries import households_in
from grids.queries.drafts import DraftState, version_numbers
from grids.rules.coverage import closed_degrees


def withdraw_versions(state: DraftState, day: date, now: datetime) -> None:
    """Versions of a published draft get an empty period, those they ended go on; new codes are used up."""
    made = list(GridVersion.objects.select_for_update().filter(draft_id=state.row.id))
    for version in made:
        version.valid = DateRange(empty=True)
    GridVersion.objects.bulk_update(made, ["valid"])
    base = [part.version_id for part in state.base.values() if part.version_id is not None]
    ended = list(GridVersion.objects.select_for_update().filter(pk__in=base, valid__endswith=day))
    for version in ended:
        version.valid = since(version.valid.lower)
    GridVersion.objects.bulk_update(ended, ["valid"])
    # a code that was once published is used up
    new = [code for kind, code in state.changes() if kind == "new"]
    Grid.objects.filter(code__in=new).update(retired_at=now)
    for model in (Duty, KindDuty):  # people who were given to them ahead
        given = model._default_manager.filter(grid__code__in=new, valid__isempty=False)
        close(model, list(given.values_list("pk", flat=True)), day)


def scheme_of(state: DraftState) -> int:
    """Id of the scheme a draft of grids divides by."""
    if state.scheme_id is None:
        raise TypeError("villages have periods, not versions")
    return state.scheme_id


def write_versions(state: DraftState, day: date) -> None:
    """Old versions of what the draft changes end on a day, new ones begin; new grids are written."""
    what = dict((code, kind) for kind, code in state.changes())
    ended = [state.base[code].version_id for code, kind in what.items() if kind in ("ended", "boundary")]
    close(GridVersion, [pk for pk in ended if pk is not None], day)
    grids = _grids(state, what)
    numbers = version_numbers(grids.values())
    fresh = [
        GridVersion(
            grid_id=grid_id,
            scheme_id=scheme_of(state),
            number=numbers.get(grid_id, 0) + 1,
            boundary=Polygon(closed_degrees(state.parts[code].ring), srid=4326),
            area=0.0,
            valid=since(day),
            draft_id=state.row.id,
        )
        for code, grid_id in grids.items()
    ]
    made = GridVersion.objects.bulk_create(fresh)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE grids_gridversion SET area = ST_Area(boundary::geography) WHERE id = ANY(%s)",
            [[row.pk for row in made]],
        )


def _grids(state: DraftState, what: dict[str, str]) -> dict[str, int]:
    """Code → grid id of every grid that gets a version; new grids are written."""
    new = [code for code, kind in what.items() if kind == "new"]
    taken = sorted(Grid.objects.filter(code__in=new).values_list("code", flat=True))
    if taken:
        message = _("Code %(codes)s has been given to another grid in the meantime.") % {"codes": ", ".join(taken)}
        raise ValidationError(message, code="code_taken")
    division = Division.objects.get(pk=state.division_id)
    houses = households_in({code: state.parts[code].ring for code in new})
    rows = [
        Grid(
            scheme_id=scheme_of(state),
            code=code,
            type=state.parts[code].type,
            name_zh=state.parts[code].name_zh,
            name_en=state.parts[code].name_en,
            division=division,
            path=f"{division.path}{code}/",
            households=houses[code][0],
        )
        for code in new
    ]
    found = {row.code: row.pk for row in Grid.objects.bulk_create(rows)}
    moved = {code: state.base[code].grid_id for code, kind in what.items() if kind == "boundary"}
    return found | {code: pk for code, pk in moved.items() if pk is not None}
