"""A change of divisions: villages of a township begin, change or end on a day, and the grids in them follow.

The grids follow by drafts of their own that nobody draws: computed at publication from what is in force, published and
withdrawn with the change they follow. docs/adr/0016.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from grids.actions.boundary_news import tell_boundaries
from grids.actions.drafting import write_step
from grids.actions.numbering import Numbering, next_part
from grids.actions.periods import close, since
from grids.actions.versions import withdraw_versions, write_versions
from grids.models import BoundaryDraft, Division, Scheme
from grids.queries.boundaries import boundary_defects
from grids.queries.carrying import Carry, Carrying, carrying
from grids.queries.drafts import DraftRow, DraftState, Part, divisions_ahead, state_of, taken_codes
from grids.rules.codes import CODE_DIGITS
from grids.rules.coverage import Refused, Ring, closed_degrees, degrees_of
from ledger.actors import Actor

Stage = BoundaryDraft.Stage
TOWNSHIP = CODE_DIGITS["township"]


def demand_quiet(row: DraftRow) -> None:
    """Divisions and the grids in them change one after the other, never for two days at once.

    Raises:
        ValidationError: code ahead, with the day of the change that is on its way.
    """
    code = row.division_code[:TOWNSHIP]
    day = divisions_ahead(code)
    if day is None and row.of_divisions:
        ahead = BoundaryDraft.objects.filter(stage=Stage.PUBLISHED, division__code__startswith=code)
        day = ahead.order_by("effective_from").values_list("effective_from", flat=True).first()
    if day is not None:
        message = _("Another change there is published for %(day)s. Publish after that day, or have it withdrawn.")
        raise ValidationError(message % {"day": day}, code="ahead")


def write_periods(*, state: DraftState, day: date, actor: Actor, now: datetime) -> None:
    """Villages get their periods from a day on and their grids follow, in the caller's transaction.

    Raises:
        ValidationError: code carry, if the grids cannot follow by themselves; names the place.
    """
    plan = planned(state)
    what = {code: kind for kind, code in state.changes()}
    ended = [part.version_id for code, part in state.base.items() if code in what]
    close(Division, [pk for pk in ended if pk is not None], day)
    township = Division.objects.get(pk=state.division_id)
    rows = [
        Division(
            code=code,
            code_system=township.code_system,
            level=Division.Level.VILLAGE,
            name_zh=state.parts[code].name_zh,
            name_en=state.parts[code].name_en,
            path=f"{township.path}{code}/",
            parent=township,
            valid=since(day),
            illustrative=township.illustrative,
            outline=_outline(plan.outlines.get(code, state.parts[code].ring)),
            outline_source=state.row.title,
            draft_id=state.row.id,
        )
        for code, kind in what.items()
        if kind != "ended"
    ]
    made = {row.code: row.pk for row in Division.objects.bulk_create(rows)}
    for carry in plan.carries:
        for village in carry.base:
            _follow(state, carry, village=village, made=made, day=day, actor=actor, now=now)


def planned(state: DraftState) -> Carrying:
    """What the grids become; a shape that cannot be is refused in words."""
    try:
        return carrying(state)
    except Refused as refusal:
        place = degrees_of(refusal.at) if refusal.at is not None else (0.0, 0.0)
        message = _(
            "A grid near %(lon)s, %(lat)s would not be one area without holes; move the border of the villages."
        )
        raise ValidationError(message % {"lon": place[0], "lat": place[1]}, code="carry") from refusal


def _outline(ring: Ring) -> MultiPolygon:
    return MultiPolygon(Polygon(closed_degrees(ring)), srid=4326)


def _follow(
    state: DraftState, carry: Carry, *, village: str, made: dict[str, int], day: date, actor: Actor, now: datetime
) -> None:
    """A published draft of what the grids of one scheme in one village become; none where they stay as they are."""
    parts, origins = _parts(state, carry, village)
    base = carry.base[village]
    rings = {part.code: part.ring for part in base}
    if {code: part.ring for code, part in parts.items()} == rings:
        return
    lead = BoundaryDraft.objects.get(pk=state.row.id)
    # a village that ends has no new period: its grids end in the old one
    period = made[village] if village in made else state.base[village].version_id
    people: dict[str, Any] = {
        "division_id": period,
        "drafted_by_id": lead.drafted_by_id,
        "submitted_by_id": lead.submitted_by_id,
    }
    draft = BoundaryDraft.objects.create(
        scheme=Scheme.objects.get(code=carry.scheme),
        follows=lead,
        title=state.row.title,
        stage=Stage.PUBLISHED,
        position=1,
        drafted_at=now,
        updated_at=now,
        submitted_at=lead.submitted_at,
        published_by_id=actor.user_id,
        published_at=now,
        effective_from=day,
        **people,
    )
    write_step(draft_id=draft.pk, number=0, operation="begin", detail={}, parts=base, actor=actor, now=now)
    detail = {"codes": sorted(parts), "origins": origins}
    kept = list(parts.values())
    write_step(draft_id=draft.pk, number=1, operation="carry", detail=detail, parts=kept, actor=actor, now=now)
    found = state_of(draft)
    _demand_fitting(found)
    write_versions(found, day)
    tell_boundaries("published", found, day=day, now=now)


def _parts(state: DraftState, carry: Carry, village: str) -> tuple[dict[str, Part], dict[str, str]]:
    """Grids of a village after the change, and the grids its new ones come from."""
    known = {part.code: part for parts in carry.base.values() for part in parts}
    own = state.parts.get(village)
    names = (own.name_zh, own.name_en) if own else ("", "")
    place = Numbering(carry.scheme, village, *names, {part.code: part for part in carry.base[village]})
    parts: dict[str, Part] = {}
    origins: dict[str, str] = {}
    taken = taken_codes(village)
    for row in carry.of(village):
        part = replace(known[row.origin], ring=row.ring)
        if not row.kept:
            part = replace(next_part(place, row.ring, taken | parts.keys()), type=part.type)
            origins[part.code] = row.origin
        parts[part.code] = part
    return parts, origins


def _demand_fitting(state: DraftState) -> None:
    """The grids fit as exactly as if they were drawn; ground that was in no grid before may stay so."""
    wrong = [row for row in boundary_defects(state.rings, state.outline) if row.kind != "gap"] if state.parts else []
    if wrong:
        message = _("The grids of %(village)s do not follow by themselves near %(lon)s, %(lat)s; move the border.")
        values = {"village": state.row.division_zh, "lon": f"{wrong[0].lon:.7f}", "lat": f"{wrong[0].lat:.7f}"}
        raise ValidationError(message % values, code="carry")


def followers(draft_id: int) -> list[BoundaryDraft]:
    """Published drafts of the grids that follow a change of divisions, under lock."""
    rows = BoundaryDraft.objects.select_for_update(of=["self"]).filter(follows=draft_id, stage=Stage.PUBLISHED)
    return list(rows.select_related("division").order_by("pk"))


def withdraw_periods(*, state: DraftState, day: date, now: datetime) -> None:
    """The villages go on as they were, and so do their grids; codes of new ones are used up."""
    for draft in followers(state.row.id):
        found = state_of(draft)
        withdraw_versions(found, day, now)
        BoundaryDraft.objects.filter(pk=draft.pk).update(
            stage=Stage.WITHDRAWN, updated_at=now, version=draft.version + 1
        )
        tell_boundaries("withdrawn", found, day=day, now=now)
    Division.objects.filter(draft=state.row.id).update(valid=DateRange(empty=True))
    base = [part.version_id for part in state.base.values() if part.version_id is not None]
    ended = list(Division.objects.select_for_update().filter(pk__in=base, valid__endswith=day))
    for row in ended:
        row.valid = since(row.valid.lower)
    Division.objects.bulk_update(ended, ["valid"])
