"""Filing with a condition, delays, suspension, the automatic rule."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from cases.actions import route_case
from cases.engine import NotPermitted
from cases.models import Clock, RouteFinding, RoutingRule
from events import actions
from events.models import Report
from events.queries import report_detail
from ledger.clock import app_now, shifted
from ledger.models import Edition
from tests.events import drive
from tests.events import town as builders
from tests.events.town import Town


def clock(case_id: int, stage: str) -> Clock:
    return Clock.objects.filter(case_id=case_id, stage=stage).latest("pk")


def test_the_condition_decides_the_limit(town: Town) -> None:
    case_id = drive.dispatched(town, number=4)
    assert (clock(case_id, "handle").unit, clock(case_id, "handle").budget) == ("working_day", Decimal(5))
    assert (clock(case_id, "total").unit, clock(case_id, "total").budget) == ("working_day", Decimal(7))


def test_an_urgent_case_is_dispatched_by_night_too(town: Town) -> None:
    case_id = drive.filed(town, number=1)
    assert (clock(case_id, "dispatch").unit, clock(case_id, "dispatch").budget) == ("urgent_hour", Decimal("0.5"))


def test_whoever_files_is_responsible(town: Town) -> None:
    case_id = drive.filed(town, who="acceptor2")
    assert Report.objects.get(case_id=case_id).filed_by_id == town["acceptor2"].user_id


def test_a_condition_of_another_category_is_refused(town: Town) -> None:
    case_id = drive.reported(town)
    with pytest.raises(ValidationError) as refused:
        actions.file_report(
            actor=town["acceptor"],
            case_id=case_id,
            expected_version=builders.case(case_id).version,
            condition_id=builders.condition("event/01/0110"),
        )
    assert "condition" in refused.value.message_dict
    assert Report.objects.get(case_id=case_id).condition_id is None


def test_the_officer_corrects_the_category_while_filing(town: Town) -> None:
    case_id = drive.reported(town)
    actions.file_report(
        actor=town["acceptor"],
        case_id=case_id,
        expected_version=builders.case(case_id).version,
        condition_id=builders.condition("event/01/0110"),
        category_key="event/01/0110",
    )
    found = builders.case(case_id)
    assert (found.category, found.title, found.state) == ("event/01/0110", "暴露生活垃圾", "pending_dispatch")


def test_a_refusal_tells_the_reporter_why(town: Town) -> None:
    case_id = drive.reported(town)
    version = builders.case(case_id).version
    with pytest.raises(ValidationError):
        actions.refuse_report(actor=town["acceptor"], case_id=case_id, expected_version=version, reason="")
    actions.refuse_report(
        actor=town["acceptor"], case_id=case_id, expected_version=version, reason="转12345办理", elsewhere=True
    )
    assert builders.case(case_id).state == "transferred"


def test_a_granted_delay_moves_both_limits(town: Town) -> None:
    case_id = drive.assigned(town, number=4)
    before = {stage: clock(case_id, stage).due_at for stage in ("handle", "total")}
    step = drive.ask_for(town, case_id, "delay", extension="2")
    actions.decide_delay(
        actor=town["chief"], case_id=case_id, expected_version=0, assignment_id=step, extension=Decimal(2), note="同意"
    )
    assert clock(case_id, "handle").budget == 7
    after = {stage: clock(case_id, stage).due_at for stage in before}
    assert all(new and old and new > old for new, old in zip(after.values(), before.values(), strict=True))


def test_a_refused_delay_leaves_the_limit(town: Town) -> None:
    case_id = drive.assigned(town, number=4)
    before = clock(case_id, "handle").due_at
    step = drive.ask_for(town, case_id, "delay", extension="2")
    actions.decide_delay(
        actor=town["chief"], case_id=case_id, expected_version=0, assignment_id=step, extension=None, note="按期完成"
    )
    assert clock(case_id, "handle").due_at == before


@pytest.mark.parametrize("extension", ["0", "-1", "nan", "6", "soon"])
def test_a_delay_is_a_number_and_not_longer_than_the_limit(town: Town, extension: str) -> None:
    case_id = drive.assigned(town, number=4)
    with pytest.raises(ValidationError):
        drive.ask_for(town, case_id, "delay", extension=extension)


def test_no_third_delay(town: Town) -> None:
    case_id = drive.assigned(town, number=4)
    for _round in range(2):
        step = drive.ask_for(town, case_id, "delay", extension="1")
        actions.decide_delay(
            actor=town["chief"], case_id=case_id, expected_version=0, assignment_id=step, extension=Decimal(1)
        )
    with pytest.raises(ValidationError):
        drive.ask_for(town, case_id, "delay", extension="1")


def test_a_suspended_case_rests_and_goes_on_with_what_was_left(town: Town) -> None:
    case_id = drive.dispatched(town, number=4)
    handle = clock(case_id, "handle")
    drive.suspend(town, case_id)
    assert builders.case(case_id).paused
    assert clock(case_id, "handle").due_at is None
    with shifted(timedelta(days=14)):
        drive.move(town, case_id, "resume", "coordinator", note="材料到位")
    assert clock(case_id, "handle").due_at == handle.due_at + timedelta(days=14)  # type: ignore[operator]
    assert not builders.case(case_id).paused


def rule(town: Town, *, automatic: bool) -> RoutingRule:
    edition = Edition.objects.create(
        kind="routing", number=1, state="published", drafted_by="a", approved_by="b", drafted_at=app_now(),
        effective_from=app_now() - timedelta(days=1),
    )  # fmt: skip
    return RoutingRule.objects.create(
        edition=edition, code="P-01", kind="event", step_key="handle", category="part/01", path=builders.COUNTY,
        department_id=town.department("zj"), needs_role="coordinator", automatic=automatic, priority=10,
        owner_id=int(town["dispatcher"].id), reason_zh="部件先属主", reason_en="owner first",
    )  # fmt: skip


def route(case_id: int) -> None:
    route_case({"case": case_id}, promise_id=1, now=app_now())


def test_an_automatic_rule_files_and_dispatches_in_one_move(town: Town) -> None:
    rule(town, automatic=True)
    case_id = builders.report(condition=2).case_id
    route(case_id)
    found, report = builders.case(case_id), Report.objects.get(case_id=case_id)
    assert (found.state, found.department_id) == ("pending_handle", town.department("zj"))
    assert report.filed_by_id is None
    assert report.condition_id == builders.condition("part/01/0101", 2)
    filed = found.history.get(transition="file")
    assert (filed.actor_kind, filed.data["rule"]) == ("rule", "P-01")
    assert RouteFinding.objects.get(case_id=case_id).outcome == "dispatched"


def test_another_rule_only_proposes(town: Town) -> None:
    rule(town, automatic=False)
    case_id = builders.report().case_id
    route(case_id)
    assert builders.case(case_id).state == "reported"
    assert RouteFinding.objects.get(case_id=case_id).outcome == "proposed"


def test_where_no_rule_fits_the_duty_chief_gets_the_case(town: Town) -> None:
    rule(town, automatic=True)
    case_id = builders.report(category="event/06/0699").case_id
    route(case_id)
    chief = builders.step(case_id, "chief")
    assert (chief.department_id, chief.needs_role) == (town.department("jd"), "duty_chief")
    actions.file_report(
        actor=town["chief"],
        case_id=case_id,
        expected_version=builders.case(case_id).version,
        condition_id=builders.condition("event/06/0699"),
        assignment_id=chief.pk,
    )
    assert builders.case(case_id).state == "pending_dispatch"


def test_the_file_shows_the_incident_and_masks_the_reporter(town: Town) -> None:
    case_id = drive.filed(town, contact=actions.Contact("王示例", "16100123456"), description="晚上很危险")
    detail = report_detail(case_id, town["acceptor"])
    assert (detail.description, detail.filed_by) == ("晚上很危险", "acceptor示例")
    assert detail.contact is not None and detail.contact.phone == "161****3456"
    assert detail.condition is not None and detail.condition.number == 1


def test_who_need_not_know_does_not_see_the_contact(town: Town) -> None:
    case_id = drive.filed(town, contact=actions.Contact("王示例", "16100123456"))
    detail = report_detail(case_id, town["worker"])
    assert detail.contact is None
    assert detail.has_contact


def test_an_officer_without_the_right_releases_nothing(town: Town) -> None:
    case_id = drive.filed(town)
    with pytest.raises(NotPermitted):
        actions.release_text(actor=town["dispatcher"], case_id=case_id, text="井盖缺失")
    actions.release_text(actor=town["acceptor"], case_id=case_id, text="井盖缺失")
    assert Report.objects.get(case_id=case_id).public_text == "井盖缺失"
