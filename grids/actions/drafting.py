"""Drawing a change of boundaries: begun as a copy of what is in force, edited step by step, undone and done again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib.gis.geos import Polygon
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_right, within
from grids.actions.operations import Edit, apply
from grids.models import BoundaryDraft, ChangeSet, Division, DraftPart, DraftStep, Scheme
from grids.queries import city_day
from grids.queries.drafts import DraftState, Part, divisions_ahead, draft_state, last_parts, last_villages
from grids.rules.codes import DIVISIONS, PART_TYPES
from grids.rules.coverage import closed_degrees
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now

EDIT = "grids.edit"
STEPS_MOST = 200
PARTS_AT_ONCE = 2000


@transaction.atomic(durable=True)
def begin_draft(*, village: str, scheme: str, title: str, actor: Actor) -> int:
    """Begin a change of one scheme in one village, as a copy of its last boundaries. Returns the draft's id.

    Arguments:
        village: 12-digit code; of a change of divisions the 9 digits of the township.
        scheme: service or management, or division for the villages of a township themselves.

    Raises:
        PermissionDenied: no right to edit, or the village is not the actor's.
        ValidationError: no such village or scheme, no outline, or its divisions change already.
    """
    now = app_now()
    draft_id = start(village=village, scheme=scheme, title=title, actor=actor, now=now)
    audit(actor=actor, action="boundary.drafted", now=now, object_kind="boundary_draft", object_id=draft_id)
    return draft_id


def start(*, village: str, scheme: str, title: str, actor: Actor, now: datetime, change_set: int | None = None) -> int:
    """The draft with its step 0, inside the caller's transaction; raises as `begin_draft` does."""
    demand_right(actor, EDIT)
    whole = scheme == DIVISIONS
    level = "township" if whole else "village"
    division = Division.objects.filter(code=village, level=level, valid__contains=city_day(now)).first()
    found = Scheme.objects.filter(code=scheme).first()
    if division is None or (found is None and not whole) or division.outline is None:
        raise ValidationError({"village": _("Choose a village or community that has an outline.")})
    if not within(actor.territory, division.path):
        raise PermissionDenied("territory")
    _demand_ready(division, whole)
    draft = BoundaryDraft.objects.create(
        division=division,
        scheme=found,
        change_set_id=change_set,
        title=title.strip(),
        drafted_by_id=int(actor.id),
        drafted_at=now,
        updated_at=now,
    )
    parts = last_parts(division.pk, found.pk if found else None)
    write_step(draft_id=draft.pk, number=0, operation="begin", detail={}, parts=parts, actor=actor, now=now)
    return draft.pk


def _demand_ready(division: Division, whole: bool) -> None:
    """No divisions that are about to change; of a township, villages that are all drawn in one piece."""
    ahead = divisions_ahead(division.code)
    if ahead is not None:
        message = _("The divisions of this township change on %(day)s. Begin after that day, or withdraw that change.")
        raise ValidationError({"village": message % {"day": ahead}}, code="ahead")
    loose = [row.code for row in last_villages(division.pk) if row.outline is None or row.outline.num_geom != 1]
    if whole and loose:
        message = _("Villages without an outline in one piece: %(codes)s. Their outlines come with the city folder.")
        raise ValidationError({"village": message % {"codes": ", ".join(loose[:10])}}, code="undrawn")


@dataclass(frozen=True, slots=True)
class Beginning:
    """A draft that is drawn already: the grids that are there, those of the first step, and what that step keeps."""

    division_id: int
    before: list[Part]
    parts: list[Part]
    detail: dict[str, Any]


def open_set(*, scheme: Scheme, title: str, actor: Actor, now: datetime) -> ChangeSet:
    """A change over several villages, still without drafts. The caller has decided that the actor may."""
    return ChangeSet.objects.create(scheme=scheme, title=title.strip(), begun_by_id=int(actor.id), begun_at=now)


def start_drawn(
    *,
    beginnings: Sequence[Beginning],
    scheme: str,
    title: str,
    operation: str,
    actor: Actor,
    now: datetime,
) -> list[int]:
    """Many drafts at their first step, in the caller's transaction and few statements; their ids in the same order.

    Several of them are one change over several villages.

    The caller has decided that the actor may, and that the divisions are villages of his with an outline.
    """
    found = Scheme.objects.get(code=scheme)
    several = open_set(scheme=found, title=title, actor=actor, now=now) if len(beginnings) > 1 else None
    person: dict[str, Any] = {"drafted_by_id": int(actor.id), "drafted_at": now, "updated_at": now}
    person |= {"scheme": found, "change_set": several, "title": title.strip(), "version": 1, "position": 1}
    drafts = BoundaryDraft.objects.bulk_create(
        BoundaryDraft(division_id=one.division_id, **person) for one in beginnings
    )
    made: dict[str, Any] = {"made_by_id": int(actor.id), "made_at": now}
    first = DraftStep.objects.bulk_create(DraftStep(draft=one, number=0, operation="begin", **made) for one in drafts)
    second = DraftStep.objects.bulk_create(
        DraftStep(draft=draft, number=1, operation=operation, facts=one.detail, **made)
        for draft, one in zip(drafts, beginnings, strict=True)
    )
    for steps, kept in ((first, [one.before for one in beginnings]), (second, [one.parts for one in beginnings])):
        rows = (_row(step.pk, part) for step, parts in zip(steps, kept, strict=True) for part in parts)
        while batch := list(islice(rows, PARTS_AT_ONCE)):
            DraftPart.objects.bulk_create(batch)
    return [draft.pk for draft in drafts]


def write_step(
    *,
    draft_id: int,
    number: int,
    operation: str,
    detail: dict[str, Any],
    parts: list[Part],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep all parts as a step leaves them."""
    step = DraftStep.objects.create(
        draft_id=draft_id, number=number, operation=operation, facts=detail, made_by_id=int(actor.id), made_at=now
    )
    DraftPart.objects.bulk_create(_row(step.pk, part) for part in parts)


def _row(step_id: int, part: Part) -> DraftPart:
    began = "period_id" if part.type in PART_TYPES[DIVISIONS] else "version_id"
    return DraftPart(
        step_id=step_id,
        grid_id=part.grid_id,
        **{began: part.version_id},
        code=part.code,
        type=part.type,
        name_zh=part.name_zh,
        name_en=part.name_en,
        boundary=Polygon(closed_degrees(part.ring), srid=4326),
    )


def locked(*, draft_id: int, version: int, stage: str, right: str, actor: Actor) -> DraftState:
    """The draft under lock, in a stage and at the version the actor saw.

    Raises:
        PermissionDenied: no right, or not the actor's territory.
        ValidationError: code moved_on, if somebody was first.
    """
    demand_right(actor, right)
    BoundaryDraft.objects.select_for_update().filter(pk=draft_id).first()
    state = draft_state(draft_id, actor)
    if state is None:
        raise PermissionDenied("territory")
    if state.row.stage != stage or state.version != version:
        raise ValidationError(_("Somebody has changed this draft in the meantime. Look at it again."), code="moved_on")
    return state


def demand_alone(state: DraftState) -> None:
    """A draft of a change over several villages goes its way with the others only, and grids with their divisions.

    Raises:
        ValidationError: code in_set or follows.
    """
    if state.row.follows is not None:
        raise ValidationError(_("These grids follow a change of divisions; withdraw that one."), code="follows")
    if state.row.change_set is not None:
        message = _("This draft is part of a change over several villages; hand in, publish and withdraw that one.")
        raise ValidationError(message, code="in_set")


@transaction.atomic(durable=True)
def edit_draft(*, draft_id: int, version: int, edit: Edit, actor: Actor) -> None:
    """Do one edit; what had been undone is gone.

    Arguments:
        version: of the draft as the actor saw it.

    Raises:
        Misplaced: the edit cannot be done; names the place.
        ValidationError: somebody was first, or the draft has too many steps.
    """
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=BoundaryDraft.Stage.DRAWING, right=EDIT, actor=actor)
    parts, detail = apply(state, edit)
    keep_step(state=state, operation=edit.operation, detail=detail, parts=parts, actor=actor, now=now)


def keep_step(
    *, state: DraftState, operation: str, detail: dict[str, Any], parts: dict[str, Part], actor: Actor, now: datetime
) -> None:
    """Append a step after the present one. The draft is locked by the caller."""
    number = state.position + 1
    if number > STEPS_MOST:
        raise ValidationError(_("A draft has at most %(most)s steps; begin another one.") % {"most": STEPS_MOST})
    DraftStep.objects.filter(draft_id=state.row.id, number__gte=number).delete()
    write_step(
        draft_id=state.row.id,
        number=number,
        operation=operation,
        detail=detail,
        parts=list(parts.values()),
        actor=actor,
        now=now,
    )
    _touch(state, now, position=number)


@transaction.atomic(durable=True)
def step_draft(*, draft_id: int, version: int, forward: bool, actor: Actor) -> None:
    """Undo the last edit, or do the next one again; nothing happens where there is none."""
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=BoundaryDraft.Stage.DRAWING, right=EDIT, actor=actor)
    position = min(max(state.position + (1 if forward else -1), 0), state.last)
    if position != state.position:
        _touch(state, now, position=position)


@transaction.atomic(durable=True)
def discard_draft(*, draft_id: int, version: int, actor: Actor) -> None:
    """Give a draft up; it stays in the list of those that are over."""
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=BoundaryDraft.Stage.DRAWING, right=EDIT, actor=actor)
    demand_alone(state)
    _touch(state, now, stage=BoundaryDraft.Stage.DISCARDED)
    audit(actor=actor, action="boundary.discarded", now=now, object_kind="boundary_draft", object_id=draft_id)


def _touch(state: DraftState, now: datetime, **values: Any) -> None:
    BoundaryDraft.objects.filter(pk=state.row.id).update(updated_at=now, version=state.version + 1, **values)
