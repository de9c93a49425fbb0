"""One department after the other, two side by side, none: a promise hands over, a published rule says to whom."""

import pytest
from django.core.exceptions import ValidationError

from cases import engine
from cases.models import Assignment, HistoryEntry, RouteFinding, RoutingRule
from cases.queries import invariant_i1, invariant_i2, invariant_i3, invariant_i8
from ledger.actions import redeem, redeem_due
from ledger.models import Promise
from services import actions
from services.queries import matter_detail
from tests.services.world import (
    RESTAURANT,
    SENIOR,
    SIGN,
    City,
    accept,
    fresh,
    grant,
    move,
    open_steps,
    review,
    step,
    to_decision,
)


def _routed(case_id: int) -> list[str]:
    rows = Promise.objects.filter(kind="cases.route", payload__case=case_id).order_by("pk")
    return [row.payload["step"] for row in rows]


def test_one_department_comes_after_the_other(city: City) -> None:
    case = city.apply(SIGN)
    move(case, "accept", city["approver"])
    assert open_steps(case) == {"send_first": "370902-sp"}, "nobody else has it before the promise is redeemed"
    assert _routed(case.pk) == ["first"]

    redeem_due()
    assert open_steps(case) == {"first": "370902-cg"}
    review(city, case, "first")
    assert open_steps(case) == {"after": "370902-zj"}, "only now the second department"
    assert fresh(case).state == "reviewing"
    review(city, case, "after")
    assert (fresh(case).state, open_steps(case)) == ("deciding", {"decide": "370902-sp"})
    assert _routed(case.pk) == ["first", "after", "decide"]


def test_two_departments_work_side_by_side_and_the_decision_waits_for_both(city: City) -> None:
    case = city.apply(RESTAURANT)
    accept(city, case)
    assert open_steps(case) == {"first": "370902-sc", "beside": "370902-cg"}
    assert sorted(_routed(case.pk)) == ["beside", "first"], "each has its own promise"

    review(city, case, "beside")
    assert fresh(case).state == "reviewing" and open_steps(case) == {"first": "370902-sc"}
    review(city, case, "first", opinion="disagree")
    assert (fresh(case).state, open_steps(case)) == ("deciding", {"decide": "370902-sp"})
    opinions = {row.body_zh: row.opinion for row in matter_detail(case.pk, city["approver"]).opinions}
    assert sorted(opinions.values()) == ["agree", "disagree"]


@pytest.mark.parametrize("order", [("first", "beside"), ("beside", "first")])
def test_parallel_promises_may_come_in_any_order_with_work_done_in_between(city: City, order: tuple[str, str]) -> None:
    case = city.apply(RESTAURANT)
    move(case, "accept", city["approver"])
    promised = {row.payload["step"]: row.pk for row in Promise.objects.filter(kind="cases.route")}
    redeem([promised[order[0]]])
    review_alone = step(case, order[0])
    actions.give_opinion(
        actor=city["sc-coordinator" if order[0] == "first" else "coordinator"], number=case.number,
        transition=f"review_{order[0]}", assignment_id=review_alone.pk, expected_version=review_alone.version,
        opinion="agree", note="同意",
    )  # fmt: skip
    assert fresh(case).state == "reviewing", "the other department has not even got it"
    redeem([promised[order[1]]])
    review(city, case, order[1])
    assert fresh(case).state == "deciding"


def test_an_item_without_review_goes_straight_to_the_decision(city: City) -> None:
    case = city.apply(SENIOR)
    accept(city, case)
    assert (fresh(case).state, open_steps(case)) == ("deciding", {"decide": "370902-sp"})
    assert Assignment.objects.get(case=case, step_key="intake").department.code == "370902900-bm"


def test_redeeming_twice_hands_on_once(city: City) -> None:
    case = city.apply(SIGN)
    accept(city, case)
    Promise.objects.filter(kind="cases.route").update(done_at=None)
    redeem_due()
    assert Assignment.objects.filter(case=case, step_key="first").count() == 1
    outcomes = RouteFinding.objects.filter(case=case).order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["dispatched", "overtaken"]


def test_where_no_rule_fits_the_accepting_body_hands_it_on_by_hand(city: City) -> None:
    RoutingRule.objects.filter(code="S-0002-first").update(category="service/nothing")
    case = city.apply(SIGN)
    accept(city, case)
    assert open_steps(case) == {"send_first": "370902-sp"}
    assert HistoryEntry.objects.filter(case=case, transition="no_rule").count() == 1
    held = step(case, "send_first")
    body = Assignment.objects.filter(case=case).first()
    assert body is not None
    target = RoutingRule.objects.get(code="S-0002-first").department_id
    move(case, "hand_on_first", city["approver"], assignment_id=held.pk, expected_version=held.version,
         department_id=target)  # fmt: skip
    assert open_steps(case) == {"first": "370902-cg"}


def test_who_took_it_in_hand_is_not_overruled_but_only_on_that_hand_over(city: City) -> None:
    case = city.apply(RESTAURANT)
    move(case, "accept", city["approver"])
    held = step(case, "send_beside")
    held.holder_id = city["approver"].user_id
    held.save(update_fields=["holder"])
    redeem_due()
    assert open_steps(case) == {"first": "370902-sc", "send_beside": "370902-sp"}


def test_a_department_that_is_not_meant_gives_it_back_with_a_reason(city: City) -> None:
    case = city.apply(SIGN)
    accept(city, case)
    here = step(case, "first")
    with pytest.raises(ValidationError):
        move(case, "give_back_first", city["coordinator"], assignment_id=here.pk, expected_version=here.version)
    move(case, "give_back_first", city["coordinator"], assignment_id=here.pk, expected_version=here.version,
         note="不属本单位职责")  # fmt: skip
    assert open_steps(case) == {"send_first": "370902-sp"} and fresh(case).returns == 1
    redeem_due()
    assert open_steps(case) == {"send_first": "370902-sp"}, "no rule sends it the same wrong way again"


def test_only_the_department_that_has_it_gives_the_opinion(city: City) -> None:
    case = city.apply(RESTAURANT)
    accept(city, case)
    here = step(case, "first")
    with pytest.raises(engine.NotPermitted):
        actions.give_opinion(
            actor=city["coordinator"], number=case.number, transition="review_first", assignment_id=here.pk,
            expected_version=here.version, opinion="agree", note="x",
        )  # fmt: skip
    with pytest.raises(engine.NoSuchCase):
        actions.give_opinion(
            actor=city["hb-coordinator"], number=case.number, transition="review_first", assignment_id=here.pk,
            expected_version=here.version, opinion="agree", note="x",
        )  # fmt: skip


def test_what_must_hold_of_all_cases_holds_on_the_way(city: City) -> None:
    serial, parallel, simple = city.apply(SIGN), city.apply(RESTAURANT), city.apply(SENIOR)
    move(parallel, "accept", city["approver"])
    to_decision(city, serial)
    grant(city, simple)
    for check in (invariant_i1, invariant_i2, invariant_i3, invariant_i8):
        assert check() == []
