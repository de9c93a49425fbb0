"""Cases as other systems and the public know them: category, state, place, dates and a point on a lattice of 20 m.

No free text, no photo, no name, no title: those leave only by release, and who reported leaves never (design 6).
Open data says the day and is sorted by key, so that nobody learns from it at which minute somebody reported.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import F, FloatField, Func, Q, QuerySet, Value
from django.db.models.functions import Cos, Greatest, Radians

from cases import kinds
from cases.access import open_to_all, shown_to_client
from cases.models import Case, HistoryEntry
from cases.queries import words
from cases.queries.rows import MAX_LIMIT, Page, key_of, read_key
from cases.rules import SNAP_DEGREES
from grids import queries as grid_queries
from ledger.actors import Actor

OPEN_LIMIT = 1000  # rows of open data in one answer
CITY_ZONE = ZoneInfo("Asia/Shanghai")
Names = tuple[str, str]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class OutsideCase:
    """One case. lon, lat: degrees WGS-84 on the lattice. place: grid and the division around it."""

    case_id: int
    number: str
    kind: str
    kind_zh: str
    kind_en: str
    category: str
    category_zh: str
    category_en: str
    state: str
    state_zh: str
    state_en: str
    closed: bool
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    path: str
    grid: str
    place_zh: str
    place_en: str
    department: str
    department_zh: str
    department_en: str
    lon: float | None
    lat: float | None

    @property
    def opened_on(self) -> date:
        """The day it was reported, in the city."""
        return self.opened_at.astimezone(CITY_ZONE).date()

    @property
    def closed_on(self) -> date | None:
        """The day it was closed, in the city."""
        return self.closed_at.astimezone(CITY_ZONE).date() if self.closed_at else None


@dataclass(frozen=True, slots=True)
class OutsideStep:
    """A public step of a case."""

    at: datetime
    name: str
    name_zh: str
    name_en: str
    state: str
    state_zh: str
    state_en: str


@dataclass(frozen=True, slots=True)
class OutsideFile:
    """One case with its public steps, the oldest first."""

    case: OutsideCase
    steps: tuple[OutsideStep, ...]


class Wanted(NamedTuple):
    """Filters of a list; what is not said does not narrow.

    Arguments:
        category, path: prefixes. since, until: reported in [since, until). box: west, south, east, north in degrees.
        number: this case only. numbers, categories: any of these.
    """

    kind: str = ""
    state: str = ""
    category: str = ""
    path: str = ""
    grid: str = ""
    closed: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    box: Box | None = None
    number: str = ""
    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def cases_for_client(actor: Actor, wanted: Wanted, *, after: str = "", limit: int = 50) -> Page[OutsideCase]:
    """Cases a client with "cases.read" may read, the newest first. At most four statements.

    Arguments:
        after: `next_key` of the page before.
    """
    found = Case.objects.filter(shown_to_client(actor), _narrowed(wanted))
    key = read_key(after)
    if key is not None and key[0] is not None:
        found = found.filter(Q(opened_at__lt=key[0]) | Q(opened_at=key[0], pk__lt=key[1]))
    rows, more = _read(found.order_by("-opened_at", "-pk"), min(limit, MAX_LIMIT))
    return Page(rows, key_of(rows[-1].opened_at, rows[-1].case_id) if more else "")


def case_for_client(actor: Actor, number: str) -> OutsideFile | None:
    """One case with its public steps; None if there is none or it is not this client's to see."""
    rows, _more = _read(Case.objects.filter(shown_to_client(actor), number=number), 1)
    return OutsideFile(rows[0], _steps(rows[0])) if rows else None


def open_cases(wanted: Wanted, *, after: str = "", skip: int = 0, limit: int = 50) -> Page[OutsideCase]:
    """Cases of public kinds as open data, the newest first. At most four statements.

    Arguments:
        after: number of the last case of the page before; an unknown one gives nothing.
        skip: rows to leave out instead, for a standard that pages by number; within a narrow window only.
    """
    found = Case.objects.filter(open_to_all(), _narrowed(wanted))
    if wanted.box is not None:
        found = _inside(found, wanted.box)
    if after:
        found = found.filter(pk__lt=Case.objects.filter(number=after).values("pk")[:1])
    rows, more = _read(found.order_by("-pk"), min(limit, OPEN_LIMIT), skip)
    return Page(rows, rows[-1].number if more else "")


def day_bounds(start: datetime | None, end: datetime | None) -> tuple[datetime | None, datetime | None]:
    """[since, until) of the cases whose day, in the city, meets the closed interval start … end."""
    since = _midnight(start.astimezone(CITY_ZONE).date()) if start else None
    until = _midnight(end.astimezone(CITY_ZONE).date() + timedelta(days=1)) if end else None
    return since, until


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE).astimezone(UTC)


def _narrowed(wanted: Wanted) -> Q:
    exact = {"kind": wanted.kind, "state": wanted.state, "number": wanted.number, "grid__code": wanted.grid}
    found = Q(**{name: value for name, value in exact.items() if value})
    others: dict[str, Any] = {
        "category__startswith": wanted.category or None,
        "path__startswith": wanted.path or None,
        "closed": wanted.closed,
        "number__in": wanted.numbers or None,
        "category__in": wanted.categories or None,
        "opened_at__gte": wanted.since,
        "opened_at__lt": wanted.until,
    }
    return found & Q(**{name: value for name, value in others.items() if value is not None})


def _rounded(value: Any) -> Func:
    return Func(value, function="ROUND", output_field=FloatField())


def _axis(name: str) -> Func:
    return Func(F("point"), function=f"ST_{name}", output_field=FloatField())


def _on_lattice(found: QuerySet[Case]) -> QuerySet[Any]:
    """The same lattice as `cases.rules.snapped`, in SQL, so that a filter sees no more than the reader does."""
    tenth = _rounded(_axis("Y") * Value(10.0)) / Value(10.0)
    step_lon = Value(SNAP_DEGREES) / Greatest(Cos(Radians(tenth)), Value(0.01))
    lat = _rounded(_axis("Y") / Value(SNAP_DEGREES)) * Value(SNAP_DEGREES)
    lon = _rounded(_axis("X") / step_lon) * step_lon
    micro = Value(1e6)
    return found.annotate(shown_lon=_rounded(lon * micro) / micro, shown_lat=_rounded(lat * micro) / micro)


def _inside(found: QuerySet[Case], box: Box) -> QuerySet[Any]:
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]  # over the date line
    lon = Q()
    for low, high in spans:
        lon |= Q(shown_lon__gte=low, shown_lon__lte=high)
    return _on_lattice(found).filter(lon, shown_lat__gte=south, shown_lat__lte=north)


_COLUMNS = (
    "pk", "number", "kind", "category", "state", "closed", "opened_at", "due_at", "closed_at", "path", "grid__code",
    "department__code", "department__name_zh", "department__name_en", "shown_lon", "shown_lat",
)  # fmt: skip


def _read(found: QuerySet[Case], size: int, skip: int = 0) -> tuple[tuple[OutsideCase, ...], bool]:
    values = list(_on_lattice(found).values(*_COLUMNS)[skip : skip + size + 1])
    shown = values[:size]
    places = grid_queries.names_of_paths(path for row in shown for path in (row["path"], _above(row["path"])))
    categories = _categories((row["kind"], row["category"]) for row in shown)
    return tuple(_row(row, places, categories) for row in shown), len(values) > size


def _above(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[0] + "/"


def _categories(pairs: Iterable[tuple[str, str]]) -> dict[str, Names]:
    wanted: dict[str, set[str]] = {}
    for slug, key in pairs:
        wanted.setdefault(slug, set()).add(key)
    names: dict[str, Names] = {}
    for slug, keys in wanted.items():
        hook = kinds.kind(slug).categories
        names.update(kinds.call(hook)(keys) if hook else {})
    return names


def _row(row: Mapping[str, Any], places: Mapping[str, Names], categories: Mapping[str, Names]) -> OutsideCase:
    kind = kinds.kind(row["kind"])
    here = [places[path] for path in (_above(row["path"]), row["path"]) if path in places]
    category = categories.get(row["category"], (row["category"], row["category"]))
    return OutsideCase(
        case_id=row["pk"],
        number=row["number"],
        kind=kind.slug,
        kind_zh=kind.name_zh,
        kind_en=kind.name_en,
        category=row["category"],
        category_zh=category[0],
        category_en=category[1],
        state=row["state"],
        state_zh=words.public_state(kind.slug, row["state"])[0],
        state_en=words.public_state(kind.slug, row["state"])[1],
        closed=row["closed"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        closed_at=row["closed_at"],
        path=row["path"],
        grid=row["grid__code"] or "",
        place_zh="".join(zh for zh, _en in here),
        place_en=", ".join(en for _zh, en in reversed(here)),
        department=row["department__code"] or "",
        department_zh=row["department__name_zh"] or "",
        department_en=row["department__name_en"] or "",
        lon=row["shown_lon"],
        lat=row["shown_lat"],
    )


def _steps(case: OutsideCase) -> tuple[OutsideStep, ...]:
    table = kinds.workflow(case.kind)
    entries = HistoryEntry.objects.filter(case_id=case.case_id, public=True).order_by("sequence")
    found = []
    for name, state, at in entries.values_list("transition", "to_state", "at"):
        transition = table.transition(name)
        if transition is not None:
            names = transition.done_zh or transition.label_zh, transition.done_en or transition.label_en
        elif name == "open":
            names = "已受理登记", "Reported"
        else:
            continue
        found.append(
            OutsideStep(at, name, *names, state, *(words.public_state(case.kind, state) if state else ("", "")))
        )
    return tuple(found)
