"""What the reporter sees through the private link: every public step in plain words, and what he can do next."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from cases import kinds, rules
from cases.access import Bearer
from cases.models import Attachment, Case, HistoryEntry
from ledger.actors import Actor
from ledger.queries import file_path
from ledger.queries.files import Variant

OWN_STAGES = ("report", "reply")
VERBS = {
    "open": ("已收到您反映的情况", "Your report was received"),
    "answer": ("您补充了说明", "You added a message"),
    "rate": ("您评价了结果", "You rated the result"),
    "attach": ("您补充了照片", "You added photos"),
    "supervise": ("案件已列入督办", "The case is being supervised"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFacts:
    """What only the kind knows about a case that is followed from outside.

    Arguments:
        notes: transitions whose note was written for the reporter; every other note stays inside.
        score: of the reporter's rating since the last closing.
    """

    name_zh: str
    name_en: str
    notes: frozenset[str] = frozenset()
    description: str = ""
    result: str = ""
    closing_zh: str = ""
    closing_en: str = ""
    photos_announced: int = 0
    may_rate: bool = False
    may_reopen: bool = False
    may_withdraw: bool = False
    score: int | None = None


@dataclass(frozen=True, slots=True)
class TrackStep:
    """One public step; `note` is what was written for the reporter, `amber` marks a return or rework."""

    at: datetime
    name_zh: str
    name_en: str
    note: str
    amber: bool


@dataclass(frozen=True, slots=True)
class TrackLink:
    """A link of the chain: `position` is done, now or todo."""

    name_zh: str
    name_en: str
    position: str


@dataclass(frozen=True, slots=True)
class Tracking:
    """The reporter's view of the own case."""

    case_id: int
    number: str
    kind: str
    name_zh: str
    name_en: str
    address: str
    lon: float | None
    lat: float | None
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    closed: bool
    state: str
    state_zh: str
    state_en: str
    links: tuple[TrackLink, ...]
    steps: tuple[TrackStep, ...]
    description: str
    result: str
    closing_zh: str
    closing_en: str
    photos: tuple[UUID, ...]  # stored files the reporter may see: the own ones and the released ones
    photos_announced: int
    may_reply: bool
    may_rate: bool
    may_reopen: bool
    may_withdraw: bool
    score: int | None


def bearer(token: str) -> tuple[int, Actor] | None:
    """The case a tracking link leads to and the actor its bearer is; None for a wrong link. One statement."""
    case_id = rules.case_of_token(token, settings.KEYS.token)
    if case_id is None:
        return None
    number = Case.objects.filter(pk=case_id, kind__in=_followed()).values_list("number", flat=True).first()
    return (case_id, Bearer(number).actor()) if number else None


def _followed() -> list[str]:
    """Kinds whose cases are followed from outside."""
    return [kind.slug for kind in kinds.all_kinds() if kind.tracking]


def tracking(token: str, *, now: datetime) -> Tracking | None:
    """The tracking page of a link; None for a wrong one. Five statements for an incident."""
    case_id = rules.case_of_token(token, settings.KEYS.token)
    return track_case(case_id, now=now) if case_id is not None else None


def track_case(case_id: int, *, now: datetime) -> Tracking | None:
    """The reporter's view of a case. Whoever calls has made sure that the reader is the reporter."""
    case = Case.objects.filter(pk=case_id, kind__in=_followed()).first()
    facts: TrackFacts | None = kinds.call(kinds.kind(case.kind).tracking)(case, now) if case else None
    if case is None or facts is None:
        return None
    state = kinds.workflow(case.kind).state(case.state)
    return Tracking(
        case_id=case_id,
        number=case.number,
        kind=case.kind,
        name_zh=facts.name_zh,
        name_en=facts.name_en,
        address=case.address,
        lon=case.point.x if case.point else None,
        lat=case.point.y if case.point else None,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        due_at=case.due_at,
        closed=case.closed,
        state=state.code,
        state_zh=state.public_zh or state.name_zh,
        state_en=state.public_en or state.name_en,
        links=_links(case, state.link),
        steps=tuple(_steps(case, facts.notes)),
        description=facts.description,
        result=facts.result,
        closing_zh=facts.closing_zh,
        closing_en=facts.closing_en,
        photos=_photos(case_id),
        photos_announced=facts.photos_announced,
        may_reply=not case.closed,
        may_rate=facts.may_rate,
        may_reopen=facts.may_reopen,
        may_withdraw=facts.may_withdraw,
        score=facts.score,
    )


def _links(case: Case, current: str) -> tuple[TrackLink, ...]:
    links = kinds.workflow(case.kind).links
    at = next(place for place, link in enumerate(links) if link.code == current)
    done = len(links) if case.closed else at
    positions = ("done" if place < done else "now" if place == at else "todo" for place in range(len(links)))
    return tuple(TrackLink(link.name_zh, link.name_en, here) for link, here in zip(links, positions, strict=True))


def _steps(case: Case, notes: frozenset[str]) -> list[TrackStep]:
    table = kinds.workflow(case.kind)
    entries = HistoryEntry.objects.filter(case=case, public=True).order_by("sequence")
    found = []
    for name, note, data, at in entries.values_list("transition", "note", "data", "at"):
        transition = table.transition(name)
        if transition is not None:
            names = (transition.done_zh or transition.label_zh, transition.done_en or transition.label_en)
        elif name in VERBS:
            names = VERBS[name]
        else:
            continue
        shown = note if name in notes or name == "answer" else ""
        found.append(TrackStep(at, *names, shown, "counts" in data))
    return found


def _photos(case_id: int) -> tuple[UUID, ...]:
    shown = Attachment.objects.filter(case_id=case_id).order_by("history", "pk")
    return tuple(
        file_id
        for file_id, stage, released in shown.values_list("file_id", "stage", "released")
        if released or stage in OWN_STAGES
    )


def tracked_photo(case_id: int, file_id: UUID, variant: Variant) -> Path | None:
    """Path of a photo of this case the reporter may see: the own ones and the released ones."""
    rows = Attachment.objects.filter(file_id=file_id, case_id=case_id)
    return _path(rows.filter(stage__in=OWN_STAGES), variant) or _path(rows.filter(released=True), variant)


def released_photo(file_id: UUID, variant: Variant) -> Path | None:
    """Path of a photo an officer released; None for every other file."""
    return _path(Attachment.objects.filter(file_id=file_id, released=True), variant)


def _path(rows: QuerySet[Attachment], variant: Variant) -> Path | None:
    row = rows.select_related("file").first()
    return file_path(row.file, variant) if row else None
