"""Screens of the three administrators."""

import re

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.actions import create_user
from accounts.models import Department, Membership, User
from grids.models import Division
from ledger.models import AuditEntry
from tests.accounts.world import COUNTY, LONG_AGO, City, acting, browser, department, hat, role, user

NEW = {
    "username": "new.one",
    "display_name": "新示例",
    "display_name_en": "Xin Shili",
    "email": "",
    "password": "a-made-up-phrase",
}


def test_system_creates_security_grants_and_audit_reads_it(town: City) -> None:
    role("handler", "cases.handle")
    bureau = department("bureau", COUNTY, "county")
    assert browser(town.system).post("/desk/users/new/", NEW).status_code == 302
    made = User.objects.get(username="new.one")
    form = {
        "username": "new.one",
        "department": bureau.pk,
        "role": "handler",
        "territory": COUNTY,
        "start": "2026-01-01",
    }
    assert browser(town.system).post("/desk/memberships/new/", form).status_code == 403
    assert browser(town.security).post("/desk/memberships/new/", form)["location"] == "/desk/memberships/"
    assert acting(made).may("cases.handle")
    page = browser(town.auditor).get("/desk/audit/").content.decode()
    assert "user.create" in page
    assert "membership.grant" in page
    assert browser(town.security).post("/desk/users/new/", NEW).status_code == 403


def test_a_membership_is_ended_on_its_screen(town: City) -> None:
    worn = hat(user(), role("handler", "cases.handle"), town.centre)
    assert browser(town.security).post(f"/desk/memberships/{worn.pk}/end/")["location"] == "/desk/memberships/"
    assert Membership.objects.get(pk=worn.pk).valid.upper is not None


def test_areas_are_shown_by_name_where_there_is_one(town: City) -> None:
    hat(user(), role("handler", "cases.handle"), town.centre)
    Division.objects.create(
        path=town.centre.territory, name_zh="示意区", name_en="County", level="county", code="370902",
        valid=DateRange(LONG_AGO, None),
    )  # fmt: skip
    page = browser(town.security).get("/desk/memberships/").content.decode()
    assert f'title="{town.centre.territory}">示意区<' in page
    assert f'title="{town.centre.territory}">示意区<' in browser(town.system).get("/desk/departments/").content.decode()


def test_the_new_user_can_sign_in_with_the_first_password(town: City) -> None:
    browser(town.system).post("/desk/users/new/", NEW)
    request = RequestFactory().post("/")
    assert authenticate(request, username="new.one", password="a-made-up-phrase") is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "SYSTEM-ADMIN"), ("username", "system-admin"), ("password", "short"), ("password", "password1234")],
)
def test_a_refused_user_keeps_the_form_and_says_why(town: City, field: str, value: str) -> None:
    page = browser(town.system).post("/desk/users/new/", {**NEW, field: value})
    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert not User.objects.filter(username="new.one").exists()


def test_a_taken_name_is_refused_by_the_action_too(town: City) -> None:
    with pytest.raises(PermissionDenied):
        create_user(**NEW, actor=acting(town.security))


def test_users_are_found_filtered_and_paged(town: City) -> None:
    for number in range(60):
        user(f"many{number:02d}")
    client = browser(town.system)
    first = client.get("/desk/users/")
    assert len(first.context["rows"]) == 50
    second = client.get("/desk/users/", {"after": first.context["next_key"]})
    names = [row.username for page in (first, second) for row in page.context["rows"]]
    assert names == sorted(set(names))
    assert len(names) == User.objects.count()
    assert [row.username for row in client.get("/desk/users/", {"q": "many07"}).context["rows"]] == ["many07"]
    inside = client.get("/desk/users/", {"department": town.centre.pk}).context["rows"]
    assert {row.username for row in inside} == {"system-admin", "security-admin", "audit-admin"}


def test_a_list_of_fifty_takes_few_statements(town: City) -> None:
    for number in range(60):
        hat(user(f"many{number:02d}"), role("handler", "cases.handle"), town.centre)
    client = browser(town.system)
    client.get("/desk/users/")
    with CaptureQueriesContext(connection) as statements:
        client.get("/desk/users/")
    assert len(statements) <= 8, [row["sql"][:80] for row in statements]


def test_who_is_asking_takes_one_statement_beyond_session_and_user(town: City) -> None:
    client = browser(town.auditor)
    client.get("/accounts/home/")
    with CaptureQueriesContext(connection) as statements:
        client.get("/accounts/home/")
    assert len(statements) == 3, [row["sql"][:80] for row in statements]


def test_not_yours_and_not_there_answer_the_same(town: City) -> None:
    local = user()
    hat(local, role("county_manager", "accounts.manage"), department("county-office", COUNTY, "county"))
    client = browser(local)
    theirs, nothing = client.get(f"/desk/users/{town.security.pk}/"), client.get("/desk/users/99999999/")
    assert theirs.status_code == nothing.status_code == 404
    assert _stable(theirs.content) == _stable(nothing.content)
    for path in ("state", "password"):
        assert client.post(f"/desk/users/{town.security.pk}/{path}/", {"state": "disabled"}).status_code == 404
    town.security.refresh_from_db()
    assert town.security.is_active


def _stable(content: bytes) -> list[bytes]:
    content = re.sub(rb"/desk/users/\d+/|[0-9a-f]{12}(?=<)", b"", content)
    return [line for line in content.splitlines() if b"csrf" not in line and b"nonce" not in line]


def test_disabling_on_the_screen_is_audited(town: City) -> None:
    who = user()
    browser(town.system).post(f"/desk/users/{who.pk}/state/", {"state": "disabled"})
    who.refresh_from_db()
    assert not who.is_active
    assert AuditEntry.objects.get(action="user.disable").object_id == str(who.pk)


def test_a_department_is_made_and_changed_and_cannot_stand_below_itself(town: City) -> None:
    client = browser(town.system)
    form = {
        "code": "9901-x",
        "name_zh": "示例局",
        "name_en": "Demo Bureau",
        "level": "county",
        "function": "water",
        "parent": str(town.centre.pk),
        "territory": COUNTY,
        "phone": "",
        "active": "on",
    }
    assert client.post("/desk/departments/new/", form)["location"] == "/desk/departments/"
    made = Department.objects.get(code="9901-x")
    assert made.parent == town.centre
    page = client.post(f"/desk/departments/{made.pk}/", {**form, "parent": str(made.pk)})
    assert "parent" in page.context["form"].errors
    page = client.post("/desk/departments/new/", {**form, "territory": "/98/"})
    assert set(page.context["form"].errors) == {"code", "territory"}
    assert client.get("/desk/departments/", {"q": "9901-x"}).context["rows"][0].name_zh == "示例局"


def test_the_audit_cannot_be_written_through_its_screen(town: City) -> None:
    client = browser(town.auditor)
    for method in (client.post, client.put, client.patch, client.delete):
        assert method("/desk/audit/").status_code == 405


@pytest.mark.parametrize(
    "query", ["after=x", "after=" + "9" * 40, "q=%00", "department=1%27", "state=x", "q=" + "a" * 5000]
)
def test_made_up_parameters_do_no_harm(town: City, query: str) -> None:
    assert browser(town.system).get(f"/desk/users/?{query}").status_code == 200
    assert browser(town.security).get(f"/desk/memberships/?{query}").status_code == 200
    assert browser(town.auditor).get(f"/desk/audit/?{query}&actor={'9' * 40}").status_code == 200


def test_every_screen_is_there_in_english(town: City) -> None:
    for who, paths in (
        (town.system, ("/desk/users/", "/desk/users/new/", f"/desk/users/{town.security.pk}/", "/desk/departments/")),
        (town.security, ("/desk/memberships/", "/desk/memberships/new/", "/desk/clients/")),
        (town.auditor, ("/desk/audit/",)),
    ):
        client = browser(who, **{"accept-language": "en"})
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            assert b'lang="en"' in page.content, path


def test_reading_changes_nothing(town: City) -> None:
    client = browser(town.system)
    client.get("/desk/users/")
    with CaptureQueriesContext(connection) as statements:
        for path in ("/desk/users/", f"/desk/users/{town.security.pk}/", "/desk/departments/", "/notices/"):
            client.get(path)
    writing = [
        row["sql"] for row in statements if row["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert writing == []


def test_the_admin_shows_configuration_and_changes_nothing(town: City) -> None:
    client = browser(town.system)
    index = client.get("/admin/").content.decode()
    assert "/admin/accounts/role/" in index
    assert "/admin/axes/" not in index
    assert "/admin/auth/" not in index
    row = town.system.memberships.get().role_id
    assert client.get(f"/admin/accounts/role/{row}/change/").status_code == 200
    for path in ("/admin/accounts/role/add/", f"/admin/accounts/role/{row}/delete/", "/admin/sessions/session/"):
        assert client.get(path).status_code in (403, 404), path
    assert client.post(f"/admin/accounts/role/{row}/change/", {"code": "x"}).status_code == 403
    for who in (town.security, town.auditor):
        assert browser(who).get("/admin/").status_code == 403
