"""With the database away everybody gets 503 and a time to come back, never a stack trace."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection

from tests.accounts.world import TOKEN, City, api_client, browser


def away(*args: Any) -> None:
    raise OperationalError("the database is away")


def closed(*args: Any) -> None:
    raise InterfaceError("connection already closed")


@pytest.mark.parametrize("path", ["/desk/users/", "/notices/", "/accounts/home/", "/area/", "/accounts/phone/"])
def test_a_page_answers_503_while_the_database_is_away(town: City, path: str) -> None:
    client = browser(town.system)
    client.raise_request_exception = False
    with connection.execute_wrapper(away):
        answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert client.get(path).status_code != 503


def test_the_api_answers_503_while_the_database_is_away(town: City) -> None:
    api_client(town.centre, "reports.read")
    client = browser(authorization=f"Bearer {TOKEN}")
    client.raise_request_exception = False
    with connection.execute_wrapper(away):
        answer = client.get("/api/v1/reports/3709020000000000001")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("path", ["/desk/users/", "/area/", "/accounts/phone/"])
def test_a_connection_that_is_closed_already_is_a_database_that_is_away(town: City, path: str) -> None:
    client = browser(town.system)
    client.raise_request_exception = False
    with connection.execute_wrapper(closed):
        answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_the_api_and_open311_answer_503_on_a_closed_connection(town: City) -> None:
    api_client(town.centre, "reports.read")
    client = browser(authorization=f"Bearer {TOKEN}")
    client.raise_request_exception = False
    with connection.execute_wrapper(closed):
        for path in ("/api/v1/reports/3709020000000000001", "/open311/v2/services.json"):
            assert client.get(path).status_code == 503, path
