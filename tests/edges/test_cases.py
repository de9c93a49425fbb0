"""Cases for other systems: by scope, by area and department, and never more than the public side."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.access import Bearer
from cases.models import Assignment, Case
from cases.rules import snapped
from ledger.clock import app_now, shifted
from tests.edges.ask import get, make_token
from tests.events import drive
from tests.events import town as builders
from tests.events.town import COUNTY, HERE, Town

FOREIGN = "/3709/370911/370911001/370911001001/"


def test_a_client_reads_the_cases_of_its_departments_area_only(town: Town) -> None:
    here, there = drive.reported(town), drive.reported(town)
    Case.objects.filter(pk=there).update(path=FOREIGN)
    token = make_token(town, department="zj")
    numbers = [row["number"] for row in get("/api/v1/cases", token).json()["results"]]
    assert numbers == [builders.case(here).number]
    assert get(f"/api/v1/cases/{builders.case(there).number}", token).status_code == 404


def test_a_case_its_department_works_on_is_shown_wherever_it_lies(town: Town) -> None:
    case_id = drive.reported(town)
    Case.objects.filter(pk=case_id).update(path=FOREIGN)
    Assignment.objects.filter(case_id=case_id).update(department=town.department("hw"))
    number = builders.case(case_id).number
    assert get(f"/api/v1/cases/{number}", make_token(town, "hw", department="hw")).status_code == 200
    assert get(f"/api/v1/cases/{number}", make_token(town, "zj", department="zj")).status_code == 404


def test_without_the_scope_nothing_is_told(town: Town) -> None:
    drive.reported(town)
    assert get("/api/v1/cases", make_token(town, "reporter", ("reports.write",))).status_code == 403
    assert get("/api/v1/cases").status_code == 401


def test_a_case_is_told_with_its_public_history_and_nobodys_words(town: Town) -> None:
    case_id = drive.closed(town)
    answer = get(f"/api/v1/cases/{builders.case(case_id).number}", make_token(town)).json()
    assert (answer["category_zh"], answer["state"], answer["closed"]) == ("上水井盖", "closed", True)
    assert (answer["lon"], answer["lat"]) == snapped(*HERE)
    assert answer["grid"] == "370902900001S01"
    names = [step["name_en"] for step in answer["steps"]]
    assert names[0] == "Reported" and len(names) > 3
    assert answer["steps"][-1]["state_en"] == "Closed"
    assert {"title", "address", "note", "description", "reporter"}.isdisjoint(json.dumps(answer))


def test_the_list_goes_on_by_key_and_misses_none(town: Town) -> None:
    made = [drive.reported(town) for _n in range(5)]
    token, path, seen = make_token(town), "/api/v1/cases?limit=2", []
    while path:
        page = get(path, token).json()
        seen += [row["number"] for row in page["results"]]
        path = (page["next"] or "").removeprefix("http://testserver")
    assert seen == [builders.case(pk).number for pk in reversed(made)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("category=part/01", 2), ("category=event/", 0), ("state=reported", 1), ("closed=true", 1), ("closed=false", 1),
        (f"path={COUNTY}", 2), ("path=/3709/370911/", 0), ("grid=370902900001S01", 2), ("kind=event", 2),
        ("kind=nothing", 0), ("since=2099-01-01", 0), ("until=2099-01-01T00:00:00Z", 2),
    ],
)  # fmt: skip
def test_every_filter_narrows(town: Town, query: str, found: int) -> None:
    drive.reported(town)
    drive.closed(town)
    assert len(get(f"/api/v1/cases?{query}", make_token(town)).json()["results"]) == found


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "closed=maybe", "since=yesterday", "until=2026-13-40", "colour=red",
     "state=%00", "since=0001-01-01T00:00:00%2B23:59"],
)  # fmt: skip
def test_a_wrong_or_unknown_parameter_is_refused_by_name(town: Town, query: str) -> None:
    answer = get(f"/api/v1/cases?{query}", make_token(town), accept_language="en")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


def test_the_tracking_bearer_and_people_are_no_clients(town: Town) -> None:
    number = builders.case(drive.reported(town)).number
    assert Bearer(number).actor().may("cases.read") is False
    assert get(f"/api/v1/cases/{number}").status_code == 401


def test_a_list_takes_few_statements(town: Town) -> None:
    for days in range(3):
        with shifted(timedelta(days=-days)):
            drive.reported(town)
    token = make_token(town)
    get("/api/v1/cases", token)
    with CaptureQueriesContext(connection) as seen:
        assert len(get("/api/v1/cases", token).json()["results"]) == 3
    assert len(seen) <= 5, [q["sql"] for q in seen]
    assert app_now()
