"""Which moves a person may make now, what each needs, and what its form offers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Department, Membership
from cases import access, kinds, rules
from cases.models import Assignment, Attachment, Case, CaseLink, RouteFinding
from cases.queries import words
from cases.queries.people import WORKING
from cases.workflow import Transition
from ledger.actors import Actor

CITY_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A permitted move.

    Arguments:
        missing: what is not there yet and a form cannot bring (an open assist, a guard's answer); "" if nothing.
        needs: everything the form must ask for, of `Transition.requires`.
        expected_version: of the case or of the assignment, as `scope` says; posted back with the move.
        url_name: screen of the kind for this move; "" the kernel's own form.
    """

    name: str
    label: str
    effect: str
    key: str
    primary: bool
    missing: str
    needs: tuple[str, ...]
    scope: str
    expected_version: int
    assignment_id: int | None
    url_name: str
    counts: str
    result: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseState:
    """Rows about a case that moves are judged by; read once."""

    case: Case
    assignments: Sequence[Assignment]
    attachments: Sequence[Attachment]


def permitted_moves(actor: Actor, state: CaseState) -> list[MoveRow]:
    """Moves of the table that start here and that this actor may make, in the order of the table, primary first.

    At most two statements: facts of the kind (only if a move has a guard) and open children (only if one waits for
    them).
    """
    case = state.case
    table = kinds.workflow(case.kind)
    found: list[MoveRow] = []
    facts: dict[str, Any] | None = None
    for transition in table.from_state(case.state):
        if transition.hidden:
            continue
        decision = access.may_move(actor, transition, case, state.assignments)
        if not decision:
            continue
        if transition.guard and facts is None:
            facts = _facts(case)
        found.append(_row(state, transition, decision.assignment, facts or {}))
    return sorted(found, key=lambda move: (not move.primary, bool(move.missing)))


def _facts(case: Case) -> dict[str, Any]:
    hook = kinds.kind(case.kind).facts
    return dict(kinds.call(hook)(case.pk)) if hook else {}


def _row(state: CaseState, transition: Transition, own: Assignment | None, facts: dict[str, Any]) -> MoveRow:
    case = state.case
    by_step = transition.scope == "assignment" and own is not None
    step = kinds.workflow(case.kind).step(own.step_key) if own is not None else None
    return MoveRow(
        name=transition.name,
        label=words.in_language(transition.label_zh, transition.label_en),
        effect=words.in_language(transition.effect_zh, transition.effect_en),
        key=transition.key,
        primary=transition.primary,
        missing=_missing(state, transition, own, facts),
        needs=_needs(state, transition, own),
        scope=transition.scope,
        expected_version=own.version if by_step and own is not None else case.version,
        assignment_id=own.pk if own is not None else None,
        url_name=kinds.kind(case.kind).moves.get(transition.name, ""),
        counts=transition.counts,
        result=dict(step.result) if step is not None and "result" in transition.requires else {},
    )


def _needs(state: CaseState, transition: Transition, own: Assignment | None) -> tuple[str, ...]:
    """What the form must bring: a photo that is there already is not asked for again."""
    since = own.opened_by if own is not None else 0
    there = {f"photo_{a.stage}" for a in state.attachments if a.history >= since}
    return tuple(n for n in transition.requires if n not in there and n not in ("assists", "children"))


def _missing(state: CaseState, transition: Transition, own: Assignment | None, facts: dict[str, Any]) -> str:
    open_assist = any(a.open and a.role == "assist" and own is not None and a.step_key == own.step_key
                      for a in state.assignments)  # fmt: skip
    if "assists" in transition.requires and open_assist:
        return rules.missing_text("assists")
    if "children" in transition.requires and _has_open_children(state.case.pk):
        return rules.missing_text("children")
    if transition.guard:
        return str(kinds.call(transition.guard)(state.case, facts, {}) or "")
    return ""


def _has_open_children(case_id: int) -> bool:
    waiting = CaseLink.objects.filter(parent=case_id, kind="child", closing_rule="all_closed", child__closed=False)
    return waiting.exists()


def locked_text(actor: Actor, state: CaseState, moves: Sequence[MoveRow]) -> str:
    """One sentence that says who has the case, when there is nothing to do for this actor."""
    if moves:
        return ""
    if state.case.closed:
        return _("The case is closed.")
    waiting = [a for a in state.assignments if a.open]
    if not waiting:
        return ""
    first = min(waiting, key=lambda a: a.role != "lead")
    body = words.in_language(first.department.name_zh, first.department.name_en)
    step = words.step_label(state.case.kind, first.step_key)
    return _("%(step)s is done by %(department)s.") % {"step": step, "department": body}


@dataclass(frozen=True, slots=True)
class MoveForm:
    """Choices for the form of one move: (id, label) each; `proposed` is the department a rule proposes."""

    move: MoveRow
    departments: list[tuple[int, str]]
    holders: list[tuple[int, str]]
    assists: list[tuple[int, str]]
    proposed: int | None


def asks_nothing(name: str) -> bool:
    """Whether a transition of this name is a button and nothing more, whatever the kind: then its case need not be read
    for a form before it is read for the move.
    """
    rows = [(kind, kinds.workflow(kind.slug).transition(name)) for kind in kinds.all_kinds()]
    found = [(kind, row) for kind, row in rows if row is not None]
    return bool(found) and not any(row.requires or row.hidden or name in kind.moves for kind, row in found)


def form_of_move(actor: Actor, state: CaseState, name: str, now: datetime) -> MoveForm | None:
    """The form of a permitted move; None if it is not permitted now."""
    move = next((m for m in permitted_moves(actor, state) if m.name == name), None)
    if move is None:
        return None
    bodies = _departments(state.case) if "department" in move.needs else []
    own = next((a for a in state.assignments if a.pk == move.assignment_id), None)
    people = members_of(own.department_id, now) if "holder" in move.needs and own is not None else []
    finding = RouteFinding.objects.filter(case=state.case, rule__isnull=False).order_by("-pk")
    proposed = finding.values_list("rule__department_id", flat=True).first() if bodies else None
    return MoveForm(move, bodies, people, bodies if _is_joint(state.case, name) else [], proposed)


def _is_joint(case: Case, name: str) -> bool:
    table = kinds.workflow(case.kind)
    transition = table.transition(name)
    opened = transition.opens if transition is not None else ()
    return any(table.step(key).joint for key in opened if not key.startswith("back"))


def colleagues(assignment_id: int, now: datetime) -> list[tuple[int, str]]:
    """Members of the department of a step who could hold it instead. Two statements."""
    step = Assignment.objects.filter(pk=assignment_id).values_list("department_id", "holder_id").first()
    return [row for row in members_of(step[0], now) if row[0] != step[1]] if step else []


def _departments(case: Case) -> list[tuple[int, str]]:
    """Bodies whose area touches the place: those that cover it, and those inside its county."""
    county = "/".join(case.path.split("/")[:3]) + "/"
    near = Q(territory__startswith=county) | Q(territory__in=_above(case.path))
    rows = (
        Department.objects.filter(near, active=True).order_by("level", "code").values_list("pk", "name_zh", "name_en")
    )
    return [(pk, words.in_language(zh, en)) for pk, zh, en in rows]


def _above(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]


def members_of(department_id: int, now: datetime) -> list[tuple[int, str]]:
    """Active members of a department who work on cases, by name."""
    rows = (
        Membership.objects.filter(
            department=department_id,
            valid__contains=now.astimezone(CITY_ZONE).date(),
            user__is_active=True,
            role__rights__overlap=list(WORKING),
        )
        .order_by("user_id")
        .values_list("user_id", "user__display_name", "user__display_name_en", "user__username")
        .distinct()
    )
    return [(pk, words.in_language(zh or username, en or zh or username)) for pk, zh, en, username in rows]
