"""Corrections with proof, free requests, and what no request may touch: other people's identities and kept records."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.actions import CORRECT, create_person, request_code
from accounts.models import Department, Person, PhoneCode, User
from accounts.rules import one_time_code
from cases.models import Case, HistoryEntry
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.models import AccessEntry, Edition
from ledger.sealed import plain
from services.actions.privacy import ask_about_my_data
from services.models import Draft, Item
from services.queries.privacy import my_data, request_detail, sure_people
from tests.accounts.world import acting, browser, resident
from tests.services.test_privacy import PHONE, decide, me, officer  # noqa: F401 - fixtures
from tests.wages.site import project
from wages.models import Worker

pytestmark = pytest.mark.django_db
NEW, ID, OTHER_ID = "16100000888", "379999195810288225", "379999200501030873"


def typed(user: User, phone: str = NEW) -> dict[str, Any]:
    """What the form brings once the code that was sent to the new number is read off it."""
    code_id = request_code(phone=phone, purpose=CORRECT)
    assert code_id is not None
    said = {"ask": "correct_phone", "words": "", "right": phone, "submission_key": "k", "actor": acting(user)}
    return {**said, "code_id": code_id, "code": one_time_code(settings.KEYS.token, code_id)}


def given(phone: str = PHONE, **more: str) -> Person:
    """An identity that came with a form that named this phone."""
    day = (app_now() + timedelta(days=700)).date()
    return create_person(
        phone=phone, source="window", purpose="handle the application", basis="PIPL 13(3)", expires=day,
        notice="report/1", now=app_now(), **more,
    )  # fmt: skip


def on_a_roster() -> Person:
    """A worker of a site whose sheet named this phone."""
    person = given(name="工示例", id_number=ID)
    Worker.objects.create(project=project(), person=person, id_number_index=b"x")
    return person


def drafted(user: User) -> None:
    body = Department.objects.create(code="sp", name_zh="审批", name_en="Approval", level="county", territory="/99/")
    edition = Edition.objects.create(kind="services", number=1, drafted_by="member:1", drafted_at=app_now())
    item = Item.objects.create(
        edition=edition, code="010101", type="01", name_zh="事项", name_en="Item", audience="person", accepting=body,
        issuing=body, accept_days=1, promised_days=5, statutory_days=20, supplement_days=5, review="simple",
    )  # fmt: skip
    Draft.objects.create(id=uuid7(), person_id=user.person_id, item=item, content=plain("{}"), updated_at=app_now())


def test_a_new_number_is_proven_by_its_code_and_signs_in_afterwards(me: User, officer: Actor) -> None:  # noqa: F811
    page = browser(me)
    sent = page.post("/my-data/", {"right_phone": "161 0000 0888", "send_code": "1", "words": "新号"})
    assert sent.status_code == 200 and 'name="code"' in sent.content.decode() and "新号" in sent.content.decode()
    code = PhoneCode.objects.get(purpose=CORRECT)
    form = {"ask": "correct_phone", "right_phone": NEW, "submission_key": "k", "notice": "privacy_request/2"}
    wrong = page.post("/my-data/", {**form, "code": "00000000"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["code"])
    code.refresh_from_db()
    assert code.attempts == 1
    right = {**form, "code": one_time_code(settings.KEYS.token, code.pk)}
    assert page.post("/my-data/", right)["Location"] == page.post("/my-data/", right)["Location"]
    case = Case.objects.get()
    assert NEW not in json.dumps(case.answers) and case.answers["proof"] == "code"
    detail = request_detail(case.pk, officer)
    assert (detail.proposal, detail.proven) == ("161****0888", True)
    decide(case, officer)
    assert {str(person.phone) for person in Person.objects.filter(erased_at=None)} == {"161****0888"}
    assert Person.objects.get(pk=me.person_id).provenance["phone"]["basis"] == "PIPL 46"
    assert User.objects.get(person__phone_index=Person.objects.get(pk=me.person_id).phone_index) == me


def test_a_code_of_signing_in_proves_no_new_number_and_one_of_another_number_neither(me: User) -> None:  # noqa: F811
    for code_id in (request_code(phone=NEW), request_code(phone="16100000889", purpose=CORRECT), None):
        said = {
            "right": NEW,
            "code_id": code_id,
            "code": one_time_code(settings.KEYS.token, code_id) if code_id else "",
        }
        with pytest.raises(ValidationError) as refused:
            ask_about_my_data(ask="correct_phone", words="", submission_key="k", actor=acting(me), **said)
        assert list(refused.value.error_dict) == ["code"]
    assert not Case.objects.exists()


def test_a_number_that_opens_an_account_is_refused_at_asking_and_at_granting(me: User, officer: Actor) -> None:  # noqa: F811
    resident("16100000889")
    with pytest.raises(ValidationError) as refused:
        ask_about_my_data(**typed(me, "16100000889"))
    assert list(refused.value.error_dict) == ["right_phone"]
    ask_about_my_data(**typed(me))
    resident(NEW)
    with pytest.raises(ValidationError):
        decide(Case.objects.get(), officer)
    assert str(Person.objects.get(pk=me.person_id).phone) == "161****0777"


def test_a_citizen_number_is_changed_only_after_the_document_was_shown(me: User, officer: Actor) -> None:  # noqa: F811
    held = given(id_number=ID)
    ask_about_my_data(ask="correct_id", words="", right=OTHER_ID, submission_key="k", actor=acting(me))
    case = Case.objects.get()
    assert OTHER_ID not in json.dumps(case.answers)
    with pytest.raises(ValidationError, match=r"证件|identity document"):
        decide(case, officer)
    case.refresh_from_db()
    decide(case, officer, "grant_shown")
    held.refresh_from_db()
    assert held.id_number._open() == OTHER_ID
    assert HistoryEntry.objects.filter(case=case, transition="carried_out").get().data["people"] == 1
    assert Person.objects.get(pk=case.answers["proposal"]).id_number.empty


def test_where_no_number_may_be_changed_the_officer_is_told_where_it_is(me: User, officer: Actor) -> None:  # noqa: F811
    on_a_roster()
    ask_about_my_data(ask="correct_id", words="", right=OTHER_ID, submission_key="k", actor=acting(me))
    with pytest.raises(ValidationError, match=r"名册|roster"):
        decide(Case.objects.get(), officer, "grant_shown")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"ask": "correct_id", "right_id": "370902199001010000"}, "right_id"), ({"ask": "correct_id"}, "right_id"),
        ({"ask": "correct_phone", "right_phone": "12"}, "code"), ({"ask": "other"}, "words"),
        ({"send_code": "1", "right_phone": "12"}, "right_phone"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_beside_its_field(me: User, officer: Actor, said: dict[str, str], field: str) -> None:  # noqa: F811
    answer = browser(me).post("/my-data/", {"submission_key": "k", **said})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Case.objects.exists() and not PhoneCode.objects.exists()


def test_a_free_request_is_decided_in_words_and_changes_nothing_by_itself(me: User, officer: Actor) -> None:  # noqa: F811
    ask_about_my_data(ask="other", words="请限制处理", submission_key="k", actor=acting(me))
    case = Case.objects.get()
    decide(case, officer)
    assert (case.state, HistoryEntry.objects.filter(case=case, transition="open").get().note) == ("done", "请限制处理")
    done = HistoryEntry.objects.get(case=case, transition="carried_out").data
    assert done == {"ask": "other", "people": 0, "kept": 0, "left": 0}
    assert Person.objects.filter(erased_at=None).count() == 2


def test_a_wage_roster_outlives_the_account_and_a_draft_does_not(me: User, officer: Actor) -> None:  # noqa: F811
    worker = on_a_roster()
    drafted(me)
    ask_about_my_data(ask="close_account", words="", submission_key="k", actor=acting(me))
    case = Case.objects.get(kind="privacy_request")
    assert request_detail(case.pk, officer).kept == 1
    decide(case, officer)
    worker.refresh_from_db()
    assert worker.erased_at is None and not worker.name.empty
    done = HistoryEntry.objects.get(case=case, transition="carried_out").data
    assert done == {"ask": "close_account", "people": 2, "kept": 1, "left": 0}
    assert not Draft.objects.exists()


def test_what_else_tells_of_a_person_is_counted_with_its_reason(me: User) -> None:  # noqa: F811
    on_a_roster()
    also = {row.what_en: row.count for row in my_data(acting(me)).also}
    assert also["real-name rosters of building sites"] == 1
    page = browser(me).get("/my-data/").content.decode()
    assert "工地实名制名册" in page and "第二十八条" in page
    assert my_data(acting(resident("16100000779"))).also == ()


def test_a_phone_beside_several_citizen_numbers_is_nobodys_key_to_them(me: User, officer: Actor) -> None:  # noqa: F811
    first, second = given(name="甲示例", id_number=ID), given(name="乙示例", id_number=OTHER_ID)
    assert {first.pk, second.pk}.isdisjoint(sure_people(str(me.person_id)))
    copy = browser(me).post("/my-data/copy/").content.decode()
    assert ID not in copy and OTHER_ID not in copy and "甲示例" not in copy and PHONE in copy
    ask_about_my_data(ask="close_account", words="", submission_key="k", actor=acting(me))
    decide(Case.objects.get(), officer)
    for person in (first, second):
        person.refresh_from_db()
        assert person.erased_at is None


def test_a_phone_gives_no_citizen_number_in_clear(me: User) -> None:  # noqa: F811
    given(id_number=ID)
    copy = browser(me).post("/my-data/copy/").content.decode()
    assert ID not in copy and "3799**********8225" in copy
    assert not AccessEntry.objects.filter(fields__contains=["id_number"]).exists()
    assert Client().post("/my-data/copy/").status_code == 401
