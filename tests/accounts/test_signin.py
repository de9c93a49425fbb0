"""Signing in by name: lockout, no oracle, sessions, second factor, disabling."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from accounts.actions import disable_user, enable_user, set_password
from accounts.models import Role
from ledger.models import AuditEntry
from tests.accounts.world import City, acting, browser, hat, role, user

PASSWORD = "a-made-up-passphrase"


def sign_in(client: Client, username: str, password: str = PASSWORD, address: str = "127.0.0.1") -> int:
    answer = client.post("/accounts/login/", {"login": username, "password": password}, REMOTE_ADDR=address)
    return answer.status_code


def test_signing_in_leads_home_and_is_audited(town: City) -> None:
    who = user("somebody", PASSWORD)
    hat(who, role("handler", face="field"), town.centre)
    client = browser()
    answer = client.post("/accounts/login/", {"login": "somebody", "password": PASSWORD})
    assert answer["location"] == "/accounts/home/"
    assert client.get("/accounts/home/")["location"] == "/field/"
    entry = AuditEntry.objects.get(action="sign_in")
    assert (entry.actor_id, entry.data) == (str(who.pk), {"method": "password"})


def test_a_name_is_locked_after_five_failures_even_for_the_right_password(town: City) -> None:
    user("somebody", PASSWORD)
    client = browser()
    codes = [sign_in(client, "somebody", "wrong") for _ in range(5)]
    assert codes[:4] == [200, 200, 200, 200]
    assert codes[4] == 429
    assert sign_in(client, "somebody") == 429
    assert AuditEntry.objects.filter(action="sign_in.locked").count() == 1


def test_a_name_that_does_not_exist_answers_like_one_that_does(town: City) -> None:
    user("somebody", PASSWORD)
    known = [browser().post("/accounts/login/", {"login": "somebody", "password": "wrong"}) for _ in range(6)]
    unknown = [browser().post("/accounts/login/", {"login": "nobodyxy", "password": "wrong"}) for _ in range(6)]
    for here, there in zip(known, unknown, strict=True):
        assert here.status_code == there.status_code
        if here.status_code == 200:
            assert here.context["form"].errors == there.context["form"].errors
        else:
            assert here["Retry-After"] == there["Retry-After"]
            assert here.context["detail"] == there.context["detail"]


def test_an_address_that_sprays_names_is_stopped_after_twenty_failures(town: City) -> None:
    user("somebody", PASSWORD)
    client = browser()
    codes = [sign_in(client, f"name{number}", "wrong", address="192.0.2.7") for number in range(25)]
    assert codes[:20] == [200] * 20
    assert codes[20:] == [429] * 5
    assert sign_in(browser(), "somebody", address="192.0.2.8") == 302


def test_a_forged_forwarding_header_escapes_no_limit(town: City) -> None:
    codes = [
        sign_in(Client(headers={"x-forwarded-for": f"198.51.100.{number}"}), f"name{number}", "wrong")
        for number in range(22)
    ]
    assert codes[20:] == [429, 429]


def test_a_disabled_user_is_out_at_once_and_his_sessions_are_gone(town: City) -> None:
    who = user("somebody", PASSWORD)
    hat(who, role("reader", "accounts.manage"), town.centre)
    client = browser()
    sign_in(client, "somebody")
    assert client.get("/desk/users/").status_code == 200
    assert UserSession.objects.filter(user=who).count() == 1
    disable_user(user_id=who.pk, actor=acting(town.system))
    answer = client.get("/desk/users/")
    assert (answer.status_code, answer["location"]) == (302, "/accounts/login/?next=%2Fdesk%2Fusers%2F")
    assert not Session.objects.exists()
    again = browser()
    answer = again.post("/accounts/login/", {"login": "somebody", "password": PASSWORD})
    assert answer["location"] == "/accounts/inactive/"
    assert again.get("/desk/users/").status_code == 302
    enable_user(user_id=who.pk, actor=acting(town.system))
    assert sign_in(browser(), "somebody") == 302


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(town: City) -> None:
    user("somebody", PASSWORD)
    client, thief = browser(), browser()
    sign_in(client, "somebody")
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert thief.get("/notices/").status_code == 200
    answer = client.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert thief.get("/notices/").status_code == 302
    assert AuditEntry.objects.filter(action="sign_out").count() == 1


def test_a_new_password_from_the_administrator_ends_the_old_sessions(town: City) -> None:
    who = user("somebody", PASSWORD)
    client = browser()
    sign_in(client, "somebody")
    set_password(user_id=who.pk, password="another-made-up-phrase", actor=acting(town.system))
    assert client.get("/notices/").status_code == 302


def test_the_session_key_changes_on_signing_in(town: City) -> None:
    user("somebody", PASSWORD)
    client = browser()
    client.get("/accounts/phone/")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    sign_in(client, "somebody")
    assert client.cookies["sessionid"].value != session.session_key


def test_other_sessions_can_be_ended_from_the_list(town: City) -> None:
    user("somebody", PASSWORD)
    here, there = browser(), browser()
    sign_in(here, "somebody")
    sign_in(there, "somebody")
    assert here.get("/accounts/sessions/").context["session_count"] == 2
    here.post("/accounts/sessions/")
    assert there.get("/notices/").status_code == 302
    assert here.get("/notices/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/admin/login/"]
)
def test_what_is_not_offered_is_not_there(town: City, path: str) -> None:
    assert browser().get(path).status_code == 404
    assert browser(town.system).get(path).status_code == 404


def test_a_role_that_demands_a_second_factor_opens_nothing_without_it(town: City) -> None:
    Role.objects.filter(code="system_admin").update(totp_required=True)
    client = browser(town.system)
    for path in ("/desk/users/", "/notices/", "/admin/"):
        assert client.get(path)["location"] == "/accounts/2fa/totp/activate/", path
    assert client.post("/desk/users/new/", {})["location"] == "/accounts/2fa/totp/activate/"


def test_the_second_factor_is_asked_for_and_a_code_works_once(town: City) -> None:
    who = user("somebody", PASSWORD)
    hat(who, role("reader", "accounts.manage", totp_required=True), town.centre)
    secret = generate_totp_secret()
    TOTP.activate(who, secret)
    assert Authenticator.objects.filter(user=who).exists()
    client = browser()
    answer = client.post("/accounts/login/", {"login": "somebody", "password": PASSWORD})
    assert answer["location"] == "/accounts/2fa/authenticate/"
    assert client.get("/desk/users/").status_code == 302  # an inner address does not go round it
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/desk/users/").status_code == 200
    again = browser()
    sign_in(again, "somebody")
    assert again.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200
    assert again.get("/desk/users/").status_code == 302


@override_settings(DEMO=False)
def test_outside_the_demo_nobody_becomes_somebody_by_a_button(town: City) -> None:
    user("resident")
    assert browser().post("/demo/sign-in/", {"role": "resident"}).status_code == 404
    assert browser().get("/demo/outbox/").status_code == 404
    assert b"demo-govplatform" not in browser().get("/accounts/login/").content


def test_in_the_demo_a_button_signs_in_and_only_the_listed_people(town: City) -> None:
    who = user("dispatcher")
    hat(who, role("dispatcher", "cases.read", "cases.dispatch"), town.centre)
    client = browser()
    page = client.get("/accounts/login/").content.decode()
    assert page.count('name="role"') >= 15
    assert client.post("/demo/sign-in/", {"role": "dispatcher"})["location"] == "/accounts/home/"
    assert client.get("/accounts/home/")["location"] == "/desk/"
    assert client.post("/demo/sign-in/", {"role": town.system.username}).status_code == 404
    assert AuditEntry.objects.get(action="sign_in").data == {"method": "demo"}


def test_an_administrator_comes_home_to_the_page_he_may_open(town: City) -> None:
    homes = {town.system: "/desk/users/", town.security: "/desk/memberships/", town.auditor: "/desk/audit/"}
    for who, path in homes.items():
        client = browser(who)
        assert client.get("/accounts/home/")["location"] == path
        assert client.get(path).status_code == 200


def test_a_member_without_a_hat_is_told_so(db: None) -> None:
    answer = browser(user()).get("/accounts/home/")
    assert answer.status_code == 200
    assert answer.templates[0].name == "accounts/no_hat.html"


def test_no_page_offers_a_reset_that_is_not_there(town: City) -> None:
    user("somebody", PASSWORD)
    client = browser()
    pages = [client.get("/accounts/login/")]
    sign_in(client, "somebody")
    pages += [client.get(path) for path in ("/accounts/password/change/", "/accounts/reauthenticate/")]
    for page in pages:
        assert page.status_code == 200
        assert b"password/reset" not in page.content


def test_a_new_password_of_ones_own_ends_the_other_sessions(town: City) -> None:
    user("somebody", PASSWORD)
    here, there = browser(), browser()
    sign_in(here, "somebody")
    sign_in(there, "somebody")
    fresh = "another-made-up-phrase"
    form = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    assert here.post("/accounts/password/change/", form).status_code == 302
    assert there.get("/notices/").status_code == 302
    assert here.get("/notices/").status_code == 200
    assert sign_in(browser(), "somebody", fresh) == 302
