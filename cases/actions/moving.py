"""Moves with no domain facts of a kind, and who holds a step."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from cases import access, engine
from cases.actions.handing import give
from cases.models import Assignment, Case
from ledger.actors import Actor
from ledger.clock import app_now


def case_id_of(number: str) -> int:
    """Primary key of a case by its number.

    Raises:
        NoSuchCase: there is none.
    """
    found = Case.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise engine.NoSuchCase
    return found


@transaction.atomic(durable=True)
def move_case(
    *,
    number: str,
    transition: str,
    actor: Actor,
    expected_version: int | None,
    assignment_id: int | None = None,
    note: str = "",
    department_id: int | None = None,
    holder_id: int | None = None,
    assist_ids: Sequence[int] = (),
    data: Mapping[str, Any] | None = None,
    photos: Sequence[engine.Photo] = (),
) -> engine.Applied:
    """Carry out a transition that needs no facts of the kind beyond `data`; see `cases.engine.apply` for what it
    raises.
    """
    now = app_now()
    move = engine.lock_number(number, actor=actor, now=now)
    ask = engine.Ask(
        transition=transition,
        note=note,
        assignment_id=assignment_id,
        department_id=department_id,
        holder_id=holder_id,
        assist_ids=tuple(assist_ids),
        data=data or {},
        photos=photos,
    )
    return engine.apply_all(
        case_id=move.case.pk, asks=[ask], actor=actor, now=now, expected_version=expected_version, move=move
    )


def _lock_step(assignment_id: int, actor: Actor) -> tuple[engine.Move, Assignment]:
    """Lock the case of an assignment, then the assignment.

    Raises:
        NoSuchCase: unknown, or not the actor's to see. CaseMoved: the step is closed.
    """
    case_id = Assignment.objects.filter(pk=assignment_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise engine.NoSuchCase
    move = engine.lock(case_id, actor=actor, now=app_now())
    step = next((a for a in move.open if a.pk == assignment_id), None)
    if not access.can(actor, "case.see", move.case, move.open if step else move.case.assignments.all()):
        raise engine.NoSuchCase
    if step is None:
        raise engine.CaseMoved(_("This step is already finished."), case_number=move.case.number)
    return move, step


@transaction.atomic(durable=True)
def claim(*, assignment_id: int, actor: Actor, expected_version: int) -> Assignment:
    """Take a free step: compare-and-set on the assignment, so of many only one wins.

    Raises:
        CaseMoved: somebody else has it; `by` names the winner. NotPermitted: another department or role.
    """
    move, step = _lock_step(assignment_id, actor)
    if step.holder_id is not None and step.holder_id != actor.user_id:
        raise _taken(move.case.number, step.holder_id)
    if step.holder_id == actor.user_id:
        return step
    if not access.may_take(actor, step):
        raise engine.NotPermitted(_("This step is with another department or person."))
    if step.version != expected_version:
        raise engine.CaseMoved(case_number=move.case.number)
    step.holder_id, step.claimed_at, step.seen_at = actor.user_id, move.now, step.seen_at or move.now
    step.version += 1
    move.touch(step)
    move.record("claim", assignment=step)
    move.flush()
    return step


def _taken(number: str, holder_id: int) -> engine.CaseMoved:
    winner = User.objects.get(pk=holder_id)
    name = winner.display_name or winner.username
    return engine.CaseMoved(_("%(name)s has already taken this.") % {"name": name}, case_number=number, by=name)


@transaction.atomic(durable=True)
def hand_over(
    *, assignment_id: int, holder_id: int | None, actor: Actor, expected_version: int, note: str = ""
) -> Assignment:
    """Give an open step to another member of its department, or (holder None) back to the department.

    Raises:
        CaseMoved, NotPermitted, ValidationError (holder_id: not of that department).
    """
    move, step = _lock_step(assignment_id, actor)
    if not access.can(actor, "case.hand_over", move.case, [step]):
        raise engine.NotPermitted(_("This step is with another department or person."))
    if step.version != expected_version:
        raise engine.CaseMoved(case_number=move.case.number)
    if holder_id is not None:
        engine.check_holder(holder_id, step.department_id, move.now)
    give(move, step, holder_id, note=note)
    move.flush()
    return step


@transaction.atomic(durable=True)
def mark_seen(*, case_id: int, actor: Actor) -> int:
    """The actor opened the case: steps for him are no longer unread. Returns how many were."""
    if actor.user_id is None:
        return 0
    free = Q(holder__isnull=True, department_id=actor.department_id)
    mine = Assignment.objects.filter(
        Q(holder_id=actor.user_id) | free, case_id=case_id, open=True, seen_at__isnull=True
    )
    return mine.update(seen_at=app_now())
