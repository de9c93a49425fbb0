"""Opening and moving: one behaviour per test."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from cases import engine
from cases.models import Assignment, Case, Clock, HistoryEntry
from ledger.actors import ANONYMOUS
from tests.cases.world import World, move, open_case, step, to_joint


def test_a_new_case_stands_in_the_inbox_of_the_receiving_centre(town: World) -> None:
    case = open_case(ANONYMOUS)

    intake = step(case, "intake")
    assert (intake.department_id, intake.needs_role) == (town.id("centre"), "acceptor")
    assert case.department_id == town.id("centre")
    assert intake.due_at is not None and intake.due_at < case.opened_at.replace(year=case.opened_at.year + 1)


def test_numbers_are_county_day_and_serial_without_repetition(town: World) -> None:
    numbers = [open_case(ANONYMOUS).number for _ in range(3)]

    assert all(len(number) == 19 and number.startswith("370902") for number in numbers)
    assert len(set(numbers)) == 3
    assert int(numbers[2][-5:]) == int(numbers[0][-5:]) + 2


def test_the_same_submission_twice_gives_the_first_answer(town: World) -> None:
    first = open_case(ANONYMOUS, submission_key="k", body={"a": 1})
    again = open_case(ANONYMOUS, submission_key="k", body={"a": 1})

    assert again.pk == first.pk
    assert Case.objects.count() == 1 and HistoryEntry.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(town: World) -> None:
    open_case(ANONYMOUS, submission_key="k", body={"a": 1})
    with pytest.raises(engine.SubmissionConflict):
        open_case(ANONYMOUS, submission_key="k", body={"a": 2})


def test_two_parallel_steps_are_open_at_once_and_the_last_one_carries_on(town: World) -> None:
    case = open_case(ANONYMOUS)
    move(case, "begin", town.actor("ada"))
    assert set(Assignment.objects.filter(case=case, open=True).values_list("step_key", flat=True)) == {"site", "paper"}

    move(case, "paper_done", town.actor("olga"), scope="assignment", assignment_id=step(case, "paper").pk)
    case.refresh_from_db()
    assert case.state == "examining"

    result = {"result": {"safe": True, "remark": "dry"}}
    move(case, "site_done", town.actor("hal"), scope="assignment", assignment_id=step(case, "site").pk, data=result)
    case.refresh_from_db()
    assert case.state == "deciding"
    assert step(case, "decide").department_id == town.id("centre")


def test_parallel_steps_do_not_make_each_other_stale(town: World) -> None:
    case = open_case(ANONYMOUS)
    move(case, "begin", town.actor("ada"))
    site, paper = step(case, "site"), step(case, "paper")

    move(case, "paper_done", town.actor("olga"), assignment_id=paper.pk, expected_version=paper.version)
    applied = move(
        case, "site_done", town.actor("hal"), assignment_id=site.pk, expected_version=site.version,
        data={"result": {"safe": False, "remark": "wet"}},
    )  # fmt: skip

    assert applied.case.state == "deciding"


def test_a_conditional_step_opens_only_when_its_answer_says_so(town: World) -> None:
    plain, hazard = open_case(ANONYMOUS), open_case(ANONYMOUS, answers={"hazard": "yes"})
    for case in (plain, hazard):
        move(case, "begin", town.actor("ada"))

    assert not Assignment.objects.filter(case=plain, step_key="lab").exists()
    assert step(hazard, "lab").department_id == town.id("lab")


def test_a_joint_step_waits_for_its_assists(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS), assist_ids=(town.id("office"),))
    assist = step(case, "joint", "assist")
    assert case.department_id == town.id("works")

    with pytest.raises(ValidationError) as refused:
        move(case, "finish", town.actor("hal"), note="done")
    assert "__all__" in refused.value.message_dict

    move(case, "assist_done", town.actor("olga"), scope="assignment", assignment_id=assist.pk)
    assert move(case, "finish", town.actor("hal"), note="done").case.closed


def test_an_assisting_department_cannot_finish_for_the_lead(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS), assist_ids=(town.id("office"),))
    with pytest.raises(engine.NotPermitted):
        move(case, "finish", town.actor("olga"), note="done")


def test_a_parent_cannot_finish_before_its_child(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    child = open_case(town.actor("hal"), parent_id=case.pk, closing_rule="all_closed")
    assert HistoryEntry.objects.get(case=case, transition="child_opened").data == {"child": child.number}

    with pytest.raises(ValidationError):
        move(case, "finish", town.actor("hal"), note="done")

    move(child, "refuse", town.actor("ada"), note="not needed")
    assert move(case, "finish", town.actor("hal"), note="done").case.closed


def test_a_result_of_the_wrong_type_is_refused_by_field(town: World) -> None:
    case = open_case(ANONYMOUS)
    move(case, "begin", town.actor("ada"))
    with pytest.raises(ValidationError) as refused:
        move(case, "site_done", town.actor("hal"), scope="assignment", assignment_id=step(case, "site").pk,
             data={"result": {"safe": "maybe", "extra": 1}})  # fmt: skip
    assert set(refused.value.message_dict) == {"safe", "remark", "extra"}


def test_a_guard_says_what_is_missing(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS, answers={"banned": "yes"}))
    with pytest.raises(ValidationError, match="the ban is still in force"):
        move(case, "finish", town.actor("hal"), note="done")


def test_a_page_that_is_out_of_date_changes_nothing(town: World) -> None:
    case = open_case(ANONYMOUS)
    move(case, "begin", town.actor("ada"))
    lines = HistoryEntry.objects.filter(case=case).count()

    with pytest.raises(engine.CaseMoved):
        move(case, "begin", town.actor("bo"), expected_version=0)
    assert HistoryEntry.objects.filter(case=case).count() == lines


def test_a_page_must_say_which_version_it_showed(town: World) -> None:
    case = open_case(ANONYMOUS)
    with pytest.raises(ValidationError) as refused:
        move(case, "begin", town.actor("ada"), expected_version=None)
    assert "expected_version" in refused.value.message_dict


def test_a_return_goes_back_to_the_department_that_decided_and_is_counted(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    applied = move(case, "give_back", town.actor("cora"), note="not ours")

    back = step(case, "decide")
    assert back.returned and back.department_id == town.id("centre")
    assert applied.case.returns == 1 and applied.history.data["counts"] == "return"


def test_rework_reopens_the_closed_case_with_the_same_department(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    move(case, "finish", town.actor("hal"), note="done")
    applied = move(case, "redo", town.actor("chief"), note="not clean")

    assert (applied.case.closed, applied.case.closed_at, applied.case.reworks) == (False, None, 1)
    assert step(case, "joint").department_id == town.id("works")


def test_closing_stops_every_clock_and_every_step(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    done = move(case, "finish", town.actor("hal"), note="done").case

    assert not Clock.objects.filter(case=case, stopped_at=None).exists()
    assert not Assignment.objects.filter(case=case, open=True).exists()
    assert (done.outcome, done.due_at) == ("done", None)


def test_a_given_holder_keeps_the_step_and_its_limit(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    lead = step(case, "joint")
    move(case, "give", town.actor("cora"), scope="assignment", assignment_id=lead.pk, holder_id=town.users["hal"].pk)

    after = step(case, "joint")
    assert (after.pk, after.holder_id, after.due_at) == (lead.pk, town.users["hal"].pk, lead.due_at)


def test_a_step_cannot_be_given_to_somebody_outside_the_department(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    with pytest.raises(ValidationError) as refused:
        move(case, "give", town.actor("cora"), scope="assignment", assignment_id=step(case, "joint").pk,
             holder_id=town.users["outsider"].pk)  # fmt: skip
    assert "holder_id" in refused.value.message_dict


@pytest.mark.django_db(transaction=True)
def test_the_engine_refuses_to_work_outside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        engine.lock(1, actor=ANONYMOUS, now=None)  # type: ignore[arg-type]
