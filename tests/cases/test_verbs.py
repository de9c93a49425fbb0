"""Claim, hand over, comment, urge, supervise, watch: who may, and what it leaves behind."""

import pytest
from django.core.exceptions import ValidationError

from cases import actions, engine
from cases.access import Bearer
from cases.models import Assignment, Case, HistoryEntry, Watch
from ledger.actors import ANONYMOUS
from ledger.models import Promise
from tests.cases.world import World, move, open_case, step, to_joint


def test_claiming_twice_by_the_same_person_is_claiming_once(town: World) -> None:
    intake = step(open_case(ANONYMOUS), "intake")
    for _ in range(2):
        actions.claim(assignment_id=intake.pk, actor=town.actor("ada"), expected_version=intake.version)
    assert HistoryEntry.objects.filter(transition="claim").count() == 1


def test_a_step_of_another_role_cannot_be_claimed(town: World) -> None:
    intake = step(open_case(ANONYMOUS), "intake")
    with pytest.raises(engine.NotPermitted):
        actions.claim(assignment_id=intake.pk, actor=town.actor("chief"), expected_version=intake.version)


def test_a_step_of_a_case_one_may_not_see_is_not_there(town: World) -> None:
    intake = step(open_case(ANONYMOUS), "intake")
    with pytest.raises(engine.NoSuchCase):
        actions.claim(assignment_id=intake.pk, actor=town.actor("outsider"), expected_version=intake.version)


def test_a_claimed_step_can_be_moved_only_by_its_holder(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    lead = step(case, "joint")
    actions.claim(assignment_id=lead.pk, actor=town.actor("cora"), expected_version=lead.version)
    with pytest.raises(engine.NotPermitted):
        move(case, "finish", town.actor("hal"), note="done")


def test_handing_over_keeps_the_limit_and_tells_the_colleague(town: World) -> None:
    case = to_joint(town, open_case(ANONYMOUS))
    lead = step(case, "joint")
    actions.hand_over(
        assignment_id=lead.pk, holder_id=town.users["hal"].pk, actor=town.actor("cora"), expected_version=lead.version
    )
    after = step(case, "joint")
    assert (after.holder_id, after.due_at, after.seen_at) == (town.users["hal"].pk, lead.due_at, None)
    last = HistoryEntry.objects.filter(case=case).latest("sequence")
    assert (last.transition, last.data["holder"]) == ("hand_over", town.users["hal"].pk)
    assert Promise.objects.filter(kind="cases.notify", payload__first=last.sequence).exists()


def test_a_step_is_not_handed_to_another_department(town: World) -> None:
    lead = step(to_joint(town, open_case(ANONYMOUS)), "joint")
    olga, cora = town.users["olga"].pk, town.actor("cora")
    with pytest.raises(ValidationError):
        actions.hand_over(assignment_id=lead.pk, holder_id=olga, actor=cora, expected_version=lead.version)
    assert step(lead.case, "joint").holder_id is None


def test_comments_and_urges_make_no_page_stale(town: World) -> None:
    case = open_case(ANONYMOUS)
    actions.comment(number=case.number, actor=town.actor("chief"), text="look at the photo")
    actions.urge(number=case.number, actor=Bearer(case.number).actor(), note="it smells")

    after = Case.objects.get(pk=case.pk)
    assert (after.version, after.urges, after.state) == (case.version, 1, "received")
    move(case, "begin", town.actor("ada"), expected_version=case.version)


def test_an_urge_of_the_reporter_is_public_and_a_comment_is_not(town: World) -> None:
    case = open_case(ANONYMOUS)
    actions.comment(number=case.number, actor=town.actor("ada"), text="between us")
    actions.urge(number=case.number, actor=Bearer(case.number).actor())
    shown = HistoryEntry.objects.filter(case=case, public=True).values_list("transition", flat=True)
    assert list(shown) == ["open", "urge"]


def test_a_bearer_of_another_case_sees_nothing(town: World) -> None:
    case, other = open_case(ANONYMOUS), open_case(ANONYMOUS)
    with pytest.raises(engine.NoSuchCase):
        actions.urge(number=case.number, actor=Bearer(other.number).actor())


def test_an_empty_comment_and_an_urge_of_a_closed_case_are_refused(town: World) -> None:
    case = open_case(ANONYMOUS)
    with pytest.raises(ValidationError):
        actions.comment(number=case.number, actor=town.actor("ada"), text="  ")
    move(case, "refuse", town.actor("ada"), note="not ours")
    with pytest.raises(ValidationError):
        actions.urge(number=case.number, actor=town.actor("ada"))


def test_only_supervisors_give_orders(town: World) -> None:
    case = open_case(ANONYMOUS)
    with pytest.raises(engine.NotPermitted):
        actions.supervise(number=case.number, actor=town.actor("ada"), note="today")
    actions.supervise(number=case.number, actor=town.actor("chief"), note="today")
    assert Case.objects.get(pk=case.pk).supervised


def test_following_twice_is_following_once_and_can_end(town: World) -> None:
    case = open_case(ANONYMOUS)
    for _ in range(2):
        actions.watch(number=case.number, actor=town.actor("ada"))
    assert Watch.objects.count() == 1
    assert actions.watch(number=case.number, actor=town.actor("ada"), on=False) is False
    assert Watch.objects.count() == 0


def test_opening_the_file_takes_the_unread_mark_only_for_who_may_take_the_step(town: World) -> None:
    case = open_case(ANONYMOUS)
    assert actions.mark_seen(case_id=case.pk, actor=town.actor("gina")) == 0
    assert actions.mark_seen(case_id=case.pk, actor=town.actor("ada")) == 1
    assert Assignment.objects.get(case=case).seen_at is not None
