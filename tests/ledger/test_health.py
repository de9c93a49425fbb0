"""A probe says what it saw; 503 only when this node should get no traffic."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from ledger.actions import redeem
from ledger.clock import app_now
from ledger.models import Promise
from tests.ledger.conftest import Promised

pytestmark = pytest.mark.django_db


def test_a_fresh_site_is_ready_and_has_heard_no_worker(client: Client) -> None:
    response = client.get("/readyz")
    body = response.json()
    assert response.status_code == 200
    assert (body["ready"], body["database_writable"], body["oldest_unsent_seconds"]) == (True, True, 0.0)
    assert body["canary_age_seconds"] is None
    assert body["isolation"].startswith("limits")


def test_a_sung_canary_is_heard(client: Client, promised: Promised) -> None:
    redeem([promised("ledger.canary").pk])
    assert client.get("/readyz").json()["canary_age_seconds"] < 5


def test_a_promise_that_waits_too_long_takes_the_node_away(client: Client, promised: Promised) -> None:
    row = promised()
    assert client.get("/readyz").status_code == 200
    Promise.objects.filter(pk=row.pk).update(not_before=app_now() - timedelta(seconds=130))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["oldest_unsent_seconds"] >= 130


@pytest.mark.django_db(transaction=True)
def test_a_read_only_database_takes_the_node_away(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        response = client.get("/readyz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
    assert response.status_code == 503
    assert response.json()["database_writable"] is False


def test_a_probe_needs_neither_host_nor_session(client: Client) -> None:
    response = client.get("/healthz", headers={"host": "10.0.0.1"})
    assert response.content == b"ok\n"
    assert not response.cookies
    assert client.get("/readyz", headers={"host": "10.0.0.1"}).status_code == 200
