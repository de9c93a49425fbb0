"""API of incidents for other systems: report with an idempotency key, follow the own reports."""

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import AccessRule, Gate
from accounts.api import ApiView, actor_of, problems
from events import actions, queries
from events.serializers import ReceiptOut, ReportIn, ReportOut
from ledger.actors import Actor
from ledger.clock import app_now

KEY_LIMIT = 200  # characters
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description="Made by the sender once per report. The same key with the same body answers as the first time.",
)  # fmt: skip
EXAMPLE = OpenApiExample(
    "fallen leaves",
    value={
        "category": "event/01/0112", "lon": 117.175, "lat": 36.19, "datum": "wgs84",
        "description": "Leaves cover the drain at the corner", "contact": {"name": "", "phone": ""},
    },
    request_only=True,
)  # fmt: skip
RECEIPT = OpenApiExample(
    "receipt",
    value={
        "number": "3709022026112500017", "reported_at": "2026-11-25T16:04:11.103000+08:00",
        "tracking": "https://city.example/track/…/",
    },
    response_only=True,
    status_codes=["201"],
)  # fmt: skip


class ReportsView(ApiView):
    """Report an incident."""

    access_rule = AccessRule(Gate.CLIENT, ("reports.write",))

    @extend_schema(
        request=ReportIn,
        responses={201: ReceiptOut, **problems(400, 409, 411, 413, 415)},
        parameters=[IDEMPOTENCY],
        operation_id="report",
        examples=[EXAMPLE, RECEIPT],
    )
    def post(self, request: Request) -> Response:
        """201 with the receipt, also for a repeated key (then with `Idempotent-Replayed: true`); 409 if it brings
        another body."""
        form = ReportIn(data=request.data)
        form.is_valid(raise_exception=True)
        actor = actor_of(request)
        receipt = actions.report_incident(
            actor=actor,
            incident=_incident(form.validated_data),
            source="api",
            submission_key=_submission_key(request, actor),
            contact=actions.Contact(**form.validated_data.get("contact", {})),
        )
        tracking = request.build_absolute_uri(reverse("cases:tracking", args=[receipt.token]))
        body = ReceiptOut({"number": receipt.number, "reported_at": receipt.reported_at, "tracking": tracking}).data
        headers = {"Location": reverse("api_report", args=[receipt.number])}
        if receipt.replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(body, status=201, headers=headers)


class ReportView(ApiView):
    """One of the sender's own reports."""

    access_rule = AccessRule(Gate.CLIENT, ("reports.read", "reports.write"))

    @extend_schema(responses={200: ReportOut, **problems(404)}, operation_id="report_state")
    def get(self, request: Request, number: str) -> Response:
        """State and public steps; 404 for a report of somebody else, as for none."""
        found = queries.tracking_of_number(number, actor_of(request), now=app_now())
        if found is None:
            raise Http404
        return Response(ReportOut(found).data)


def _incident(values: dict[str, Any]) -> actions.Incident:
    names = ("category", "lon", "lat", "datum", "accuracy", "address", "description", "condition")
    return actions.Incident(**{name: values[name] for name in names}, client_time=values["occurred_at"])


def _submission_key(request: Request, actor: Actor) -> str:
    """Keys of two clients never meet."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > KEY_LIMIT:
        raise ValidationError({"Idempotency-Key": _("Send a header Idempotency-Key of 1 to 200 characters.")})
    return hashlib.sha256(f"api\0{actor.id}\0{key}".encode()).hexdigest()
