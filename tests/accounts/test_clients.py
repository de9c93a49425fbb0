"""API clients: shown once, kept as a hash, revoked at once; one statement per request."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import create_client, revoke_client
from accounts.models import ApiClient
from accounts.queries import presence_of_client
from ledger.actors import ActorKind
from ledger.clock import app_now
from tests.accounts.world import COUNTY, City, acting, api_client, browser, department, hat, role, user


def test_the_token_is_shown_once_and_only_its_hash_is_kept(town: City) -> None:
    client = browser(town.security)
    form = {"name": "hotline", "department": town.centre.pk, "scopes": ["reports.write"], "days": "30"}
    page = client.post("/desk/clients/", form)
    token = re.search(r"gp_[A-Za-z0-9_-]{43}", page.content.decode())
    assert token is not None
    assert page["Cache-Control"] == "no-store"
    assert token[0] not in client.get("/desk/clients/").content.decode()
    assert token[0] not in str(ApiClient.objects.values().get())
    actor = presence_of_client(token[0]).actor
    assert (actor.kind, actor.territory) == (ActorKind.CLIENT, "/99/")
    assert actor.rights == {"reports.write"}


def test_a_client_is_known_by_one_statement(town: City) -> None:
    api_client(town.centre, "reports.write", token="gp_x")
    with CaptureQueriesContext(connection) as statements:
        assert presence_of_client("gp_x").actor.may("reports.write")
    assert len(statements) == 1


def test_a_revoked_expired_or_unknown_token_is_nobody(town: City) -> None:
    made = api_client(town.centre, "reports.write", token="gp_x")
    api_client(town.centre, "reports.write", token="gp_old", expires_at=app_now() - timedelta(seconds=1))
    revoke_client(client_id=made.pk, actor=acting(town.security))
    for token in ("gp_x", "gp_old", "gp_unknown", "gp_"):
        assert presence_of_client(token).actor.kind is ActorKind.ANONYMOUS


def test_unknown_scopes_and_past_days_are_refused(town: City) -> None:
    for scopes, shift in ((["everything"], 1), ([], 1), (["reports.write"], -1)):
        with pytest.raises(ValidationError):
            create_client(
                name="x",
                scopes=scopes,
                department_id=town.centre.pk,
                expires_at=app_now() + timedelta(days=shift),
                actor=acting(town.security),
            )


def test_a_county_administrator_makes_no_client_for_the_city(town: City) -> None:
    local = user()
    hat(local, role("county_security", "accounts.memberships"), department("county-office", COUNTY, "county"))
    with pytest.raises(PermissionDenied):
        create_client(
            name="x",
            scopes=["reports.write"],
            department_id=town.centre.pk,
            expires_at=app_now() + timedelta(days=1),
            actor=acting(local),
        )


def test_a_token_opens_no_page_of_people(town: City) -> None:
    api_client(town.centre, "accounts.manage", token="gp_x")
    client = browser(authorization="Bearer gp_x")
    assert client.get("/desk/users/").status_code == 403
    assert client.get("/notices/").status_code == 403
