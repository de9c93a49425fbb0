"""Residents sign in by phone code: limits in the database, uniform answers, nothing in clear."""

import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from accounts import rules
from accounts.actions import check_code, create_person, request_code
from accounts.models import PhoneCode, StandInMessage, User
from accounts.queries import old_codes, person_ids_of_resident
from ledger.actions import redeem, run_retention
from ledger.clock import app_now
from ledger.models import AuditEntry, Promise
from ledger.sealed import blind_index
from tests.accounts.world import acting, browser, resident

PHONE = "16100000123"


def code_of(row: uuid.UUID) -> str:
    return rules.one_time_code(settings.KEYS.token, row)


def age(seconds: int) -> None:
    """Let every code have been asked for so many seconds earlier."""
    for row in PhoneCode.objects.all():
        row.created_at -= timedelta(seconds=seconds)
        row.save(update_fields=["created_at"])


def sign_up(phone: str = PHONE) -> User:
    row = request_code(phone=phone)
    assert row is not None
    user = check_code(code_id=row, typed=code_of(row))
    assert user is not None
    return user


def ask(client: Client, phone: str = PHONE) -> None:
    assert client.post("/accounts/phone/", {"phone": phone})["location"] == "/accounts/phone/code/"


def test_a_resident_signs_up_and_in_with_the_code_the_stand_in_received(db: None) -> None:
    client = browser()
    ask(client)
    redeem(list(Promise.objects.values_list("pk", flat=True)))
    message = StandInMessage.objects.get()
    assert message.recipient == "161****0123"
    code = re.search(r"\d{8}", message.body)
    assert code is not None
    answer = client.post("/accounts/phone/code/", {"code": code[0]})
    assert answer["location"] == "/"
    made = User.objects.get(person__isnull=False)
    assert made.person is not None
    assert str(made.person.phone) == "161****0123"
    assert client.get("/notices/").status_code == 200
    assert AuditEntry.objects.get(action="sign_in").data == {"method": "phone"}


def test_the_same_phone_is_the_same_resident(db: None) -> None:
    first = sign_up()
    age(61)
    assert sign_up("+86 161-0000-0123") == first


def test_a_code_works_once(db: None) -> None:
    row = request_code(phone=PHONE)
    assert row is not None
    assert check_code(code_id=row, typed=code_of(row)) is not None
    assert check_code(code_id=row, typed=code_of(row)) is None


def test_a_code_is_dead_after_five_wrong_tries_and_that_is_audited(db: None) -> None:
    row = request_code(phone=PHONE)
    assert row is not None
    for _ in range(5):
        assert check_code(code_id=row, typed="00000000") is None
    assert check_code(code_id=row, typed=code_of(row)) is None
    assert AuditEntry.objects.filter(action="phone.locked").count() == 1


def test_a_code_is_dead_after_ten_minutes(db: None) -> None:
    row = request_code(phone=PHONE)
    assert row is not None
    PhoneCode.objects.update(expires_at=app_now())
    assert check_code(code_id=row, typed=code_of(row)) is None


def test_a_new_code_kills_the_old_one(db: None) -> None:
    old = request_code(phone=PHONE)
    age(61)
    new = request_code(phone=PHONE)
    assert old is not None
    assert new is not None
    assert check_code(code_id=old, typed=code_of(old)) is None
    assert check_code(code_id=new, typed=code_of(new)) is not None


def test_a_phone_gets_one_code_a_minute_and_five_a_day(db: None) -> None:
    sent = []
    for _ in range(8):
        sent.append(request_code(phone=PHONE))
        assert request_code(phone=PHONE) is None
        age(61)
    assert [row is not None for row in sent] == [True] * 5 + [False] * 3


def test_the_answer_is_the_same_when_a_limit_is_reached(db: None) -> None:
    pages = []
    for _ in range(2):
        client = browser()
        ask(client)
        pages.append(client.get("/accounts/phone/code/"))
        wrong = client.post("/accounts/phone/code/", {"code": "00000000"})
        assert wrong.status_code == 200
        assert "code" in wrong.context["form"].errors
    assert PhoneCode.objects.count() == 1
    assert pages[0].context["form"].errors == pages[1].context["form"].errors == {}


def test_a_code_opens_only_the_browser_that_asked_for_it(db: None) -> None:
    ask(browser())
    other = browser()
    ask(other, "16100000999")
    mine = PhoneCode.objects.order_by("created_at", "pk").first()
    assert mine is not None
    assert other.post("/accounts/phone/code/", {"code": code_of(mine.pk)}).status_code == 200
    assert browser().get("/accounts/phone/code/")["location"] == "/accounts/phone/"


def test_guessing_over_many_phones_stops_new_codes(db: None) -> None:
    for number in range(45):
        row = request_code(phone=f"1610001{number:04d}")
        if row is None:
            break
        PhoneCode.objects.filter(pk=row).update(attempts=5)
    else:
        pytest.fail("the breaker never opened")
    assert request_code(phone="16100099999") is None


def test_neither_phone_nor_code_is_stored_in_clear_or_promised(db: None) -> None:
    row = request_code(phone=PHONE)
    assert row is not None
    promise = Promise.objects.get()
    assert PHONE not in str(promise.payload)
    assert code_of(row) not in str(PhoneCode.objects.values().get())
    assert PHONE not in str(PhoneCode.objects.values().get())


def test_a_used_code_is_not_sent_any_more(db: None) -> None:
    row = request_code(phone=PHONE)
    assert row is not None
    check_code(code_id=row, typed=code_of(row))
    redeem(list(Promise.objects.values_list("pk", flat=True)))
    assert not StandInMessage.objects.exists()


def test_old_codes_and_their_phones_are_deleted(db: None) -> None:
    request_code(phone=PHONE)
    age(3 * 86400)
    request_code(phone="16100000888")
    left = list(old_codes(now=app_now()))
    assert [bytes(code.phone_index) for code in left] == [blind_index("phone", PHONE)]
    run_retention({"row": "accounts.phonecode"}, promise_id=1, now=app_now())
    assert [bytes(code.phone_index) for code in PhoneCode.objects.all()] == [blind_index("phone", "16100000888")]


def test_what_was_reported_with_the_proven_phone_belongs_to_the_resident(db: None) -> None:
    someone = resident(PHONE)
    day = (app_now() + timedelta(days=90)).date()
    told = create_person(phone=PHONE, source="reporter", purpose="reply", basis="x", expires=day, now=app_now())
    create_person(phone="16100000999", source="reporter", purpose="reply", basis="x", expires=day, now=app_now())
    assert set(person_ids_of_resident(acting(someone))) == {someone.person_id, told.pk}


@pytest.mark.parametrize("phone", ["12345", "26100000123", "1610000012x", ""])
def test_a_wrong_number_is_refused_beside_the_field(db: None, phone: str) -> None:
    answer = browser().post("/accounts/phone/", {"phone": phone})
    assert "phone" in answer.context["form"].errors
    assert not PhoneCode.objects.exists()
