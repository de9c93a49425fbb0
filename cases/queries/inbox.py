"""The inbox: open steps of the hat that is on, most urgent first. Three statements, whatever the size of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import Lag, Lead, RowNumber

from cases.models import Assignment
from cases.queries import words
from cases.queries.rows import COLUMNS, MAX_LIMIT, CaseRow, Page, case_facts, key_of, narrowed, read_key, unit_of
from ledger.actors import Actor, ActorKind

CITY_ZONE = ZoneInfo("Asia/Shanghai")
VIEWS = ("all", "unread", "today", "overdue", "returned", "mine")
WHOLE_DEPARTMENT = frozenset({"cases.coordinate", "cases.supervise"})
ORDER = (F("due_at").asc(nulls_last=True), F("pk").asc())


@dataclass(frozen=True, slots=True)
class InboxRow(CaseRow):
    """A step that waits for the actor or his department."""

    assignment_id: int
    assignment_version: int
    step: str
    step_label: str
    holder_id: int | None
    holder_label: str
    unread: bool
    returned: bool
    waiting_for_me: bool


def waiting_for(actor: Actor) -> QuerySet[Assignment]:
    """Open steps of the hat's department: his own, those he may take, and all of them for who coordinates it."""
    if actor.kind is not ActorKind.MEMBER or actor.department_id is None or not actor.may("cases.read"):
        return Assignment.objects.none()
    found = Assignment.objects.filter(open=True, department_id=actor.department_id)
    if WHOLE_DEPARTMENT & actor.rights:
        return found
    free = Q(holder__isnull=True, needs_role__in=("", actor.role))
    return found.filter(Q(holder_id=actor.user_id) | free)


def _view(view: str, actor: Actor, now: datetime) -> Q:
    midnight = now.astimezone(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    views = {
        "unread": Q(seen_at__isnull=True),
        "today": Q(due_at__lt=midnight, due_at__gte=now),
        "overdue": Q(due_at__lt=now),
        "returned": Q(returned=True),
        "mine": Q(holder_id=actor.user_id),
    }
    return views.get(view, Q())


def _found(actor: Actor, view: str, filters: Mapping[str, str], now: datetime) -> QuerySet[Assignment]:
    return waiting_for(actor).filter(_view(view, actor, now), narrowed(filters, now, "case__"))


def inbox(
    actor: Actor,
    *,
    view: str = "all",
    filters: Mapping[str, str] | None = None,
    after: str = "",
    limit: int = 50,
    now: datetime,
) -> Page[InboxRow]:
    """One page of the inbox, by key.

    Arguments:
        view: one of VIEWS. filters: see `cases.queries.rows.narrowed`.
        after: `next_key` of the page before; anything else starts at the top.
    """
    found = _found(actor, view, filters or {}, now)
    key = read_key(after)
    if key is not None:
        due, pk = key
        later = Q(due_at__isnull=True, pk__gt=pk)
        if due is not None:
            later = Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk) | Q(due_at__isnull=True)
        found = found.filter(later)
    size = min(limit, MAX_LIMIT)
    columns = [f"case__{name}" for name in COLUMNS]
    own = ("pk", "version", "step_key", "holder_id", "holder__display_name", "holder__display_name_en",
           "holder__username", "seen_at", "returned", "due_at", "soon_at")  # fmt: skip
    rows = list(found.annotate(unit=unit_of("case_id")).order_by(*ORDER).values(*columns, *own, "unit")[: size + 1])
    shown = rows[:size]
    labels = words.category_labels((row["case__kind"], row["case__category"]) for row in shown)
    more = key_of(shown[-1]["due_at"], shown[-1]["pk"]) if len(rows) > size else ""
    return Page(tuple(_row(row, labels, actor, now) for row in shown), more)


def _row(values: dict[str, Any], labels: Mapping[str, str], actor: Actor, now: datetime) -> InboxRow:
    facts = case_facts(values, labels, now, "case__")
    due = values["due_at"]
    name = values["holder__display_name"] or values["holder__username"] or ""
    return InboxRow(
        **{**facts, "due_at": due, "soon_at": values["soon_at"], "overdue": due is not None and due < now},
        assignment_id=values["pk"],
        assignment_version=values["version"],
        step=values["step_key"],
        step_label=words.step_label(facts["kind"], values["step_key"]),
        holder_id=values["holder_id"],
        holder_label=words.in_language(name, values["holder__display_name_en"] or name),
        unread=values["seen_at"] is None,
        returned=values["returned"],
        waiting_for_me=values["holder_id"] in (None, actor.user_id),
    )


def inbox_counts(actor: Actor, now: datetime) -> dict[str, int]:
    """How many steps wait in each view. One statement."""
    counts = {view: Count("pk", filter=_view(view, actor, now)) for view in VIEWS if view != "all"}
    found: dict[str, int] = waiting_for(actor).aggregate(all=Count("pk"), **counts)
    return found


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a case stands in a view of the inbox; position 0: it is not in it."""

    previous: str = ""
    next: str = ""
    position: int = 0
    total: int = 0


def neighbours(
    actor: Actor, number: str, *, view: str = "all", filters: Mapping[str, str] | None = None, now: datetime
) -> Neighbours:
    """The cases before and after this one in a view of the inbox. One statement."""
    found = _found(actor, view, filters or {}, now).annotate(
        before=Window(Lag("case__number"), order_by=ORDER),
        behind=Window(Lead("case__number"), order_by=ORDER),
        place=Window(RowNumber(), order_by=ORDER),
        total=Window(Count("pk")),
    )
    rows = found.values_list("case__number", "before", "behind", "place", "total")
    row = next((row for row in rows.iterator(chunk_size=500) if row[0] == number), None)
    return Neighbours(row[1] or "", row[2] or "", row[3], row[4]) if row else Neighbours()
