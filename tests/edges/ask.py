"""Calls of other systems."""

from datetime import timedelta
from functools import cache
from typing import Any

from django.test import Client

from accounts.models import ApiClient
from accounts.queries import token_hash
from ledger.clock import app_now
from tests.events.town import Town

ALL = ("reports.write", "reports.read", "grids.read", "cases.read", "projects.read", "services.read")


def make_token(town: Town, name: str = "one", scopes: tuple[str, ...] = ALL, department: str = "jd") -> str:
    """A client of a department of the town; its token."""
    return token_of(town.department(department), name, scopes)


def token_of(department_id: int, name: str = "one", scopes: tuple[str, ...] = ALL) -> str:
    """A client of any department; its token."""
    text = f"gp_{name}"
    ApiClient.objects.create(
        name=name, token_hash=token_hash(text), scopes=list(scopes), department_id=department_id,
        created_at=app_now(), expires_at=app_now() + timedelta(days=30),
    )  # fmt: skip
    return text


@cache
def _client(raising: bool) -> Client:
    """One for all calls: making one loads the middleware anew. No cookie is kept."""
    return Client(raise_request_exception=raising)


def _ready(raising: bool) -> Client:
    client = _client(raising)
    client.cookies.clear()
    return client


def get(path: str, token: str = "", **headers: str) -> Any:
    """GET as another system; header names with underscores."""
    if token:
        headers["authorization"] = f"Bearer {token}"
    return _ready(True).get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def call(method: str, path: str, token: str = "", body: bytes | str = b"", **headers: str) -> Any:
    """Any method with any body."""
    if token:
        headers["authorization"] = f"Bearer {token}"
    kind = headers.pop("content_type", "application/json")
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return _ready(False).generic(method, path, body, content_type=kind, headers=names)
