"""Incidents as service requests of Open311: the public side, with the text and the photo an officer released."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max

from cases.models import Attachment, HistoryEntry
from cases.queries import OutsideCase, Wanted, open_cases
from cases.queries.outside import CITY_ZONE
from events.models import Report

KIND = "event"


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """An incident and what was released of it.

    Arguments:
        text: the released description. result: what was done, once it is closed. photo: the first released one.
        updated_on: day of the last public step, in the city.
    """

    case: OutsideCase
    text: str
    result: str
    photo: UUID | None
    updated_on: date


def service_requests(wanted: Wanted, *, skip: int = 0, limit: int = 1000) -> list[ServiceRequest]:
    """Service requests, the newest first. At most seven statements."""
    cases = open_cases(wanted._replace(kind=KIND), skip=skip, limit=limit).rows
    keys = [case.case_id for case in cases]
    texts, photos, updated = _texts(keys), _photos(keys), _updated(keys)
    return [
        ServiceRequest(
            case=case,
            text=texts.get(case.case_id, ("", ""))[0],
            result=texts.get(case.case_id, ("", ""))[1] if case.closed else "",
            photo=photos.get(case.case_id),
            updated_on=updated.get(case.case_id, case.opened_on),
        )
        for case in cases
    ]


def _texts(keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = Report.objects.filter(case_id__in=keys)
    values = rows.values_list("case_id", "text_released", "public_text", "result_text")
    return {key: (text if released else "", result) for key, released, text, result in values}


def _photos(keys: Sequence[int]) -> dict[int, UUID]:
    rows = Attachment.objects.filter(case_id__in=keys, released=True).order_by("-history", "-pk")
    return dict(rows.values_list("case_id", "file_id"))


def _updated(keys: Sequence[int]) -> dict[int, date]:
    rows = HistoryEntry.objects.filter(case_id__in=keys, public=True).values("case_id").annotate(last=Max("at"))
    return {row["case_id"]: row["last"].astimezone(CITY_ZONE).date() for row in rows}
