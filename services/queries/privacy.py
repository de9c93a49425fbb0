"""My data: what is held about a resident, why, who looked; and what the official sees of a request."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, Membership, Person
from accounts.queries import person_ids_of_resident, phone_has_account
from accounts.rules import city_date
from cases import kinds
from cases.models import Case
from cases.queries import TrackFacts, kept_elsewhere
from grids.queries import today
from grids.queries.registry import FactRow, person_facts
from ledger.actors import Actor, ActorKind
from ledger.queries import Holding, LookRow, held, holdings, who_looked
from services.privacy import ASKS, CORRECTS

FIELDS = {
    "name": gettext_lazy("Name"),
    "phone": gettext_lazy("Mobile number"),
    "id_number": gettext_lazy("Citizen number"),
}
SHOWN = 50


@dataclass(frozen=True, slots=True)
class HeldValue:
    """One value that is held: as a mask, with where it came from and how long it stays."""

    field: str
    mask: str
    source: str
    purpose: str
    basis: str
    expires: str
    notice_key: str
    notice_version: int
    number: str  # of the case it was given with; "" for the account itself


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case that is the resident's own."""

    number: str
    kind_zh: str
    kind_en: str
    title: str
    state_zh: str
    state_en: str
    opened_at: datetime
    closed: bool


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody saw a value in clear: which department and role, never who."""

    at: datetime
    actor_kind: str
    department_zh: str
    department_en: str
    role_zh: str
    role_en: str
    fields: tuple[str, ...]
    purpose: str
    number: str


@dataclass(frozen=True, slots=True)
class MyData:
    """The page "My data"."""

    values: tuple[HeldValue, ...]
    also: tuple[Holding, ...]
    cases: tuple[OwnCase, ...]
    looks: tuple[Look, ...]


def own_people(person_id: str) -> list[UUID]:
    """The resident's own identity and every one given with the same proven phone; nobody's for ""."""
    return [] if not person_id else person_ids_of_resident(Actor(ActorKind.RESIDENT, person_id))


def sure_people(person_id: str) -> list[UUID]:
    """Those of `own_people` that are beyond doubt the resident: where one phone stands beside several citizen numbers
    (a family, a foreman), nobody who carries one but the account itself.
    """
    people = own_people(person_id)
    numbers = {
        pk: bytes(index)
        for pk, index in Person.objects.filter(pk__in=people).values_list("pk", "id_number_index")
        if index
    }
    if len(set(numbers.values())) <= 1:
        return people
    return [pk for pk in people if pk not in numbers or str(pk) == person_id]


def asked(case: Case) -> str:
    """What the case asks for; the narrowest if it does not say."""
    return str(case.answers.get("ask", "erase_contacts"))


def city_path() -> str:
    """Territory path of the whole city: that of the widest department."""
    widest = Department.objects.filter(active=True).order_by(Length("territory"), "pk")
    return widest.values_list("territory", flat=True)[0]


def my_data(actor: Actor) -> MyData:
    """All that is held about a resident; empty for anybody else."""
    if actor.kind is not ActorKind.RESIDENT:
        return MyData((), (), (), ())
    people = own_people(actor.id)
    cases = list(Case.objects.filter(person__in=people).order_by("-opened_at")[:SHOWN])
    numbers = {case.person_id: case.number for case in cases}
    rows = Person.objects.filter(pk__in=people, erased_at=None).order_by("-created_at")
    values = [value for person in rows for value in _values(person, numbers.get(person.pk, ""), actor.id)]
    values += [_fact(row) for row in person_facts(people, on=today())]
    return MyData(tuple(values), tuple(holdings(people)), tuple(map(_own_case, cases)), tuple(_looks(people)))


def _values(person: Person, number: str, own: str) -> Iterable[HeldValue]:
    for field in FIELDS:
        sealed = getattr(person, field)
        if not sealed:
            continue
        tale: dict[str, str] = person.provenance.get(field, {})
        key, _slash, version = tale.get("notice", "").partition("/")
        yield HeldValue(
            field=field,
            mask=str(sealed),
            source=tale.get("source", ""),
            purpose=tale.get("purpose", ""),
            basis=tale.get("basis", ""),
            expires=tale.get("expires", ""),
            notice_key=key,
            notice_version=int(version) if version.isdecimal() else 0,
            number="" if str(person.pk) == own else number,
        )


def _fact(row: FactRow) -> HeldValue:
    """Where somebody lives, can be reached or works; the number is that of the case it was given with."""
    origin, _colon, number = row.source.partition(":")
    return HeldValue(row.kind, row.mask, origin, row.purpose, row.basis, row.expires.isoformat(), "", 0, number)


def _own_case(case: Case) -> OwnCase:
    kind = kinds.kind(case.kind)
    state = kinds.workflow(case.kind).state(case.state)
    return OwnCase(
        number=case.number,
        kind_zh=kind.name_zh,
        kind_en=kind.name_en,
        title=case.title,
        state_zh=state.public_zh or state.name_zh,
        state_en=state.public_en or state.name_en,
        opened_at=case.opened_at,
        closed=case.closed,
    )


def _looks(people: Collection[UUID]) -> Iterable[Look]:
    rows = who_looked("person", [str(pk) for pk in people])
    departments = Department.objects.in_bulk({row.department_id for row in rows if row.department_id})
    numbers = dict(Case.objects.filter(pk__in={row.case_id for row in rows if row.case_id}).values_list("pk", "number"))
    users = {int(row.actor_id) for row in rows if row.actor_kind == "member"}
    hats = list(Membership.objects.filter(user__in=users).select_related("role"))
    for row in rows:
        where = departments.get(row.department_id or 0)
        role = next((hat.role for hat in hats if _worn(hat, row)), None)
        yield Look(
            at=row.at,
            actor_kind=row.actor_kind,
            department_zh=where.name_zh if where else "",
            department_en=where.name_en if where else "",
            role_zh=role.name_zh if role else "",
            role_en=role.name_en if role else "",
            fields=row.fields,
            purpose=row.purpose,
            number=numbers.get(row.case_id or 0, ""),
        )


def _worn(hat: Membership, row: LookRow) -> bool:
    """Whether this was the hat of the one who looked: [from, to) of its term."""
    day, term = city_date(row.at), hat.valid
    if str(hat.user_id) != row.actor_id or hat.department_id != row.department_id:
        return False
    return (term.lower is None or term.lower <= day) and (term.upper is None or day < term.upper)


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """What a request is about, for the case file; values masked.

    Arguments:
        values: field, mask, number of the case it came with.
        proposal: the value that shall stand, masked. proven: the person proved the new number by a code.
        kept: how many of the identities belong to wage rosters or licences and stay as they are.
    """

    ask_zh: str
    ask_en: str
    values: tuple[tuple[str, str, str], ...]
    proposal: str
    proven: bool
    kept: int
    open_cases: int
    held: bool


def request_detail(case_id: int, actor: Actor) -> RequestDetail:
    """Detail of the kind "privacy_request" for a viewer who may see the case."""
    case = Case.objects.get(pk=case_id)
    people = own_people(str(case.person_id or ""))
    numbers = dict(Case.objects.filter(person__in=people).exclude(pk=case_id).values_list("person_id", "number"))
    rows = Person.objects.filter(pk__in=people, erased_at=None)
    proposal = proposed(case)
    column = CORRECTS.get(asked(case), ("", ""))[0]
    ask_zh, ask_en = ASKS[asked(case)]
    return RequestDetail(
        ask_zh=ask_zh,
        ask_en=ask_en,
        values=tuple(
            (value.field, value.mask, value.number)
            for person in rows
            for value in _values(person, numbers.get(person.pk, ""), str(case.person_id))
        ),
        proposal=str(getattr(proposal, column)) if proposal and column else "",
        proven=case.answers.get("proof") == "code",
        kept=len(kept_people(people)),
        open_cases=Case.objects.filter(person__in=people, closed=False).exclude(pk=case_id).count(),
        held=_is_held(people),
    )


def proposed(case: Case) -> Person | None:
    """The identity that carries the right value, until the request is settled."""
    return Person.objects.filter(pk=case.answers.get("proposal"), erased_at=None).first()


def kept_people(people: Collection[UUID]) -> set[UUID]:
    """Those whose identity belongs to a wage roster or a licence. A draft is no record."""
    return kept_elsewhere(people, besides=("services.Draft",))


def _is_held(people: Collection[UUID]) -> bool:
    if set(held("person")) & {str(pk) for pk in people}:
        return True
    cases = Case.objects.filter(person__in=people).values_list("pk", flat=True)
    return bool(set(held("case")) & {str(pk) for pk in cases})


def request_facts(case_id: int) -> Mapping[str, Any]:
    """What the guards of "grant" and "grant_shown" look at.

    Returns:
        held: under a legal hold. free: whether there is a value the correction may change. taken: the new number
        already opens an account.
    """
    case = Case.objects.get(pk=case_id)
    proposal, column = proposed(case), CORRECTS.get(asked(case), ("", ""))[0]
    people = sure_people(str(case.person_id or ""))
    rows = Person.objects.filter(pk__in=set(people) - kept_people(people), erased_at=None)
    return {
        "held": _is_held(people),
        "free": column in ("", "name") or any(getattr(row, column) for row in rows),
        "taken": column == "phone" and proposal is not None and phone_has_account(proposal.phone_index),
    }


def may_grant(case: Case, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Guard: what a law keeps cannot be erased (PIPL 47), and a citizen number is not changed unseen."""
    if asked(case) == "correct_id":
        return _("A citizen number is corrected only after the document was shown.")
    return _obstacle(case, facts)


def may_grant_shown(case: Case, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Guard: the document was shown for what needs one."""
    if asked(case) != "correct_id":
        return _("Only a citizen number needs a document.")
    return _obstacle(case, facts)


def _obstacle(case: Case, facts: Mapping[str, Any]) -> str:
    if facts["held"] and asked(case) in ("erase_contacts", "close_account"):
        return _("The data is under a legal hold: decline, or wait until the hold is released.")
    if not facts["free"]:
        return _("What is held stands on a wage roster or a licence: it is corrected there, with the person present.")
    if facts["taken"]:
        return _("This number already opens an account.")
    return ""


def category_names(keys: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Names of "privacy/<ask>"."""
    return {key: ASKS[key.removeprefix("privacy/")] for key in keys if key.removeprefix("privacy/") in ASKS}


def track_facts(case: Case, now: datetime) -> TrackFacts:
    """What the person reads on the tracking page: the decision's reason."""
    name_zh, name_en = ASKS[asked(case)]
    return TrackFacts(
        name_zh=name_zh,
        name_en=name_en,
        notes=frozenset({"open", "grant", "grant_shown", "decline", "withdraw"}),
        may_withdraw=case.state in ("received", "to_decide"),
    )
