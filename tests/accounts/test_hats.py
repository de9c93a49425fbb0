"""Memberships: three administrators apart, hats in force, the switch."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.actions import end_membership, grant_membership, switch_hat
from accounts.queries import presence_of_user
from accounts.rules import city_date
from ledger.clock import app_now
from ledger.models import AuditEntry
from tests.accounts.world import (
    CITY,
    COUNTY,
    LONG_AGO,
    OTHER_COUNTY,
    City,
    acting,
    browser,
    department,
    hat,
    role,
    user,
)


def test_two_of_the_three_administrators_on_one_user_is_a_constraint_error(town: City) -> None:
    with pytest.raises(IntegrityError, match="membership_three_administrators"), transaction.atomic():
        hat(town.system, role("audit_admin"), town.centre)


def test_an_administrator_may_change_sides_when_the_old_hat_has_ended(town: City) -> None:
    today = city_date(app_now())
    who = user()
    hat(who, role("system_admin"), town.centre, end=today)
    hat(who, role("audit_admin"), town.centre, start=today)
    assert acting(who).role == "audit_admin"


def test_the_security_administrator_is_told_about_the_separation(town: City) -> None:
    with pytest.raises(ValidationError) as refused:
        grant_membership(
            user_id=town.system.pk,
            department_id=town.centre.pk,
            role_code="audit_admin",
            territory=CITY,
            start=LONG_AGO,
            end=None,
            actor=acting(town.security),
        )
    assert "role" in refused.value.message_dict


def test_nobody_grants_himself_a_hat(town: City) -> None:
    role("handler", "cases.handle")
    with pytest.raises(PermissionDenied):
        grant_membership(
            user_id=town.security.pk,
            department_id=town.centre.pk,
            role_code="handler",
            territory=CITY,
            start=LONG_AGO,
            end=None,
            actor=acting(town.security),
        )


def test_the_system_administrator_grants_no_hats(town: City) -> None:
    role("handler", "cases.handle")
    with pytest.raises(PermissionDenied):
        grant_membership(
            user_id=user().pk,
            department_id=town.centre.pk,
            role_code="handler",
            territory=CITY,
            start=LONG_AGO,
            end=None,
            actor=acting(town.system),
        )


def test_a_hat_reaches_no_further_than_its_department(town: City) -> None:
    bureau = department("bureau", COUNTY, "county")
    role("handler", "cases.handle")
    with pytest.raises(ValidationError) as refused:
        grant_membership(
            user_id=user().pk,
            department_id=bureau.pk,
            role_code="handler",
            territory=OTHER_COUNTY,
            start=LONG_AGO,
            end=None,
            actor=acting(town.security),
        )
    assert "territory" in refused.value.message_dict


def test_an_ended_hat_gives_nothing_from_the_same_day_on(town: City) -> None:
    who = user()
    worn = hat(who, role("handler", "cases.handle"), town.centre)
    assert acting(who).may("cases.handle")
    end_membership(membership_id=worn.pk, actor=acting(town.security))
    assert presence_of_user(who, None).hats == ()
    assert not acting(who).may("cases.handle")


def test_a_hat_of_tomorrow_gives_nothing_today(town: City) -> None:
    who = user()
    hat(who, role("handler", "cases.handle"), town.centre, start=city_date(app_now()) + timedelta(days=1))
    assert presence_of_user(who, None).hats == ()


def test_a_closed_department_gives_nothing(town: City) -> None:
    who = user()
    hat(who, role("handler", "cases.handle"), department("gone", active=False))
    assert acting(who).rights == frozenset()


def test_rights_come_from_the_hat_that_is_on_and_from_no_other(town: City) -> None:
    who = user()
    first = hat(who, role("acceptor", "cases.file"), town.centre)
    second = hat(who, role("dispatcher", "cases.dispatch"), department("bureau", COUNTY, "county"))
    assert acting(who, first).rights == {"cases.file"}
    assert acting(who, second).rights == {"cases.dispatch"}
    assert acting(who, second).territory == COUNTY
    assert acting(who).membership_id == first.pk


def test_the_switch_puts_the_other_hat_on_and_is_audited(town: City) -> None:
    who = user()
    hat(who, role("acceptor", "audit.read"), town.centre)
    second = hat(who, role("dispatcher", "cases.dispatch"), town.centre)
    client = browser(who)
    assert client.get("/desk/audit/").status_code == 200
    assert (
        client.post("/accounts/hat/", {"membership": second.pk, "next": "/desk/audit/"})["location"] == "/desk/audit/"
    )
    assert client.get("/desk/audit/").status_code == 403
    entry = AuditEntry.objects.get(action="hat.switch")
    assert entry.object_id == str(second.pk)
    assert entry.actor_id == str(who.pk)


@pytest.mark.parametrize("membership", ["", "0", "x", "9" * 30])
def test_a_made_up_hat_is_refused(town: City, membership: str) -> None:
    assert browser(town.system).post("/accounts/hat/", {"membership": membership}).status_code == 403


def test_nobody_wears_another_ones_hat(town: City) -> None:
    other = hat(user(), role("dispatcher", "cases.dispatch"), town.centre)
    with pytest.raises(PermissionDenied):
        switch_hat(user_id=town.system.pk, membership_id=other.pk, actor=acting(town.system))
    client = browser(town.system)
    session = client.session
    session["hat"] = other.pk
    session.save()
    assert client.get("/desk/users/").status_code == 200  # falls back to the own one


def test_the_switch_leads_only_to_own_pages(town: City) -> None:
    worn = town.system.memberships.get()
    for target in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = browser(town.system).post("/accounts/hat/", {"membership": worn.pk, "next": target})
        assert answer["location"] == "/accounts/home/"
