"""Projects for other systems: what stands on the public pages, by token."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import AccessRule, Gate
from accounts.api import ApiView, next_link, page_parameters, problems, read_query
from wages import queries
from wages.serializers import ProjectFileOut, ProjectOut, ProjectPageOut, ProjectQuery

FILTERS = [
    OpenApiParameter("q", str, description="part of a name, a code, or part of the contractor's name"),
    OpenApiParameter("path", str, description="territory or beginning of one: /3709/370902/"),
    *page_parameters(),
]


class ProjectsView(ApiView):
    """Projects by code."""

    access_rule = AccessRule(Gate.CLIENT, ("projects.read",))

    @extend_schema(responses={200: ProjectPageOut, **problems(400)}, parameters=FILTERS, operation_id="projects")
    def get(self, request: Request) -> Response:
        """By page; `next` leads on."""
        page = queries.public_projects(**read_query(ProjectQuery, request))
        rows = ProjectOut(page.rows, many=True).data
        return Response({"results": rows, "next": next_link(request, page.next_key), "total": page.total})


class ProjectView(ApiView):
    """One project."""

    access_rule = AccessRule(Gate.CLIENT, ("projects.read",))

    @extend_schema(responses={200: ProjectFileOut, **problems(404)}, operation_id="project")
    def get(self, request: Request, code: str) -> Response:
        """Months, acts and decisions as the public reads them; never a worker."""
        found = queries.public_project(code)
        if found is None:
            raise Http404
        return Response(ProjectFileOut(found).data)
