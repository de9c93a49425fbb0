"""The promise "cases.route": a new case finds its way to a department by the published rules."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from cases import engine, kinds, queries
from cases.models import Case, RouteFinding
from cases.workflow import Routing
from ledger import faults
from ledger.actors import Actor, ActorKind

ROUTER = Actor(kind=ActorKind.RULE, label="routing")


def route_case(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Route a case. Runs in ledger's transaction with the promise locked, so twice has one effect.

    An automatic rule files and dispatches at once; another rule leaves a proposal; nothing fits: the duty chief gets
    it;
    a person was first: nothing but the finding. Never nowhere.

    Arguments:
        payload: {"case": primary key} for a new case; with "step": the step a hand-over is for.
    """
    move = engine.lock(payload["case"], actor=ROUTER, now=now)
    routing = move.table.routing_of(payload.get("step", ""))
    if routing is None:
        return
    case = move.case
    answer = queries.best_rule(
        kind=case.kind,
        step=routing.step,
        category=case.category,
        path=case.path,
        source=case.source,
        answers=case.answers,
        at=now,
    )
    if _person_was_first(move, routing):
        outcome = "overtaken"
    elif answer.best is None:
        outcome = _to_duty_chief(move, routing)
    elif answer.best.automatic and _send_at_once(move, routing, answer.best):
        outcome = "dispatched"
    else:
        outcome = _propose(case.pk, routing, answer.best, now)
    _keep_finding(case, routing, answer, outcome, now)
    transaction.on_commit(_fault_point_after_commit)


def _fault_point_after_commit() -> None:
    faults.point("cases.route.after_commit")


def _person_was_first(move: engine.Move, routing: Routing) -> bool:
    """Moved on, or taken in hand: the person's judgement goes first."""
    kept = [a for a in move.open if routing.hold in ("", a.step_key)]
    gone = move.case.state not in routing.waiting or (bool(routing.hold) and not kept)
    return gone or any(a.holder_id is not None for a in kept)


def _held_in(move: engine.Move, routing: Routing) -> int | None:
    """The assignment a hand-over is made on; parallel ones must not be mistaken for one another."""
    return next((a.pk for a in move.open if routing.hold and a.step_key == routing.hold), None)


def _to_duty_chief(move: engine.Move, routing: Routing) -> str:
    ask = engine.Ask(transition=routing.unrouted, assignment_id=_held_in(move, routing))
    engine.apply_all(case_id=move.case.pk, asks=[ask], actor=ROUTER, now=move.now, expected_version=None, move=move)
    return "nothing"


def _send_at_once(move: engine.Move, routing: Routing, rule: queries.RuleMatch) -> bool:
    """File and dispatch in one move. False if the workflow does not let a machine do it here: then it is a proposal."""
    actor = Actor(kind=ActorKind.RULE, id=str(rule.id), label=rule.code)
    kind = kinds.kind(move.case.kind)
    try:
        with transaction.atomic():
            asks = [_ask(move, kind, routing, name, rule) for name in routing.automatic]
            move.actor = actor
            engine.apply_all(
                case_id=move.case.pk,
                asks=asks,
                actor=actor,
                now=move.now,
                expected_version=None,
                rule_id=rule.id,
                move=move,
            )
    except (ValidationError, PermissionDenied):
        return False
    return True


def _ask(move: engine.Move, kind: kinds.CaseKind, routing: Routing, name: str, rule: queries.RuleMatch) -> engine.Ask:
    own = {}
    if kind.automatic:
        own = kinds.call(kind.automatic)(move.case, transition=name, rule=rule, now=move.now)
    facts = {"rule": rule.code, "edition": rule.edition_number, "owner": rule.owner_id, **own.pop("data", {})}
    target: dict[str, Any] = {}
    if name == routing.automatic[-1]:
        target = {"department_id": rule.department_id, "needs_role": rule.needs_role}
    if routing.hold:
        target["assignment_id"] = _held_in(move, routing)
    return engine.Ask(transition=name, data=facts, **{**target, **own})


def _propose(case_id: int, routing: Routing, rule: queries.RuleMatch, now: datetime) -> str:
    """Leave the proposal in the history; the officers decide."""
    move = engine.lock(case_id, actor=ROUTER, now=now)
    facts = {"rule": rule.code, "edition": rule.edition_number, "department": rule.department_id}
    kept = next((a for a in move.open if routing.hold and a.step_key == routing.hold), None)
    move.record("proposed", assignment=kept, data=facts)
    move.notify = True
    move.flush()
    return "proposed"


def _keep_finding(case: Case, routing: Routing, answer: queries.RouteAnswer, outcome: str, now: datetime) -> None:
    RouteFinding.objects.create(
        case=case,
        step_key=routing.step,
        rule_id=answer.best.id if answer.best else None,
        edition_id=answer.best.edition_id if answer.best else _edition_of(answer),
        rejected=answer.explanation,
        outcome=outcome,
        at=now,
    )


def _edition_of(answer: queries.RouteAnswer) -> int | None:
    return answer.rejected[0].edition_id if answer.rejected else None
