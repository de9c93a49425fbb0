"""Pages of the territory, tiles, address search. Thin: rows come from queries and tiles."""

from gzip import decompress
from typing import Any

import segno
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from accounts.access import ActorRequest, public, requires
from accounts.views.common import chips
from grids import queries, tilecookie, tiles
from grids.forms import DayForm, GridListForm, PointForm
from ledger.cityfolder import city_config

PAGE = 60
KINDS = {
    "unit": gettext_lazy("unit grid"),
    "base": gettext_lazy("base grid"),
    "special": gettext_lazy("special grid"),
    "micro": gettext_lazy("micro grid"),
}
DESK_PAGE = 150


@public
@require_GET
def tile(request: ActorRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """A vector tile of divisions, grids or units, with a note for the short way (govplatform/tilepath)."""
    if not tiles.valid_address(layer, z, x, y):
        raise Http404
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    scope, stamp = tiles.remembered_scope(session, lambda: request.actor), tiles.stamp()
    found = tiles.tile(tiles.TileKey(layer, scope, stamp, z, x, y), on=DayForm.day(request.GET))
    headers = {**tiles.HEADERS, "ETag": found.etag}
    if found.etag in request.headers.get("if-none-match", ""):
        response = HttpResponse(status=304, headers=headers)
    elif "gzip" in request.headers.get("accept-encoding", ""):
        response = HttpResponse(found.packed, headers={**headers, "Content-Encoding": "gzip"})
    else:
        response = HttpResponse(decompress(found.packed), headers=headers)
    note, secure = tilecookie.sign(scope, stamp), settings.SESSION_COOKIE_SECURE
    response.set_cookie(
        tilecookie.NAME, note, tilecookie.SECONDS, path="/tiles/", httponly=True, samesite="Lax", secure=secure
    )
    return response


@public
@require_GET
@cache_control(public=True, max_age=300)
def map_config(request: ActorRequest) -> JsonResponse:
    """What a map of this city starts with: frame, basemap, layers, attribution, approval number (审图号)."""
    facts = city_config()
    view = facts.get("map", {})
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    layers = {name: f"/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt" for name in tiles.LAYERS}
    answer = {name: view.get(name) for name in ("extent", "town", "center", "zoom", "min_zoom", "max_zoom")}
    answer |= {
        "pmtiles": static(view["pmtiles"]) if view.get("pmtiles") else "",
        "tile_url": settings.TILE_URL,
        "tile_attribution": settings.TILE_ATTRIBUTION,
        "attribution": facts.get(f"map_attribution_{language}", ""),
        "approval_number": settings.MAP_APPROVAL_NUMBER,
        "layers": layers,
    }
    return JsonResponse(answer)


@public
@require_GET
def at_json(request: ActorRequest) -> JsonResponse:
    """Where a point lies, in words, for the map a place is picked on."""
    form = PointForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"detail": _("Longitude and latitude must be numbers.")}, status=400)
    point = form.cleaned_data
    try:
        place = queries.place_at(lon=point["lon"], lat=point["lat"], datum=point["datum"] or "wgs84")
    except ValidationError as error:
        return JsonResponse({"detail": " ".join(error.messages)}, status=400)
    return JsonResponse(place)


@public
@require_GET
def addresses(request: ActorRequest) -> HttpResponse:
    """Address search: JSON for programs, a plain list for people."""
    text = request.GET.get("q", "")[:80].replace("\0", "")
    rows = queries.search_addresses(text)
    if request.headers.get("accept", "").startswith("application/json"):
        return JsonResponse({"results": [row.as_json() for row in rows]})
    return render(request, "grids/addresses.html", {"rows": rows, "q": text})


@public
@require_GET
def posting_list(request: ActorRequest) -> HttpResponse:
    """All service grids with the names that the law wants posted."""
    values = GridListForm(request.GET).values()
    on = queries.today()
    page = queries.grid_page(on=on, page=PAGE, **_chosen(values))
    context = {"page": page, "filters": _filters(request, on), "q": values["q"]}
    return render(request, "grids/posting_list.html", context)


@public
@require_GET
def posting(request: ActorRequest, code: str) -> HttpResponse:
    """One grid: name, area, worker, deputy, station, supervision phone."""
    found = queries.grid_posting(code, on=queries.today())
    if found is None:
        raise Http404
    context = {**_posted(found), "kind": KINDS[found.grid.type], "centre": f"{found.grid.lon},{found.grid.lat}"}
    return render(request, "grids/posting.html", context)


@public
@require_GET
def poster(request: ActorRequest, code: str) -> HttpResponse:
    """The posting as a sheet of paper to hang up; its QR code leads to the page, which is never out of date."""
    found = queries.grid_posting(code, on=queries.today())
    if found is None:
        raise Http404
    address = f"{settings.PUBLIC_URL}{reverse('grids_posting', args=[code])}"
    svg = segno.make(address, error="m", micro=False).svg_inline(scale=4, border=2, omitsize=True)
    context = {**_posted(found), "qr": mark_safe(svg), "address": address, "printed": queries.today()}  # noqa: S308 - drawn by segno
    return render(request, "grids/poster.html", context)


def _posted(found: queries.Posting) -> dict[str, Any]:
    return {"posting": found, "grid": found.grid, "phone": city_config().get("supervision_phone", "")}


@requires("grids.read")
@require_GET
def desk(request: ActorRequest) -> HttpResponse:
    """Map and list of grids with worker, deputy and boundary version, on any day."""
    form = GridListForm(request.GET)
    values = form.values()
    on: Any = values["on"] or queries.today()
    chosen = _chosen(values, within=request.actor.territory)
    page = queries.grid_page(on=on, page=DESK_PAGE, **chosen)
    layer = "units" if chosen["scheme"] == "management" else "grids"
    context = {
        "page": page,
        "on": on,
        "past": bool(values["on"]),
        "grid_tiles": f"/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt" + (f"?on={on}" if values["on"] else ""),
        "filters": _filters(request, queries.today(), schemes=True),
        "q": values["q"],
    }
    return render(request, "grids/desk.html", context)


def _chosen(values: dict[str, Any], within: str = "/") -> dict[str, Any]:
    scheme = values["scheme"] or "service"
    return {key: values[key] for key in ("after", "village")} | {
        "scheme": scheme,
        "text": values["q"],
        "within": within,
    }


def _filters(request: ActorRequest, on: Any, *, schemes: bool = False) -> list[dict[str, object]]:
    english = not (get_language() or "zh").startswith("zh")
    villages = [(row.code, row.name_en if english else row.name_zh) for row in queries.villages_with_grids(on=on)]
    lists: list[Any] = [("village", _("Village or community"), villages)]
    if schemes:
        lists.append(("scheme", _("Scheme"), [("service", _("Service grids")), ("management", _("Unit grids"))]))
    shown: list[dict[str, Any]] = chips(request, *lists)
    if schemes:
        _one_scheme(shown[-1])
    return shown


def _one_scheme(chip: dict[str, Any]) -> None:
    """Schemes are never mixed: there is no "all", and nothing said means service grids."""
    chip["options"] = chip["options"][1:]
    if not chip["on"]:
        chip["options"][0]["chosen"] = True
        chip["value"] = chip["options"][0]["label"]
