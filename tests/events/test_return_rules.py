"""The six return rules of domain 1.6, and what closes a case."""

import pytest
from django.core.exceptions import ValidationError

from cases.engine import CaseMoved, NotPermitted
from cases.models import Assignment
from events import actions
from tests.events import drive
from tests.events import town as builders
from tests.events.town import Town


def test_rule_1_the_dispatcher_returns_to_the_officer_who_filed(town: Town) -> None:
    case_id = drive.filed(town, who="acceptor2")
    filer = Assignment.objects.get(case_id=case_id, step_key="intake")
    drive.move(town, case_id, "return_to_acceptance", "dispatcher", note="非我局")
    found = builders.case(case_id)
    assert (found.state, found.returns) == ("returned", 1)
    intake = builders.step(case_id, "intake")
    assert (intake.department_id, intake.returned) == (filer.department_id, True)


def test_rule_1_a_return_needs_a_written_reason(town: Town) -> None:
    case_id = drive.filed(town)
    with pytest.raises(ValidationError) as refused:
        drive.move(town, case_id, "return_to_acceptance", "dispatcher", note="  ")
    assert "note" in refused.value.message_dict
    assert builders.case(case_id).state == "pending_dispatch"


def test_rule_2_the_department_returns_to_the_dispatcher(town: Town) -> None:
    case_id = drive.dispatched(town)
    drive.move(town, case_id, "return_to_dispatch", "coordinator", note="非本单位")
    found = builders.case(case_id)
    assert (found.state, found.returns) == ("department_returned", 1)
    assert builders.step(case_id, "dispatch").department_id == town.department("zh")


def test_rule_2_the_person_assigned_is_called_back_first(town: Town) -> None:
    case_id = drive.assigned(town)
    with pytest.raises(CaseMoved):
        drive.move(town, case_id, "return_to_dispatch", "coordinator", note="非本单位")
    drive.move(town, case_id, "revoke", "coordinator")
    assert builders.step(case_id, "handle").holder_id is None
    drive.move(town, case_id, "return_to_dispatch", "coordinator", note="非本单位")
    assert builders.case(case_id).state == "department_returned"


def test_rule_3_the_handler_returns_before_submitting(town: Town) -> None:
    case_id = drive.assigned(town)
    drive.move(town, case_id, "return_to_department", "handler", note="缺少工具")
    found, handle = builders.case(case_id), builders.step(case_id, "handle")
    assert (found.state, found.returns) == ("pending_handle", 1)
    assert (handle.holder_id, handle.returned) == (None, True)


def test_rule_3_after_submitting_the_handler_cannot_return(town: Town) -> None:
    case_id = drive.handled(town)
    with pytest.raises(CaseMoved):
        drive.move(town, case_id, "return_to_department", "handler", note="缺少工具")


def test_rule_4_the_department_returns_to_the_same_handler(town: Town) -> None:
    case_id = drive.handled(town)
    drive.move(town, case_id, "redo", "coordinator", note="周边未清理")
    handle = builders.step(case_id, "handle")
    assert builders.case(case_id).state == "handling"
    assert (handle.holder_id, handle.returned) == (town["handler"].user_id, True)


def test_rule_5_sent_back_after_feedback_is_rework_at_the_same_department(town: Town) -> None:
    case_id = drive.fed_back(town)
    drive.move(town, case_id, "rework", "dispatcher", note="处置不彻底")
    found = builders.case(case_id)
    assert (found.state, found.reworks, found.returns) == ("pending_handle", 1, 0)
    assert builders.step(case_id, "handle").department_id == town.department("zj")


def test_rule_5_a_failed_check_goes_back_over_acceptance_and_dispatch(town: Town) -> None:
    case_id = drive.checked(town, passed=False)
    drive.move(town, case_id, "send_back", "acceptor", note="核查不通过")
    assert builders.case(case_id).state == "rework_pending"
    drive.move(town, case_id, "rework", "dispatcher", note="返工")
    found = builders.case(case_id)
    assert (found.state, found.reworks) == ("pending_handle", 1)


def test_rule_5_rework_asks_for_new_proof(town: Town) -> None:
    case_id = drive.fed_back(town)
    drive.move(town, case_id, "rework", "dispatcher", note="返工")
    drive.move(town, case_id, "assign", "coordinator", holder_id=town["handler"].user_id)
    with pytest.raises(ValidationError) as refused:
        actions.finish_handling(
            actor=town["handler"],
            case_id=case_id,
            expected_version=builders.case(case_id).version,
            note="完成",
            after=[],
        )
    assert "photos" in refused.value.message_dict


@pytest.mark.parametrize("transition", ["request_check", "close", "check_passed", "confirm"])
def test_rule_6_a_returned_case_is_not_pushed_past_the_own_link(town: Town, transition: str) -> None:
    case_id = drive.dispatched(town)
    drive.move(town, case_id, "return_to_dispatch", "coordinator", note="非本单位")
    for who in ("dispatcher", "acceptor", "coordinator"):
        with pytest.raises((CaseMoved, NotPermitted)):
            drive.move(town, case_id, transition, who)
    assert builders.case(case_id).state == "department_returned"


def test_a_return_erases_nothing(town: Town) -> None:
    case_id = drive.handled(town)
    before = list(builders.case(case_id).history.values_list("sequence", "transition"))
    drive.move(town, case_id, "redo", "coordinator", note="重办")
    found = builders.case(case_id)
    assert list(found.history.order_by("sequence").values_list("sequence", "transition"))[: len(before)] == sorted(
        before
    )
    assert found.attachments.filter(stage="after").count() == 1


def test_a_case_is_not_closed_after_a_failed_check(town: Town) -> None:
    case_id = drive.checked(town, passed=False)
    with pytest.raises(ValidationError):
        drive.close(town, case_id)
    assert builders.case(case_id).state == "pending_close"


def test_a_case_can_be_checked_again_and_then_closed(town: Town) -> None:
    case_id = drive.checked(town, passed=False)
    drive.move(town, case_id, "recheck", "acceptor", note="请复核")
    drive.check(town, case_id)
    drive.close(town, case_id)
    assert builders.case(case_id).state == "closed"


def test_a_dispatcher_does_not_close(town: Town) -> None:
    case_id = drive.checked(town)
    with pytest.raises(NotPermitted):
        actions.close_report(actor=town["dispatcher"], case_id=case_id, expected_version=builders.case(case_id).version)
    assert not builders.case(case_id).closed


def test_closing_by_order_needs_a_reason_and_ends_every_task(town: Town) -> None:
    case_id = drive.assigned(town)
    version = builders.case(case_id).version
    with pytest.raises(ValidationError):
        actions.force_close(actor=town["chief"], case_id=case_id, expected_version=version, reason="")
    actions.force_close(actor=town["chief"], case_id=case_id, expected_version=version, reason="列入整体改造")
    found = builders.case(case_id)
    assert (found.state, found.closed, found.due_at) == ("forced_closed", True, None)
    assert not found.assignments.filter(open=True).exists()


def test_only_the_supervising_role_closes_by_order(town: Town) -> None:
    case_id = drive.assigned(town)
    with pytest.raises(NotPermitted):
        actions.force_close(
            actor=town["acceptor"], case_id=case_id, expected_version=builders.case(case_id).version, reason="算了"
        )
