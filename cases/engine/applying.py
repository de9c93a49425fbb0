"""`apply`: one row of the workflow's table carried out under the lock of the case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import access
from cases.engine import clocks, steps
from cases.engine.attaching import Photo, attach
from cases.engine.errors import CaseMoved, NoSuchCase, NotPermitted
from cases.engine.move import Move, assert_in_transaction
from cases.engine.requirements import check_requirements
from cases.models import Assignment, Case, CaseLink, Clock, HistoryEntry
from cases.workflow import Transition, Workflow
from ledger.actors import Actor, ActorKind

__all__ = ["Applied", "Ask", "apply", "apply_all", "lock", "lock_all", "lock_number"]


# By hand: every move begins with these, and building them took longer than reading the rows.
_LOCK_CASES = "SELECT * FROM cases_case WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_LOCK_NUMBER = "SELECT * FROM cases_case WHERE number = %s FOR NO KEY UPDATE"
_LOCK_STEPS = "SELECT * FROM cases_assignment WHERE case_id = ANY(%s) AND open ORDER BY id FOR NO KEY UPDATE"
_CLOCKS = "SELECT * FROM cases_clock WHERE case_id = ANY(%s) AND stopped_at IS NULL ORDER BY id"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a mover asks for: a transition and what he says with it.

    Arguments:
        department_id, holder_id: who is next, where the table says "given".
        assist_ids: departments that assist in a joint step.
        data: coded facts kept in the history ("condition", "reason", "extension" …) and, under "result", the typed
            result.
        photos: stored files that come with the move.
    """

    transition: str
    note: str = ""
    assignment_id: int | None = None
    department_id: int | None = None
    holder_id: int | None = None
    assist_ids: tuple[int, ...] = ()
    needs_role: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    photos: Sequence[Photo] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What a move did. `history` is the line of the (last) transition asked for."""

    case: Case
    history: HistoryEntry
    opened: list[Assignment]
    closed: list[Assignment]


def lock(case_id: int, *, actor: Actor, now: datetime, data: Mapping[str, Any] | None = None) -> Move:
    """Lock a case, then its open assignments by id (the lock order of the house), and read its running clocks.

    Raises:
        NoSuchCase: there is none.
    """
    return lock_all([case_id], actor=actor, now=now, data=data)[case_id]


def lock_number(number: str, *, actor: Actor, now: datetime) -> Move:
    """The same by the number people know.

    Raises:
        NoSuchCase: there is none.
    """
    assert_in_transaction()
    return _moves(list(Case.objects.raw(_LOCK_NUMBER, [number])), 1, actor, now, {}).popitem()[1]


def lock_all(
    case_ids: Sequence[int], *, actor: Actor, now: datetime, data: Mapping[str, Any] | None = None
) -> dict[int, Move]:
    """Lock several cases by id, then their open assignments by id; three statements, whatever their number.

    Raises:
        NoSuchCase: one of them is not there.
    """
    assert_in_transaction()
    ids = sorted(set(case_ids))
    return _moves(list(Case.objects.raw(_LOCK_CASES, [ids])), len(ids), actor, now, data or {})


def _moves(cases: list[Case], wanted: int, actor: Actor, now: datetime, data: Mapping[str, Any]) -> dict[int, Move]:
    if len(cases) < wanted:
        raise NoSuchCase
    ids = [case.pk for case in cases]
    moves = {case.pk: Move(case=case, actor=actor, now=now, data=data) for case in cases}
    for row in Assignment.objects.raw(_LOCK_STEPS, [ids]):
        moves[row.case_id].open.append(row)
    for clock in Clock.objects.raw(_CLOCKS, [ids]):
        move = moves[clock.case_id]
        clock.case = move.case
        for row in move.open:
            if row.pk == clock.assignment_id:
                clock.assignment = row  # the locked row itself, not another copy
        move.clocks.append(clock)
    return moves


def apply(
    *,
    case_id: int,
    transition: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None,
    assignment_id: int | None = None,
    note: str = "",
    department_id: int | None = None,
    holder_id: int | None = None,
    assist_ids: tuple[int, ...] = (),
    data: Mapping[str, Any] | None = None,
    photos: Sequence[Photo] = (),
) -> Applied:
    """Carry out one transition. Must run inside the transaction of an action.

    Arguments:
        now: the action's `app_now()`.
        expected_version: version of the case the mover saw, or of the assignment where the table says scope
            "assignment";
            None (machinery only) compares nothing but the state.

    Raises:
        CaseMoved: version or state is no longer what the mover saw.
        NotPermitted: right, relation or territory do not allow it.
        ValidationError: keyed by field: something required is missing, or a guard says no.
    """
    ask = Ask(
        transition=transition,
        note=note,
        assignment_id=assignment_id,
        department_id=department_id,
        holder_id=holder_id,
        assist_ids=assist_ids,
        data=data or {},
        photos=photos,
    )
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=now, expected_version=expected_version)


def apply_all(
    *,
    case_id: int,
    asks: Sequence[Ask],
    actor: Actor,
    now: datetime,
    expected_version: int | None,
    rule_id: int | None = None,
    move: Move | None = None,
    flush: bool = True,
) -> Applied:
    """Carry out several transitions one after the other as one move: an automatic rule files and dispatches at once.

    Arguments:
        rule_id: the routing rule that moves the case; kept on the assignments it opens.
        move: a case already locked by `lock` in this transaction.
        flush: False leaves the writing to the caller, who writes several moves together with `flush_all`.
    """
    move = move or lock(case_id, actor=actor, now=now)
    move.rule_id = rule_id
    entry = None
    for number, ask in enumerate(asks):
        entry = _ask(move, ask, expected_version if number == 0 else None)
    if entry is None:
        raise ValueError("nothing was asked for")
    clocks.keep_nearest(move)
    if flush:
        move.flush()
    return Applied(move.case, entry, move.opened, move.closed)


def _ask(move: Move, ask: Ask, expected_version: int | None) -> HistoryEntry:
    transition = move.table.transition(ask.transition)
    if transition is None:
        raise NotPermitted(_("There is no such move."))
    own = _own(move, transition, ask)
    _compare(move, transition, own, expected_version)
    move.data = ask.data
    check_requirements(move, transition, own, ask)
    return _perform(move, transition, own, ask)


def _own(move: Move, transition: Transition, ask: Ask) -> Assignment | None:
    """The assignment the move is made on. A case that left the state is "moved", whoever asks; then right and
    relation.
    """
    gone = ask.assignment_id is not None and all(a.pk != ask.assignment_id for a in move.open)
    if gone or move.case.state not in transition.from_states:
        _must_see(move)
        raise CaseMoved(case_number=move.case.number)
    decision = access.may_move(move.actor, transition, move.case, move.open, ask.assignment_id)
    if not decision:
        _must_see(move)
        raise NotPermitted(decision.reason)
    return decision.assignment


def _must_see(move: Move) -> None:
    """Who may not see the case learns nothing from a refusal."""
    machinery = move.actor.kind in (ActorKind.RULE, ActorKind.CLOCK)
    if not machinery and not access.can(move.actor, "case.see", move.case, Assignment.objects.filter(case=move.case)):
        raise NoSuchCase


def _compare(move: Move, transition: Transition, own: Assignment | None, expected: int | None) -> None:
    if transition.scope == "assignment" and own is None:
        raise CaseMoved(case_number=move.case.number)
    if expected is None:
        if move.actor.kind in (ActorKind.RULE, ActorKind.CLOCK):
            return
        raise ValidationError({"expected_version": _("The page did not say which version it showed.")})
    current = own.version if transition.scope == "assignment" and own is not None else move.case.version
    if current != expected:
        raise CaseMoved(case_number=move.case.number)


def _perform(move: Move, transition: Transition, own: Assignment | None, ask: Ask) -> HistoryEntry:
    before = move.case.state
    if transition.to_state:
        set_state(move.case, transition.to_state, move.table, move.now)
    if transition.scope == "case":
        move.case.version += 1
    entry = move.record(
        transition.name,
        from_state=before,
        assignment=own,
        note=ask.note,
        data=_facts(move, transition, ask),
        public=transition.public,
    )
    attach(move, ask.photos, entry.sequence)
    _close(move, transition, own, ask)
    _count(move, transition)
    _run_clocks(move, transition, ask)
    given = steps.Given(ask.department_id, ask.holder_id, ask.assist_ids, ask.needs_role)
    for key in transition.opens:
        steps.open_step(move, key, given, entry.sequence)
    steps.keep_lead(move)
    _promise(move, transition, entry)
    _end(move, transition)
    return _join(move, transition, own) or entry


def set_state(case: Case, code: str, table: Workflow, now: datetime) -> None:
    """The only place in the tree where a case's state is set."""
    case.state = code
    final = table.state(code).final
    case.closed = final
    case.closed_at = now if final else None


def _facts(move: Move, transition: Transition, ask: Ask) -> dict[str, Any]:
    facts = {name: value for name, value in ask.data.items() if name != "result"}
    if transition.counts:
        facts["counts"] = transition.counts
    if ask.department_id is not None:
        facts["department"] = ask.department_id
    if ask.holder_id is not None:
        facts["holder"] = ask.holder_id
    return facts


def _close(move: Move, transition: Transition, own: Assignment | None, ask: Ask) -> None:
    result = ask.data.get("result")
    for assignment in steps.to_close(move, transition.closes, own):
        mine = result if assignment is own else None
        steps.close_step(move, assignment, transition.outcome or transition.name, mine)
    if own is not None and own.open:
        _keep(move, transition, own, ask)


def _keep(move: Move, transition: Transition, own: Assignment, ask: Ask) -> None:
    """An assignment that stays open: who holds it now, what was answered so far, whether it came back."""
    if transition.sets_holder:
        holders = {"given": ask.holder_id, "actor": move.actor.user_id, "nobody": None}
        own.holder_id = holders[transition.sets_holder]
        own.claimed_at = move.now if own.holder_id else None
        own.seen_at = None if transition.sets_holder == "given" else own.seen_at
    if transition.counts:
        own.returned = True
    if ask.data.get("result"):
        own.result = dict(ask.data["result"])
    if transition.sets_holder or transition.counts or transition.scope == "assignment":
        own.version += 1
        move.touch(own)


def _count(move: Move, transition: Transition) -> None:
    if transition.counts == "return":
        move.case.returns += 1
    elif transition.counts == "rework":
        move.case.reworks += 1


def _run_clocks(move: Move, transition: Transition, ask: Ask) -> None:
    clocks.stop_stages(move, transition.stops)
    if transition.resumes:
        clocks.resume(move)
    if transition.pauses:
        clocks.pause(move, transition.pauses)
    if transition.extends:
        clocks.extend(move, transition.extends, _amount(ask.data.get("extension")))
    for stage in transition.starts:
        clocks.start(move, stage)


def _amount(value: object) -> Decimal:
    """Extra time, in the unit of the clock, more than nothing."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal(0)
    if not 0 < amount <= 1000:
        raise ValidationError({"extension": _("Please give the extra time as a number above zero.")})
    return amount


def _promise(move: Move, transition: Transition, entry: HistoryEntry) -> None:
    move.notify = move.notify or bool(transition.notifies) or bool(transition.opens)
    for kind in transition.promises:
        key = f"{kind}:{move.case.pk}:{entry.sequence}"
        move.promise(kind, key, case=move.case.pk, history=entry.sequence)
    for step in transition.routes:
        if move.table.step(step).applies({**move.case.answers, **move.data}):
            key = f"cases.route:{move.case.pk}:{step}:{entry.sequence}"
            move.promise("cases.route", key, case=move.case.pk, step=step)


def _end(move: Move, transition: Transition) -> None:
    """A final state: every limit stops, every step closes, a parent that waits for this child is told."""
    if not move.case.closed:
        return
    clocks.stop(move, [c for c in move.clocks if c.stopped_at is None])
    for assignment in list(move.open):
        steps.close_step(move, assignment, "case_closed")
    move.case.paused = False
    move.case.due_at = move.case.soon_at = None
    move.case.outcome = transition.outcome or transition.name
    parents = CaseLink.objects.filter(child=move.case, kind="child", closing_rule="all_closed")
    for parent_id in parents.values_list("parent_id", flat=True):
        key = f"cases.child_closed:{parent_id}:{move.case.pk}:{move.case.history_count}"
        move.promise("cases.child_closed", key, case=parent_id, child=move.case.pk)


def _join(move: Move, transition: Transition, own: Assignment | None) -> HistoryEntry | None:
    """The last of parallel steps carries the case on, in the same transaction and under the same name."""
    if not transition.joins or any(a.step_key not in transition.joins_ignore for a in move.open):
        return None
    joined = move.table.transition(transition.joins)
    if joined is None or move.case.state not in joined.from_states:
        return None
    return _perform(move, joined, own, Ask(transition=joined.name))
