"""The page of one grid on the desk, and the lists of what stands in the grids. Thin."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import ActorRequest, requires, within
from accounts.views.common import chips, chosen
from grids import queries
from grids.queries.things import grid_counts, grid_versions, thing_page

PAGE = 100
MOST_SQUARE = 1_000_000  # m² of a km²


@require_safe
@requires("grids.read")
def grid(request: ActorRequest, code: str) -> HttpResponse:
    """One grid: where it lies, who answers for it, what stands in it, its boundaries, ways to its cases."""
    on = queries.today()
    found = queries.grid_posting(code, on=on)
    if found is None or not within(request.actor.territory, found.grid.path):
        raise Http404
    row, counts = found.grid, grid_counts(found.grid.id, on=on)
    context = {
        "posting": found,
        "grid": row,
        "counts": counts,
        "density": counts.residents * MOST_SQUARE / row.area if row.area else 0,
        "versions": grid_versions(row.id),
        "centre": f"{row.lon},{row.lat}",
        "may_cases": request.actor.may("cases.read"),
    }
    return render(request, "grids/grid.html", context)


@require_safe
@requires("grids.read")
def things(request: ActorRequest, kind: str) -> HttpResponse:
    """Buildings, parts, equipment or barriers of the actor's area; filters and paging in the address."""
    labels = {
        "buildings": _("Buildings"),
        "parts": _("City parts"),
        "equipment": _("Equipment"),
        "barriers": _("Barriers"),
    }
    if kind not in labels:
        raise Http404
    values = chosen(request, "grid", "q", "overdue", "after")
    on = queries.today()
    context = {
        "page": thing_page(key=kind, actor=request.actor, filters=values, on=on, page=PAGE),
        "kind": kind,
        "labels": labels.items(),
        "label": labels[kind],
        "values": values,
        "filters": chips(request, ("overdue", _("Verify by"), [("1", _("overdue"))])),
        "may_edit": request.actor.may("grids.edit"),
    }
    return render(request, "grids/things.html", context)
