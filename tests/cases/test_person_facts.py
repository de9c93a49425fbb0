"""Where a person lives and works: kept from the person's own matter, sealed, shown for a purpose, and it leaves."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.actions import create_person
from accounts.models import Person, User
from accounts.rules import city_date
from cases import actions, engine
from cases.models import Case
from grids.kinds import FACTS
from grids.models import PersonFact
from grids.queries.registry import old_facts, person_facts
from ledger import kinds
from ledger.actions import place_hold
from ledger.clock import app_now
from ledger.models import AccessEntry, AuditEntry
from services.actions.privacy import ask_about_my_data, export_my_data
from services.queries.privacy import my_data
from tests.accounts.world import acting, browser, department, hat, resident, role, user
from tests.services.test_privacy import PHONE, decide

pytestmark = pytest.mark.django_db
HOME = "泰安市泰山区示范镇青禾村1号楼2单元301"


@pytest.fixture
def officer(db: None) -> User:
    """A counter clerk of the city, who may see contacts and keep facts."""
    department("jd", "/99/", function="supervision")
    who = user("window")
    rights = ("cases.read", "cases.claim", "people.contact", "people.register", "privacy.decide")
    hat(who, role("window_clerk", *rights), department("xx", "/99/", function="information"))
    return who


@pytest.fixture
def me(db: None) -> User:
    return resident(PHONE)


@pytest.fixture
def case(me: User, officer: User) -> Case:
    """A matter of the resident's own that the officer has."""
    ask_about_my_data(ask="other", words="请更正", submission_key="own", actor=acting(me))
    found = Case.objects.get(kind="privacy_request")
    step = found.assignments.get()
    step.department, step.holder = officer.memberships.get().department, officer
    step.save()
    return found


def keep(case: Case, officer: User, **values: Any) -> None:
    given = {"kind": "residence", "text": HOME, "building": "", "premises": "", "as_of": city_date(app_now())} | values
    actions.record_person_fact(number=case.number, actor=acting(officer), **given)


def test_a_fact_is_sealed_masked_and_told_to_the_person_with_its_story(case: Case, officer: User, me: User) -> None:
    keep(case, officer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM grids_personfact")
        stored = bytes(cursor.fetchone()[0])
    assert HOME.encode() not in stored
    (row,) = person_facts([case.person_id], on=city_date(app_now()))  # type: ignore[list-item]
    assert row.mask == "泰安市泰山区***"
    shown = next(value for value in my_data(acting(me)).values if value.field == "residence")
    assert (shown.mask, shown.number, shown.source) == ("泰安市泰山区***", case.number, "case")
    assert shown.basis == FACTS["residence"].basis
    assert shown.expires == (city_date(app_now()) + timedelta(days=FACTS["residence"].keep_days)).isoformat()
    page = browser(me).get("/my-data/").content.decode()
    assert "居住地" in page
    assert HOME not in page


def test_clear_text_needs_a_purpose_and_the_person_sees_who_looked(case: Case, officer: User, me: User) -> None:
    keep(case, officer)
    desk = browser(officer)
    page = f"/desk/cases/{case.number}/person/"
    assert HOME not in desk.get(page).content.decode()
    refused = desk.post(f"{page}show/", {}, follow=True).content.decode()
    assert HOME not in refused
    assert not AccessEntry.objects.exists()
    assert HOME in desk.post(f"{page}show/", {"purpose": "appointment"}).content.decode()
    entry = AccessEntry.objects.get()
    assert (entry.subject_id, entry.fields, entry.purpose) == (str(case.person_id), ["residence"], "appointment")
    (look,) = my_data(acting(me)).looks
    assert (look.fields, look.number) == (("residence",), case.number)
    assert HOME not in str(list(AuditEntry.objects.values_list("data", flat=True)))


def test_a_newer_fact_ends_the_one_before_and_no_longer_so_ends_it(case: Case, officer: User) -> None:
    keep(case, officer)
    keep(case, officer, text="泰安市岱岳区某路2号")
    held = PersonFact.objects.filter(ended_at=None)
    assert held.count() == 1
    assert PersonFact.objects.count() == 2
    desk = browser(officer)
    page = f"/desk/cases/{case.number}/person/"
    desk.post(f"{page}end/", {"fact": str(held.get().pk)})
    assert not PersonFact.objects.filter(ended_at=None).exists()
    again = desk.post(f"{page}end/", {"fact": str(PersonFact.objects.first().pk)}, follow=True)  # type: ignore[union-attr]
    assert "已有人" in again.content.decode()
    assert desk.post(f"{page}end/", {"fact": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "religion"}, "kind"),
        ({"text": " "}, "text"),
        ({"text": "长" * 201}, "text"),
        ({"building": "B-NOWHERE"}, "building"),
        ({"premises": "U-NOWHERE"}, "premises"),
        ({"as_of": date(2999, 1, 1)}, "as_of"),
        ({"as_of": date(2001, 1, 1)}, "as_of"),
    ],
)
def test_what_is_not_kept_is_refused_beside_its_field(
    case: Case, officer: User, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        keep(case, officer, **values)
    assert list(refusal.value.error_dict) == [field]
    assert not PersonFact.objects.exists()


def test_only_who_has_the_matter_and_the_right_keeps_facts(case: Case, officer: User) -> None:
    other = user("elsewhere")
    hat(other, role("reader", "cases.read", "people.contact", "people.register"), department("zz", "/98/"))
    with pytest.raises(engine.NoSuchCase):
        keep(case, other)
    assert browser(other).get(f"/desk/cases/{case.number}/person/").status_code == 404
    seer = user("seer")
    hat(seer, role("seer", "cases.read", "people.contact"), officer.memberships.get().department)
    with pytest.raises(PermissionDenied):
        keep(case, seer)
    assert "kind" not in browser(seer).get(f"/desk/cases/{case.number}/person/").context["form"].data


def test_facts_leave_on_their_day_after_their_end_and_with_the_identity(case: Case, officer: User) -> None:
    now = app_now()
    day = city_date(now)
    keep(case, officer)
    keep(case, officer, kind="address", text="泰安市某信箱3号")
    keep(case, officer, kind="employment", text="示范机械厂")
    assert not old_facts(now=now).exists()
    PersonFact.objects.filter(kind="address").update(ended_at=now - timedelta(days=91))
    PersonFact.objects.filter(kind="employment").update(as_of=day - timedelta(days=9), expires=day - timedelta(days=1))
    assert set(old_facts(now=now).values_list("kind", flat=True)) == {"address", "employment"}
    Person.objects.filter(pk=case.person_id).update(erased_at=now)
    assert old_facts(now=now).count() == 3
    keeper = user("keeper")
    hold = acting(keeper, hat(keeper, role("security", "accounts.memberships"), department("sec", "/99/")))
    place_hold(subject_kind="person", subject_id=str(case.person_id), reason="某院调查令", actor=hold)
    assert not old_facts(now=now).exists()
    assert kinds.retentions["grids.personfact"].owner == "person"


def test_the_copy_holds_facts_and_erasure_deletes_them(case: Case, officer: User, me: User) -> None:
    keep(case, officer)
    assert export_my_data(actor=acting(me))[str(case.person_id)]["residence"] == HOME
    create_person(
        name="王示例", phone=PHONE, source="reporter:public", purpose="reply", basis="PIPL 13(1)",
        expires=city_date(app_now()) + timedelta(days=700), notice="report/1", now=app_now(),
    )  # fmt: skip
    ask_about_my_data(ask="erase_contacts", words="请删除", submission_key="erase", actor=acting(me))
    erase = Case.objects.exclude(pk=case.pk).get()
    step = erase.assignments.get()
    step.department, step.holder = officer.memberships.get().department, officer
    step.save()
    decide(erase, acting(officer))
    assert not PersonFact.objects.exists()
