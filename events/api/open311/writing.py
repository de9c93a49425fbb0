"""Answers of GeoReport v2 in JSON and XML, errors as well. XML is made by the standard library, never by hand."""

import re
from typing import Any
from xml.etree import ElementTree as ET  # writes only; nothing is parsed here

from django.http import HttpRequest, HttpResponse, JsonResponse

# plural element → its items, as the standard names them
ITEMS = {
    "services": "service", "service_requests": "request", "attributes": "attribute", "values": "value",
    "endpoints": "endpoint", "formats": "format", "errors": "error",
}  # fmt: skip
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SUFFIX = re.compile(r"\.(json|xml)$")


def form_of(request: HttpRequest) -> str:
    """ "json" or "xml": by the suffix of the path, else by Accept, else XML, which the standard requires."""
    suffix = SUFFIX.search(request.path)
    if suffix:
        return suffix[1]
    wanted = request.get_preferred_type(["text/xml", "application/xml", "application/json"])
    return "json" if wanted == "application/json" else "xml"


def answer(request: HttpRequest, root: str, value: Any, status: int = 200) -> HttpResponse:
    """The value in the form that was asked for.

    Arguments:
        root: name of the XML root, for example "service_requests"; in JSON a list or object has no name.
        value: lists, dicts, texts, numbers, booleans, None.
    """
    if form_of(request) == "json":
        return JsonResponse(value, safe=False, status=status, json_dumps_params={"ensure_ascii": False})
    text = ET.tostring(_element(root, value), encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, status=status, content_type="text/xml; charset=utf-8")


def error(request: HttpRequest, code: int, text: str) -> HttpResponse:
    """An error as the standard writes it: a list of code and description."""
    return answer(request, "errors", [{"code": code, "description": text}], status=code)


def _element(name: str, value: Any) -> ET.Element:
    element = ET.Element(name)
    if isinstance(value, dict):
        element.extend(_element(key, inner) for key, inner in value.items())
    elif isinstance(value, list):
        element.extend(_element(ITEMS[name], inner) for inner in value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = NOT_IN_XML.sub("\ufffd", str(value))
    return element
