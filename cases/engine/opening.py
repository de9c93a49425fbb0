"""Opening a case, exactly once per submission key."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _

from cases import kinds
from cases.engine import clocks, steps
from cases.engine.applying import lock, set_state
from cases.engine.attaching import Photo, attach
from cases.engine.errors import SubmissionConflict
from cases.engine.move import Move, assert_in_transaction
from cases.models import Assignment, Case, CaseLink, HistoryEntry
from ledger.actors import Actor

CITY_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What a new case is made of.

    Arguments:
        category: key path ("event/01/0112"). source: gridworker | public | hotline | api | ….
        path: territory path of the place. point: (lon, lat) in WGS-84 degrees.
        grid_id, management_grid_id, reported_version_id: what `grids.queries.locate` found.
        person_id: uuid of the accounts.Person who asked, if one is known.
        answers: coded answers routing rules may look at.
        data: coded facts for the first history line.
        title: a short line without personal data.
    """

    kind: str
    title: str
    category: str
    source: str
    path: str
    point: tuple[float, float] | None = None
    address: str = ""
    grid_id: int | None = None
    management_grid_id: int | None = None
    reported_version_id: int | None = None
    person_id: UUID | None = None
    urgent: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The case, and whether this submission had been answered before (then nothing was written)."""

    case: Case
    replayed: bool
    history: HistoryEntry | None = None
    assignments: tuple[Assignment, ...] = ()


def submission_hash(body: object) -> str:
    """Keyed digest of a submitted body in canonical JSON: what decides whether a repeated key brings the same form.

    Keyed, because it outlives the contact: who had only the database could else try out every phone number.
    """
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hmac.new(settings.KEYS.index, b"submission\0" + text.encode(), hashlib.sha256).hexdigest()


def answered(submission_key: str, submission_hash: str) -> Opened | None:
    """The first answer to a submission key; None if it never came. For a body that would no longer be taken today.

    Raises:
        SubmissionConflict: the key came before with another body.
    """
    case = Case.objects.filter(submission_key=submission_key).first()
    if case is None:
        return None
    if case.submission_hash != submission_hash:
        raise SubmissionConflict(case_number=case.number)
    return Opened(case, replayed=True)


def open_case(
    new: NewCase,
    *,
    actor: Actor,
    now: datetime,
    submission_key: str,
    submission_hash: str,
    photos: Sequence[Photo] = (),
    route: bool = True,
    parent_id: int | None = None,
    closing_rule: str = "",
    own: Callable[[Case], Sequence[models.Model]] | None = None,
) -> Opened:
    """Open a case with its first assignments, clocks, history line and promise. Must run inside the action's
    transaction.

    Arguments:
        submission_key: made where the form was opened; unique for ever. submission_hash: see above.
        route: promise "cases.route", if the kind has routing.
        own: makes the rows only this kind has, from the case whose id is known by then; they are written with it.
        parent_id, closing_rule: opens it as a child; "all_closed": the parent waits for it.

    Returns:
        the case; `replayed` if this key was answered before: the first answer, and nothing is written.

    Raises:
        SubmissionConflict: the key came before with another body.
        ValidationError: the first step finds no department.
    """
    assert_in_transaction()
    if not submission_key:
        raise ValidationError({"submission_key": _("The form has no submission key.")})
    begun = _begin(submission_key, now)
    first = answered(submission_key, submission_hash) if begun.first_id is not None else None
    if first is not None:
        return first
    parent = lock(parent_id, actor=actor, now=now) if parent_id is not None else None
    case = _case(new, actor, now, begun.serial or 0)
    case.pk = begun.new_id
    case.submission_key, case.submission_hash = submission_key, submission_hash
    move = Move(case=case, actor=actor, now=now, data=new.data)
    entry = _first_line(move, new, photos)
    if parent is not None:
        _link(parent, move, closing_rule)
    _promise(move, route)
    move.flush_new(own(case) if own is not None else ())
    if parent is not None:
        CaseLink.objects.create(parent=parent.case, child=case, kind="child", closing_rule=closing_rule)
        parent.flush()
    return Opened(case, False, entry, tuple(move.opened))


class _Begun(NamedTuple):
    """The first answer to a submission key, or the day's next serial and the id of the new case."""

    first_id: int | None
    first_hash: str | None
    serial: int | None
    new_id: int | None


def _begin(key: str, now: datetime) -> _Begun:
    """Wait for a submission with the same key that is under way, then look for its answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT first_id, first_hash, serial, new_id FROM case_begin(%s, %s)", [key, _day(now)])
        return _Begun(*cursor.fetchone())


def _day(now: datetime) -> str:
    return now.astimezone(CITY_ZONE).strftime("%Y%m%d")


def case_number(path: str, now: datetime, serial: int) -> str:
    """County (6 digits) + local date + serial of that day (5 digits or more): 19 digits."""
    parts = [part for part in path.split("/") if part]
    area = parts[1] if len(parts) > 1 else (parts[0] if parts else "")
    return f"{area[:6]:0<6}{_day(now)}{serial:05d}"


def _case(new: NewCase, actor: Actor, now: datetime, serial: int) -> Case:
    table = kinds.workflow(new.kind)
    case = Case(
        number=case_number(new.path, now, serial),
        kind=new.kind,
        kind_version=table.version,
        title=new.title[:200],
        category=new.category,
        source=new.source,
        answers=dict(new.answers),
        path=new.path,
        point=Point(*new.point, srid=4326) if new.point else None,
        address=new.address[:200],
        reported_version_id=new.reported_version_id,
        grid_id=new.grid_id,
        management_grid_id=new.management_grid_id,
        reporter_kind=str(actor.kind),
        reporter_id=actor.id,
        reporter_department=actor.department_id,
        person_id=new.person_id,
        urgent=new.urgent,
        opened_at=now,
    )
    set_state(case, table.initial, table, now)
    return case


def _first_line(move: Move, new: NewCase, photos: Sequence[Photo]) -> HistoryEntry:
    entry = move.record("open", from_state="", note=new.note, data=new.data, public=True)
    entry.from_state = ""
    attach(move, photos, entry.sequence)
    for stage in move.table.starts:
        clocks.start(move, stage)
    for key in move.table.opens:
        steps.open_step(move, key, steps.Given(), entry.sequence)
    steps.keep_lead(move)
    clocks.keep_nearest(move)
    return entry


def _link(parent: Move, child: Move, closing_rule: str) -> None:
    if closing_rule not in ("all_closed", "none"):
        raise ValidationError({"closing_rule": _("A sub-matter needs a declared closing rule.")})
    if parent.case.closed:
        raise ValidationError({"parent_id": _("A closed case takes no sub-matters.")})
    parent.record("child_opened", data={"child": child.case.number})


def _promise(move: Move, route: bool) -> None:
    if route and move.table.routing is not None:
        move.route = True
    else:
        move.notify = True
