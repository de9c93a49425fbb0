"""Cases for other systems: the public side, of the client's own department and area."""

from dataclasses import asdict

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import AccessRule, Gate
from accounts.api import ApiView, actor_of, next_link, page_parameters, problems, read_query
from cases import queries
from cases.serializers import CaseFileOut, CaseOut, CasePageOut, CaseQuery

MOMENT = "2026-11-25T08:00:00Z, or a day"
FILTERS = [
    OpenApiParameter("kind", str, description="event, wage, service: slug of a kind of case"),
    OpenApiParameter("state", str, description="code of a state"),
    OpenApiParameter("category", str, description="key or beginning of a key: event/01"),
    OpenApiParameter("path", str, description="territory or beginning of one: /3709/370902/"),
    OpenApiParameter("grid", str, description="code of a service grid"),
    OpenApiParameter("closed", str, enum=["true", "false"]),
    OpenApiParameter("since", str, description=f"reported at or after: {MOMENT}"),
    OpenApiParameter("until", str, description=f"reported before: {MOMENT}"),
    *page_parameters(),
]


class CasesView(ApiView):
    """Cases of public kinds in the area of the client's department, and what its department works on."""

    access_rule = AccessRule(Gate.CLIENT, ("cases.read",))

    @extend_schema(responses={200: CasePageOut, **problems(400)}, parameters=FILTERS, operation_id="cases")
    def get(self, request: Request) -> Response:
        """The newest first, by page; `next` leads on. A parameter nobody knows is refused."""
        said = read_query(CaseQuery, request)
        after, limit = said.pop("after"), said.pop("limit")
        page = queries.cases_for_client(actor_of(request), queries.Wanted(**said), after=after, limit=limit)
        return Response({"results": CaseOut(page.rows, many=True).data, "next": next_link(request, page.next_key)})


class CaseView(ApiView):
    """One case with its public history."""

    access_rule = AccessRule(Gate.CLIENT, ("cases.read",))

    @extend_schema(responses={200: CaseFileOut, **problems(404)}, operation_id="case")
    def get(self, request: Request, number: str) -> Response:
        """Who did a step and what was written about it is not told here."""
        found = queries.case_for_client(actor_of(request), number)
        if found is None:
            raise Http404
        steps = [asdict(step) for step in found.steps]
        return Response(CaseFileOut({**asdict(found.case), "steps": steps}).data)
