"""Schemathesis over the whole API on the real WSGI application and the real database: whatever is sent, nothing breaks.

`make check` takes some calls of each operation; `make check-long` takes thousands.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from govplatform.wsgi import application
from tests.edges.ask import call, get, make_token
from tests.events import drive
from tests.events.town import Town

CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)
ROOM = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None, "derandomize": True}
FORM = "application/x-www-form-urlencoded"
ANY_TEXT = st.text(max_size=40)


def fuzz(address: str, token: str, examples: int, base: str = "") -> int:
    """How many calls were made."""
    schema = schemathesis.openapi.from_wsgi(address, application)
    if base:
        schema.config.update(base_url=base)
    made = 0
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        for result in schema.get_all_operations():
            made += _operation(result.ok(), mode, token, examples)
    return made


def _operation(operation: Any, mode: GenerationMode, token: str, examples: int) -> int:
    made = 0

    @settings(max_examples=examples, **ROOM)
    @given(case=operation.as_strategy(generation_mode=mode))
    def calls(case: Any) -> None:
        nonlocal made
        made += 1
        response = case.call(headers={"Authorization": f"Bearer {token}"} if token else None)
        case.validate_response(response, checks=CHECKS)

    calls()
    return made


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The application may not close the connection of the test, as Django's own test client takes care of."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def token(town: Town, settings: Any) -> str:
    settings.API_PER_MINUTE = settings.PUBLIC_PER_MINUTE = 0
    drive.reported(town)
    drive.closed(town)
    return make_token(town)


def test_no_call_of_the_api_breaks(token: str) -> None:
    assert fuzz("/api/v1/openapi.json", token, examples=6) > 60


def test_no_call_of_the_geodata_breaks(token: str) -> None:
    assert fuzz("/ogc/api", "", examples=3) > 40


@pytest.mark.long
def test_no_call_breaks_in_thousands(token: str) -> None:
    assert fuzz("/api/v1/openapi.json", token, examples=200) > 2000
    assert fuzz("/ogc/api", "", examples=100) > 2000


@settings(max_examples=60, **ROOM)
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size", "extra"]
        ),
        ANY_TEXT | st.sampled_from(["open", "2026-11-25", "2026-11-25T08:00:00Z", "event-01-0112", "1"]),
        max_size=4,
    ),
    form=st.sampled_from(["json", "xml"]),
)
def test_no_filter_of_open311_breaks(token: str, query: dict[str, str], form: str) -> None:
    answer = get(f"/open311/v2/requests.{form}?{urlencode(query, errors='replace')}")
    assert answer.status_code in (200, 400)


FIELDS = ("service_code", "lat", "long", "address_string", "address_id", "description", "phone", "first_name",
          "attribute[condition]", "attribute[x]", "media_url", "jurisdiction_id")  # fmt: skip


@settings(max_examples=60, **ROOM)
@given(
    said=st.dictionaries(
        st.sampled_from(FIELDS),
        ANY_TEXT | st.sampled_from(["event-01-0112", "117.175", "36.19", "1", "1e400", "nan", "-0"]),
        max_size=6,
    )
)
def test_no_form_of_open311_breaks(token: str, said: dict[str, str]) -> None:
    body = urlencode({"service_code": "event-01-0112", **said}, errors="replace")
    answer = call("POST", "/open311/v2/requests.json", token, body, content_type=FORM)
    assert answer.status_code in (201, 400, 404)
    assert json.loads(answer.content)


PATHS = st.sampled_from(
    ["/api/v1/cases/{}", "/api/v1/reports/{}", "/api/v1/projects/{}", "/api/v1/services/{}", "/api/v1/matters/{}",
     "/open311/v2/requests/{}.json", "/open311/v2/services/{}.xml", "/open311/v2/tokens/{}.json",
     "/ogc/collections/{}", "/ogc/collections/cases/items/{}", "/ogc/collections/divisions/items/{}", "/api/v1/{}"]
)  # fmt: skip


OCTETS = st.binary(max_size=12).map(lambda raw: "".join(f"%{octet:02x}" for octet in raw))


@settings(max_examples=120, **ROOM)
@given(
    path=PATHS, tail=st.text(max_size=30) | st.binary(max_size=12).map(lambda raw: "".join(f"%{b:02x}" for b in raw))
)
def test_no_address_breaks(token: str, path: str, tail: str) -> None:
    answer = get(path.format(quote(tail, safe="%", errors="replace")), token)
    assert answer.status_code in (200, 301, 404)
