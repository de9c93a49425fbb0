"""Queries that are read strictly, and lists that go on by key."""

from collections.abc import Container
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.fields import LIMIT_MOST, LIMIT_USUAL


def read_query(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The query read by a serializer.

    Raises:
        rest_framework.exceptions.ValidationError: a parameter is wrong, unknown, or comes twice.
    """
    form = shape(data=request.query_params.dict())
    refuse_unknown(request, form.fields)
    form.is_valid(raise_exception=True)
    found: dict[str, Any] = form.validated_data
    return found


def refuse_unknown(request: Request, known: Container[str] = ()) -> None:
    """A typing error never answers with everything.

    Raises:
        rest_framework.exceptions.ValidationError: a parameter is not known, or comes twice.
    """
    said = request.query_params
    wrong = {name[:60]: [_("There is no such parameter.")] for name in said if name not in known}
    wrong.update({name: [_("This parameter was given twice.")] for name in said if len(said.getlist(name)) > 1})
    if wrong:
        raise serializers.ValidationError(wrong)


def next_link(request: Request, key: str) -> str | None:
    """Address of the page after this one; None on the last."""
    if not key:
        return None
    query = {**request.query_params.dict(), "after": key}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def page_parameters() -> list[OpenApiParameter]:
    """`limit` and `after`, as every list has them."""
    limit = {"type": "integer", "minimum": 1, "maximum": LIMIT_MOST, "default": LIMIT_USUAL}
    return [
        OpenApiParameter("limit", limit, description="rows on a page"),
        OpenApiParameter("after", str, description="from `next` of the page before; never made up"),
    ]
