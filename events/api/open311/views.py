"""Routes of GeoReport v2. Reading is for everybody; reporting needs an api_key."""

import logging
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException

from accounts.access import public
from accounts.api import hit, limit_headers, public_limit, refuse_body
from accounts.faults import TITLES
from cases.engine import CaseMoved
from cases.queries import Wanted, bearer
from events import actions, queries
from events.api.open311 import reading, shapes
from events.api.open311.writing import answer, error
from events.queries import CategoryRow, catalogue
from events.queries.requests import service_requests
from ledger.clock import app_now

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def edge(*methods: str) -> Callable[[View], View]:
    """Methods, jurisdiction, limits, and every fault as the standard writes errors."""

    def dress(view: View) -> View:
        @csrf_exempt
        @public
        @partial(public_limit, refused=_too_many)
        @wraps(view)
        def dressed(request: HttpRequest, *, form: str | None = None, **kwargs: Any) -> HttpResponse:
            found = _answered(request, view, methods, kwargs)
            patch_vary_headers(found, ("Accept", "Accept-Language"))
            return found

        return dressed

    return dress


def _too_many(request: HttpRequest) -> HttpResponse:
    return error(request, 429, str(TITLES[429]))


def _answered(request: HttpRequest, view: View, methods: tuple[str, ...], kwargs: dict[str, Any]) -> HttpResponse:
    if request.method not in methods:
        refused = error(request, 405, str(TITLES[405]))
        refused["Allow"] = ", ".join(methods)
        return refused
    try:
        _check_jurisdiction(request)
        return view(request, **kwargs)
    except (ValidationError, APIException) as fault:
        return error(request, getattr(fault, "status_code", 400), _sentence(fault))
    except PermissionDenied as fault:
        return error(request, 403, str(fault))
    except Http404 as fault:
        return error(request, 404, str(fault))
    except CaseMoved as fault:
        return error(request, 409, str(fault))
    except (BadRequest, SuspiciousOperation, MultiPartParserError):
        return error(request, 400, _("The form cannot be read."))
    except (OperationalError, InterfaceError) as fault:
        log.error("database away or read-only: %s", type(fault).__name__)
        away = error(request, 503, str(TITLES[503]))
        away["Retry-After"] = "5"
        return away


def _check_jurisdiction(request: HttpRequest) -> None:
    """There is one; who names it may, who names another one is told."""
    said = [*request.GET.getlist("jurisdiction_id"), *request.POST.getlist("jurisdiction_id")]
    asked = next((name for name in said if name != settings.CITY), settings.CITY)
    if asked != settings.CITY:
        raise Http404(_("The jurisdiction_id was not found; here it is %(id)s.") % {"id": settings.CITY})


def _sentence(fault: ValidationError | APIException) -> str:
    if isinstance(fault, APIException):
        if not isinstance(fault.detail, dict):
            return str(fault.detail)
        fields: dict[str, list[Any]] = {name: list(texts) for name, texts in fault.detail.items()}
    else:
        fields = fault.message_dict if hasattr(fault, "error_dict") else {"": fault.messages}
    return " ".join(f"{name}: {text}" if name else str(text) for name, texts in fields.items() for text in texts)


def _service(code: str) -> CategoryRow:
    """The category behind a service code, if residents may choose it."""
    row = catalogue(app_now()).by_key.get(shapes.category_key(code))
    if row is None or not row.public:
        raise Http404(_("The service_code was not found."))
    return row


@edge("GET", "HEAD")
def discovery(request: HttpRequest) -> HttpResponse:
    return answer(request, "discovery", shapes.discovery(request))


@edge("GET", "HEAD")
def services(request: HttpRequest) -> HttpResponse:
    """Every category that residents may choose, in the order of the catalogue."""
    rows = [shapes.service(row) for row in catalogue(app_now()).rows if row.public]
    return answer(request, "services", rows)


@edge("GET", "HEAD")
def service(request: HttpRequest, code: str) -> HttpResponse:
    return answer(request, "service_definition", shapes.definition(_service(code)))


@edge("GET", "HEAD", "POST")
def requests(request: HttpRequest) -> HttpResponse:
    """The list, or with POST a new one."""
    if request.method == "POST":
        return _report(request)
    wanted, skip, size = reading.wanted_requests(request.GET, app_now())
    rows = service_requests(wanted, skip=skip, limit=size)
    return answer(request, "service_requests", [shapes.service_request(request, row) for row in rows])


@edge("GET", "HEAD")
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    rows = service_requests(Wanted(number=number), limit=1)
    if not rows:
        raise Http404(_("The service_request_id was not found."))
    return answer(request, "service_requests", [shapes.service_request(request, row) for row in rows])


@edge("GET", "HEAD")
def token(request: HttpRequest, token: str) -> HttpResponse:
    """The number behind a token. A request has its number at once here; its token is the end of its private link."""
    found = bearer(token)
    if found is None or not service_requests(Wanted(number=found[1].id), limit=1):
        raise Http404(_("The token was not found."))
    row = {"service_request_id": found[1].id, "token": token}
    return answer(request, "service_requests", [row])


def _report(request: HttpRequest) -> HttpResponse:
    if request.content_type not in FORMS:
        return error(request, 415, _("Send a form: application/x-www-form-urlencoded."))
    refuse_body(request)
    actor = reading.sender(request)
    count = hit(f"client:{actor.id}", settings.API_PER_MINUTE)
    made = _too_many(request) if count.exceeded else _reported(request, actor)
    for name, value in limit_headers(count).items():
        made[name] = value
    return made


def _reported(request: HttpRequest, actor: Any) -> HttpResponse:
    said, attributes = reading.read_form(request.POST)
    key, named = reading.submission_key(request, actor)
    if not (named and queries.was_reported(key)):  # a repeat is answered whatever has become of the service
        _service(said["service_code"])
    receipt = actions.report_incident(
        actor=actor,
        incident=reading.incident(said, attributes),
        source="api",
        submission_key=key,
        contact=reading.contact(said),
    )
    link = request.build_absolute_uri(reverse("cases:tracking", args=[receipt.token]))
    notice = _("Follow it, answer and add photos here: %(link)s") % {"link": link}
    unused = reading.not_kept(request)
    if unused:
        notice += " " + _("Not taken over: %(names)s.") % {"names": ", ".join(unused)}
    row = {"service_request_id": receipt.number, "service_notice": notice, "account_id": None}
    return answer(request, "service_requests", [row], status=201)
