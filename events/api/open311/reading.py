"""What a caller of GeoReport v2 sends: filters of a list, and a new request as a form."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accounts.api import read_moment
from accounts.queries import presence_of_client
from cases.queries import Wanted, day_bounds
from events import actions
from events.api.open311.shapes import category_key
from events.serializers import ServiceRequestIn
from grids.queries import AddressRow, address_by_code, search_addresses
from ledger.actors import Actor, ActorKind

# "api_key" in the address is not looked at here; of a new request it is refused (`sender`)
FILTERS = frozenset(
    {"service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size", "jurisdiction_id",
     "api_key"}
)  # fmt: skip
WINDOW = timedelta(days=90)
PAGE_MOST = 1000
LISTED_MOST = 200  # ids or codes in one list
NAME = re.compile(r"[0-9A-Za-z-]{1,60}", re.ASCII)
ATTRIBUTE = re.compile(r"attribute\[([^\]]{1,40})\](\[\])?")
BEARER = "Bearer "


def wanted_requests(query: QueryDict, now: datetime) -> tuple[Wanted, int, int]:
    """Filters of `requests`, with how many rows to leave out and how many to show.

    A list of ids stands alone, as the standard says: the other filters are then not looked at.

    Raises:
        ValidationError: keyed by the argument that cannot be read.
    """
    unknown = sorted(set(query) - FILTERS)
    if unknown:
        raise ValidationError({name[:60]: _("There is no such parameter.") for name in unknown[:10]})
    size = _whole(query, "page_size", PAGE_MOST, PAGE_MOST)
    skip = (_whole(query, "page", 1, 1000) - 1) * size
    numbers = _listed(query, "service_request_id")
    if numbers:
        return Wanted(numbers=numbers), skip, size
    start, end = _window(query, now)
    since, until = day_bounds(start, end)
    codes = _listed(query, "service_code")
    closed = _status(query)
    wanted = Wanted(categories=tuple(map(category_key, codes)), closed=closed, since=since, until=until)
    return wanted, skip, size


def _whole(query: QueryDict, name: str, usual: int, most: int) -> int:
    text = query.get(name, str(usual))
    if not re.fullmatch(r"\d{1,6}", str(text), re.ASCII) or not 1 <= int(str(text)) <= most:
        raise ValidationError({name: _("A whole number from 1 to %(most)s is needed.") % {"most": most}})
    return int(str(text))


def _listed(query: QueryDict, name: str) -> tuple[str, ...]:
    found = [part.strip() for part in ",".join(query.getlist(name)).split(",") if part.strip()]
    if len(found) > LISTED_MOST or not all(NAME.fullmatch(part) for part in found):
        raise ValidationError({name: _("This list cannot be read.")})
    return tuple(found)


def _status(query: QueryDict) -> bool | None:
    """True closed, False open, None both."""
    found = {part.strip() for part in ",".join(query.getlist("status")).split(",") if part.strip()}
    if not found <= {"open", "closed"}:
        raise ValidationError({"status": _("A status is open or closed.")})
    return None if len(found) != 1 else found == {"closed"}


def _window(query: QueryDict, now: datetime) -> tuple[datetime, datetime]:
    """At most 90 days; one end gives the other, none the last 90 days."""
    start, end = _moment(query, "start_date"), _moment(query, "end_date")
    if start and end and (start > end or end - start > WINDOW):
        raise ValidationError({"end_date": _("The dates may lie at most 90 days apart, the first one first.")})
    if start is None and end is None:
        return now - WINDOW, now
    if start is None and end is not None:
        return end - WINDOW, end
    assert start is not None  # noqa: S101 - for the reader of types: both branches above left
    return start, end or start + WINDOW


def _moment(query: QueryDict, name: str) -> datetime | None:
    text = query.get(name)
    if not text:
        return None
    found = read_moment(str(text).replace(" ", "+") if "T" in str(text) else str(text))
    if found is None:
        raise ValidationError({name: _("Write a moment like 2026-11-25T08:00:00Z or a day like 2026-11-25.")})
    return found


def sender(request: HttpRequest) -> Actor:
    """The client behind `api_key` in the form, or behind the Authorization header.

    Raises:
        PermissionDenied: there is none, it is not in force, or it may not report. A key in the address is refused: it
            would stand in every log on the way.
    """
    if "api_key" in request.GET:
        raise PermissionDenied(_("Send the api_key in the form, never in the address."))
    bearer = request.headers.get("authorization", "")
    key = bearer.removeprefix(BEARER) if bearer.startswith(BEARER) else request.POST.get("api_key", "")
    actor = presence_of_client(str(key).strip()).actor
    if actor.kind is not ActorKind.CLIENT or not actor.may("reports.write"):
        raise PermissionDenied(_("The api_key is missing or may not report."))
    return actor


def read_form(form: QueryDict) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields of a new request, and its attributes by code.

    Raises:
        rest_framework.exceptions.ValidationError: a field cannot be read.
    """
    fields = ServiceRequestIn(data={name: form[name] for name in form if not name.startswith("attribute[")})
    fields.is_valid(raise_exception=True)
    attributes = {match[1]: str(form[name]) for name in form if (match := ATTRIBUTE.fullmatch(name))}
    return fields.validated_data, attributes


def incident(said: Mapping[str, Any], attributes: Mapping[str, str]) -> actions.Incident:
    """What is reported. Positions of Open311 are WGS 84.

    Raises:
        ValidationError: keyed by the argument that is missing or unknown.
    """
    unknown = set(attributes) - {"condition"}
    if unknown:
        raise ValidationError({"attribute": _("This service has no such attribute.")})
    condition = attributes.get("condition", "")
    if condition and not re.fullmatch(r"\d{1,3}", condition, re.ASCII):
        raise ValidationError({"attribute": _("This category has no such condition.")})
    lon, lat, address = _place(said)
    return actions.Incident(
        category=category_key(said["service_code"]), lon=lon, lat=lat, address=address,
        description=said["description"], condition=int(condition) if condition else None,
    )  # fmt: skip


def not_kept(request: HttpRequest) -> list[str]:
    """Names of what was sent and is not taken over: photos and their addresses, what nobody needs to answer, and names
    the standard does not have. The sender is told; nothing is left out in silence.
    """
    used = {*ServiceRequestIn().fields, "api_key", "jurisdiction_id"} - {"media_url"}
    sent = [name for name, value in request.POST.items() if value and not ATTRIBUTE.fullmatch(name)]
    return [name[:40] for name in (*sent, *request.FILES) if name not in used][:20]


def _place(said: Mapping[str, Any]) -> tuple[float, float, str]:
    if said["lat"] is not None and said["long"] is not None:
        return said["long"], said["lat"], said["address_string"]
    found = _address(said["address_id"], said["address_string"])
    if found is None:
        raise ValidationError(
            {"lat": _("Give lat and long, an address_id, or an address_string that fits exactly one place.")}
        )
    return found.lon, found.lat, found.name_zh


def _address(code: str, text: str) -> AddressRow | None:
    if code:
        return address_by_code(code)
    rows = search_addresses(text, 2) if text.strip() else []
    exact = [row for row in rows if text.strip() in (row.name_zh, row.name_en)]
    only = exact or rows
    return only[0] if len(only) == 1 else None


def contact(said: Mapping[str, Any]) -> actions.Contact:
    """Name and phone, sealed at rest. E-mail, device and account are not kept: nobody needs them to answer."""
    first, last = said["first_name"].strip(), said["last_name"].strip()
    together = f"{first} {last}" if (first + last).isascii() else f"{last}{first}"
    return actions.Contact(name=together.strip(), phone=said["phone"])


def submission_key(request: HttpRequest, actor: Actor) -> tuple[str, bool]:
    """The key of this report, and whether the sender named one: the standard knows no key against repeats; a header
    Idempotency-Key is taken if it is sent.
    """
    said = request.headers.get("Idempotency-Key", "").strip()[:200]
    key = f"open311\0{actor.id}\0{said or uuid4().hex}"
    return hashlib.sha256(key.encode()).hexdigest(), bool(said)
