"""API of incidents for other systems: report with an idempotency key, follow the own reports."""

import hashlib
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import AccessRule, ActorRequest, Gate
from events import actions, queries
from events.serializers import ReceiptOut, ReportIn, ReportOut
from ledger.actors import Actor
from ledger.clock import app_now

KEY_LIMIT = 200  # characters
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description="Made by the sender once per report. The same key with the same body answers as the first time.",
)  # fmt: skip


class ReportsView(APIView):
    """Report an incident."""

    access_rule = AccessRule(Gate.CLIENT, ("reports.write",))

    @extend_schema(request=ReportIn, responses={201: ReceiptOut}, parameters=[IDEMPOTENCY], operation_id="report")
    def post(self, request: Request) -> Response:
        """201 with the receipt, also for a repeated key (then with `Idempotent-Replayed: true`); 409 if it brings
        another body."""
        form = ReportIn(data=request.data)
        form.is_valid(raise_exception=True)
        actor = _actor(request)
        receipt = actions.report_incident(
            actor=actor,
            incident=_incident(form.validated_data),
            source="api",
            submission_key=_submission_key(request, actor),
            contact=actions.Contact(**form.validated_data.get("contact", {})),
        )
        tracking = request.build_absolute_uri(reverse("events_tracking", args=[receipt.token]))
        body = ReceiptOut({"number": receipt.number, "reported_at": receipt.reported_at, "tracking": tracking}).data
        headers = {"Location": reverse("api_report", args=[receipt.number])}
        if receipt.replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(body, status=201, headers=headers)


class ReportView(APIView):
    """One of the sender's own reports."""

    access_rule = AccessRule(Gate.CLIENT, ("reports.read", "reports.write"))

    @extend_schema(responses={200: ReportOut}, operation_id="report_state")
    def get(self, request: Request, number: str) -> Response:
        """State and public steps; 404 for a report of somebody else, as for none."""
        found = queries.tracking_of_number(number, _actor(request), now=app_now())
        if found is None:
            raise Http404
        return Response(ReportOut(found).data)


class OpenApiView(SpectacularJSONAPIView):
    """The description of the API."""

    access_rule = AccessRule(Gate.PUBLIC)


def _actor(request: Request) -> Actor:
    return cast(ActorRequest, request._request).actor


def _incident(values: dict[str, Any]) -> actions.Incident:
    names = ("category", "lon", "lat", "datum", "accuracy", "address", "description", "condition")
    return actions.Incident(**{name: values[name] for name in names}, client_time=values["occurred_at"])


def _submission_key(request: Request, actor: Actor) -> str:
    """Keys of two clients never meet."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > KEY_LIMIT:
        raise ValidationError({"Idempotency-Key": _("Send a header Idempotency-Key of 1 to 200 characters.")})
    return hashlib.sha256(f"api\0{actor.id}\0{key}".encode()).hexdigest()
