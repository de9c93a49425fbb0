"""Projects and services for other systems: what stands on the public pages, and nothing of a person."""

import json
from datetime import date
from decimal import Decimal

from django.conf import settings as django_settings

from accounts.models import Department
from services import rules
from tests.edges.ask import get, token_of
from tests.services.conftest import city  # noqa: F401 - a fixture of this file
from tests.services.world import SENIOR, City
from tests.wages.conftest import site  # noqa: F401 - a fixture of this file
from tests.wages.site import Site, on, project
from wages.models import MonthFigure


def test_projects_are_listed_by_key_and_found_by_words(site: Site) -> None:  # noqa: F811
    for number in range(3):
        project(f"W{number:03d}")
    token = token_of(site.departments["rs"].pk)
    path, seen = "/api/v1/projects?limit=2", []
    while path:
        page = get(path, token).json()
        assert page["total"] == 3
        seen += [row["code"] for row in page["results"]]
        path = (page["next"] or "").removeprefix("http://testserver")
    assert seen == ["W000", "W001", "W002"]
    assert [r["code"] for r in get("/api/v1/projects?q=Sample site W001", token).json()["results"]] == ["W001"]
    assert get("/api/v1/projects?path=/3709/370983/", token).json()["results"] == []
    assert get("/api/v1/projects?colour=red", token).status_code == 400
    assert get("/api/v1/projects", token_of(site.departments["rs"].pk, "poor", ("cases.read",))).status_code == 403


def test_a_project_is_told_with_its_months_and_no_phone(site: Site) -> None:  # noqa: F811
    made = project()
    MonthFigure.objects.create(
        project=made, month=date(2026, 9, 1), attending=12, paid_workers=11, due=Decimal(1000), paid=Decimal(900)
    )
    token = token_of(site.departments["rs"].pk)
    with on(date(2026, 11, 2)):
        found = get("/api/v1/projects/W001", token).json()
    assert found["project"]["contractor"] == "示例建工W001"
    assert (found["months"][0]["due"], found["months"][0]["share"]) == ("1000.00", "90.0")
    assert "0538-0000055" not in json.dumps(found)
    assert get("/api/v1/projects/nothing", token).status_code == 404


def test_the_catalogue_and_one_of_its_items(city: City) -> None:  # noqa: F811
    token = token_of(Department.objects.earliest("pk").pk)
    rows = get("/api/v1/services", token).json()["results"]
    assert SENIOR in [row["code"] for row in rows]
    assert len(get("/api/v1/services?audience=organisation", token).json()["results"]) < len(rows)
    one = get(f"/api/v1/services/{SENIOR}", token).json()
    assert one == next(row for row in rows if row["code"] == SENIOR)
    assert one["promised_days"] <= one["statutory_days"]
    assert get("/api/v1/services/nothing", token).status_code == 404
    assert get("/api/v1/services?audience=nobody", token).status_code == 400


def test_a_matter_opens_with_its_query_code_only(city: City) -> None:  # noqa: F811
    case = city.apply(SENIOR)
    token = token_of(Department.objects.earliest("pk").pk)
    code = rules.query_code(case.pk, django_settings.KEYS.token)
    path = f"/api/v1/matters/{case.number}"
    found = get(path, token, query_code=code.lower())
    assert found.status_code == 200, found.content
    assert (found.json()["number"], found.json()["closed"]) == (case.number, False)
    assert set(found.json()) == {
        "number", "code", "name_zh", "name_en", "state", "state_zh", "state_en", "opened_at", "due_at", "closed_at",
        "closed",
    }  # fmt: skip
    for wrong in ("", "AAAAAA", "é"):
        assert get(path, token, query_code=wrong).status_code == 404


def test_a_query_code_is_not_to_be_tried_out_by_however_many_clients(city: City) -> None:  # noqa: F811
    path = f"/api/v1/matters/{city.apply(SENIOR).number}"
    department = Department.objects.earliest("pk").pk
    tokens = [token_of(department, name) for name in ("one", "two")]
    answers = [get(path, tokens[number % 2], query_code=f"AAAA{number:02}") for number in range(21)]
    assert [answer.status_code for answer in answers] == [404] * 20 + [429]
    assert answers[-1].headers["Retry-After"] and answers[-1].json()["status"] == 429
    assert get("/api/v1/matters/3709022026112500017", tokens[0]).status_code == 404
