"""The public page of a place: recent reports, results, figures with what they are made of."""

from dataclasses import dataclass
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.access import public
from cases.queries import released_photo as released_path
from cases.views.photos import send_photo
from events import queries
from grids.queries import DivisionRow, children_of, division_by_code, today
from ledger.clock import app_now


@dataclass(frozen=True, slots=True)
class Level:
    """A division and what lies directly below it."""

    division: DivisionRow | None
    children: list[DivisionRow]


@require_safe
@public
def areas(request: HttpRequest) -> HttpResponse:
    """Choose a place: from the city down, or by its name."""
    path = request.GET.get("in", "")
    level = Level(None, children_of(path or "", on=today()))
    if not path and len(level.children) == 1:
        level = Level(level.children[0], children_of(level.children[0].path, on=today()))
    return render(request, "events/areas.html", {"level": level})


@require_safe
@public
@cache_control(public=True, max_age=60)
def area(request: HttpRequest, code: str) -> HttpResponse:
    division = division_by_code(code, on=today())
    if division is None:
        raise Http404
    now = app_now()
    page = queries.place_page(division.path, now=now)
    context = {
        "division": division,
        "page": page,
        "children": children_of(division.path, on=today()),
        "now": now,
    }
    return render(request, "events/area.html", context)


@require_safe
@public
def released_photo(request: HttpRequest, file: UUID, variant: str) -> FileResponse:
    """A photo an officer released."""
    return send_photo(released_path(file, "thumb" if variant == "thumb" else "full"))
