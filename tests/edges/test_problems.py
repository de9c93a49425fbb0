"""Every error under /api/ is a problem detail in the caller's language, whatever was wrong."""

import json
from typing import Any

import pytest
from django.db import OperationalError
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
    english = problem(post(token, "{", accept_language="en"), 400)
    chinese = problem(post(token, "{", accept_language="zh-CN"), 400)
    assert english["detail"] == "The body is not JSON in UTF-8."
    for member in ("title", "detail"):
        assert chinese[member] != english[member] and not chinese[member].isascii()


def test_a_title_stands_for_its_status_and_the_detail_for_what_was_wrong(town: Town) -> None:
    token = make_token(town)
    answers = [
        post(token, "{"), post(token, "[]"), post(token, idempotency_key=""), get("/api/v1/cases?limit=0", token),
        get("/api/v1/grid-at?lon=1&lat=2", token), get("/api/v1/cases"), get("/api/v1/nothing"),
        get("/api/v1/cases/1", token), call("PUT", "/api/v1/reports", token), call("PATCH", "/api/v1/cases", token),
        post(token, content_type="text/xml"), post(token, content_type="text/plain"),
    ]  # fmt: skip
    titles: dict[int, set[str]] = {}
    for answer in answers:
        titles.setdefault(answer.status_code, set()).add(answer.json()["title"])
    assert set(titles) == {400, 401, 404, 405, 415}
    assert all(len(found) == 1 for found in titles.values()), titles


def test_no_token_and_a_token_without_the_scope(town: Town) -> None:
    assert problem(get("/api/v1/cases"), 401)
    assert get("/api/v1/cases").headers["WWW-Authenticate"] == 'Bearer realm="api"'
    refused = get("/api/v1/cases", make_token(town, "poor", ("grids.read",)))
    assert "cases.read" in problem(refused, 403)["detail"]
    assert 'error="insufficient_scope", scope="cases.read"' in refused.headers["WWW-Authenticate"]


def test_a_method_is_refused_as_such_and_not_for_want_of_a_form(town: Town) -> None:
    stranger = Client(enforce_csrf_checks=True)
    problem(stranger.post("/api/v1/openapi.json"), 405)
    for path in ("/ogc/", "/ogc/api", "/ogc/collections/cases/items"):
        answer = stranger.post(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")


def test_a_body_that_hides_its_length_is_refused_and_not_taken_for_an_empty_one(town: Town) -> None:
    path, headers = "/api/v1/reports", {"authorization": f"Bearer {make_token(town)}", "transfer-encoding": "chunked"}
    problem(Client().generic("POST", path, b"", content_type="application/json", headers=headers), 411)


def test_with_the_database_away_it_is_a_problem_too(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_token: str) -> None:
        raise OperationalError("away")

    monkeypatch.setattr("accounts.middleware.presence_of_client", away)
    answer = get("/api/v1/cases", "gp_one")
    problem(answer, 503)
    assert answer.headers["Retry-After"]


def test_what_breaks_inside_is_answered_in_the_form_of_its_edge(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("secret of the house")

    token = make_token(town)
    for name in (
        "cases.api.queries.cases_for_client",
        "cases.queries.open_cases",
        "events.queries.requests.open_cases",
    ):
        monkeypatch.setattr(name, broken)
    answers = [call("GET", "/api/v1/cases", token), call("GET", "/ogc/collections/cases/items")]
    for answer in answers:
        assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    answers.append(call("GET", "/open311/v2/requests.xml"))
    assert answers[-1].status_code == 500 and b"<code>500</code>" in answers[-1].content
    assert not any(b"secret" in answer.content or b"Traceback" in answer.content for answer in answers)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("cases?limit=1&limit=2", "limit"), ("cases?after=zzz", "after"), ("grid-at?lon=117&lat=36&town=x", "town"),
        ("grid-at?lon=117&lon=118&lat=36", "lon"), ("grid-at?lon=nan&lat=36", "lon"), ("grid-at?lon=117", "lat"),
        ("grid-at?lon=117&lat=36&datum=moon", "datum"), ("services?colour=red", "colour"),
    ],
)  # fmt: skip
def test_a_parameter_is_refused_by_its_name(town: Town, query: str, named: str) -> None:
    assert list(problem(get(f"/api/v1/{query}", make_token(town)), 400)["errors"]) == [named]


def test_a_misspelt_field_is_refused_for_what_it_says_would_be_lost(town: Town) -> None:
    said = {**json.loads(BODY), "descripton": "x", "contact": {"fone": "1"}}
    assert list(problem(post(make_token(town), json.dumps(said)), 400)["errors"]) == ["descripton"]
    del said["descripton"]
    assert list(problem(post(make_token(town, "two"), json.dumps(said)), 400)["errors"]) == ["contact.fone"]
    assert not Case.objects.exists()


def test_errors_of_a_part_name_the_part(town: Town) -> None:
    body = json.dumps({**json.loads(BODY), "contact": {"phone": "1" * 31}})
    assert "contact.phone" in problem(post(make_token(town), body), 400)["errors"]


def test_other_sites_may_not_call_from_a_browser_unless_they_are_named(town: Town) -> None:
    answer = Client().get("/api/v1/openapi.json", headers={"origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
