"""Work lists: inbox, queue, their map, photos."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import ActorRequest, requires, signed_in
from cases import queries
from cases.tiles import case_tile
from cases.views.filters import chips, exported, read_filters, view_tabs
from cases.views.photos import send_photo
from cases.views.show import file_context
from ledger.clock import app_now

READ = requires("cases.read")
PAGE = 50


@never_cache
@require_safe
@READ
def inbox(request: ActorRequest, view: str = "all") -> HttpResponse:
    """Assignments that wait for the member's department, most urgent first."""
    now, filters = app_now(), read_filters(request.GET)
    limit = 100 if request.GET.get("size") == "100" else PAGE
    page = queries.inbox(
        request.actor, view=view, filters=filters, after=request.GET.get("after", ""), limit=limit, now=now
    )
    counts = queries.inbox_counts(request.actor, now)
    chosen = request.GET.get("case", "")
    found = queries.case_file(request.actor, chosen, now) if chosen else None
    context = {
        "rows": page.rows,
        "next_key": page.next_key,
        "tabs": view_tabs(view, counts),
        "inbox_counts": counts,  # the rail shows them too
        "filters": chips(request, queries.filter_options(request.actor, localtime(now).date())),
        "chosen": chosen,
        "now": now,
        "may_register": request.actor.may("cases.file"),
        **(file_context(found, now) if found else {}),
    }
    return render(request, "cases/inbox.html", context)


@never_cache
@require_safe
@READ
def queue(request: ActorRequest) -> HttpResponseBase:
    """Every case the hat may see, filtered by the URL; `format=csv` exports what is filtered."""
    now, filters = app_now(), read_filters(request.GET)
    exact = queries.find_number(request.actor, filters["q"]) if filters.get("q", "").isdigit() else None
    if exact is not None:
        return redirect("cases:case_file", number=exact)
    sort = "due" if request.GET.get("sort") == "due" else "-opened"
    if request.GET.get("format") == "csv" and request.actor.may("cases.statistics"):
        return exported(request, filters, sort, now)
    page = queries.queue(
        request.actor, filters=filters, sort=sort, after=request.GET.get("after", ""), limit=PAGE, now=now
    )
    context = {
        "rows": page.rows,
        "next_key": page.next_key,
        "filters": chips(request, queries.filter_options(request.actor, localtime(now).date())),
        "sort": sort,
        "now": now,
        "may_export": request.actor.may("cases.statistics"),
        "cases_url": "/tiles/cases/{z}/{x}/{y}.mvt?open=1",
    }
    return render(request, "cases/queue.html", context)


@require_safe
@signed_in
def photo(request: ActorRequest, file: UUID, variant: str) -> FileResponse:
    """A photo of a case the viewer may see; sandboxed, so that nothing in it could ever run."""
    return send_photo(queries.photo_path(request.actor, file, "thumb" if variant == "thumb" else "full"))


@require_safe
@READ
def tile(request: ActorRequest, z: int, x: int, y: int) -> HttpResponse:
    """Cases as a vector tile, scoped to the viewer."""
    if not (0 <= z <= 22 and 0 <= x < 2**z and 0 <= y < 2**z):
        raise Http404
    body = case_tile(request.actor, z=z, x=x, y=y, open_only=request.GET.get("open") == "1", now=app_now())
    response = HttpResponse(body, content_type="application/vnd.mapbox-vector-tile")
    response["Cache-Control"] = "private, max-age=20"
    return response
