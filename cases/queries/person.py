"""What is kept of the person of a case, for members who must know."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Person
from cases import access
from cases.models import Assignment, Case
from grids.models import PersonFact
from grids.queries.registry import FactRow, person_facts
from ledger.actors import Actor


@dataclass(frozen=True, slots=True)
class CasePerson:
    """Facts of the person as masks, and the kinds of facts there may be; none of either where nobody is to be known."""

    facts: list[FactRow]
    kinds: list[tuple[str, str]]


def person_of_case(number: str, *, actor: Actor, on: date) -> CasePerson:
    """What an actor who sees the case may know of its person. Four statements."""
    case = Case.objects.get(number=number)
    knows = access.can(actor, "case.contact", case, Assignment.objects.filter(case=case))
    person = Person.objects.filter(cases=case, erased_at=None).first() if knows else None
    if person is None:
        return CasePerson([], [])
    return CasePerson(
        person_facts([person.pk], on=on), [(value, str(label)) for value, label in PersonFact.Kind.choices]
    )
