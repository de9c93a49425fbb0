"""The JSON documents of OGC API – Features: landing page, conformance, collections, features."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.queries.words import in_language
from govplatform.ogc.collections import Collection, Feature, FeaturePage
from govplatform.ogc.crs import CRS84, KNOWN

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-{part}"
    for part in ("1/1.0/conf/core", "1/1.0/conf/oas30", "1/1.0/conf/html", "1/1.0/conf/geojson", "2/1.0/conf/crs")
)
Document = dict[str, Any]


def address(request: HttpRequest, name: str, *arguments: str, **query: str) -> str:
    """Absolute address of a route of this API."""
    path = reverse(f"ogc_{name}", args=arguments)
    return request.build_absolute_uri(f"{path}?{urlencode(query)}" if query else path)


def link(href: str, rel: str, media_type: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def own_links(request: HttpRequest, media_type: str) -> list[dict[str, str]]:
    """`self` and `alternate` of what was asked for."""
    return [
        link(request.build_absolute_uri(), "self", media_type, _("This document")),
        link(same_as(request, "html"), "alternate", HTML, _("This document as a page")),
    ]


def same_as(request: HttpRequest, form: str) -> str:
    """Address of what was asked for in the form "json" or "html"."""
    return request.build_absolute_uri(f"{request.path}?{urlencode({**request.GET.dict(), 'f': form})}")


def landing(request: HttpRequest) -> Document:
    """Requirement /req/core/root-success."""
    return {
        "title": _("Open geodata of the city"),
        "description": _("Divisions, grids and public cases, for any map program that reads OGC API – Features."),
        "links": [
            *own_links(request, JSON),
            link(address(request, "api"), "service-desc", OPENAPI, _("Description of this API (OpenAPI)")),
            link(address(request, "api", f="html"), "service-doc", HTML, _("Description of this API as a page")),
            link(address(request, "conformance"), "conformance", JSON, _("What it conforms to")),
            link(address(request, "collections"), "data", JSON, _("Collections")),
        ],
    }


def collection_document(request: HttpRequest, found: Collection) -> Document:
    """Requirement /req/core/sfc-md-success."""
    extent: Document = {"temporal": {"interval": [[None, None]], "trs": GREGORIAN}}
    box = found.extent()
    if box is not None:
        extent["spatial"] = {"bbox": [list(box)], "crs": CRS84}
    title = in_language(*found.title)
    return {
        "id": found.id,
        "title": title,
        "description": in_language(*found.description),
        "extent": extent,
        "itemType": "feature",
        "crs": [crs.uri for crs in KNOWN],
        "storageCrs": CRS84,
        "links": [
            link(address(request, "items", found.id), "items", GEOJSON, title),
            link(address(request, "items", found.id, f="html"), "items", HTML, title),
            link(address(request, "collection", found.id), "self", JSON, title),
        ],
    }


def feature_document(found: Feature) -> Document:
    return {"type": "Feature", "id": found.id, "geometry": found.geometry, "properties": dict(found.properties)}


def page_links(request: HttpRequest, page: FeaturePage) -> list[dict[str, str]]:
    """`self`, `alternate`, and `next` unless it is the last page (requirement fc-links)."""
    links = own_links(request, GEOJSON)
    if page.after:
        query = {**request.GET.dict(), "after": page.after}
        href = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
        links.append(link(href, "next", GEOJSON, _("Next page")))
    return links


def items_document(request: HttpRequest, found: Collection, page: FeaturePage, now: datetime) -> Document:
    """Requirements /req/core/fc-response and /req/geojson/definition."""
    collection_link = link(address(request, "collection", found.id), "collection", JSON, in_language(*found.title))
    body: Document = {
        "type": "FeatureCollection",
        "features": [feature_document(feature) for feature in page.features],
        "links": [*page_links(request, page), collection_link],
        "timeStamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberReturned": len(page.features),
    }
    if page.matched is not None:
        body["numberMatched"] = page.matched
    return body


def item_document(request: HttpRequest, found: Collection, feature: Feature) -> Document:
    """Requirement /req/core/f-links."""
    back = link(address(request, "collection", found.id), "collection", JSON, in_language(*found.title))
    return {**feature_document(feature), "links": [*own_links(request, GEOJSON), back]}


class TableRow(NamedTuple):
    """A feature as a row of a page. at: a point of it as "lon,lat" in degrees, "" where nothing is drawn."""

    id: str
    values: list[Any]
    lon: str
    lat: str
    level: str  # of its shape on the map

    @property
    def at(self) -> str:
        return f"{self.lon},{self.lat}" if self.lon else ""


def table(properties: Mapping[str, str], features: Iterable[Feature]) -> list[TableRow]:
    """Rows of the page: id, the values in the order of the properties, and where it lies."""
    return [
        TableRow(
            feature.id,
            [feature.properties.get(name) for name in properties],
            *_middle(feature.geometry),
            "hold" if feature.properties.get("closed") else "ok",
        )
        for feature in features
    ]


def _middle(geometry: Any) -> tuple[str, str]:
    """The point, or the middle of the box round the outer rings."""
    if geometry is None:
        return "", ""
    coordinates = geometry["coordinates"]
    if geometry["type"] == "Point":
        return str(coordinates[0]), str(coordinates[1])
    polygons = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    lons, lats = zip(*(corner[:2] for polygon in polygons for corner in polygon[0]), strict=True)
    return f"{(min(lons) + max(lons)) / 2:.6f}", f"{(min(lats) + max(lats)) / 2:.6f}"
