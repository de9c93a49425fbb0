"""The queue: every case the actor may see, filtered, sorted on indexed columns, paged by key."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from cases import kinds
from cases.access import visible_to
from cases.models import Case
from cases.queries import words
from cases.queries.rows import COLUMNS, MAX_LIMIT, CaseRow, Page, case_facts, key_of, narrowed, read_key, unit_of
from grids import queries as grid_queries
from ledger.actors import Actor

SORTS: dict[str, tuple[Any, ...]] = {
    "-opened": (F("opened_at").desc(), F("pk").desc()),
    "due": (F("due_at").asc(), F("pk").asc()),
}


class QueueRow(CaseRow):
    """A case in the queue."""

    __slots__ = ()


def queue(
    actor: Actor,
    *,
    filters: Mapping[str, str],
    sort: str = "-opened",
    after: str = "",
    limit: int = 50,
    now: datetime,
) -> Page[QueueRow]:
    """One page of the cases the actor may see. Two statements.

    Arguments:
        filters: see `cases.queries.rows.narrowed`.
        sort: "-opened" (newest first) or "due" (open cases with a limit, nearest first).
        after: `next_key` of the page before.
    """
    sort = sort if sort in SORTS else "-opened"
    found = _after(visible_to(actor, Case.objects.all()).filter(narrowed(filters, now)), sort, after)
    size = min(limit, MAX_LIMIT)
    rows = list(found.annotate(unit=unit_of("pk")).order_by(*SORTS[sort]).values(*COLUMNS, "unit")[: size + 1])
    shown = rows[:size]
    labels = words.category_labels((row["kind"], row["category"]) for row in shown)
    moment = "due_at" if sort == "due" else "opened_at"
    more = key_of(shown[-1][moment], shown[-1]["pk"]) if len(rows) > size else ""
    return Page(tuple(QueueRow(**case_facts(row, labels, now)) for row in shown), more)


def _after(found: QuerySet[Case], sort: str, after: str) -> QuerySet[Case]:
    if sort == "due":
        found = found.filter(closed=False, due_at__isnull=False)
    key = read_key(after)
    if key is None or key[0] is None:
        return found
    moment, pk = key
    if sort == "due":
        return found.filter(Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk))
    return found.filter(Q(opened_at__lt=moment) | Q(opened_at=moment, pk__lt=pk))


def filter_options(actor: Actor, on: date | None = None) -> dict[str, list[tuple[str, str]]]:
    """Choices of the filters: value and label. At most two statements.

    Arguments:
        on: day whose divisions are offered; None is today.
    """
    all_kinds = kinds.all_kinds()
    states = {
        state.code: words.in_language(state.name_zh, state.name_en)
        for kind in all_kinds
        for state in kinds.workflow(kind.slug).states
    }
    areas = grid_queries.children_of(actor.territory, on=on or grid_queries.today()) if actor.territory else []
    return {
        "clock": [("late", _("overdue")), ("soon", _("due soon")), ("paused", _("paused"))],
        "kind": [(kind.slug, words.kind_label(kind.slug)) for kind in all_kinds],
        "state": list(states.items()),
        "source": list(words.source_labels().items()),
        "township": [(area.path, words.in_language(area.name_zh, area.name_en)) for area in areas],
    }


def find_number(actor: Actor, text: str) -> str | None:
    """The number of the one visible case that has exactly this number; for jumping there from the search."""
    return visible_to(actor, Case.objects.filter(number=text.strip())).values_list("number", flat=True).first()
