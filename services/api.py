"""Services for other systems: the catalogue in force, and how a matter stands for who has its query code."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import AccessRule, Gate
from accounts.api import ApiView, hit, problems, read_query
from ledger.clock import app_now
from services import queries
from services.serializers import MatterOut, ServiceListOut, ServiceOut, ServiceQuery

TRIES = 20  # a minute, of one matter
FILTERS = [
    OpenApiParameter("q", str, description="words of a name, everyday words, or a code"),
    OpenApiParameter("audience", str, enum=["person", "organisation"], description="only what they may apply for"),
]
QUERY_CODE = OpenApiParameter(
    "Query-Code", str, OpenApiParameter.HEADER, required=True,
    description="six characters the applicant reads on his page; a header, so that it stands in no log",
)  # fmt: skip


class ServicesView(ApiView):
    """The catalogue of services in force, by code."""

    access_rule = AccessRule(Gate.CLIENT, ("services.read",))

    @extend_schema(responses={200: ServiceListOut, **problems(400)}, parameters=FILTERS, operation_id="services")
    def get(self, request: Request) -> Response:
        """All of it: a city has some hundred items."""
        said = read_query(ServiceQuery, request)
        rows = queries.search_items(said["q"], audience=said["audience"], at=app_now())
        return Response({"results": ServiceOut(rows, many=True).data})


class ServiceView(ApiView):
    """One item of the catalogue in force."""

    access_rule = AccessRule(Gate.CLIENT, ("services.read",))

    @extend_schema(responses={200: ServiceOut, **problems(404)}, operation_id="service")
    def get(self, request: Request, code: str) -> Response:
        """404 for an item that no edition in force has."""
        found = queries.item_by_code(code, app_now())
        if found is None:
            raise Http404
        return Response(ServiceOut(found).data)


class MatterView(ApiView):
    """How a matter stands."""

    access_rule = AccessRule(Gate.CLIENT, ("services.read",))

    @extend_schema(responses={200: MatterOut, **problems(404)}, parameters=[QUERY_CODE], operation_id="matter")
    def get(self, request: Request, number: str) -> Response:
        """The number alone opens nothing: without the query code it is answered like none, with 404. A number is asked
        for a few times a minute at most, by all clients together: a code of six characters is not to be tried out."""
        tries = hit(f"matter:{number[:30]}", TRIES)
        if tries.exceeded:
            raise Throttled(wait=tries.reset)
        found = queries.matter_public(number, request.headers.get("Query-Code", ""))
        if found is None:
            raise Http404
        return Response(MatterOut(found).data)
