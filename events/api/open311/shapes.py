"""What GeoReport v2 says of services and requests. Times are UTC with Z; texts in the caller's language."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.queries.outside import CITY_ZONE
from cases.queries.words import in_language
from events.queries import CategoryRow
from events.queries.requests import ServiceRequest
from ledger.cityfolder import city_config

CHANGESET = "2026-11-25T00:00:00Z"
Shape = dict[str, Any]


def service_code(key: str) -> str:
    """Key of a category, fit for an address: event/01/0112 → event-01-0112. It stays with the key."""
    return key.replace("/", "-")


def category_key(code: str) -> str:
    return code.replace("-", "/")


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: date) -> str:
    """Beginning of a day in the city: open data says the day, not the minute."""
    return utc(datetime.combine(value, time(), CITY_ZONE))


def discovery(request: HttpRequest) -> Shape:
    """Where the service is and how to get a key."""
    city = city_config()
    phone = next((row["numbers"] for row in city.get("phones", [])), "")
    return {
        "changeset": CHANGESET,
        "contact": f"{in_language(city['public_title_zh'], city['public_title_en'])} {phone}".strip(),
        "key_service": _("The city's security administrator makes a client and its token, which is the api_key."),
        # beyond the standard: what a new request may carry and this server does not take
        "notice": _(
            "media_url is not fetched and files are not taken: photos are added on the private page that the answer"
            " names. email, device_id and account_id are not kept. The answer names whatever was not taken over."
        ),
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": request.build_absolute_uri("/open311/v2"),
                "changeset": CHANGESET,
                "type": "test" if settings.DEMO else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


def service(row: CategoryRow) -> Shape:
    """A category that residents may choose."""
    return {
        "service_code": service_code(row.key),
        "service_name": in_language(row.name_zh, row.name_en),
        "description": f"{in_language(row.major_zh, row.major_en)} · {in_language(row.name_zh, row.name_en)}",
        "metadata": bool(row.conditions),
        "type": "realtime",
        "keywords": ",".join([row.name_zh, *row.words.split()]),
        "group": in_language(row.major_zh, row.major_en),
    }


def definition(row: CategoryRow) -> Shape:
    """What may be said beside place and text: the filing condition that fits best."""
    values = [
        {"key": str(condition.number), "name": in_language(condition.text_zh, condition.text_en)}
        for condition in row.conditions
    ]
    attribute = {
        "variable": True,
        "code": "condition",
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": _("Leave it out if none fits."),
        "order": 1,
        "description": _("Which of these fits best?"),
        "values": values,
    }
    return {"service_code": service_code(row.key), "attributes": [attribute] if values else []}


def service_request(request: HttpRequest, row: ServiceRequest) -> Shape:
    """A public incident. `address` names grid and division, never the house; description and photo only if released."""
    case, city = row.case, city_config()
    notes = in_language(case.state_zh, case.state_en)
    photo = reverse("events_released_photo", args=[row.photo, "full"]) if row.photo else None
    return {
        "service_request_id": case.number,
        "status": "closed" if case.closed else "open",
        "status_notes": f"{notes}：{row.result}" if row.result else notes,
        "service_name": in_language(case.category_zh, case.category_en),
        "service_code": service_code(case.category),
        "description": row.text,
        "agency_responsible": in_language(case.department_zh, case.department_en),
        "service_notice": None,
        "requested_datetime": day(case.opened_on),
        "updated_datetime": day(row.updated_on),
        "expected_datetime": None,
        "address": in_language(case.place_zh, case.place_en) or in_language(city["name_zh"], city["name_en"]),
        "address_id": case.grid or None,
        "zipcode": None,
        "lat": case.lat,
        "long": case.lon,
        "media_url": request.build_absolute_uri(photo) if photo else None,
    }
