"""What an applicant sees of his matter: who has it, since when, until when, what is missing, what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Department
from accounts.queries import person_ids_of_resident
from cases.kinds import workflow
from cases.models import Assignment, Case, Clock, HistoryEntry
from cases.queries.limits import LimitRow, limit_rows
from ledger.actors import Actor, ActorKind
from services import rules
from services.models import Licence, Matter
from services.queries.catalogue import ItemRow, item_by_id

KIND = "service"
# notes written for the applicant; every other note stays inside
NOTES_SHOWN = frozenset({"not_accept", "send_back", "grant", "refuse", "supply", "withdraw"})
VERBS = {"open": ("收到申请", "Application received"), "urge": ("您催办了", "You asked to hurry")}


@dataclass(frozen=True, slots=True)
class Holding:
    """Who has the matter now: a body and its step; since when, until when (None: no own limit)."""

    body_zh: str
    body_en: str
    step_zh: str
    step_en: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MatterStep:
    """One public step; `body_*` is where it went, `note` what was written for the applicant."""

    at: datetime
    name_zh: str
    name_en: str
    body_zh: str
    body_en: str
    note: str
    amber: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing the applicant was asked for, once."""

    what: str
    name_zh: str
    name_en: str
    text: str


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter in the applicant's list."""

    number: str
    name_zh: str
    name_en: str
    state: str
    state_zh: str
    state_en: str
    closed: bool
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class MatterView:
    """The applicant's page. Links are (zh, en, position: done | now | todo)."""

    case_id: int
    number: str
    query_code: str
    item: ItemRow
    state: str
    state_zh: str
    state_en: str
    closed: bool
    version: int
    opened_at: datetime
    closed_at: datetime | None
    links: tuple[tuple[str, str, str], ...]
    holdings: tuple[Holding, ...]
    limits: tuple[LimitRow, ...]
    steps: tuple[MatterStep, ...]
    missing: tuple[Missing, ...]
    supplement_due: datetime | None
    decision: str
    decided_by: str
    decided_by_en: str
    answers: dict[str, Any]
    files: dict[str, list[str]]
    licence_id: UUID | None
    may_supply: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class MatterPublic:
    """What number and query code open, for other systems: no person, no answer, no reason."""

    number: str
    code: str
    name_zh: str
    name_en: str
    state: str
    state_zh: str
    state_en: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    closed: bool


def own_cases(actor: Actor) -> QuerySet[Case]:
    """A resident's own matters: he applied, or a clerk did for him, with the phone he has proven to hold."""
    if actor.kind is not ActorKind.RESIDENT:
        return Case.objects.none()
    return Case.objects.filter(kind=KIND, person__in=person_ids_of_resident(actor))


def my_matters(actor: Actor, limit: int = 100) -> list[MatterRow]:
    """The applicant's matters, newest first. One statement."""
    rows = Matter.objects.filter(case__in=own_cases(actor)).select_related("case", "item")
    return [
        MatterRow(
            number=matter.case.number,
            name_zh=matter.item.name_zh,
            name_en=matter.item.name_en,
            **_state(matter.case),
            closed=matter.case.closed,
            opened_at=matter.case.opened_at,
        )
        for matter in rows.order_by("-case__opened_at", "-pk")[:limit]
    ]


def _state(case: Case) -> dict[str, str]:
    state = workflow(KIND).state(case.state)
    return {
        "state": state.code,
        "state_zh": state.public_zh or state.name_zh,
        "state_en": state.public_en or state.name_en,
    }


def my_matter(actor: Actor, number: str, now: datetime) -> MatterView | None:
    """The applicant's page of one matter; None if it is not his. About eight statements."""
    case = own_cases(actor).filter(number=number).first()
    return view_of(case, now) if case is not None else None


def view_of(case: Case, now: datetime) -> MatterView:
    """The applicant's view of a case; whoever calls has made sure that the reader is the applicant."""
    matter = Matter.objects.select_related("decided_by").get(case=case)
    item = item_by_id(matter.item_id)
    limits = limit_rows(case, list(Clock.objects.filter(case=case)), now)
    licence = Licence.objects.filter(case=matter).values_list("pk", flat=True).first()
    judge = matter.decided_by
    return MatterView(
        case_id=case.pk,
        number=case.number,
        query_code=rules.query_code(case.pk, settings.KEYS.token),
        item=item,
        **_state(case),
        closed=case.closed,
        version=case.version,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        links=_links(case),
        holdings=_holdings(case),
        limits=limits,
        steps=_steps(case),
        missing=missing_of(matter, item) if case.state == "supplementing" else (),
        supplement_due=next((row.due_at for row in limits if row.stage == "supplement" and row.running), None),
        decision=matter.decision,
        decided_by=judge.display_name if judge else "",
        decided_by_en=(judge.display_name_en or judge.display_name) if judge else "",
        answers=matter.answers,
        files=matter.materials,
        licence_id=licence,
        may_supply=case.state == "supplementing",
        may_withdraw=not case.closed,
    )


def _links(case: Case) -> tuple[tuple[str, str, str], ...]:
    table = workflow(KIND)
    at = [link.code for link in table.links].index(table.state(case.state).link)
    done = len(table.links) if case.closed else at
    places = ("done" if place < done else "now" if place == at else "todo" for place in range(len(table.links)))
    return tuple((link.name_zh, link.name_en, place) for link, place in zip(table.links, places, strict=True))


def _holdings(case: Case) -> tuple[Holding, ...]:
    table = workflow(KIND)
    rows = Assignment.objects.filter(case=case, open=True).select_related("department").order_by("pk")
    return tuple(
        Holding(
            body_zh=row.department.name_zh,
            body_en=row.department.name_en,
            step_zh=table.step(row.step_key).name_zh,
            step_en=table.step(row.step_key).name_en,
            since=row.opened_at,
            until=None if case.paused else row.due_at,
        )
        for row in rows
    )


def _steps(case: Case) -> tuple[MatterStep, ...]:
    table = workflow(KIND)
    entries = list(
        HistoryEntry.objects.filter(case=case, public=True)
        .order_by("sequence")
        .values_list("transition", "note", "data", "at")
    )
    wanted = {data.get("department") for _name, _note, data, _at in entries} - {None}
    bodies = {pk: (zh, en) for pk, zh, en in
              Department.objects.filter(pk__in=wanted).values_list("pk", "name_zh", "name_en")}  # fmt: skip
    found = []
    for name, note, data, at in entries:
        transition = table.transition(name)
        if transition is not None:
            names = (transition.done_zh or transition.label_zh, transition.done_en or transition.label_en)
        elif name in VERBS:
            names = VERBS[name]
        else:
            continue
        body = bodies.get(data.get("department"), ("", ""))
        shown = note if name in NOTES_SHOWN else ""
        found.append(MatterStep(at, *names, *body, shown, bool(transition and transition.pauses)))
    return tuple(found)


def missing_of(matter: Matter, item: ItemRow) -> tuple[Missing, ...]:
    """What was asked for, with the names of the papers and fields."""
    names = {f"field:{field.key}": (field.label_zh, field.label_en) for field in item.fields}
    names |= {f"material:{paper.key}": (paper.name_zh, paper.name_en) for paper in item.materials}
    return tuple(
        Missing(row["what"], zh, en, row["text"])
        for row in matter.supplement
        for zh, en in [names.get(row["what"], (row["what"], row["what"]))]
    )


def matter_public(number: str, code: str) -> MatterPublic | None:
    """What a matter's number and its query code (查询码) open; None if they do not fit. The number alone opens nothing.

    Arguments:
        code: six characters the applicant reads on his page.
    """
    case = Case.objects.filter(number=number, kind=KIND).first()
    if case is None or rules.query_code(case.pk, settings.KEYS.token) != code.strip().upper():
        return None
    item = Matter.objects.select_related("item").get(case=case).item
    return MatterPublic(
        number=case.number,
        code=item.code,
        name_zh=item.name_zh,
        name_en=item.name_en,
        **_state(case),
        opened_at=case.opened_at,
        due_at=case.due_at,
        closed_at=case.closed_at,
        closed=case.closed,
    )
