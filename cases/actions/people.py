"""Personal data of a case: shown only for a purpose, and exports: both leave a row."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_right
from accounts.models import Person
from cases import access, engine
from cases.actions.moving import case_id_of
from cases.models import Assignment, Case
from grids.actions.registry import NewFact, end_fact, record_fact, show_facts
from ledger.actions import audit, reveal
from ledger.actors import Actor
from ledger.clock import app_now

REGISTER = "people.register"


@transaction.atomic(durable=True)
def reveal_contact(*, number: str, actor: Actor, purpose: str) -> list[tuple[str, str]]:
    """Name and phone of who reported, in clear, for a named purpose; the row can be seen by the person.

    Raises:
        NoSuchCase, NotPermitted: not to be seen, or not needed for this role (design 6).
        ValidationError: the reporter left no contact, or it was erased.
    """
    case, person = _whose(number, actor)
    shown = reveal(
        actor=actor,
        subject_kind="person",
        subject_id=str(person.pk),
        values={"name": person.name, "phone": person.phone},
        purpose=purpose,
        case_id=case.pk,
        now=app_now(),
    )
    labels = {"name": _("Name"), "phone": _("Phone")}
    return [(labels[field], value) for field, value in shown.items() if value]


def _whose(number: str, actor: Actor) -> tuple[Case, Person]:
    """The case and the person whose it is, for somebody who needs to know.

    Raises:
        NoSuchCase, NotPermitted, ValidationError: as `reveal_contact`.
    """
    case = Case.objects.get(pk=case_id_of(number))
    steps = list(Assignment.objects.filter(case=case))
    if not access.can(actor, "case.see", case, steps):
        raise engine.NoSuchCase
    decision = access.can(actor, "case.contact", case, steps)
    if not decision:
        raise engine.NotPermitted(decision.reason)
    person = Person.objects.filter(cases=case, erased_at=None).first()
    if person is None:
        raise ValidationError(_("The reporter left no contact, or it has been erased."))
    return case, person


@transaction.atomic(durable=True)
def record_person_fact(*, number: str, actor: Actor, **values: Any) -> None:
    """Keep where the person of a case lives, can be reached or works.

    Arguments:
        values: kind, text, building, premises and as_of of grids.actions.registry.NewFact.

    Raises:
        NoSuchCase, NotPermitted: as `reveal_contact`. PermissionDenied: without "people.register".
        ValidationError: keyed by field.
    """
    case, person = _whose(number, actor)
    demand_right(actor, REGISTER)
    new = NewFact(**values, source=f"case:{case.number}")
    record_fact(person_id=person.pk, new=new, actor=actor, now=app_now())


@transaction.atomic(durable=True)
def end_person_fact(*, number: str, fact_id: UUID, actor: Actor) -> None:
    """A fact of the person of a case no longer holds; raises as `record_person_fact`."""
    _case, person = _whose(number, actor)
    demand_right(actor, REGISTER)
    end_fact(fact_id=fact_id, person_id=person.pk, actor=actor, now=app_now())


@transaction.atomic(durable=True)
def reveal_person_facts(*, number: str, purpose: str, actor: Actor) -> dict[str, str]:
    """Facts of the person of a case in clear, by kind; kept with purpose, and the person can see it."""
    case, person = _whose(number, actor)
    return show_facts(person_id=person.pk, purpose=purpose, case_id=case.pk, actor=actor, now=app_now())


@transaction.atomic(durable=True)
def note_export(*, actor: Actor, filters: Mapping[str, str]) -> None:
    """An export of the case list is in the audit, with the filters but without what was typed into the search."""
    named = {name: value for name, value in filters.items() if name != "q"}
    audit(actor=actor, action="cases.export", object_kind="case_list", data=named, now=app_now())


@transaction.atomic(durable=True)
def note_simulation_export(*, actor: Actor, run_id: int, verdict: str, group: str) -> None:
    """An export of what a simulation found is in the audit."""
    chosen = {"verdict": verdict, "group": group}
    audit(
        actor=actor, action="simulation.export", object_kind="simulation", object_id=run_id, data=chosen, now=app_now()
    )
