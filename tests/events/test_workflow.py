"""The table of incidents: every row can be reached, is explained, and is taken from every state it names."""

from collections import Counter
from collections.abc import Callable

import pytest

from cases.engine import CaseMoved, NoSuchCase, NotPermitted
from cases.workflow import Transition
from events.workflow import EVENT, FINAL, OPEN
from tests.events import drive
from tests.events import town as builders
from tests.events.town import Town

ROWS = [(transition, state) for transition in EVENT.transitions for state in transition.from_states]
NAMES = [f"{transition.name} from {state}" for transition, state in ROWS]


def test_no_letter_is_used_twice_in_a_state() -> None:
    for state in (*OPEN, *FINAL):
        letters = Counter(t.key for t in EVENT.from_state(state) if t.key)
        assert not [letter for letter, count in letters.items() if count > 1], state


def test_every_open_state_can_end_by_order_once_it_was_filed() -> None:
    before_filing = {"reported", "verifying"}
    order = EVENT.transition("force_close")
    assert order is not None
    assert set(order.from_states) == set(OPEN) - before_filing


def test_every_return_and_refusal_needs_a_reason() -> None:
    for transition in EVENT.transitions:
        if transition.counts or transition.name in ("reject", "transfer", "force_close", "reopen", "refuse_delay"):
            assert "note" in transition.requires, transition.name


def test_the_chain_has_the_seven_links_of_the_standard() -> None:
    assert [link.name_en for link in EVENT.links] == [
        "Collect", "File", "Dispatch", "Handle", "Feed back", "Verify", "Close",
    ]  # fmt: skip


def test_a_case_is_closed_by_acceptance_only() -> None:
    closing = [t for t in EVENT.transitions if t.to_state == "closed"]
    assert [(t.name, t.right, t.from_states) for t in closing] == [("close", "cases.file", ("pending_close",))]


def test_every_state_is_reached_from_the_initial_one() -> None:
    reached, border = set(), {EVENT.initial}
    while border:
        state = border.pop()
        reached.add(state)
        border |= {t.to_state for t in EVENT.from_state(state) if t.to_state} - reached
    assert reached == {state.code for state in EVENT.states}


def special(town: Town, state: str) -> int:
    """Cases in the states that only a return, a suspension or a refusal reaches."""
    if state == "verifying":
        case_id = drive.reported(town)
        drive.move(town, case_id, "request_verification", "acceptor")
    elif state == "returned":
        case_id = drive.filed(town)
        drive.move(town, case_id, "return_to_acceptance", "dispatcher", note="类别有误")
    elif state == "department_returned":
        case_id = drive.dispatched(town)
        drive.move(town, case_id, "return_to_dispatch", "coordinator", note="非本单位")
    elif state == "suspended":
        case_id = drive.dispatched(town)
        drive.suspend(town, case_id)
    elif state == "rework_pending":
        case_id = drive.checked(town, passed=False)
        drive.move(town, case_id, "send_back", "acceptor", note="不合格")
    else:
        case_id = _ended(town, state)
    return case_id


def _ended(town: Town, state: str) -> int:
    by = {"not_accepted": ("reject", "acceptor"), "transferred": ("transfer", "acceptor")}
    if state in by:
        case_id = drive.reported(town)
        drive.move(town, case_id, by[state][0], by[state][1], note="理由")
        return case_id
    case_id = drive.dispatched(town)
    drive.move(town, case_id, "force_close", "chief", note="理由")
    return case_id


def in_state(town: Town, state: str) -> int:
    make: Callable[[Town], int] | None = drive.TO_STATE.get(state)
    case_id = make(town) if make else special(town, state)
    assert builders.case(case_id).state == state
    return case_id


WHO = {
    "cases.file": "acceptor",
    "cases.dispatch": "dispatcher",
    "cases.coordinate": "coordinator",
    "cases.handle": "handler",
    "cases.verify": "worker",
    "cases.check": "worker",
    "cases.supervise": "chief",
}


@pytest.mark.parametrize(("transition", "state"), ROWS, ids=NAMES)
def test_a_transition_leads_where_the_table_says(town: Town, transition: Transition, state: str) -> None:
    case_id = in_state(town, state)
    drive.prepare(town, case_id, transition)
    drive.take(town, case_id, transition, WHO.get(transition.right, ""))
    expected = transition.to_state or state
    found = builders.case(case_id)
    assert found.state == expected
    assert found.closed == (expected in FINAL)
    last = found.history.order_by("-sequence")[0]
    assert (last.transition, last.to_state, last.public) == (transition.name, expected, transition.public)
    assert found.closed or found.assignments.filter(open=True).exists()


@pytest.mark.parametrize("state", [*OPEN, *FINAL])
def test_a_stranger_moves_nothing(town: Town, state: str) -> None:
    case_id = in_state(town, state)
    before = builders.case(case_id)
    for transition in EVENT.from_state(state):
        with pytest.raises((NotPermitted, CaseMoved, NoSuchCase)):
            drive.take(town, case_id, transition, "sweeper")
    after = builders.case(case_id)
    assert (after.state, after.version, after.history_count) == (before.state, before.version, before.history_count)
