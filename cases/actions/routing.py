"""The promise "cases.route": a new case finds its way to a department by the published rules."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
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


@dataclass(slots=True)
class _Route:
    """One case on its way, and what the rules say of it."""

    move: engine.Move
    routing: Routing
    answer: queries.RouteAnswer


class _NotTogether(Exception):
    """A case of a batch has to be routed alone: a rule wants what the workflow refuses."""


def route_case(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Route a case. Runs in ledger's transaction with the promise locked, so twice has one effect.

    An automatic rule files and dispatches at once; another rule leaves a proposal; nothing fits: the duty chief gets
    it;
    a person was first: nothing but the finding. Never nowhere.

    Arguments:
        payload: {"case": primary key} for a new case; with "step": the step a hand-over is for.
    """
    _route([payload], now, alone=True)


def route_cases(payloads: Sequence[dict[str, Any]], *, now: datetime) -> None:
    """Route several cases with the statements of one. All of them, or an error: then each goes its way alone.

    Arguments:
        payloads: as in `route_case`; two steps of one case go one after the other.
    """
    rest = list(payloads)
    while rest:
        once = {payload["case"]: payload for payload in reversed(rest)}
        _route(list(once.values()), now, alone=False)
        rest = [payload for payload in rest if once[payload["case"]] is not payload]


def _route(payloads: Sequence[dict[str, Any]], now: datetime, *, alone: bool) -> None:
    routes = _asked(payloads, now)
    findings = [_finding(route, _decide(route, alone=alone), now) for route in routes]
    if routes:
        engine.flush_all([route.move for route in routes])
        RouteFinding.objects.bulk_create(findings)
    transaction.on_commit(_fault_point_after_commit)


def _asked(payloads: Sequence[dict[str, Any]], now: datetime) -> list[_Route]:
    """Lock the cases and ask the rules about all of them."""
    moves = engine.lock_all([payload["case"] for payload in payloads], actor=ROUTER, now=now)
    found = []
    for payload in payloads:
        move = moves[payload["case"]]
        routing = move.table.routing_of(payload.get("step", ""))
        if routing is not None:
            found.append((move, routing))
    questions = [_question(move.case, routing.step) for move, routing in found]
    answers = queries.best_rules(questions, at=now) if questions else []
    return [_Route(move, routing, answer) for (move, routing), answer in zip(found, answers, strict=True)]


def _question(case: Case, step: str) -> queries.RouteQuestion:
    return queries.RouteQuestion(case.kind, step, case.category, case.path, case.source, case.answers)


def _decide(route: _Route, *, alone: bool) -> str:
    best = route.answer.best
    if _person_was_first(route.move, route.routing):
        return "overtaken"
    if best is None:
        return _to_duty_chief(route.move, route.routing)
    if best.automatic and _send_at_once(route, best, alone=alone):
        return "dispatched"
    return _propose(route.move, route.routing, best)  # the move is another one after a refused attempt


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
    _apply(move, [engine.Ask(transition=routing.unrouted, assignment_id=_held_in(move, routing))], ROUTER)
    return "nothing"


def _apply(move: engine.Move, asks: list[engine.Ask], actor: Actor, rule_id: int | None = None) -> None:
    engine.apply_all(
        case_id=move.case.pk,
        asks=asks,
        actor=actor,
        now=move.now,
        expected_version=None,
        rule_id=rule_id,
        move=move,
        flush=False,
    )


def _send_at_once(route: _Route, rule: queries.RuleMatch, *, alone: bool) -> bool:
    """File and dispatch in one move. False if the workflow does not let a machine do it here: then it is a proposal.

    Raises:
        _NotTogether: refused in the middle of a batch, where what it began cannot be taken back by itself.
    """
    move = route.move
    actor = Actor(kind=ActorKind.RULE, id=str(rule.id), label=rule.code)
    kind = kinds.kind(move.case.kind)
    try:
        with transaction.atomic() if alone else nullcontext():
            asks = [_ask(move, kind, route.routing, name, rule) for name in route.routing.automatic]
            move.actor = actor
            _apply(move, asks, actor, rule.id)
    except (ValidationError, PermissionDenied) as error:
        if not alone:
            raise _NotTogether from error
        route.move = engine.lock(move.case.pk, actor=ROUTER, now=move.now)  # as it was before the attempt
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


def _propose(move: engine.Move, routing: Routing, rule: queries.RuleMatch) -> str:
    """Leave the proposal in the history; the officers decide."""
    facts = {"rule": rule.code, "edition": rule.edition_number, "department": rule.department_id}
    kept = next((a for a in move.open if routing.hold and a.step_key == routing.hold), None)
    move.record("proposed", assignment=kept, data=facts)
    move.notify = True
    return "proposed"


def _finding(route: _Route, outcome: str, now: datetime) -> RouteFinding:
    best = route.answer.best
    return RouteFinding(
        case=route.move.case,
        step_key=route.routing.step,
        rule_id=best.id if best else None,
        edition_id=best.edition_id if best else _edition_of(route.answer),
        rejected=route.answer.explanation,
        outcome=outcome,
        at=now,
    )


def _edition_of(answer: queries.RouteAnswer) -> int | None:
    return answer.rejected[0].edition_id if answer.rejected else None
