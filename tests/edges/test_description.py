"""The API describes itself: valid, complete with errors, examples and scopes; and a page for people says the same."""

from django.contrib.auth import get_user_model
from drf_spectacular.validation import validate_schema

from accounts.kinds import SCOPES
from tests.accounts.world import browser
from tests.edges.ask import call, get
from tests.events.town import Town


def test_the_description_is_valid_openapi(town: Town) -> None:
    answer = get("/api/v1/openapi.json")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json"
    validate_schema(answer.json())
    assert get("/api/v1/openapi.json", accept="application/json").headers["Content-Type"] == "application/json"
    assert get("/api/v1/openapi.json", if_none_match=answer.headers["ETag"]).status_code == 304
    refused = call("POST", "/api/v1/openapi.json")
    assert (refused.status_code, refused.headers["Content-Type"]) == (405, "application/problem+json")


def test_every_operation_names_scope_security_and_errors(town: Town) -> None:
    document = get("/api/v1/openapi.json").json()
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    named = set()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["security"] == [{"token": []}], path
            named |= set(operation["x-scopes"])
            assert {"401", "403", "406", "429", "503"} <= set(operation["responses"]), path
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert answer["description"], (path, status)
                    assert answer["content"]["application/problem+json"]["examples"], (path, status)
            if "{" in path:
                assert "404" in operation["responses"], path
    assert named == set(SCOPES)
    assert document["paths"]["/api/v1/reports"]["post"]["requestBody"]["content"]["application/json"]["examples"]


def test_members_read_it_as_a_page_and_others_do_not(town: Town) -> None:
    member = get_user_model().objects.get(username="dispatcher")
    page = browser(member).get("/desk/api/", headers={"accept-language": "en"}).content.decode()
    for text in ("/api/v1/cases/{number}", "Idempotency-Key", "reports.write", "application/problem+json"):
        assert text in page
    assert "<script src=" not in page.split("<main", 1)[1].split("</main>", 1)[0]
    assert get("/desk/api/").status_code == 302
