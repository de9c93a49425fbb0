"""The case file: everything a member may know of one case, in one typed value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from cases import access, kinds, rules
from cases.access import visible_to
from cases.models import Assignment, Attachment, Case, CaseLink, Clock, HistoryEntry, Watch
from cases.queries import words
from cases.queries.history import HistoryRow, history_rows, names_for
from cases.queries.limits import LimitRow, limit_rows, nearest
from cases.queries.moves import CaseState, MoveForm, MoveRow, form_of_move, locked_text, permitted_moves
from cases.queries.reasons import Finding, finding_of
from cases.queries.words import MatterWords
from grids import queries as grid_queries
from ledger import queries as ledger_queries
from ledger.actors import Actor, ActorKind

SIMILAR_METRES = 50.0
SIMILAR_WINDOW = timedelta(hours=24)
DEGREES_AROUND = 0.001  # about 90 m or more everywhere in the city; the exact distance is measured after
PHOTO_STAGES = ("report", "before", "after", "check", "reply")


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A link of the chain over the file; state: "done" | "now" | "". at: when it was reached."""

    label: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo of the case; distance in metres between where it was taken and the place, if known."""

    attachment_id: int
    file_id: UUID
    stage: str
    stage_label: str
    caption: str
    at: datetime
    taken_at: datetime | None
    distance: float | None
    released: bool


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A case that is linked, or similar: same category within 50 m and 24 h."""

    number: str
    title: str
    kind_label: str
    state_label: str
    opened_at: datetime
    distance_m: int | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    """An open step: who has it."""

    assignment_id: int
    version: int
    label: str
    role: str
    department: str
    holder: str
    returned: bool
    may_claim: bool
    may_hand_over: bool


@dataclass(frozen=True, slots=True)
class CaseFile:
    """See the fields; times are aware, coordinates WGS-84 degrees, labels in the reader's language."""

    case_id: int
    number: str
    kind: str
    kind_label: str
    title: str
    category: str
    category_label: str
    state: str
    state_label: str
    closed: bool
    version: int
    address: str
    place: str
    source_label: str
    own_words: MatterWords
    opened_at: datetime
    closed_at: datetime | None
    urgent: bool
    supervised: bool
    returns: int
    reworks: int
    urges: int
    overdue_at: datetime | None
    department: str
    lon: float | None
    lat: float | None
    grid_id: int | None
    grid_code: str
    boundary_version: int | None
    moving_to: str  # code of the grid it lies in since a change of boundaries, until the case has followed
    clock: LimitRow | None
    limits: tuple[LimitRow, ...]
    steps: tuple[ChainLink, ...]
    open_steps: tuple[StepRow, ...]
    moves: tuple[MoveRow, ...]
    locked: str
    history: tuple[HistoryRow, ...]
    photos: tuple[PhotoRow, ...]
    needed: tuple[str, ...]  # photo stages a permitted move still asks for
    finding: Finding | None
    links: tuple[LinkedCase, ...]
    similar: tuple[LinkedCase, ...]
    watched: bool
    may_contact: bool
    may_comment: bool
    may_urge: bool
    may_release: bool
    detail: Any  # what the kind's `detail` returns
    partial: str


def _read(actor: Actor, number: str, *, whole: bool = True) -> CaseState | None:
    """Rows of a case for a member. A reporter follows his case on a page of its kind, never through the file.

    Arguments:
        whole: with names of place, department, holder and files, as the file shows them; without, what a move needs.
    """
    if actor.kind is not ActorKind.MEMBER:
        return None
    cases, steps, files = Case.objects.all(), Assignment.objects.all(), Attachment.objects.all()
    if whole:
        cases = cases.select_related("grid__division", "reported_version", "department")
        cases = cases.defer("grid__division__outline", "reported_version__boundary")  # nobody draws them from here
        steps, files = steps.select_related("department", "holder"), files.select_related("file")
    case = visible_to(actor, cases.filter(number=number)).first()
    if case is None:
        return None
    return CaseState(case, list(steps.filter(case=case).order_by("pk")), list(files.filter(case=case).order_by("pk")))


def case_file(actor: Actor, number: str, now: datetime) -> CaseFile | None:
    """The file of a case; None if there is none or it is not the actor's to see. About 16 statements."""
    state = _read(actor, number)
    if state is None:
        return None
    case, table = state.case, kinds.workflow(state.case.kind)
    entries = list(HistoryEntry.objects.filter(case=case).select_related("assignment").order_by("sequence"))
    limits = limit_rows(case, list(Clock.objects.filter(case=case)), now)
    moves = permitted_moves(actor, state)
    kind = kinds.kind(case.kind)
    return CaseFile(
        **_head(case),
        **_rights(actor, state),
        clock=nearest(limits),
        limits=limits,
        steps=_chain(case, entries),
        open_steps=_open_steps(actor, case, state.assignments),
        moves=tuple(moves),
        locked=locked_text(actor, state, moves),
        history=history_rows(case.kind, entries, state.attachments, names_for(entries)),
        photos=tuple(photo_row(attachment) for attachment in state.attachments),
        needed=_needed(moves),
        finding=finding_of(case, actor.department_id) if table.routing or table.hand_overs else None,
        links=_links(actor, case),
        similar=similar_cases(actor, case),
        watched=actor.user_id is not None and Watch.objects.filter(case=case, user=actor.user_id).exists(),
        detail=kinds.call(kind.detail)(case.pk, actor) if kind.detail else None,
        partial=kind.partial,
    )


def _head(case: Case) -> dict[str, Any]:
    """What stands in the row of the case itself, in words."""
    copied = ("number", "kind", "title", "category", "state", "closed", "version", "address", "opened_at", "closed_at",
              "urgent", "supervised", "returns", "reworks", "urges", "overdue_at", "grid_id")  # fmt: skip
    return {
        **{name: getattr(case, name) for name in copied},
        "case_id": case.pk,
        "kind_label": words.kind_label(case.kind),
        "category_label": words.category_labels([(case.kind, case.category)])[case.category],
        "state_label": words.state_label(case.kind, case.state),
        "place": place_of(case),
        "source_label": words.source_label(case.source, case.kind),
        "own_words": words.matter_words(case.kind),
        "department": words.in_language(case.department.name_zh, case.department.name_en) if case.department else "",
        "lon": case.point.x if case.point else None,
        "lat": case.point.y if case.point else None,
        "grid_code": case.grid.code if case.grid else "",
        "boundary_version": case.reported_version.number if case.reported_version else None,
        "moving_to": _moving_to(case),
    }


def _moving_to(case: Case) -> str:
    if case.closed or case.point is None or case.grid is None:
        return ""
    (place,) = grid_queries.locate_all([(case.point.x, case.point.y)])
    grid = place.grids.get("service")
    return grid.code if grid is not None and grid.grid_id != case.grid_id else ""


def _rights(actor: Actor, state: CaseState) -> dict[str, Any]:
    """What the actor may do with the case beside moving it."""
    case = state.case

    def may(action: str) -> bool:
        return bool(access.can(actor, action, case, state.assignments))

    return {
        "may_contact": case.person_id is not None and may("case.contact"),
        "may_comment": may("case.comment"),
        "may_urge": may("case.urge") and not case.closed,
        "may_release": may("case.release"),
    }


def form_of(actor: Actor, number: str, transition: str, now: datetime) -> MoveForm | None:
    """The form of one move of a case; None if the case is not visible or the move not permitted."""
    state = _read(actor, number, whole=False)
    return form_of_move(actor, state, transition, now) if state is not None else None


def place_of(case: Case) -> str:
    """Village and grid of a case in the reader's language; the division where it has no grid."""
    if case.grid is not None:
        village = case.grid.division
        names = ((village.name_zh, village.name_en), (case.grid.name_zh, case.grid.name_en))
        return " ".join(words.in_language(zh, en) for zh, en in names)
    found = grid_queries.names_of_paths([case.path]).get(case.path)
    return words.in_language(*found) if found else ""


def _chain(case: Case, entries: Sequence[HistoryEntry]) -> tuple[ChainLink, ...]:
    """Links up to the current one are done, whatever detours the case took; each with the last time it was reached."""
    table = kinds.workflow(case.kind)
    # a case begins where its first link ends, unless a state stands in that link
    reached: dict[str, datetime] = {table.links[0].code: case.opened_at}
    for entry in entries:
        if entry.to_state != entry.from_state:
            reached[table.state(entry.to_state).link] = entry.at
    order = [link.code for link in table.links]
    current = order.index(table.state(case.state).link)
    rows = []
    for number, link in enumerate(table.links):
        done = number < current or (number == current and case.closed)
        state = "done" if done else "now" if number == current else ""
        at = reached.get(link.code) if number <= current else None
        rows.append(ChainLink(words.in_language(link.name_zh, link.name_en), state, at))
    return tuple(rows)


def _open_steps(actor: Actor, case: Case, assignments: Sequence[Assignment]) -> tuple[StepRow, ...]:
    rows = []
    for step in assignments:
        if not step.open:
            continue
        holder = step.holder
        name = (holder.display_name or holder.username) if holder else ""
        rows.append(
            StepRow(
                assignment_id=step.pk,
                version=step.version,
                label=words.step_label(case.kind, step.step_key),
                role=step.role,
                department=words.in_language(step.department.name_zh, step.department.name_en),
                holder=words.in_language(name, holder.display_name_en) if holder else "",
                returned=step.returned,
                may_claim=bool(access.can(actor, "case.claim", case, [step])),
                may_hand_over=bool(access.can(actor, "case.hand_over", case, [step])),
            )
        )
    return tuple(rows)


def photo_row(attachment: Attachment) -> PhotoRow:
    """An attachment as screens and documents show it."""
    labels = {
        "report": _("as reported"),
        "before": _("before the work"),
        "after": _("after the work"),
        "check": _("check on site"),
        "reply": _("with the reply"),
    }
    return PhotoRow(
        attachment_id=attachment.pk,
        file_id=attachment.file_id,
        stage=attachment.stage,
        stage_label=labels.get(attachment.stage, attachment.stage),
        caption=attachment.caption,
        at=attachment.added_at,
        taken_at=attachment.file.taken_at,
        distance=attachment.distance,
        released=attachment.released,
    )


def _needed(moves: Sequence[MoveRow]) -> tuple[str, ...]:
    wanted = {need.removeprefix("photo_") for move in moves for need in move.needs if need.startswith("photo_")}
    return tuple(stage for stage in PHOTO_STAGES if stage in wanted)


def _links(actor: Actor, case: Case) -> tuple[LinkedCase, ...]:
    links = CaseLink.objects.filter(Q(parent=case) | Q(child=case)).values_list("parent_id", "child_id")
    others = {pk for pair in links for pk in pair} - {case.pk}
    if not others:
        return ()
    return tuple(_linked(other) for other in visible_to(actor, Case.objects.filter(pk__in=others)).order_by("pk"))


def _linked(other: Case, distance: float | None = None) -> LinkedCase:
    return LinkedCase(
        number=other.number,
        title=other.title,
        kind_label=words.kind_label(other.kind),
        state_label=words.state_label(other.kind, other.state),
        opened_at=other.opened_at,
        distance_m=round(distance) if distance is not None else None,
    )


def similar_cases(actor: Actor, case: Case) -> tuple[LinkedCase, ...]:
    """Visible cases of the same category within 50 m and 24 h, nearest first. One statement."""
    if case.point is None:
        return ()
    around = case.point.buffer(DEGREES_AROUND).envelope
    near = Case.objects.filter(
        category=case.category,
        point__bboverlaps=around,
        opened_at__range=(case.opened_at - SIMILAR_WINDOW, case.opened_at + SIMILAR_WINDOW),
    ).exclude(pk=case.pk)
    here = (case.point.x, case.point.y)
    found = []
    for other in visible_to(actor, near)[:50]:
        metres = rules.metres_between(here, (other.point.x, other.point.y)) if other.point else None
        if metres is not None and metres <= SIMILAR_METRES:
            found.append((metres, other))
    return tuple(_linked(other, metres) for metres, other in sorted(found, key=lambda pair: pair[0]))


def photo_path(actor: Actor, file_id: UUID, variant: Literal["full", "thumb"]) -> Path | None:
    """Path of a photo of a case the actor may see; None if there is none. One statement.

    Who is not a member sees what was sent with the report and what was released, nothing else.
    """
    cases = visible_to(actor, Case.objects.filter(attachments__file=file_id)).values("pk")
    rows = Attachment.objects.filter(file=file_id, case__in=cases)
    if actor.kind is not ActorKind.MEMBER:
        rows = rows.filter(Q(stage="report") | Q(released=True))
    found = rows.select_related("file").first()
    return ledger_queries.file_path(found.file, variant) if found else None
