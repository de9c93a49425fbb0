"""Rows of lists: what an inbox or queue shows of a case, masked, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import OuterRef, Q, Subquery

from cases import kinds
from cases.models import Clock
from cases.queries import words

Row = TypeVar("Row")
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page by key; `next_key` is "" on the last."""

    rows: tuple[Row, ...]
    next_key: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list.

    Arguments:
        place: grid and village in words; address: as it was given.
        due_at, soon_at: the nearest limit; None while paused or without limit. unit: of that limit.
    """

    case_id: int
    number: str
    title: str
    kind: str
    kind_label: str
    kind_icon: str
    category: str
    category_label: str
    place: str
    address: str
    source: str
    source_label: str
    state: str
    state_label: str
    due_at: datetime | None
    soon_at: datetime | None
    paused: bool
    overdue: bool
    unit: str
    urgent: bool
    supervised: bool
    closed: bool
    opened_at: datetime
    case_version: int

    @property
    def url(self) -> str:
        return f"/desk/cases/{self.number}/"


# (alias, path from the case) of the columns every list reads in one statement
COLUMNS = (
    "pk", "number", "title", "kind", "category", "address", "source", "state", "due_at", "soon_at", "paused", "urgent",
    "supervised", "closed", "opened_at", "version", "grid__name_zh", "grid__name_en", "grid__division__name_zh",
    "grid__division__name_en",
)  # fmt: skip


def unit_of(case: str) -> Subquery:
    """Unit of the nearest running limit of a case; `case` is the reference to its key."""
    nearest = Clock.objects.filter(case=OuterRef(case), stopped_at__isnull=True, due_at__isnull=False)
    return Subquery(nearest.order_by("due_at").values("unit")[:1])


def case_facts(values: Mapping[str, Any], labels: Mapping[str, str], now: datetime, prefix: str = "") -> dict[str, Any]:
    """Arguments of CaseRow from one row of `values`."""
    get = {name: values[f"{prefix}{name}"] for name in COLUMNS}
    grid = words.in_language(get["grid__name_zh"] or "", get["grid__name_en"] or "")
    village = words.in_language(get["grid__division__name_zh"] or "", get["grid__division__name_en"] or "")
    due = get["due_at"]
    return {
        "case_id": get["pk"],
        "number": get["number"],
        "title": get["title"],
        "kind": get["kind"],
        "kind_label": words.kind_label(get["kind"]),
        "kind_icon": kinds.kind(get["kind"]).icon,
        "category": get["category"],
        "category_label": labels.get(get["category"], get["category"]),
        "place": grid or village,
        "address": get["address"],
        "source": get["source"],
        "source_label": words.source_label(get["source"], get["kind"]),
        "state": get["state"],
        "state_label": words.state_label(get["kind"], get["state"]),
        "due_at": due,
        "soon_at": get["soon_at"],
        "paused": get["paused"],
        "overdue": due is not None and due < now,
        "unit": values["unit"] or "",
        "urgent": get["urgent"],
        "supervised": get["supervised"],
        "closed": get["closed"],
        "opened_at": get["opened_at"],
        "case_version": get["version"],
    }


def narrowed(filters: Mapping[str, str], now: datetime, prefix: str = "") -> Q:
    """The filters of a list as a condition.

    Arguments:
        filters: kind, state, category (prefix), township (path prefix), source: value or several with commas;
            clock: "late" | "soon" | "paused"; closed: "1" | "0"; q: part of the number, or of title or address.
    """
    found = Q()
    for name in ("kind", "state", "source"):
        if filters.get(name):
            found &= Q(**{f"{prefix}{name}__in": filters[name].split(",")})
    for name, column in (("category", "category"), ("township", "path")):
        if filters.get(name):
            found &= Q(**{f"{prefix}{column}__startswith": filters[name]})
    clock = {
        "late": Q(**{f"{prefix}due_at__lt": now, f"{prefix}closed": False}),
        "soon": Q(**{f"{prefix}soon_at__lte": now, f"{prefix}due_at__gte": now, f"{prefix}closed": False}),
        "paused": Q(**{f"{prefix}paused": True}),
    }
    found &= clock.get(filters.get("clock", ""), Q())
    if filters.get("closed"):
        found &= Q(**{f"{prefix}closed": filters["closed"] == "1"})
    return found & _search(filters.get("q", "").strip(), prefix)


def _search(text: str, prefix: str) -> Q:
    if not text:
        return Q()
    if text.isdigit() and len(text) >= 6:
        return Q(**{f"{prefix}number__startswith": text}) | Q(**{f"{prefix}number__endswith": text})
    return Q(**{f"{prefix}title__icontains": text}) | Q(**{f"{prefix}address__icontains": text})


def key_of(moment: datetime | None, pk: int) -> str:
    """Key of a row in a list sorted by a moment: readable, stable, safe in a URL."""
    return f"{moment.timestamp():.6f}_{pk}" if moment is not None else f"_{pk}"


def read_key(key: str) -> tuple[datetime | None, int] | None:
    """The moment and primary key of a list key; None if there is none or it is not one."""
    moment, separator, pk = key.partition("_")
    if not separator or not pk.isdigit():
        return None
    try:
        return (datetime.fromtimestamp(float(moment), tz=UTC) if moment else None), int(pk)
    except (ValueError, OverflowError, OSError):
        return None
