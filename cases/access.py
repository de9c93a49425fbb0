"""Who may see and do what with a case. `can` (on rows) and `visible_to` (in SQL) say the same; a property test
compares them.

Seeing: the reporter sees the own case; a member with "cases.read" sees cases his department has or had a step in; a
member
with one of the WIDE rights sees every case in his territory; who holds or held a step sees it. Nobody else, and "not
yours" answers like "not there". Who reported is known only to members who must know (`case.contact`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import access
from cases import kinds
from cases.models import Assignment, Case
from cases.workflow import Relation, Transition
from ledger.actors import Actor, ActorKind

WIDE = frozenset({"cases.file", "cases.dispatch", "cases.check", "cases.verify", "cases.supervise", "cases.statistics"})
SELF_REPORTING = frozenset(
    {ActorKind.MEMBER, ActorKind.RESIDENT, ActorKind.ORGANISATION, ActorKind.CLIENT, ActorKind.DEVICE}
)


@dataclass(frozen=True, slots=True)
class Decision(access.Decision):
    """Allowed or not, with the reason in the person's language.

    `assignment` is the step the relation was found in, if it was found in one.
    """

    assignment: Assignment | None = None


class Bearer(NamedTuple):
    """Who carries the tracking link of a case: an anonymous actor whose id is the case's number."""

    number: str

    def actor(self) -> Actor:
        return Actor(kind=ActorKind.ANONYMOUS, id=self.number, label="reporter")


def is_reporter(actor: Actor, case: Case) -> bool:
    """Whether the case is the actor's own: reported by him, or with the tracking link in hand."""
    if actor.kind is ActorKind.ANONYMOUS:
        return bool(actor.id) and actor.id == case.number
    if actor.kind not in SELF_REPORTING or not actor.id:
        return False
    if actor.kind is ActorKind.RESIDENT and case.person_id is not None and str(case.person_id) == actor.id:
        return True
    return case.reporter_kind == str(actor.kind) and case.reporter_id == actor.id


def in_territory(actor: Actor, path: str) -> bool:
    """Whether the actor's territory reaches the place; an empty territory reaches nowhere."""
    return bool(actor.territory) and path.startswith(actor.territory)


def _is_wide(actor: Actor) -> bool:
    return not WIDE.isdisjoint(actor.rights)


def _takes_part(actor: Actor, assignments: Iterable[Assignment]) -> bool:
    """Whether the member or his department has or had a step of the case, and the hat that is on reads cases at all."""
    if actor.kind is not ActorKind.MEMBER or not actor.may("cases.read"):
        return False
    for assignment in assignments:
        if assignment.holder_id == actor.user_id:
            return True
        if actor.department_id is not None and assignment.department_id == actor.department_id:
            return True
    return False


def _sees(actor: Actor, case: Case, assignments: Iterable[Assignment]) -> bool:
    if is_reporter(actor, case):
        return True
    if actor.kind is not ActorKind.MEMBER:
        return False
    return (_is_wide(actor) and in_territory(actor, case.path)) or _takes_part(actor, assignments)


def visible_to(actor: Actor, queryset: QuerySet[Case]) -> QuerySet[Case]:
    """The cases of a queryset that the actor may see; agrees with `can(actor, "case.see", …)`."""
    return queryset.filter(seen_by(actor))


def seen_by(actor: Actor, prefix: str = "") -> Q:
    """The same as a condition; `prefix` is the relation to the case, for example "case__"."""
    found = _reported_by(actor, prefix)
    if actor.kind is not ActorKind.MEMBER:
        return found
    if _is_wide(actor) and actor.territory:
        found |= Q(**{f"{prefix}path__startswith": actor.territory})
    return found | _takes_part_in(actor, prefix) if actor.may("cases.read") else found


def _reported_by(actor: Actor, prefix: str) -> Q:
    """`is_reporter` as a condition."""
    if not actor.id or actor.kind not in (ActorKind.ANONYMOUS, *SELF_REPORTING):
        return Q(pk__in=[])
    if actor.kind is ActorKind.ANONYMOUS:
        return Q(**{f"{prefix}number": actor.id})
    found = Q(**{f"{prefix}reporter_kind": str(actor.kind), f"{prefix}reporter_id": actor.id})
    if actor.kind is ActorKind.RESIDENT:
        found |= Q(**{f"{prefix}person_id": actor.id})
    return found


def _takes_part_in(actor: Actor, prefix: str) -> Q:
    """`_takes_part` as a condition."""
    mine = Q(holder_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    if actor.department_id is not None:
        mine |= Q(department_id=actor.department_id)
    return Q(Exists(Assignment.objects.filter(mine, case_id=OuterRef(f"{prefix}pk"))))


def open_to_all() -> Q:
    """Cases whose category, state, place and dates anybody may read (`cases.queries.outside`)."""
    return Q(kind__in=[kind.slug for kind in kinds.all_kinds() if kind.public])


def shown_to_client(actor: Actor) -> Q:
    """Cases of which a client with "cases.read" may read as much as the public and when: those of public kinds in the
    territory of its department, those its department has or had a step in, and what it reported itself.
    """
    if actor.kind is not ActorKind.CLIENT or not actor.may("cases.read"):
        return Q(pk__in=[])
    found = _reported_by(actor, "") | _takes_part_in(actor, "")
    return found | (open_to_all() & Q(path__startswith=actor.territory)) if actor.territory else found


def can(actor: Actor, action: str, case: Case, assignments: Iterable[Assignment] = ()) -> Decision:
    """Whether an actor may do something with a case.

    Arguments:
        action: case.see | case.contact | case.comment | case.attach | case.urge | case.watch | case.release |
            case.claim | case.hand_over | case.move:<transition>.
        assignments: all assignments of the case, open and closed (a caller that asks only for a move may give the
            open ones).
    """
    steps = list(assignments)
    if action.startswith("case.move:"):
        table = kinds.workflow(case.kind)
        transition = table.transition(action.removeprefix("case.move:"))
        if transition is None:
            return Decision(False, _("There is no such move."))
        return may_move(actor, transition, case, steps)
    rule = _RULES.get(action)
    return rule(actor, case, steps) if rule else Decision(False, _("There is no such right."))


def may_move(
    actor: Actor, transition: Transition, case: Case, assignments: Iterable[Assignment], wanted: int | None = None
) -> Decision:
    """Whether the actor's right, relation and territory allow a transition; which state the case is in is not asked
    here.

    Arguments:
        wanted: primary key of the assignment the move was made on; None picks the first that fits.
    """
    candidates = [a for a in assignments if _is_meant(transition, a)]
    if wanted is not None:
        candidates = [a for a in candidates if a.pk == wanted]
    for relation in transition.relations:
        found = _related(actor, relation, transition, case, candidates)
        if found:
            return found
    return Decision(False, _refusal(actor, transition))


def _is_meant(transition: Transition, assignment: Assignment) -> bool:
    right_step = not transition.step or assignment.step_key in transition.step
    return assignment.open and right_step and transition.role in ("", assignment.role)


def _refusal(actor: Actor, transition: Transition) -> str:
    if transition.right and not actor.may(transition.right):
        return _("Your role does not include this step.")
    if transition.relation == "territory":
        return _("The place lies outside your area.")
    return _("This step is with another department or person.")


def _related(
    actor: Actor, relation: Relation, transition: Transition, case: Case, candidates: list[Assignment]
) -> Decision:
    first = candidates[0] if candidates else None
    if relation == "rule":
        return Decision(actor.kind is ActorKind.RULE, assignment=first)
    if relation == "clock":
        return Decision(actor.kind is ActorKind.CLOCK, assignment=first)
    if relation == "reporter":
        return Decision(is_reporter(actor, case), assignment=first)
    if actor.kind is not ActorKind.MEMBER or not actor.may(transition.right):
        return Decision(False)
    if relation == "territory":
        return Decision(in_territory(actor, case.path), assignment=first)
    if relation == "any":
        return Decision(True, assignment=first)
    fits = may_take if relation == "holder" else _same_department
    held = sorted((a for a in candidates if fits(actor, a)), key=lambda a: a.holder_id != actor.user_id)
    return Decision(bool(held), assignment=held[0] if held else None)


def may_take(actor: Actor, assignment: Assignment) -> bool:
    """Whether the member holds the assignment, or may take it: free, of his department, his role."""
    if assignment.holder_id is not None:
        return assignment.holder_id == actor.user_id
    return _same_department(actor, assignment) and assignment.needs_role in ("", actor.role)


def _same_department(actor: Actor, assignment: Assignment) -> bool:
    return actor.department_id is not None and assignment.department_id == actor.department_id


def _see(actor: Actor, case: Case, steps: list[Assignment]) -> Decision:
    allowed = _sees(actor, case, steps)
    return Decision(allowed, "" if allowed else _("There is no such case, or it is not yours to see."))


def _contact(actor: Actor, case: Case, steps: list[Assignment]) -> Decision:
    """Members who must know: the contact right and an open step of their own, or intake and supervision of the area."""
    if actor.kind is not ActorKind.MEMBER or not actor.may("people.contact") or not _sees(actor, case, steps):
        return Decision(False, _("Contact details are shown only to those who need them for this case."))
    if any(a.open and (a.holder_id == actor.user_id or _same_department(actor, a)) for a in steps):
        return Decision(True)
    desk = (actor.may("cases.file") or actor.may("cases.supervise")) and in_territory(actor, case.path)
    return Decision(desk, "" if desk else _("Contact details are shown only to those who need them for this case."))


def _member_sees(actor: Actor, case: Case, steps: list[Assignment]) -> Decision:
    allowed = actor.kind is ActorKind.MEMBER and _sees(actor, case, steps)
    return Decision(allowed, "" if allowed else _("There is no such case, or it is not yours to see."))


def _release(actor: Actor, case: Case, steps: list[Assignment]) -> Decision:
    allowed = actor.may("cases.release") and bool(_member_sees(actor, case, steps))
    return Decision(allowed, "" if allowed else _("Your role does not include releasing text or photos."))


def _claim(actor: Actor, case: Case, steps: list[Assignment]) -> Decision:
    for step in steps:
        if step.open and step.holder_id is None and actor.kind is ActorKind.MEMBER and may_take(actor, step):
            return Decision(True, assignment=step)
    return Decision(False, _("There is no free step here for your department and role."))


def _hand_over(actor: Actor, case: Case, steps: list[Assignment]) -> Decision:
    """The holder hands on; a member of the department who coordinates, dispatches or supervises may do it for him."""
    if actor.kind is not ActorKind.MEMBER:
        return Decision(False, _("Your role does not include this step."))
    leads = not {"cases.coordinate", "cases.dispatch", "cases.supervise"}.isdisjoint(actor.rights)
    for step in steps:
        if step.open and (step.holder_id == actor.user_id or (leads and _same_department(actor, step))):
            return Decision(True, assignment=step)
    return Decision(False, _("This step is with another department or person."))


_RULES = {
    "case.see": _see,
    "case.contact": _contact,
    "case.comment": _member_sees,
    "case.attach": _member_sees,
    "case.urge": _see,
    "case.watch": _member_sees,
    "case.release": _release,
    "case.claim": _claim,
    "case.hand_over": _hand_over,
}
