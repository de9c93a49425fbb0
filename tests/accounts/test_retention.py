"""Residents who stay away, what libraries keep, the retention screen, and what the sign-in form tells."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from accounts.actions import request_code
from accounts.models import Person, PhoneCode, User
from ledger.actions import place_hold, run_retention
from ledger.clock import app_now
from ledger.models import LegalHold
from tests.accounts.test_phone import age, sign_up
from tests.accounts.world import City, acting, browser, resident


def test_a_resident_who_stays_away_three_years_is_forgotten(db: None) -> None:
    away, back = resident("16100000701"), resident("16100000702")
    User.objects.filter(pk=away.pk).update(last_login=app_now())
    later = app_now() + timedelta(days=1096)
    User.objects.filter(pk=back.pk).update(last_login=later - timedelta(days=1094))
    run_retention({"row": "cases.resident"}, promise_id=1, now=later)
    people = {row.pk: row for row in Person.objects.all()}
    gone, kept = people[away.person_id], people[back.person_id]
    assert (gone.phone.empty, gone.phone_index, gone.provenance) == (True, None, {})
    assert gone.erased_at is not None
    assert not kept.phone.empty
    away.refresh_from_db()
    assert not away.is_active


def test_network_addresses_of_sign_ins_leave_after_half_a_year(db: None) -> None:
    now, someone = app_now(), resident()
    for number, days in enumerate((184, 182)):
        seen = now - timedelta(days=days)
        UserSession.objects.create(user=someone, session_key=str(number), ip="203.0.113.7", created_at=seen)
        UserSession.objects.filter(session_key=str(number)).update(last_seen_at=seen)
        made = AccessAttempt.objects.create(
            username="x", ip_address=f"203.0.113.{number}", user_agent="x", get_data="", post_data="",
            failures_since_start=1, http_accept="", path_info="/",
        )  # fmt: skip
        AccessAttempt.objects.filter(pk=made.pk).update(attempt_time=seen)
    for row in ("accounts.session", "accounts.accessattempt"):
        run_retention({"row": row}, promise_id=1, now=now)
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["1"]
    assert [attempt.ip_address for attempt in AccessAttempt.objects.all()] == ["203.0.113.1"]
    assert Session.objects.count() == 0


def test_the_screen_shows_every_row_and_counts_only_when_asked(town: City) -> None:
    request_code(phone="16100000703")
    age(3 * 86400)
    desk = browser(town.security)
    plain = desk.get("/desk/retention/").content.decode()
    assert all(label in plain for label in ("accounts.Person", "accounts.PhoneCode", "events.Report"))
    assert all(line.due is None for line in desk.get("/desk/retention/").context["rows"])
    due = {line.row.key: line.due for line in desk.get("/desk/retention/?count=1").context["rows"]}
    assert due["accounts.phonecode"] == 1
    assert PhoneCode.objects.count() == 1


def test_a_hold_is_placed_and_released_on_the_screen(town: City) -> None:
    desk = browser(town.security)
    empty = desk.post("/desk/retention/", {"subject_kind": "case", "subject_id": "5", "reason": ""})
    assert empty.status_code == 422
    assert "reason" in empty.context["form"].errors
    desk.post("/desk/retention/", {"subject_kind": "case", "subject_id": "5", "reason": "法院示例函"})
    twice = desk.post("/desk/retention/", {"subject_kind": "case", "subject_id": "5", "reason": "法院示例函"})
    assert twice.status_code == 422
    assert "法院示例函" in desk.get("/desk/retention/").content.decode()
    desk.post(f"/desk/retention/holds/{LegalHold.objects.get().pk}/release/")
    assert LegalHold.objects.get().released_at is not None


def test_the_auditor_reads_the_table_and_places_no_hold(town: City) -> None:
    desk = browser(town.auditor)
    assert '<form method="post" class="formbox"' not in desk.get("/desk/retention/").content.decode()
    refused = desk.post("/desk/retention/", {"subject_kind": "case", "subject_id": "5", "reason": "x"})
    assert refused.status_code == 403
    hold = place_hold(subject_kind="case", subject_id="6", reason="x", actor=acting(town.security))
    assert desk.post(f"/desk/retention/holds/{hold.pk}/release/").status_code == 403


def test_the_version_of_the_sign_in_notice_is_stored_with_the_phone(db: None) -> None:
    page = browser().get("/accounts/phone/").content.decode()
    assert 'name="notice" value="sign_in/1"' in page
    browser().post("/accounts/phone/", {"phone": "16100000704", "notice": "sign_in/1"})
    assert PhoneCode.objects.get().notice == "sign_in/1"
    user = sign_up("16100000705")
    assert user.person is not None
    assert user.person.provenance["phone"]["purpose"] == "sign_in"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_notice_has_a_page_for_every_version_and_none_for_others(db: None, language: str) -> None:
    page = browser(**{"accept-language": language}).get("/privacy/notices/sign_in/1/")
    assert page.status_code == 200
    text = page.content.decode()
    assert ("个人信息保护法第十三条" if language == "zh-hans" else "PIPL Art. 13(1)(1)") in text
    for absent in ("sign_in/2", "nothing/1"):
        assert browser().get(f"/privacy/notices/{absent}/").status_code == 404
