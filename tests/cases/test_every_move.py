"""Every state × role × transition of the made-up kind: what the table allows acts, everything else refuses and writes
nothing. The expectation is computed from the table by a second, simple reading of it."""

from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from cases import access, engine
from cases.access import Bearer
from cases.models import Assignment, Case, HistoryEntry
from cases.workflow import Transition
from ledger.actors import ANONYMOUS, CLOCK, Actor, ActorKind
from tests.cases import made_up
from tests.cases.world import PEOPLE, World, move, open_case, step, to_joint

TABLE = made_up.WORKFLOW
NAMES = tuple(name for name, *_rest in PEOPLE)
RULE = Actor(kind=ActorKind.RULE, id="")


def _case_in(town: World, state: str) -> Case:
    """A case brought to a state by moves of the table."""
    case = open_case(ANONYMOUS, answers={"hazard": "yes"} if state == "examining" else {})
    if state in ("joint", "waiting", "finished", "deciding"):
        to_joint(town, case, assist_ids=(town.id("office"),))
    if state == "deciding":
        move(case, "give_back", town.actor("cora"), note="no")
    if state == "examining":
        move(case, "begin", town.actor("ada"))
    if state == "refused":
        move(case, "refuse", town.actor("ada"), note="no")
    if state == "waiting":
        move(case, "supplement", town.actor("hal"), note="more")
    if state == "finished":
        assist = step(case, "joint", "assist")
        move(case, "assist_done", town.actor("olga"), scope="assignment", assignment_id=assist.pk)
        move(case, "finish", town.actor("hal"), note="done")
    case.refresh_from_db()
    assert case.state == state
    return case


def _steps_of(transition: Transition, case: Case) -> list[Assignment]:
    found = Assignment.objects.filter(case=case, open=True)
    if transition.step:
        found = found.filter(step_key__in=transition.step)
    return list(found.filter(role=transition.role) if transition.role else found)


def _expected(transition: Transition, case: Case, actor: Actor) -> bool:
    if case.state not in transition.from_states:
        return False
    steps = _steps_of(transition, case)
    if transition.scope == "assignment" and not steps:
        return False
    return any(_relation_holds(relation, transition, case, actor, steps) for relation in transition.relations)


def _relation_holds(relation: str, t: Transition, case: Case, actor: Actor, steps: list[Assignment]) -> bool:
    machinery = {"rule": ActorKind.RULE, "clock": ActorKind.CLOCK}
    if relation in machinery:
        return actor.kind is machinery[relation]
    if relation == "reporter":
        return actor.id == case.number
    if actor.kind is not ActorKind.MEMBER or t.right not in actor.rights:
        return False
    if relation == "territory":
        return case.path.startswith(actor.territory)
    mine = [s for s in steps if s.department_id == actor.department_id]
    if relation == "holder":
        mine = [s for s in mine if s.holder_id in (None, actor.user_id) and s.needs_role in ("", actor.role)]
    return bool(mine)


def _ask(town: World, transition: Transition) -> dict[str, Any]:
    """Everything any move could require."""
    result = {"safe": True, "remark": "dry"} if "result" in transition.requires else {}
    return {
        "note": "because",
        "department_id": town.id("works") if "department" in transition.requires else None,
        "holder_id": town.users["hal"].pk if "holder" in transition.requires else None,
        "data": {"extension": "2", "result": result},
    }


@pytest.mark.parametrize("state", [state.code for state in TABLE.states])
def test_every_role_and_transition_in_a_state(town: World, state: str) -> None:
    case = _case_in(town, state)
    steps = list(Assignment.objects.filter(case=case, open=True))
    actors = {name: town.actor(name) for name in NAMES} | {
        "rule": RULE, "clock": CLOCK, "stranger": ANONYMOUS, "bearer": Bearer(case.number).actor(),
    }  # fmt: skip
    wrong = []
    for (name, actor), transition in product(actors.items(), TABLE.transitions):
        expected = _expected(transition, case, actor)
        # what is refused costs nothing to ask; what is allowed, and every refusal of the outsider, is really tried
        tried = expected or name == "outsider"
        acts = _acts(town, case, actor, transition) if tried else _offered(transition, case, actor, steps)
        if acts is not expected:
            wrong.append((name, transition.name))
    assert wrong == []


def _offered(transition: Transition, case: Case, actor: Actor, steps: list[Assignment]) -> bool:
    decision = access.may_move(actor, transition, case, steps)
    by_step = transition.scope != "assignment" or decision.assignment is not None
    return case.state in transition.from_states and bool(decision) and by_step


def _acts(town: World, case: Case, actor: Actor, transition: Transition) -> bool:
    """Try a move in a transaction that is always taken back."""
    before = HistoryEntry.objects.filter(case=case).count()
    point = transaction.savepoint()
    steps = _steps_of(transition, case)
    mine = [s for s in steps if s.department_id == actor.department_id] or steps
    by_step = transition.scope == "assignment" and bool(mine)
    try:
        engine.apply(
            case_id=case.pk,
            transition=transition.name,
            actor=actor,
            now=case.opened_at,
            expected_version=mine[0].version if by_step else case.version,
            assignment_id=mine[0].pk if by_step else None,
            **_ask(town, transition),
        )
        return True
    except (engine.CaseMoved, PermissionDenied, Http404):
        assert HistoryEntry.objects.filter(case=case).count() == before
        return False
    except ValidationError as refused:
        # allowed, but an assist or a child is still open: the right was there
        assert set(refused.message_dict) == {"__all__"}, refused.message_dict
        return True
    finally:
        transaction.savepoint_rollback(point)
