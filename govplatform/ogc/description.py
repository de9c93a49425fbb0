"""The OpenAPI 3.0 description of the geodata (conformance class oas30): as many paths as there are collections."""

from typing import Any

from cases.queries.words import in_language
from govplatform.ogc.collections import Collection
from govplatform.ogc.crs import CRS84, KNOWN
from govplatform.ogc.documents import GEOJSON, HTML, JSON, OPENAPI
from govplatform.ogc.parameters import LIMIT_MOST, LIMIT_USUAL

Document = dict[str, Any]
TYPES: dict[str, Document] = {
    "string": {"type": "string", "nullable": True},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date", "nullable": True},
}
FORM = {
    "name": "f", "in": "query", "required": False, "description": "json or html; else the Accept header decides",
    "schema": {"type": "string", "enum": ["json", "html"]},
}  # fmt: skip
CRS_SCHEMA = {"type": "string", "format": "uri", "enum": [crs.uri for crs in KNOWN], "default": CRS84}
CRS: Document = {
    "name": "crs", "in": "query", "required": False, "schema": CRS_SCHEMA,
    "description": "reference system of the answer; the header Content-Crs names it. Accept-Crs asks for one as well",
}  # fmt: skip
OF_ITEMS: list[Document] = [
    {
        "name": "limit", "in": "query", "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": LIMIT_MOST, "default": LIMIT_USUAL},
    },
    {
        "name": "bbox", "in": "query", "required": False, "style": "form", "explode": False,
        "description": "west, south, east, north in degrees (CRS84)",
        "schema": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
    },
    {
        "name": "bbox-crs", "in": "query", "required": False, "schema": CRS_SCHEMA,
        "description": "reference system of bbox, in the order of its axes",
    },
    CRS,
    {
        "name": "datetime", "in": "query", "required": False, "style": "form", "explode": False,
        "description": "2026-11-25, 2026-11-25T08:00:00Z, or an interval with a slash whose open end is ..",
        "schema": {"type": "string"},
    },
    {
        "name": "after", "in": "query", "required": False, "schema": {"type": "string"},
        "description": "from the link rel=next; never made up",
    },
]  # fmt: skip
LINK = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
}
LINKS = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
GEOMETRY = {
    "type": "object",
    "nullable": True,
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"type": "string", "enum": ["Point", "Polygon", "MultiPolygon"]},
        "coordinates": {"type": "array", "items": {}},
    },
}
PROBLEM = {
    "type": "object",
    "required": ["title", "status"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "detail", "instance")},
        "status": {"type": "integer"},
        "errors": {"type": "object"},
    },
}
WORDS = {
    "400": "A parameter is unknown or cannot be read; `errors` names it.",
    "404": "There is none.",
    "406": "Neither JSON nor HTML was asked for.",
    "429": "Too many calls; `Retry-After` says when to come back.",
    "503": "The database is away; try again.",
}


def description(collections: list[Collection], server: str, title: str) -> Document:
    """The whole document.

    Arguments:
        server: absolute address of /ogc without a slash at its end.
    """
    paths: Document = {
        "/": _path("getLandingPage", "Landing page", JSON, _object("title", "links")),
        "/api": _path("getApi", "This description", OPENAPI, {"type": "object"}),
        "/conformance": _path("getConformance", "Conformance classes", JSON, _object("conformsTo")),
        "/collections": _path("getCollections", "Collections", JSON, _object("collections", "links")),
    }
    schemas: Document = {"Link": LINK, "Problem": PROBLEM}
    for found in collections:
        paths.update(_collection(found))
        schemas[_name(found)] = _feature(found)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1.0.0"},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _name(found: Collection) -> str:
    return "".join(part.capitalize() for part in found.id.replace("_", "-").split("-")) + "Feature"


def _object(*required: str) -> Document:
    known: Document = {
        "title": {"type": "string"},
        "links": LINKS,
        "conformsTo": {"type": "array", "items": {"type": "string"}},
        "collections": {"type": "array", "items": {"type": "object"}},
    }
    return {"type": "object", "required": list(required), "properties": {name: known[name] for name in required}}


def _path(operation: str, summary: str, media_type: str, schema: Document, *more: Document) -> Document:
    answers: Document = {
        "200": {
            "description": summary,
            "content": {media_type: {"schema": schema}, HTML: {"schema": {"type": "string"}}},
        }
    }
    problem = {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        HTML: {"schema": {"type": "string"}},
    }
    answers.update({status: {"description": text, "content": problem} for status, text in WORDS.items()})
    return {"get": {"operationId": operation, "summary": summary, "parameters": [FORM, *more], "responses": answers}}


def _collection(found: Collection) -> Document:
    name, title = _name(found), in_language(*found.title)
    base = f"/collections/{found.id}"
    filters = [
        {"name": key, "in": "query", "required": False, "schema": {"type": TYPES[found.properties[key]]["type"]}}
        for key in found.filters
    ]
    feature = {"$ref": f"#/components/schemas/{name}"}
    page = {
        "type": "object",
        "required": ["type", "features", "links", "timeStamp", "numberReturned"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": feature},
            "links": LINKS,
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberReturned": {"type": "integer", "minimum": 0},
            "numberMatched": {"type": "integer", "minimum": 0},
        },
    }
    one = {
        "name": "featureId", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9A-Za-z.]+$"},
    }  # fmt: skip
    return {
        base: _path(f"describe{name}", title, JSON, _object("title", "links")),
        f"{base}/items": _path(f"get{name}s", title, GEOJSON, page, *OF_ITEMS, *filters),
        f"{base}/items/{{featureId}}": _path(f"get{name}", title, GEOJSON, feature, one, CRS),
    }


def _feature(found: Collection) -> Document:
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": GEOMETRY,
            "properties": {"type": "object", "properties": {k: TYPES[v] for k, v in found.properties.items()}},
            "links": LINKS,
        },
    }
