"""Routes of the geodata. JSON for programs, pages for people; what cannot be read is refused with its name."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page

from accounts.access import public
from accounts.api import public_limit
from cases.queries.words import in_language
from govplatform import errors
from govplatform.apitext import operations
from govplatform.ogc import documents as make
from govplatform.ogc.collections import Collection, collection, collections, in_crs
from govplatform.ogc.crs import USUAL, Crs, read_crs
from govplatform.ogc.description import description
from govplatform.ogc.parameters import read_items_query, refuse_unknown
from ledger.clock import app_now

View = Callable[..., HttpResponse]
HTML = "html"


def form_of(request: HttpRequest, media_type: str) -> str:
    """`f`, else what Accept prefers: "json", "html", or "" when neither will do."""
    asked = request.GET.get("f")
    if asked is not None:
        return asked if asked in ("json", HTML) else ""
    found = request.get_preferred_type([media_type, "application/json", "application/geo+json", "text/html"])
    return "" if found is None else HTML if found == "text/html" else "json"


def edge(media_type: str) -> Callable[[View], View]:
    """Reading only, in the form that was asked for, with limits and ETag; the view gets `pages`: for people or not."""

    def dress(view: View) -> View:
        @csrf_exempt  # nothing is written here; a POST is told so
        @public
        @conditional_page
        @public_limit
        @wraps(view)
        def dressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD"):
                return errors.method_not_allowed(request, ("GET", "HEAD"))
            form = form_of(request, media_type)
            if not form:
                return errors.not_acceptable(request, named="f" in request.GET)
            answer = view(request, form == HTML, *args, **kwargs)
            patch_vary_headers(answer, ("Accept", "Accept-Crs", "Accept-Language"))
            return answer

        return dressed

    return dress


def _json(body: dict[str, Any], media_type: str) -> HttpResponse:
    return JsonResponse(body, content_type=media_type, json_dumps_params={"ensure_ascii": False})


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    return render(request, f"govplatform/ogc/{name}.html", context)


def _found(key: str) -> Collection:
    found = collection(key)
    if found is None:
        raise Http404
    return found


@edge(make.JSON)
def landing(request: HttpRequest, pages: bool) -> HttpResponse:
    refuse_unknown(request.GET, ("f",))
    body = make.landing(request)
    return _page(request, "landing", document=body) if pages else _json(body, make.JSON)


@edge(make.JSON)
def conformance(request: HttpRequest, pages: bool) -> HttpResponse:
    refuse_unknown(request.GET, ("f",))
    body = {"conformsTo": list(make.CONFORMANCE)}
    return _page(request, "conformance", document=body) if pages else _json(body, make.JSON)


@edge(make.OPENAPI)
def api(request: HttpRequest, pages: bool) -> HttpResponse:
    """The description for machines, and for people as a page."""
    refuse_unknown(request.GET, ("f",))
    server = make.address(request, "landing").rstrip("/")
    body = description(collections(), server, _("Open geodata of the city"))
    return _page(request, "api", operations=operations(body), server=server) if pages else _json(body, make.OPENAPI)


@edge(make.JSON)
def collection_list(request: HttpRequest, pages: bool) -> HttpResponse:
    refuse_unknown(request.GET, ("f",))
    rows = [make.collection_document(request, found) for found in collections()]
    body = {"links": make.own_links(request, make.JSON), "collections": rows}
    return _page(request, "collections", document=body) if pages else _json(body, make.JSON)


@edge(make.JSON)
def collection_page(request: HttpRequest, pages: bool, key: str) -> HttpResponse:
    refuse_unknown(request.GET, ("f",))
    found = _found(key)
    body = make.collection_document(request, found)
    return _page(request, "collection", document=body, collection=found) if pages else _json(body, make.JSON)


def _wanted(request: HttpRequest, asked: Crs) -> Crs:
    """The reference system of the answer: the parameter, else the header Accept-Crs."""
    header = request.headers.get("Accept-Crs", "")
    return read_crs("Accept-Crs", header) if header and "crs" not in request.GET else asked


def _in(crs: Crs, answer: HttpResponse) -> HttpResponse:
    """Requirement crs-header of part 2."""
    answer["Content-Crs"] = f"<{crs.uri}>"
    return answer


@edge(make.GEOJSON)
def items(request: HttpRequest, pages: bool, key: str) -> HttpResponse:
    """Features by page; a parameter the description does not name is refused."""
    found = _found(key)
    query = read_items_query(request.GET, {name: found.properties[name] for name in found.filters})
    page = found.page(query)
    if not pages:
        crs = _wanted(request, query.crs)
        page = replace(page, features=tuple(in_crs(page.features, crs)))
        return _in(crs, _json(make.items_document(request, found, page, app_now()), make.GEOJSON))
    rows = make.table(found.properties, page.features)
    links = {link["rel"]: link["href"] for link in make.page_links(request, page)}
    return _page(
        request, "items", collection=found, title=in_language(*found.title), rows=rows, links=links, page=page,
        drawn=any(row.at for row in rows), geojson=make.same_as(request, "json"),
    )  # fmt: skip


@edge(make.GEOJSON)
def item(request: HttpRequest, pages: bool, key: str, feature: str) -> HttpResponse:
    refuse_unknown(request.GET, ("f", "crs"))
    found = _found(key)
    crs = _wanted(request, read_crs("crs", request.GET["crs"]) if "crs" in request.GET else USUAL)
    one = found.one(feature)
    if one is None:
        raise Http404
    if pages:
        (row,) = make.table(found.properties, [one])
        return _page(request, "item", collection=found, title=in_language(*found.title), feature=one, row=row)
    (one,) = in_crs([one], crs)
    return _in(crs, _json(make.item_document(request, found, one), make.GEOJSON))
