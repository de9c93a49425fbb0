"""What only an incident has, for the case file; and similar cases nearby."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from cases.access import can
from cases.models import Assignment
from cases.rules import metres_between
from events import rules
from events.models import Rating, Report
from events.queries.catalogue import CategoryRow, ConditionRow, category_by_id
from ledger.actors import Actor


@dataclass(frozen=True, slots=True)
class ContactView:
    """The reporter's contact as a mask; `person_id` is what revealing it asks for."""

    person_id: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class RatingRow:
    """The reporter's 1–5 for one closing."""

    score: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A case of the same minor class close by in place and time; nothing is folded by itself."""

    case_id: int
    number: str
    state: str
    address: str
    opened_at: datetime
    metres: float | None


@dataclass(frozen=True, slots=True)
class ReportDetail:
    """The incident part of a case file. `contact` is None for members who need not know (design 6).

    Arguments:
        system, edition: standard and edition of the catalogue the category is of, kept for ever.
    """

    category: CategoryRow
    system: str
    edition: int
    condition: ConditionRow | None
    description: str
    datum: str
    accuracy: float | None
    photos_announced: int
    client_time: datetime | None
    public_text: str
    result_text: str
    filed_by: str
    filed_by_en: str
    contact: ContactView | None
    has_contact: bool
    ratings: tuple[RatingRow, ...]


_JOINED = ("case", "case__person", "filed_by", "category__system", "category__edition")


def report_detail(case_id: int, actor: Actor) -> ReportDetail:
    """Detail of the kind "event" for a viewer who may see the case. At most three statements."""
    report = Report.objects.select_related(*_JOINED).get(case_id=case_id)
    case = report.case
    row = category_by_id(report.category_id)
    may_know = bool(case.person_id) and bool(
        can(actor, "case.contact", case, list(Assignment.objects.filter(case_id=case_id)))
    )
    ratings = Rating.objects.filter(case_id=case_id).order_by("-at").values_list("score", "comment", "at")
    return ReportDetail(
        category=row,
        system=report.category.system.code,
        edition=report.category.edition.number,
        condition=next((c for c in row.conditions if c.id == report.condition_id), None),
        description=report.description,
        datum=report.datum,
        accuracy=report.accuracy,
        photos_announced=report.photos_announced,
        client_time=report.client_time,
        public_text=report.public_text if report.text_released else "",
        result_text=report.result_text,
        filed_by=report.filed_by.display_name if report.filed_by else "",
        filed_by_en=report.filed_by.display_name_en if report.filed_by else "",
        contact=_contact(report) if may_know else None,
        has_contact=bool(case.person_id),
        ratings=tuple(RatingRow(*values) for values in ratings),
    )


def _contact(report: Report) -> ContactView | None:
    person = report.case.person
    if person is None or person.erased_at is not None:
        return None
    return ContactView(str(person.pk), str(person.name), str(person.phone))


_SIMILAR = """
SELECT c.id, c.number, c.state, c.address, c.opened_at, ST_X(c.point), ST_Y(c.point)
  FROM cases_case c
 WHERE c.kind = 'event' AND c.category = %(category)s AND c.id <> %(but)s
   AND c.opened_at BETWEEN %(at)s - %(window)s AND %(at)s + %(window)s
   AND c.point && ST_Expand(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), 0.001)
 ORDER BY c.opened_at DESC LIMIT 50
"""


def similar_cases(category: str, lon: float, lat: float, *, at: datetime, but: int = 0) -> list[SimilarCase]:
    """Cases of the same minor class within 50 m and 24 h (domain 1.5), the nearest first. One statement.

    Arguments:
        lon, lat: degrees WGS-84.
        but: primary key of the case that is looked at.
    """
    values: dict[str, Any] = {
        "category": category,
        "but": but,
        "at": at,
        "window": rules.SIMILAR_WINDOW,
        "lon": lon,
        "lat": lat,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR, values)
        rows = cursor.fetchall()
    found = [
        SimilarCase(pk, number, state, address, opened, metres_between((lon, lat), (x, y)))
        for pk, number, state, address, opened, x, y in rows
    ]
    near = [row for row in found if row.metres is not None and row.metres <= rules.SIMILAR_METRES]
    return sorted(near, key=lambda row: row.metres or 0)
