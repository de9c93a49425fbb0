"""Applying, completing, withdrawing: once is once, personal answers are sealed, nobody sees another's."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.demo_identity import demo_phone
from accounts.models import User
from accounts.queries import presence_of_user
from cases import engine
from cases.actions import sweep_deadlines
from cases.models import Attachment, Case, Clock, HistoryEntry
from ledger.actors import Actor, ActorKind
from ledger.calendar import remaining
from ledger.clock import app_now, shifted
from ledger.models import AccessEntry
from ledger.queries import work_calendar
from services import actions, queries
from services.models import Draft, Matter
from tests.accounts.world import resident
from tests.services.world import RESTAURANT, SENIOR, SIGN, City, accept, fresh, move, rows


def _other(city: City) -> Actor:
    """Another resident, with his own phone."""
    return presence_of_user(resident(demo_phone(city.chance)), None).actor


def test_an_application_stands_where_its_item_says_with_its_limit(city: City) -> None:
    case = city.apply(SENIOR)
    clock = Clock.objects.get(case=case)
    assert (case.state, case.category, case.source) == ("submitted", f"service/{SENIOR}", "public")
    assert (clock.stage, clock.unit, int(clock.budget)) == ("accept", "working_day", 2)
    assert case.answers == {"item": Matter.objects.get(case=case).item_id, "applicant": "person", "first": "no",
                            "beside": "no", "after": "no"}  # fmt: skip
    accept(city, case)
    limits = {clock.kind: int(clock.budget) for clock in Clock.objects.filter(case=case, stopped_at=None)}
    assert limits == {"promised": 3, "statutory": 20}


def test_twice_submitted_is_once_and_another_body_is_refused(city: City) -> None:
    answers = city.answers(SENIOR)
    who = city["resident"]
    papers = {"identity": [city.photo(who)]}
    first = city.apply(SENIOR, answers=answers, materials=papers, submission_key="same")
    again = city.apply(SENIOR, answers=answers, materials=papers, submission_key="same")
    assert first.pk == again.pk and Matter.objects.count() == 1
    with pytest.raises(engine.SubmissionConflict):
        city.apply(SENIOR, answers={**answers, "card_type": "60"}, materials=papers, submission_key="same")


def test_personal_answers_are_sealed_and_shown_as_masks(city: City) -> None:
    answers = city.answers(SENIOR)
    case = city.apply(SENIOR, answers=answers)
    secrets = [*answers["elder"].values(), answers["address"]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text, c::text FROM services_matter m JOIN cases_case c ON c.id = m.case_id")
        stored = " ".join(cursor.fetchone())
    assert not [secret for secret in secrets if secret in stored]
    detail = queries.matter_detail(case.pk, city["window"])
    shown = {row.key: row.value_zh for row in detail.answers}
    assert shown["address"] == "***" and shown["card_type"] == "70 周岁以上"
    assert answers["elder"]["phone"][-4:] in shown["elder"] and answers["elder"]["phone"] not in shown["elder"]


def test_clear_answers_need_a_purpose_and_leave_a_row_the_person_can_see(city: City) -> None:
    answers = city.answers(SENIOR)
    case = city.apply(SENIOR, answers=answers)
    shown = actions.reveal_answers(actor=city["window"], number=case.number, purpose="review")
    assert any(answers["elder"]["id_number"] in text for _zh, _en, text in shown)
    entry = AccessEntry.objects.get()
    assert (entry.subject_id, entry.purpose, entry.case_id) == (city["resident"].id, "review", case.pk)
    with pytest.raises(engine.NoSuchCase):
        actions.reveal_answers(actor=city["hb-coordinator"], number=case.number, purpose="review")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"answers": {}}, "elder.name"),
        ({"materials": {}}, "material_identity"),
        ({"code": "999999999999"}, "__all__"),
        ({"edition": 99}, "__all__"),
    ],
)
def test_what_is_incomplete_is_refused_and_nothing_is_written(city: City, change: dict[str, Any], field: str) -> None:
    who = city["resident"]
    given = {
        "code": SENIOR, "edition": 1, "answers": city.answers(SENIOR), "materials": {"identity": [city.photo(who)]},
        **change,
    }  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        actions.apply_for(actor=who, application=actions.Application(**given), submission_key="k")
    fields = refused.value.message_dict if hasattr(refused.value, "error_dict") else {"__all__": []}
    assert field in fields and not Case.objects.exists()


def test_nobody_attaches_a_paper_another_uploaded(city: City) -> None:
    stolen = city.photo(_other(city))
    with pytest.raises(ValidationError):
        city.apply(SENIOR, materials={"identity": [stolen]})
    assert not Attachment.objects.exists()


def test_a_clerk_files_for_somebody_only_with_a_reason_and_the_applicant_follows_it(city: City) -> None:
    with pytest.raises(ValidationError):
        city.apply(SENIOR, city["window"], purpose=" ")
    with pytest.raises(engine.NotPermitted):
        city.apply(SENIOR, city["coordinator"])
    somebody = User.objects.get(username="resident")
    answers = city.answers(SENIOR)
    answers["elder"]["phone"] = "16100000001"  # the resident's own, which he has proven to hold
    case = city.apply(SENIOR, city["window"], answers=answers, purpose="不使用智能手机")
    assert (case.source, HistoryEntry.objects.get(case=case).data["purpose"]) == ("window", "不使用智能手机")
    assert case.person_id not in (None, somebody.person_id), "an unproven phone merges nobody with anybody"
    assert [row.number for row in queries.my_matters(city["resident"])] == [case.number]
    actions.withdraw_matter(actor=city["resident"], number=case.number, expected_version=case.version)
    assert fresh(case).state == "withdrawn"


def test_an_applicant_never_sees_anothers_matter_draft_or_licence(city: City) -> None:
    case = city.apply(SENIOR)
    other, now = _other(city), app_now()
    item = queries.item_by_code(SENIOR, now)
    assert item is not None and queries.my_matter(city["resident"], case.number, now) is not None
    assert queries.my_matter(other, case.number, now) is None and queries.my_matters(other) == []
    actions.save_draft(actor=city["resident"], item_id=item.id, answers={"address": "示范街"}, materials={})
    assert actions.own_draft(actor=other, item_id=item.id) == {}
    assert actions.own_draft(actor=city["resident"], item_id=item.id) == {"address": "示范街"}
    for act in (actions.withdraw_matter,):
        with pytest.raises(engine.NoSuchCase):
            act(actor=other, number=case.number, expected_version=0)
    anonymous = Actor(kind=ActorKind.ANONYMOUS)
    assert queries.my_matters(anonymous) == [] and queries.my_licences(anonymous, now) == []


def test_a_draft_is_sealed_gone_when_sent_and_old_ones_are_due(city: City) -> None:
    item = queries.item_by_code(SENIOR, app_now())
    assert item is not None
    actions.save_draft(actor=city["resident"], item_id=item.id, answers={"address": "示范街 99 号"}, materials={})
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(content, 'escape') FROM services_draft")
        assert "示范街" not in cursor.fetchone()[0]
    assert not queries.old_drafts(now=app_now()).exists()
    assert queries.old_drafts(now=app_now() + timedelta(days=31)).count() == 1
    city.apply(SENIOR)
    assert not Draft.objects.exists()


def _ask(city: City, case: Case) -> None:
    actions.ask_supplement(
        actor=city["approver"], number=case.number, expected_version=fresh(case).version,
        rows=rows(("material:right", "租赁合同缺页"), ("field:place", "写到门牌号")),
    )  # fmt: skip


def _left(case: Case) -> Decimal:
    """Working hours until acceptance is due."""
    clock = Clock.objects.get(case=case, stage="accept")
    assert clock.due_at is not None
    return remaining(app_now(), clock.due_at, "working_hour", work_calendar(), 4)


def test_a_supplement_rests_the_limit_to_the_minute_and_leaves_the_applicant_his_own(city: City) -> None:
    monday = datetime.fromisoformat("2026-11-30T09:00:00+08:00")
    with shifted(monday - app_now()):
        case = city.apply(SIGN)
        before = _left(case)
    with shifted(monday + timedelta(hours=1) - app_now()):  # one working hour is used
        _ask(city, case)
        clocks = {clock.stage: clock for clock in Clock.objects.filter(case=case, stopped_at=None)}
        assert clocks["accept"].due_at is None and fresh(case).paused
        own = clocks["supplement"].due_at
        assert own is not None and fresh(case).due_at == own
        assert own - app_now() > timedelta(days=20), "15 working days"
    with shifted(monday + timedelta(days=7) - app_now()):  # the Monday after, at nine
        view = queries.my_matter(city["resident"], case.number, app_now())
        assert view is not None and [row.text for row in view.missing] == ["租赁合同缺页", "写到门牌号"]
        actions.supply_matter(
            actor=city["resident"], number=case.number, expected_version=fresh(case).version, text="示范街 8 号",
            materials={"right": [city.photo(city["resident"])]},
        )  # fmt: skip
        assert before == 16 and abs(_left(case) - 15) < Decimal(1) / 60
        assert fresh(case).state == "submitted" and not fresh(case).paused
        assert not Clock.objects.filter(case=case, stage="supplement", stopped_at=None).exists()


def test_it_is_asked_for_once_and_completely(city: City) -> None:
    case = city.apply(SIGN)
    with pytest.raises(ValidationError):
        actions.ask_supplement(actor=city["approver"], number=case.number, expected_version=0, rows=[])
    with pytest.raises(ValidationError):
        actions.ask_supplement(
            actor=city["approver"], number=case.number, expected_version=0, rows=rows(("material:cat", "x"))
        )
    _ask(city, case)
    with pytest.raises(ValidationError) as refused:
        actions.supply_matter(
            actor=city["resident"], number=case.number, expected_version=fresh(case).version, text="", materials={}
        )
    assert set(refused.value.message_dict) == {"material_right", "text"}
    actions.supply_matter(
        actor=city["resident"], number=case.number, expected_version=fresh(case).version, text="已补",
        materials={"right": [city.photo(city["resident"])]},
    )  # fmt: skip
    with pytest.raises(ValidationError, match=r"一次|once"):
        _ask(city, case)


def test_who_does_not_complete_it_in_time_is_not_counted_as_the_authoritys_delay(city: City) -> None:
    case = city.apply(SIGN)
    _ask(city, case)
    with pytest.raises(ValidationError):
        move(case, "send_back", city["approver"], note="逾期")
    with shifted(timedelta(days=40)):
        sweep_deadlines(now=app_now(), only=[case.pk])
        assert fresh(case).overdue_at is None
        assert HistoryEntry.objects.filter(case=case, transition="overdue").count() == 1
        move(case, "send_back", city["approver"], note="逾期未补正")
    assert (fresh(case).state, fresh(case).closed) == ("returned", True)


def test_the_applicant_sees_who_has_it_since_when_and_until_when(city: City) -> None:
    case = city.apply(RESTAURANT)
    accept(city, case)
    view = queries.my_matter(city["resident"], case.number, app_now())
    assert view is not None
    assert {row.body_zh for row in view.holdings} == {"区市场监督管理局（演示）", "区城市管理局（演示）"}
    assert all(row.until is not None and row.until > app_now() >= row.since for row in view.holdings)
    assert [position for _zh, _en, position in view.links] == ["done", "done", "now", "todo", "todo"]
    assert [step.name_zh for step in view.steps] == ["收到申请", "受理", "分送", "分送"]


def test_number_and_query_code_together_open_public_facts_and_neither_alone(city: City) -> None:
    case = city.apply(SENIOR)
    view = queries.my_matter(city["resident"], case.number, app_now())
    assert view is not None
    found = queries.matter_public(case.number, view.query_code.lower())
    assert found is not None and (found.code, found.state) == (SENIOR, "submitted")
    assert queries.matter_public(case.number, "AAAAAA") is None
    assert queries.matter_public("1", view.query_code) is None


def test_a_refusal_is_a_named_officials_with_reasons_and_remedy(city: City) -> None:
    case = city.apply(SENIOR)
    accept(city, case)
    judge = city["approver"]
    for reason, remedy in (("", "可申请复议"), ("年龄不符", " ")):
        with pytest.raises(ValidationError):
            actions.refuse_matter(
                actor=judge, number=case.number, expected_version=fresh(case).version, reason=reason, remedy=remedy
            )
    with pytest.raises(engine.NotPermitted):
        actions.refuse_matter(
            actor=replace(city["window"], rights=city["window"].rights | {"services.decide"}), number=case.number,
            expected_version=fresh(case).version, reason="x", remedy="y",
        )  # fmt: skip
    actions.refuse_matter(
        actor=judge, number=case.number, expected_version=fresh(case).version, reason="年龄不符",
        remedy="可在六十日内申请行政复议",
    )  # fmt: skip
    view = queries.my_matter(city["resident"], case.number, app_now())
    assert view is not None and (view.state, view.decided_by) == ("refused", "批示例")
    assert "年龄不符" in view.decision and "行政复议" in view.decision and view.licence_id is None
