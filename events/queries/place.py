"""The public page of a place: recent reports with their results; how many were closed, on time, satisfied."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from cases.kinds import workflow
from cases.models import Attachment, Case
from cases.rules import snapped
from events import rules
from events.queries.catalogue import category_by_id
from grids.queries import names_of_paths

WINDOWS = (30, 90)  # days
RECENT = 20


@dataclass(frozen=True, slots=True)
class Share:
    """A figure with what it is made of; `percent` is None below five cases."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        return rules.share(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Window:
    """Figures over the last days.

    Arguments:
        received: reported in the window. closed: of those received, how many are closed by now.
        on_time: of the cases closed in the window, those closed within the limit of the case.
        satisfied: of the ratings given in the window, those with 4 or 5.
    """

    days: int
    received: int
    closed: Share
    on_time: Share
    satisfied: Share


@dataclass(frozen=True, slots=True)
class PublicReport:
    """A report as anybody may read it: no free text, photo or exact place but what an officer released (design 6)."""

    name_zh: str
    name_en: str
    state_zh: str
    state_en: str
    closed: bool
    place_zh: str
    place_en: str
    opened_at: datetime
    closed_at: datetime | None
    lon: float | None
    lat: float | None
    text: str
    result: str
    closing_zh: str
    closing_en: str
    photos: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PlacePage:
    """Everything on /area/<code>/ that comes from reports."""

    path: str
    recent: tuple[PublicReport, ...]
    windows: tuple[Window, ...]


def place_page(path: str, *, now: datetime, limit: int = RECENT) -> PlacePage:
    """Recent public reports and figures of a territory. At most seven statements.

    Arguments:
        path: materialised path of a division or grid ("/3709/370902/370902900/").
        now: end of the windows.
    """
    windows = tuple(place_figures(path, now=now, days=days) for days in WINDOWS)
    return PlacePage(path, tuple(recent_reports(path, limit=limit)), windows)


_FIGURES = """
WITH closed AS (
    SELECT c.id, c.exempt, EXISTS (
        SELECT 1 FROM cases_clock k
         WHERE k.case_id = c.id AND k.kind = 'total' AND k.started_at = (
                   SELECT max(l.started_at) FROM cases_clock l WHERE l.case_id = c.id AND l.kind = 'total')
           AND coalesce(k.stopped_at, c.closed_at) > k.due_at) AS late
      FROM cases_case c
     WHERE c.kind = 'event' AND c.path LIKE %(prefix)s AND c.closed AND c.state = 'closed' AND c.closed_at > %(since)s
       AND c.closed_at <= %(now)s)
SELECT (SELECT count(*) FROM cases_case c WHERE c.kind = 'event' AND c.path LIKE %(prefix)s
           AND c.opened_at > %(since)s AND c.opened_at <= %(now)s),
       (SELECT count(*) FROM cases_case c WHERE c.kind = 'event' AND c.path LIKE %(prefix)s
           AND c.opened_at > %(since)s AND c.opened_at <= %(now)s AND c.closed),
       (SELECT count(*) FROM closed WHERE NOT exempt AND NOT late),
       (SELECT count(*) FROM closed WHERE NOT exempt),
       (SELECT count(*) FROM events_rating r JOIN cases_case c ON c.id = r.case_id
         WHERE c.path LIKE %(prefix)s AND r.at > %(since)s AND r.at <= %(now)s AND r.score >= 4),
       (SELECT count(*) FROM events_rating r JOIN cases_case c ON c.id = r.case_id
         WHERE c.path LIKE %(prefix)s AND r.at > %(since)s AND r.at <= %(now)s)
"""


def place_figures(path: str, *, now: datetime, days: int) -> Window:
    """Figures of one window, each with numerator and denominator. One statement."""
    values: dict[str, Any] = {"prefix": _prefix(path), "since": now - timedelta(days=days), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        received, closed, in_time, all_closed, content, rated = cursor.fetchone()
    return Window(days, received, Share(closed, received), Share(in_time, all_closed), Share(content, rated))


def _prefix(path: str) -> str:
    return path.replace("\\", "").replace("%", "").replace("_", "") + "%"


def recent_reports(path: str, *, limit: int = RECENT) -> list[PublicReport]:
    """The newest reports of a territory as the public sees them. Four statements."""
    cases = list(
        Case.objects.filter(kind="event", path__startswith=path)
        .select_related("report", "report__condition")
        .order_by("-opened_at", "-pk")[:limit]
    )
    names = names_of_paths(place for case in cases for place in (case.path, _parent(case.path)))
    photos = _released([case.pk for case in cases])
    return [_public(case, names, photos.get(case.pk, ())) for case in cases]


def _parent(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[0] + "/"


def _released(case_ids: list[int]) -> dict[int, tuple[UUID, ...]]:
    found: dict[int, tuple[UUID, ...]] = {}
    rows = Attachment.objects.filter(case_id__in=case_ids, released=True).order_by("history", "pk")
    for case_id, file_id in rows.values_list("case_id", "file_id"):
        found[case_id] = (*found.get(case_id, ()), file_id)
    return found


def _public(case: Case, names: dict[str, tuple[str, str]], photos: tuple[UUID, ...]) -> PublicReport:
    report, state = case.report, workflow("event").state(case.state)
    row = category_by_id(report.category_id)
    place = [names[path] for path in (_parent(case.path), case.path) if path in names]
    lon, lat = snapped(case.point.x, case.point.y) if case.point else (None, None)
    done = report.condition if case.state == "closed" else None
    return PublicReport(
        name_zh=row.name_zh,
        name_en=row.name_en,
        state_zh=state.public_zh or state.name_zh,
        state_en=state.public_en or state.name_en,
        closed=case.closed,
        place_zh="".join(zh for zh, _en in place),
        place_en=", ".join(en for _zh, en in reversed(place)),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        lon=lon,
        lat=lat,
        text=report.public_text if report.text_released else "",
        result=report.result_text if case.closed else "",
        closing_zh=done.closing_zh if done else "",
        closing_en=done.closing_en if done else "",
        photos=photos,
    )
