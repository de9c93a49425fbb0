"""What the reporter sees through the private link: every public step in plain words, and what he can do next."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from cases.access import Bearer
from cases.kinds import workflow
from cases.models import Attachment, Case, HistoryEntry
from events import rules
from events.models import Rating, Report
from events.queries.catalogue import category_by_id
from ledger.actors import Actor

# notes written for the reporter; every other note stays inside
NOTES_SHOWN = frozenset({"reject", "transfer", "force_close", "suspend", "reopen", "answer", "resume"})
VERBS = {
    "open": ("已收到您的报告", "Your report was received"),
    "answer": ("您补充了说明", "You added a message"),
    "rate": ("您评价了结果", "You rated the result"),
    "attach": ("您补充了照片", "You added photos"),
    "supervise": ("案件已列入督办", "The case is being supervised"),
}


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
    score: int | None


def bearer(token: str) -> tuple[int, Actor] | None:
    """The case a tracking link leads to and the actor its bearer is; None for a wrong link. One statement."""
    case_id = rules.case_of_token(token, settings.KEYS.token)
    if case_id is None:
        return None
    number = Case.objects.filter(pk=case_id, kind="event").values_list("number", flat=True).first()
    return (case_id, Bearer(number).actor()) if number else None


def tracking(token: str, *, now: datetime) -> Tracking | None:
    """The tracking page of a link; None for a wrong one. Five statements."""
    case_id = rules.case_of_token(token, settings.KEYS.token)
    return track_case(case_id, now=now) if case_id is not None else None


def tracking_of_number(number: str, actor: Actor, *, now: datetime) -> Tracking | None:
    """The same for a signed-in reporter or an API client who reported it; None if it is not his."""
    found = Case.objects.filter(number=number, kind="event")
    own = found.filter(reporter_kind=str(actor.kind), reporter_id=actor.id) if actor.id else found.none()
    case_id = own.values_list("pk", flat=True).first()
    return track_case(case_id, now=now) if case_id is not None else None


def track_case(case_id: int, *, now: datetime) -> Tracking | None:
    """The reporter's view of a case. Whoever calls has made sure that the reader is the reporter."""
    report = Report.objects.select_related("case", "condition").filter(case_id=case_id).first()
    if report is None:
        return None
    case, row = report.case, category_by_id(report.category_id)
    state = workflow("event").state(case.state)
    ratings = Rating.objects.filter(case_id=case_id).order_by("-at")
    last = ratings.values_list("score", "at").first()
    rated = bool(last and case.closed_at and last[1] >= case.closed_at)
    return Tracking(
        case_id=case_id,
        number=case.number,
        name_zh=row.name_zh,
        name_en=row.name_en,
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
        links=_links(state.link, closed=case.closed),
        steps=tuple(_steps(case_id)),
        description=report.description,
        result=report.result_text,
        closing_zh=report.condition.closing_zh if report.condition and case.state == "closed" else "",
        closing_en=report.condition.closing_en if report.condition and case.state == "closed" else "",
        photos=_photos(case_id),
        photos_announced=report.photos_announced,
        may_reply=not case.closed,
        may_rate=case.closed and not rated,
        may_reopen=case.closed and rules.reopenable(case.closed_at, now),
        score=last[0] if last and rated else None,
    )


def _links(current: str, *, closed: bool) -> tuple[TrackLink, ...]:
    links = workflow("event").links
    at = next(place for place, link in enumerate(links) if link.code == current)
    done = len(links) if closed else at
    positions = ("done" if place < done else "now" if place == at else "todo" for place in range(len(links)))
    return tuple(TrackLink(link.name_zh, link.name_en, here) for link, here in zip(links, positions, strict=True))


def _steps(case_id: int) -> list[TrackStep]:
    table = workflow("event")
    entries = HistoryEntry.objects.filter(case_id=case_id, public=True).order_by("sequence")
    found = []
    for name, note, data, at in entries.values_list("transition", "note", "data", "at"):
        transition = table.transition(name)
        if transition is not None:
            names = (transition.done_zh or transition.label_zh, transition.done_en or transition.label_en)
        elif name in VERBS:
            names = VERBS[name]
        else:
            continue
        found.append(TrackStep(at, *names, note if name in NOTES_SHOWN else "", "counts" in data))
    return found


def _photos(case_id: int) -> tuple[UUID, ...]:
    shown = Attachment.objects.filter(case_id=case_id).order_by("history", "pk")
    return tuple(
        file_id
        for file_id, stage, released in shown.values_list("file_id", "stage", "released")
        if released or stage in ("report", "reply")
    )
