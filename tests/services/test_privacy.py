"""My data and requests about it: what is shown, to whom, how it is decided, what is erased, and the proof."""

import ast
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils.translation import override

from accounts.actions import create_person
from accounts.models import Membership, Person, User
from cases import forms as case_forms
from cases.actions import move_case, withdraw
from cases.models import Assignment, Case, HistoryEntry
from cases.queries import bearer
from ledger.actions import place_hold, redeem, reveal
from ledger.actors import ANONYMOUS, Actor, ActorKind
from ledger.clock import app_now
from ledger.models import AccessEntry, AuditEntry, Promise
from services import forms
from services.actions.privacy import ask_about_my_data, settle_privacy
from services.queries.privacy import my_data
from services.templatetags.privacy import WORDS
from tests.accounts.world import acting, browser, department, hat, resident, role, user

pytestmark = pytest.mark.django_db
PHONE, NAME = "16100000777", "王示例"


@pytest.fixture
def officer(db: None) -> Actor:
    """The personal data officer of the information centre; and a supervision centre that receives."""
    department("jd", "/99/", function="supervision")
    centre = department("xx", "/99/", function="information")
    who = user("dataofficer")
    return acting(who, hat(who, role("data_officer", "cases.read", "cases.claim", "privacy.decide"), centre))


@pytest.fixture
def me(db: None) -> User:
    """A resident whose proven phone was also given with a report."""
    someone = resident(PHONE)
    day = (app_now() + timedelta(days=700)).date()
    create_person(
        name=NAME, phone=PHONE, source="reporter:public", purpose="reply", basis="PIPL 13(1)", expires=day,
        notice="report/1", now=app_now(),
    )  # fmt: skip
    return someone


def ask(me: User, what: str, **more: Any) -> Case:
    ask_about_my_data(ask=what, words="请删除", submission_key=f"k-{what}", actor=acting(me), **more)
    return Case.objects.get(kind="privacy_request")


def decide(case: Case, officer: Actor, move: str = "grant") -> None:
    """Assigned as a rule would, then decided with reasons."""
    if case.state == "received":
        assign(case, officer)
    move_case(number=case.number, transition=move, actor=officer, expected_version=case.version, note="依据第四十七条")
    redeem(list(Promise.objects.filter(kind="services.privacy").values_list("pk", flat=True)))
    case.refresh_from_db()


def assign(case: Case, officer: Actor) -> None:
    centre = Actor(
        ActorKind.MEMBER, str(user().pk), department_id=Assignment.objects.get(case=case).department_id,
        membership_id=1, rights=frozenset({"cases.dispatch"}), territory="/99/",
    )  # fmt: skip
    move_case(
        number=case.number, transition="assign", actor=centre, expected_version=0, department_id=officer.department_id
    )
    case.refresh_from_db()


def test_the_page_shows_masks_with_their_story_and_no_clear_value(me: User) -> None:
    page = browser(me).get("/my-data/")
    text = page.content.decode()
    assert PHONE not in text
    assert NAME not in text
    told = {(value.field, value.source, value.notice_key) for value in page.context["data"].values}
    assert told == {
        ("phone", "resident", ""),
        ("phone", "reporter:public", "report"),
        ("name", "reporter:public", "report"),
    }
    assert "/privacy/notices/report/1/" in text
    assert "161****0777" in text


def test_who_looked_is_a_department_and_a_role_and_never_a_name(me: User) -> None:
    centre = department("hotline", "/99/")
    who = user("curious", display_name="看示例")
    looking = acting(who, hat(who, role("acceptor", "people.contact", name_zh="受理员"), centre))
    told = Person.objects.exclude(pk=me.person_id).get()
    reveal(
        actor=looking, subject_kind="person", subject_id=told.pk, values={"phone": told.phone}, purpose="clarify",
        now=app_now(),
    )  # fmt: skip
    page = browser(me).get("/my-data/")
    look = page.context["data"].looks[0]
    assert (look.department_zh, look.role_zh, look.fields, look.purpose) == ("hotline", "受理员", ("phone",), "clarify")
    assert "看示例" not in page.content.decode()
    assert "curious" not in page.content.decode()


def test_nobody_sees_the_data_of_another(me: User) -> None:
    other = resident("16100000778")
    values = my_data(acting(other)).values
    assert [value.mask for value in values] == ["161****0778"]
    assert my_data(ANONYMOUS).values == ()
    with pytest.raises(PermissionDenied):
        ask_about_my_data(ask="close_account", words="", submission_key="x", actor=ANONYMOUS)
    assert Client().get("/my-data/").status_code == 302


def test_erasure_of_contacts_is_decided_with_reasons_and_really_done(me: User, officer: Actor) -> None:
    case = ask(me, "erase_contacts")
    decide(case, officer)
    told = Person.objects.exclude(pk=me.person_id).get()
    assert (told.name.empty, told.phone.empty, told.phone_index, told.provenance) == (True, True, None, {})
    assert told.erased_at is not None
    assert not Person.objects.get(pk=me.person_id).phone.empty
    assert (case.state, case.closed) == ("done", True)
    lines = list(HistoryEntry.objects.filter(case=case).order_by("sequence"))
    assert [line.transition for line in lines] == ["open", "assign", "grant", "carried_out"]
    assert (lines[2].actor_id, lines[2].note) == (officer.id, "依据第四十七条")
    assert lines[3].data == {"ask": "erase_contacts", "people": 1, "kept": 0, "left": 0}
    assert AuditEntry.objects.get(action="privacy.done").object_id == str(case.pk)


def test_closing_the_account_ends_its_sessions_and_leaves_nothing(me: User, officer: Actor) -> None:
    signed_in = browser(me)
    assert signed_in.get("/my-data/").status_code == 200
    case = ask(me, "close_account")
    decide(case, officer)
    assert signed_in.get("/my-data/").status_code == 302
    assert Person.objects.filter(erased_at=None).count() == 0
    assert not any(person.phone or person.name for person in Person.objects.all())
    me.refresh_from_db()
    assert not me.is_active


def test_a_right_name_is_sealed_put_in_and_the_proposal_erased(me: User, officer: Actor) -> None:
    case = ask(me, "correct_name", right="王示范")
    assert "王示范" not in json.dumps(case.answers, ensure_ascii=False)
    decide(case, officer)
    told = Person.objects.exclude(pk=me.person_id).get(erased_at=None)
    assert told.name._open() == "王示范"
    assert told.provenance["name"]["basis"] == "PIPL 46"
    assert Person.objects.get(pk=case.answers["proposal"]).name.empty
    assert AccessEntry.objects.filter(purpose="correction", case_id=case.pk).count() == 1


def test_declined_changes_nothing_but_the_proposal(me: User, officer: Actor) -> None:
    case = ask(me, "correct_name", right="王示范")
    decide(case, officer, "decline")
    assert case.state == "declined"
    assert Person.objects.exclude(pk=me.person_id).get(erased_at=None).name._open() == NAME
    assert Person.objects.get(pk=case.answers["proposal"]).name.empty


def test_a_legal_hold_stops_the_erasure(me: User, officer: Actor) -> None:
    case = ask(me, "close_account")
    keeper = Actor(ActorKind.MEMBER, "7", membership_id=1, rights=frozenset({"accounts.memberships"}))
    place_hold(subject_kind="person", subject_id=str(me.person_id), reason="法院示例函", actor=keeper)
    with pytest.raises(ValidationError):
        decide(case, officer)
    assert Person.objects.filter(erased_at=None).count() == 2


def test_withdrawn_by_the_person_through_the_private_link(me: User) -> None:
    department("jd", "/99/", function="supervision")
    token = ask_about_my_data(ask="close_account", words="", submission_key="x", actor=acting(me))
    found = bearer(token)
    assert found is not None
    withdraw(number=Case.objects.get().number, actor=found[1], reason="不删了")
    assert Case.objects.get().state == "taken_back"
    assert Person.objects.filter(erased_at=None).count() == 2


def test_carried_out_twice_is_done_once(me: User, officer: Actor) -> None:
    case = ask(me, "erase_contacts")
    decide(case, officer)
    before = HistoryEntry.objects.count(), AuditEntry.objects.count()
    settle_privacy({"case": case.pk}, promise_id=1, now=app_now())
    assert (HistoryEntry.objects.count(), AuditEntry.objects.count()) == before


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ask": "correct_name", "right_name": " "}, "right_name"),
        ({"ask": "nothing"}, "ask"),
        ({"ask": "close_account", "words": "x" * 1001}, "words"),
    ],
)
def test_a_wrong_request_is_refused_beside_its_field(me: User, given: dict[str, str], field: str) -> None:
    answer = browser(me).post("/my-data/", {"submission_key": "x", **given})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Case.objects.exists()


def test_the_same_form_sent_twice_is_one_case(me: User, officer: Actor) -> None:
    form = {"ask": "erase_contacts", "submission_key": "once", "notice": "privacy_request/1"}
    answers = [browser(me).post("/my-data/", form) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert answers[0]["Location"].startswith("/track/")
    assert Case.objects.count() == 1


def test_the_copy_holds_the_own_values_in_clear_and_is_a_look(me: User) -> None:
    answer = browser(me).post("/my-data/copy/")
    found = json.loads(answer.content)
    assert sorted(value for row in found["values"].values() for value in row.values()) == [PHONE, PHONE, NAME]
    assert "attachment" in answer["Content-Disposition"]
    assert {look["purpose"] for look in found["looks"]} == {"own_copy"}
    assert Membership.objects.count() == 0
    assert browser(me).get("/my-data/copy/").status_code == 405


def _codes() -> Iterator[str]:
    """Every code of provenance and of a look that the code base writes: keywords of calls that store or reveal."""
    for path in sorted(Path(settings.BASE_DIR).glob("*/actions/*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            given = {word.arg: word.value for word in getattr(call, "keywords", ()) if isinstance(call, ast.Call)}
            if "now" in given and ("basis" in given or "subject_kind" in given):
                values = (given.get(name) for name in ("source", "purpose", "basis"))
                yield from (value.value for value in values if isinstance(value, ast.Constant))


def test_every_code_of_provenance_has_words_in_both_languages() -> None:
    codes = {*_codes(), *dict(case_forms.PURPOSES), *dict(forms.PURPOSES)} - {""}
    assert {"wage_sheet", "PIPL 46", "issue"} <= codes
    assert codes <= WORDS.keys()
    with override("zh-hans"):
        assert [code for code in codes if str(WORDS[code]).isascii()] == []
