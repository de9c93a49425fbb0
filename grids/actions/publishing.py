"""A change of boundaries on its way into force: submitted, published by another person with a day.

Versions are dated by days, so nothing has to run at midnight for a point to be found in its new grid: every reader asks
by date. What follows a moment later is what is not dated, see actions/in_force.py.
"""

from datetime import date, datetime

from django.contrib.gis.geos import Polygon
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from grids import gateways
from grids.actions.boundary_news import tell_boundaries, tell_publishers
from grids.actions.draft_checks import demand_base, demand_exact, demand_sound, record, set_draft
from grids.actions.drafting import EDIT, demand_alone, locked
from grids.actions.periods import close, since
from grids.models import BoundaryDraft, Division, Duty, Grid, GridVersion, KindDuty
from grids.queries import city_day
from grids.queries.approvals import PUBLISH
from grids.queries.boundaries import households_in
from grids.queries.drafts import DraftState, draft_state, version_numbers
from grids.rules.coverage import closed_degrees
from ledger.actors import Actor
from ledger.clock import app_now

Stage = BoundaryDraft.Stage


def submit_draft(*, draft_id: int, version: int, actor: Actor) -> None:
    """Hand a draft in for publication. It has to change something and to fit exactly, by two independent checks.

    geopandas looks first, in a process of its own and outside every transaction; the database decides.

    Raises:
        ValidationError: code defects, nothing, or moved_on.
    """
    seen = draft_state(draft_id, actor)
    if seen is not None and seen.version == version:
        check_twice(seen)
    _hand_in(draft_id=draft_id, version=version, actor=actor)


def check_twice(seen: DraftState) -> None:
    """The check by geopandas, in a process of its own: outside every transaction.

    Raises:
        ValidationError: code defects or disagree.
    """
    if gateways.second_check(seen.rings, seen.outline):
        demand_exact(seen)
        raise ValidationError(_("The two checks do not agree; tell the administrator."), code="disagree")


@transaction.atomic(durable=True)
def _hand_in(*, draft_id: int, version: int, actor: Actor) -> None:
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=Stage.DRAWING, right=EDIT, actor=actor)
    demand_alone(state)
    hand_in(state=state, actor=actor, now=now)


def hand_in(*, state: DraftState, actor: Actor, now: datetime) -> None:
    """A locked draft that is being drawn, handed in."""
    demand_exact(state)
    demand_sound(state)
    set_draft(state, stage=Stage.SUBMITTED, submitted_by_id=actor.user_id, submitted_at=now, reason="", updated_at=now)
    tell_publishers(state, now=now)
    record(action="boundary.submitted", state=state, actor=actor, now=now)


@transaction.atomic(durable=True)
def send_back_draft(*, draft_id: int, version: int, reason: str, actor: Actor) -> None:
    """Give a submitted draft back to be drawn on, with a reason; its authors may take it back themselves."""
    now = app_now()
    right = PUBLISH if actor.may(PUBLISH) else EDIT
    state = locked(draft_id=draft_id, version=version, stage=Stage.SUBMITTED, right=right, actor=actor)
    demand_alone(state)
    give_back(state=state, reason=reason, actor=actor, now=now)


def give_back(*, state: DraftState, reason: str, actor: Actor, now: datetime) -> None:
    """A locked draft that was handed in, given back to be drawn on."""
    if actor.may(PUBLISH) and not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    set_draft(state, stage=Stage.DRAWING, reason=reason.strip(), updated_at=now)
    record(action="boundary.sent_back", state=state, actor=actor, now=now)


@transaction.atomic(durable=True)
def publish_draft(*, draft_id: int, version: int, effective_from: date, actor: Actor) -> None:
    """Make a submitted draft the boundaries from a day on. Old versions end, new ones begin; none is deleted.

    Arguments:
        effective_from: the first day of the new boundaries, after today: who answers for a case must not change
            within a day that has begun.

    Raises:
        PermissionDenied: no right, or the actor drew or submitted it.
        ValidationError: code day, defects, base (boundaries have changed since it was begun), code_taken or moved_on.
    """
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=Stage.SUBMITTED, right=PUBLISH, actor=actor)
    demand_alone(state)
    put_out(state=state, effective_from=effective_from, actor=actor, now=now)


def put_out(*, state: DraftState, effective_from: date, actor: Actor, now: datetime) -> None:
    """A locked draft that was handed in, published; raises as `publish_draft` does."""
    if actor.user_id in state.authors:
        raise PermissionDenied("four_eyes")
    if effective_from <= city_day(now):
        raise ValidationError({"effective_from": _("Choose a day after today.")}, code="day")
    demand_exact(state)
    demand_sound(state, checked=True)
    demand_base(state, effective_from)
    _write_versions(state, effective_from)
    values = {"published_by_id": actor.user_id, "published_at": now, "effective_from": effective_from}
    set_draft(state, stage=Stage.PUBLISHED, updated_at=now, **values)
    tell_boundaries("published", state, day=effective_from, now=now)
    record(action="boundary.published", state=state, actor=actor, now=now, day=str(effective_from))


@transaction.atomic(durable=True)
def withdraw_draft(*, draft_id: int, version: int, reason: str, actor: Actor) -> None:
    """Take a published change back before its day. Its versions stay, with an empty period; the old ones go on.

    Raises:
        ValidationError: the day has come, or no reason is given.
    """
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=Stage.PUBLISHED, right=PUBLISH, actor=actor)
    demand_alone(state)
    take_back(state=state, reason=reason, actor=actor, now=now)


def take_back(*, state: DraftState, reason: str, actor: Actor, now: datetime) -> None:
    """A locked draft that was published, withdrawn; raises as `withdraw_draft` does."""
    day = state.row.effective_from
    if day is None or day <= city_day(now):
        raise ValidationError(_("These boundaries are in force already; draw another change."), code="in_force")
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    _withdraw_versions(state, day, now)
    set_draft(state, stage=Stage.WITHDRAWN, reason=reason.strip(), updated_at=now)
    tell_boundaries("withdrawn", state, day=day, now=now)
    record(action="boundary.withdrawn", state=state, actor=actor, now=now)


def _withdraw_versions(state: DraftState, day: date, now: datetime) -> None:
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


def _write_versions(state: DraftState, day: date) -> None:
    what = dict((code, kind) for kind, code in state.changes())
    ended = [state.base[code].version_id for code, kind in what.items() if kind in ("ended", "boundary")]
    close(GridVersion, [pk for pk in ended if pk is not None], day)
    grids = _grids(state, what)
    numbers = version_numbers(grids.values())
    fresh = [
        GridVersion(
            grid_id=grid_id,
            scheme_id=state.scheme_id,
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
            scheme_id=state.scheme_id,
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
