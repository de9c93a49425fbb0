"""Other systems report with an idempotency key and follow their own reports."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiClient
from accounts.queries import token_hash
from cases.engine import submission_hash
from cases.models import Case
from events.models import Category
from events.queries import forget_catalogue
from ledger.clock import app_now
from tests.events.town import HERE, Town

BODY = {"category": "event/01/0112", "lon": HERE[0], "lat": HERE[1], "description": "落叶成堆"}


@pytest.fixture
def token(town: Town) -> str:
    return make_token(town, "one")


def make_token(town: Town, name: str, scopes: tuple[str, ...] = ("reports.write", "reports.read")) -> str:
    text = f"gp_{name}"
    ApiClient.objects.create(
        name=name, token_hash=token_hash(text), scopes=list(scopes), department_id=town.department("jd"),
        created_at=app_now(), expires_at=app_now() + timedelta(days=30),
    )  # fmt: skip
    return text


def send(token: str, key: str | None = "k1", **more: Any) -> Any:
    headers = {"authorization": f"Bearer {token}", **({"idempotency-key": key} if key else {})}
    return Client().post("/api/v1/reports", {**BODY, **more}, content_type="application/json", headers=headers)


def test_a_report_is_answered_with_number_and_tracking_page(token: str) -> None:
    answer = send(token)
    assert answer.status_code == 201, answer.content
    case = Case.objects.get(number=answer.json()["number"])
    assert (case.source, case.category, case.state) == ("api", "event/01/0112", "reported")
    assert case.grid is not None and case.grid.code == "370902900001S01"
    assert "/track/" in answer.json()["tracking"]


def test_the_same_key_answers_as_the_first_time(token: str) -> None:
    first, second = send(token), send(token)
    assert second.status_code == 201
    assert second.json() == first.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert Case.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(token: str) -> None:
    send(token)
    answer = send(token, description="别的事")
    assert answer.status_code == 409
    assert Case.objects.count() == 1


def test_a_repeat_is_answered_as_the_first_time_whatever_has_become_of_category_and_place(token: str) -> None:
    first = send(token)
    Category.objects.filter(key=BODY["category"]).update(active=False)
    forget_catalogue()
    assert (send(token).status_code, send(token).json()) == (201, first.json())
    assert send(token, description="别的事").status_code == 409
    assert send(token, key="k2").status_code == 400
    assert Case.objects.count() == 1


def test_what_is_kept_of_a_body_cannot_be_tried_out_without_the_key(town: Town, settings: Any) -> None:
    told = submission_hash(["13900000018"])
    assert told == submission_hash(["13900000018"]) != submission_hash(["13900000019"])
    settings.KEYS = replace(settings.KEYS, index=b"x" * 32)
    assert submission_hash(["13900000018"]) != told


def test_keys_of_two_clients_never_meet(town: Town, token: str) -> None:
    assert send(token).json()["number"] != send(make_token(town, "two")).json()["number"]


def test_a_report_without_key_is_refused_with_the_reason(token: str) -> None:
    answer = send(token, key=None)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["errors"]


def test_a_point_outside_the_city_is_refused_by_name(token: str) -> None:
    answer = send(token, lon=121.47, lat=31.23)
    assert answer.status_code == 400
    assert "121.47" in answer.content.decode()


def test_an_unknown_category_is_refused(token: str) -> None:
    answer = send(token, category="event/99/9999")
    assert answer.status_code == 400
    assert "category" in answer.json()["errors"]


def test_a_client_without_the_scope_may_not_report(town: Town) -> None:
    answer = send(make_token(town, "reader", ("reports.read",)))
    assert answer.status_code in (401, 403)
    assert not Case.objects.exists()


def test_a_client_follows_its_own_report_only(town: Town, token: str) -> None:
    number = send(token).json()["number"]
    own = Client().get(f"/api/v1/reports/{number}", headers={"authorization": f"Bearer {token}"})
    other = make_token(town, "two")
    foreign = Client().get(f"/api/v1/reports/{number}", headers={"authorization": f"Bearer {other}"})
    assert own.json()["state"] == "reported"
    assert own.json()["steps"][0]["name_en"] == "Your report was received"
    assert foreign.status_code == 404


def test_the_api_describes_itself(town: Town) -> None:
    description = Client().get("/api/v1/openapi.json").json()
    assert "/api/v1/reports" in description["paths"]
    assert "Idempotency-Key" in str(description["paths"]["/api/v1/reports"]["post"]["parameters"])


def test_a_report_takes_few_statements(token: str) -> None:
    send(token, key="warm")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        send(token, key="measured")
    statements = [q["sql"] for q in seen if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 12, "\n".join(statements)
