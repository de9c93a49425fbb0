"""Every error under /api/ is a problem detail in the caller's language, whatever was wrong."""

import json
from typing import Any

import pytest
from django.test import Client

from cases.models import Case
from tests.edges.ask import call, get, make_token
from tests.events.town import HERE, Town

BODY = json.dumps({"category": "event/01/0112", "lon": HERE[0], "lat": HERE[1]})


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["instance"].startswith("/api/")
    return body


def post(token: str, body: bytes | str = BODY, **headers: str) -> Any:
    return call("POST", "/api/v1/reports", token, body, **{"idempotency_key": "k", **headers})


def test_an_unknown_address(town: Town) -> None:
    problem(get("/api/v1/nothing"), 404)
    problem(get("/api/"), 404)
    problem(get("/api/v1/cases/1", make_token(town)), 404)


def test_a_method_that_is_not_there(town: Town) -> None:
    token = make_token(town)
    for method in ("PUT", "PATCH", "DELETE"):
        problem(call(method, "/api/v1/reports", token), 405)


def test_a_form_nobody_offers(town: Town) -> None:
    problem(get("/api/v1/cases", make_token(town), accept="text/csv"), 406)
    problem(post("gp_one", content_type="text/xml"), 415)


@pytest.mark.parametrize(
    "body",
    ["{", "[]", "null", '"x"', b"\xff\xfe{", '{"lon": NaN}', "[" * 200_000, '{"lon": ' + "9" * 5000 + "}", ""],
    ids=["cut", "list", "null", "text", "not UTF-8", "NaN", "nested", "digits", "empty"],
)
def test_a_body_that_is_no_json_object(town: Town, body: bytes | str) -> None:
    problem(post(make_token(town), body), 400)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"description": "a\u0000b"}, {"description": "\ud800"}, {"lon": "NaN"}, {"lat": 1e400}, {"accuracy": "inf"},
        {"condition": 10**30}, {"occurred_at": "0001-01-01T00:00:00+23:59"}, {"contact": "x"},
        {"contact": {"phone": []}}, {"datum": "moon"}, {"category": {}}, {"lon": None},
    ],
)  # fmt: skip
def test_a_value_the_database_could_not_hold(town: Town, more: dict[str, Any]) -> None:
    body = json.dumps({**json.loads(BODY), **more}).replace("Infinity", "1e999")
    found = problem(post(make_token(town), body), 400)
    assert any(name.split(".")[0] in {*more, ""} for name in found.get("errors", {"": []}))
    assert not Case.objects.exists()


def test_a_body_that_is_too_large_is_refused_unread(town: Town) -> None:
    problem(post(make_token(town), b" " * (256 * 1024 + 1)), 413)


def test_the_language_is_the_callers(town: Town) -> None:
    token = make_token(town)
    english = problem(post(token, "{", accept_language="en"), 400)["title"]
    chinese = problem(post(token, "{", accept_language="zh-CN"), 400)["title"]
    assert english == "The body is not JSON in UTF-8."
    assert chinese != english and not chinese.isascii()


def test_no_token_and_a_token_without_the_scope(town: Town) -> None:
    assert problem(get("/api/v1/cases"), 401)
    assert get("/api/v1/cases").headers["WWW-Authenticate"].startswith("Bearer")
    problem(get("/api/v1/cases", make_token(town, "poor", ("grids.read",))), 403)


def test_errors_of_a_part_name_the_part(town: Town) -> None:
    body = json.dumps({**json.loads(BODY), "contact": {"phone": "1" * 31}})
    assert "contact.phone" in problem(post(make_token(town), body), 400)["errors"]


def test_other_sites_may_not_call_from_a_browser_unless_they_are_named(town: Town) -> None:
    answer = Client().get("/api/v1/openapi.json", headers={"origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
