"""Who is meant by a step: members of its department with the right role."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet, Value

from accounts.models import Department, Membership
from cases.models import Assignment, Case

CITY_ZONE = ZoneInfo("Asia/Shanghai")
WORKING = ("cases.coordinate", "cases.handle", "cases.file", "cases.dispatch", "cases.check", "cases.verify")


def members_for(steps: Iterable[Assignment], now: datetime) -> list[int]:
    """Users to tell about open steps: the holder, else the members of the department with the role it needs (any role
    that works on cases, if it needs none). One statement at most."""
    rows = list(steps)
    holders = [step.holder_id for step in rows if step.holder_id is not None]
    wanted = Q(pk__in=[])
    for step in rows:
        if step.holder_id is None:
            role = Q(role__code=step.needs_role) if step.needs_role else Q(role__rights__overlap=list(WORKING))
            wanted |= Q(department=step.department_id) & role
    if not wanted.children or all(step.holder_id is not None for step in rows):
        return holders
    found = _hats(now).filter(wanted).values_list("user_id", flat=True).distinct()
    return sorted({*holders, *found})


def superiors_of(case: Case, steps: Sequence[Assignment], now: datetime) -> list[int]:
    """Who answers for an overdue step: supervisors of the department and the one above it, else those of the area."""
    departments = [step.department_id for step in steps] or [case.department_id or 0]
    above = Department.objects.filter(children__in=departments).values("pk")
    supervisors = _hats(now).filter(role__rights__contains=["cases.supervise"])
    near = supervisors.filter(Q(department__in=departments) | Q(department__in=above))
    found = list(near.values_list("user_id", flat=True).distinct())
    if found:
        return found
    area = supervisors.alias(place=Value(case.path)).filter(place__startswith=F("territory"))
    return list(area.values_list("user_id", flat=True).distinct())


def _hats(now: datetime) -> QuerySet[Membership]:
    day = now.astimezone(CITY_ZONE).date()
    return Membership.objects.filter(valid__contains=day, user__is_active=True).order_by("user_id")
