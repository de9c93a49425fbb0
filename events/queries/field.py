"""My tasks on the phone: what is open for me, by clock, then by distance."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from cases.kinds import workflow
from cases.models import Assignment
from cases.queries.rows import unit_of
from cases.rules import metres_between
from ledger.actors import Actor, ActorKind

LIMIT = 200


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An open step on an incident that I hold or may take. `metres` is None without a position."""

    case_id: int
    number: str
    title: str
    category: str
    assignment_id: int
    assignment_version: int
    case_version: int
    step: str
    step_zh: str
    step_en: str
    state: str
    state_zh: str
    state_en: str
    address: str
    lon: float | None
    lat: float | None
    metres: float | None
    opened_at: datetime
    due_at: datetime | None
    soon_at: datetime | None
    unit: str
    paused: bool
    urgent: bool
    supervised: bool
    returned: bool
    mine: bool


def my_tasks(actor: Actor, *, lon: float | None = None, lat: float | None = None, limit: int = LIMIT) -> list[TaskRow]:
    """Open steps of the member's: held, or free for his department and role. One statement.

    Arguments:
        lon, lat: where the phone is, degrees WGS-84; used for the order and forgotten.
    """
    if actor.kind is not ActorKind.MEMBER:
        return []
    free = Q(holder=None, department_id=actor.department_id, needs_role__in=("", actor.role))
    over_to_others = Q(step_key="handle", case__state="handled")  # proven, the department confirms
    if actor.may("cases.handle"):  # a handler may take what stands at his department
        free |= Q(holder=None, department_id=actor.department_id, step_key="handle")
    rows = (
        Assignment.objects.filter(Q(holder_id=actor.user_id) | free, open=True, case__kind="event")
        .exclude(over_to_others)
        .select_related("case")
        .annotate(unit=unit_of("case"))
        .order_by("due_at", "pk")[:limit]
    )
    tasks = [_task(row, actor, (lon, lat)) for row in rows]
    far = float("inf")
    return sorted(tasks, key=lambda task: (_hour(task.due_at), task.metres if task.metres is not None else far))


def _hour(due_at: datetime | None) -> datetime:
    """Limits within the same hour count as equal, so that the nearer task comes first."""
    return due_at.replace(minute=0, second=0, microsecond=0) if due_at else datetime.max.replace(tzinfo=UTC)


def _task(row: Assignment, actor: Actor, here: tuple[float | None, float | None]) -> TaskRow:
    case, table = row.case, workflow("event")
    step, state = table.step(row.step_key), table.state(row.case.state)
    point = (case.point.x, case.point.y) if case.point else None
    return TaskRow(
        case_id=case.pk,
        number=case.number,
        title=case.title,
        category=case.category,
        assignment_id=row.pk,
        assignment_version=row.version,
        case_version=case.version,
        step=step.key,
        step_zh=step.name_zh,
        step_en=step.name_en,
        state=state.code,
        state_zh=state.name_zh,
        state_en=state.name_en,
        address=case.address,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        metres=metres_between(point, here),
        opened_at=row.opened_at,
        due_at=row.due_at,
        soon_at=row.soon_at,
        unit=getattr(row, "unit", None) or "",  # annotated by the list
        paused=case.paused,
        urgent=case.urgent,
        supervised=case.supervised,
        returned=row.returned,
        mine=row.holder_id == actor.user_id,
    )
