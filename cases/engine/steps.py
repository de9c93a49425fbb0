"""Steps: who gets one, opening, closing, joining. Serial, parallel, joint and conditional steps all pass here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from cases import kinds
from cases.engine import clocks
from cases.engine.move import Move
from cases.kinds import Target
from cases.models import Assignment, Case
from cases.workflow import Step
from grids.queries import member_on_duty
from ledger.actors import ActorKind

CITY_ZONE = ZoneInfo("Asia/Shanghai")
FIELD_SOURCE = "gridworker"  # reported on the spot by the member who can be sent there again


@dataclass(frozen=True, slots=True)
class Given:
    """What the mover said about who is next. Ids of accounts.Department and accounts.User."""

    department_id: int | None = None
    holder_id: int | None = None
    assist_ids: tuple[int, ...] = ()
    needs_role: str | None = None
    results: Mapping[str, Any] = field(default_factory=dict)


def open_step(move: Move, key: str, given: Given, sequence: int) -> list[Assignment]:
    """Open a step (and its assists); [] if it is conditional and does not apply, or its lead is open already.

    Arguments:
        key: step key, "back" or "back:<step>".
        sequence: history sequence that opens it.

    Raises:
        ValidationError: no department can be found for it.
    """
    returned = key.startswith("back")
    earlier = _earlier(move.case, key.removeprefix("back").removeprefix(":")) if returned else None
    step = move.table.step(earlier.step_key if earlier else key.removeprefix("back").removeprefix(":"))
    if not step.applies({**move.case.answers, **move.data}):
        return []
    if step.role == "lead" and any(a.step_key == step.key and a.role == "lead" for a in move.open):
        return []
    target = _target_of(earlier) if earlier else find_target(move, step, given)
    if target is None:
        target = _fallback(move, step)
    opened = [_open(move, step, target, sequence, returned=returned)]
    if step.joint:
        for department_id in given.assist_ids:
            target = Target(department_id, needs_role="")
            opened.append(_open(move, step, target, sequence, role="assist"))
    return opened


def _open(
    move: Move, step: Step, target: Target, sequence: int, *, role: str = "", returned: bool = False
) -> Assignment:
    assignment = Assignment(
        case=move.case,
        step_key=step.key,
        role=role or step.role,
        department_id=target.department_id,
        holder_id=target.holder_id,
        needs_role=step.needs_role if target.needs_role is None else target.needs_role,
        returned=returned,
        opened_at=move.now,
        claimed_at=move.now if target.holder_id else None,
        opened_by=sequence,
        rule_id=move.rule_id,
    )
    move.opened.append(assignment)
    move.open.append(assignment)
    if step.stage:
        clocks.start(move, step.stage, assignment)
    return assignment


def close_step(move: Move, assignment: Assignment, outcome: str = "", result: Mapping[str, Any] | None = None) -> None:
    """Close an assignment with its outcome and typed result; its limits stop."""
    assignment.open = False
    assignment.closed_at = move.now
    assignment.outcome = outcome
    if result:
        assignment.result = dict(result)
    assignment.version += 1
    clocks.stop(move, clocks.of(move, assignment))
    move.open.remove(assignment)
    move.closed.append(assignment)
    move.touch(assignment)


def to_close(move: Move, closes: str, own: Assignment | None) -> list[Assignment]:
    """The open assignments a transition closes: "own" (a lead takes no assists with it), "all", "step:<key>"."""
    if closes == "own":
        return [own] if own is not None else []
    if closes == "all":
        return list(move.open)
    if closes.startswith("step:"):
        return [a for a in move.open if a.step_key == closes.removeprefix("step:")]
    return []


def keep_lead(move: Move) -> None:
    """Keep the case's department: the open lead's, else the intake's, else any open step's; unchanged when none is
    open.
    """
    order = {"lead": 0, "intake": 1, "step": 2, "assist": 3}
    if move.open:
        first = min(move.open, key=lambda a: order[a.role])
        move.case.department_id = first.department_id


def find_target(move: Move, step: Step, given: Given) -> Target | None:
    """Who gets a step by the rule written in the workflow; None if that leads to nobody."""
    how, _sep, argument = step.to.partition(":")
    if how == "given":
        return Target(given.department_id, given.holder_id, given.needs_role) if given.department_id else None
    if how == "actor":
        return Target(move.actor.department_id) if move.actor.department_id else None
    if how == "lead":
        return Target(move.case.department_id) if move.case.department_id else None
    if how == "reporter":
        return _reporter(move.case) or on_duty(move.case, "service", move.now)
    if how == "function":
        return by_function(argument, move.case.path)
    if how == "duty":
        return on_duty(move.case, argument, move.now)
    found: Target | None = kinds.call(argument)(move.case, move.now)
    return found


def _fallback(move: Move, step: Step) -> Target:
    """Never nowhere: who has the case keeps it."""
    own = next((a.department_id for a in (*reversed(move.closed), *move.open)), None)
    department = own or move.case.department_id
    if department is None:
        raise ValidationError({"department_id": _("No department was found for “%(step)s”.") % {"step": step.name_en}})
    return Target(department)


def _earlier(case: Case, key: str) -> Assignment | None:
    closed = Assignment.objects.filter(case=case, open=False).exclude(role="assist")
    if key:
        closed = closed.filter(step_key=key)
    found = closed.select_related("holder").order_by("-closed_at", "-pk").first()
    if found is None and not key:
        raise ValidationError(_("There is no earlier step to return to."))
    return found


def _target_of(assignment: Assignment) -> Target:
    """Who had the step; a person who cannot sign in any more gives way to the department."""
    holder = assignment.holder
    kept = holder.pk if holder is not None and holder.is_active else None
    return Target(assignment.department_id, kept, assignment.needs_role)


def _reporter(case: Case) -> Target | None:
    if case.reporter_kind != str(ActorKind.MEMBER) or case.source != FIELD_SOURCE:
        return None
    active = User.objects.filter(pk=case.reporter_id, is_active=True).exists()
    return Target(case.reporter_department, int(case.reporter_id)) if case.reporter_department and active else None


_BY_FUNCTION = """
SELECT id FROM accounts_department WHERE active AND function = %s AND starts_with(%s, territory)
ORDER BY length(territory) DESC, id LIMIT 1
"""


def by_function(function: str, path: str) -> Target | None:
    """The active department of a function nearest to the place: the longest territory that covers it."""
    with connection.cursor() as cursor:  # by hand: every new case asks, and building the query took longer than it
        cursor.execute(_BY_FUNCTION, [function, path])
        row = cursor.fetchone()
    return Target(row[0]) if row is not None else None


def on_duty(case: Case, scheme: str, now: datetime) -> Target | None:
    """Who acts in the case's grid of a scheme, with his department: the worker, or who stands in for him."""
    grid_id = case.management_grid_id if scheme == "management" else case.grid_id
    if grid_id is None:
        return None
    found = member_on_duty(grid_id, on=now.astimezone(CITY_ZONE).date())
    return Target(*found) if found else None


def require_result(step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    """The typed result of a step.

    Raises:
        ValidationError: keyed by field, when one is missing, unknown or of the wrong type.
    """
    errors = {name: _("This answer is not asked for here.") for name in given if name not in step.result}
    for name, kind in step.result.items():
        if not fits(kind, given.get(name)):
            errors[name] = _("Please answer this.") if given.get(name) in (None, "") else _("This answer does not fit.")
    if errors:
        raise ValidationError(errors)
    return dict(given)


def fits(kind: str, value: Any) -> bool:
    """Whether a value is of a result type ("text", "number", "date" as ISO text, "bool", "choice:a|b")."""
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "date":
        return isinstance(value, str) and _is_date(value)
    if kind.startswith("choice:"):
        return value in kind.removeprefix("choice:").split("|")
    return isinstance(value, str) and bool(value.strip())


def _is_date(value: str) -> bool:
    try:
        datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - a calendar date has no zone
    except ValueError:
        return False
    return True
