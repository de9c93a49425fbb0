"""What must hold of every registered kind, found by walking its table; a new kind is covered by registering it."""

from itertools import product

import pytest

from cases import access, kinds
from cases.models import Assignment, Case
from cases.workflow import Transition, Workflow
from ledger.actors import CLOCK, Actor, ActorKind
from tests.cases import made_up

PATH = "/3709/370902/370902900/370902900001/"
HERE, THERE = 1, 2  # departments
ME, OTHER = 11, 12  # users
RULE = Actor(kind=ActorKind.RULE, id="1")
TABLES = [kinds.workflow(kind.slug) for kind in kinds.all_kinds()] + [made_up.WORKFLOW]
EVERY = pytest.mark.parametrize("table", {t.kind: t for t in TABLES}.values(), ids=lambda t: t.kind)


def _member(right: str, department: int, territory: str, role: str) -> Actor:
    rights = frozenset({right} if right else ())
    return Actor(ActorKind.MEMBER, str(ME), department, 1, role, rights, territory, "me")


def _actors(t: Transition, roles: set[str]) -> list[Actor]:
    """Members with and without the right, of this department or another, inside or outside the area, in every role."""
    choices = product((t.right, "cases.other"), (HERE, THERE), (PATH, "/3709/370983/"), sorted(roles))
    reporter = Actor(kind=ActorKind.RESIDENT, id="r")
    return [*(_member(*choice) for choice in choices), RULE, CLOCK, reporter, Actor(kind=ActorKind.RESIDENT, id="s")]


def _steps(table: Workflow) -> list[Assignment]:
    """Every step of the table, open, free and held by me and by another, in this department."""
    made = []
    for step, holder in product(table.steps, (None, ME, OTHER)):
        roles = (step.role, "assist") if step.joint else (step.role,)
        for role in roles:
            made.append(Assignment(step_key=step.key, role=role, department_id=HERE, holder_id=holder,
                                   needs_role=step.needs_role if role != "assist" else "", open=True))  # fmt: skip
    return made


def _expected(t: Transition, actor: Actor, step: Assignment) -> bool:
    """The table read a second time, one relation after the other."""
    meant = (not t.step or step.step_key in t.step) and t.role in ("", step.role)
    right = actor.kind is ActorKind.MEMBER and t.right in actor.rights
    mine = meant and step.department_id == actor.department_id
    taken = step.holder_id == ME if step.holder_id else mine and step.needs_role in ("", actor.role)
    held = {
        "rule": actor.kind is ActorKind.RULE,
        "clock": actor.kind is ActorKind.CLOCK,
        "reporter": actor.id == "r",
        "any": right,
        "territory": right and PATH.startswith(actor.territory),
        "department": right and mine,
        "holder": right and meant and taken,
    }
    return any(held[relation] for relation in t.relations)


@EVERY
def test_every_transition_is_open_to_exactly_those_its_row_names(table: Workflow) -> None:
    roles = {step.needs_role for step in table.steps} | {"nobody"}
    wrong = []
    for state, transition in product(table.states, table.transitions):
        if state.code not in transition.from_states:
            continue
        case = Case(kind=table.kind, state=state.code, path=PATH, reporter_kind="resident", reporter_id="r", number="n")
        for step, actor in product(_steps(table), _actors(transition, roles)):
            decision = access.may_move(actor, transition, case, [step])
            if bool(decision) is not _expected(transition, actor, step):
                wrong.append((state.code, transition.name, actor, step.step_key, step.holder_id))
    assert wrong == []


@EVERY
def test_every_state_is_reached_and_every_open_state_is_left_by_a_person(table: Workflow) -> None:
    reached = {table.initial}
    grown = True
    while grown:
        found = {t.to_state for t in table.transitions if t.to_state and reached & set(t.from_states)}
        grown = not found <= reached
        reached |= found
    assert reached == {state.code for state in table.states}
    machinery = {"rule", "clock"}
    joined = {t.joins for t in table.transitions if t.joins}
    for state in table.states:
        ways = [t for t in table.from_state(state.code) if not set(t.relations) <= machinery or t.name in joined]
        assert state.final or ways, f"only machinery leaves {state.code}"


@EVERY
def test_every_step_is_opened_and_can_be_closed_or_moved(table: Workflow) -> None:
    opened = {key.removeprefix("back:") for t in table.transitions for key in t.opens} | set(table.opens)
    closed = {key for t in table.transitions for key in t.step if t.closes}
    closed |= {t.closes.removeprefix("step:") for t in table.transitions if t.closes.startswith("step:")}
    everything = any(t.closes == "all" for t in table.transitions)
    for step in table.steps:
        assert step.key in opened, f"{step.key} is never opened"
        assert everything or step.key in closed, f"{step.key} is never closed"


@EVERY
def test_every_text_is_there_in_both_languages(table: Workflow) -> None:
    for row in (*table.links, *table.states, *table.steps, *table.stages):
        assert row.name_zh and row.name_en
    for transition in table.transitions:
        assert bool(transition.done_zh) is bool(transition.done_en), transition.name


@EVERY
def test_a_key_means_one_move_in_a_state_for_the_same_step(table: Workflow) -> None:
    for state in table.states:
        met: dict[tuple[str, tuple[str, ...], str], str] = {}
        for transition in table.from_state(state.code):
            if transition.key and not transition.hidden:
                slot = (transition.key, transition.step, transition.right)
                assert slot not in met, f"{state.code}: {met.get(slot)} and {transition.name} share {transition.key}"
                met[slot] = transition.name
