"""Changes of boundaries as they stand: parts of the step that is shown, beside those in force when it was begun."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max, Q, QuerySet

from accounts.access import within
from grids.models import BoundaryDraft, Division, DraftPart, DraftStep, Grid, GridVersion, Scheme
from grids.queries.boundaries import ring_from
from grids.rules.codes import CODE_DIGITS, DIVISIONS, PART_TYPES
from grids.rules.coverage import Parts, Ring, canonical
from ledger.actors import Actor

OPEN = (BoundaryDraft.Stage.DRAWING, BoundaryDraft.Stage.SUBMITTED)
LIST_MOST = 200
BASES = ("begin", "base")  # steps whose parts are what was in force or published when they were made


@dataclass(frozen=True, slots=True)
class Part:
    """A grid of a draft, or a village of a draft of divisions.

    Arguments:
        grid_id, version_id: None for one that is new; of a village the version is its period.
    """

    code: str
    type: str
    name_zh: str
    name_en: str
    ring: Ring
    grid_id: int | None = None
    version_id: int | None = None


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list; names of people in both languages. The scheme of a change of divisions is "division"."""

    id: int
    title: str
    stage: str
    scheme: str
    division_code: str
    division_zh: str
    division_en: str
    path: str
    drafted_zh: str
    drafted_en: str
    updated_at: datetime
    effective_from: date | None
    published_zh: str
    published_en: str
    change_set: int | None  # the change over several villages it is part of
    follows: int | None  # the change of divisions its grids follow

    @property
    def of_divisions(self) -> bool:
        return self.scheme == DIVISIONS


@dataclass(frozen=True, slots=True)
class StepRow:
    """One edit: its number, what was done, codes and places, and whether it is undone at the moment."""

    number: int
    operation: str
    facts: dict[str, Any]
    undone: bool


@dataclass(frozen=True, slots=True)
class DraftState:
    """A draft at its present step.

    Arguments:
        outline: of the village or township, which the parts have to fill.
        last: number of the last step; greater than `position` if something was undone.
        authors: user ids of all who drew or submitted; none of them may publish.
    """

    row: DraftRow
    scheme_id: int | None
    division_id: int
    version: int
    position: int
    last: int
    reason: str
    parts: dict[str, Part]
    base: dict[str, Part]
    outline: Ring
    steps: list[StepRow]
    authors: frozenset[int]
    submitted_at: datetime | None

    @property
    def rings(self) -> Parts:
        return {code: part.ring for code, part in self.parts.items()}

    @property
    def base_rings(self) -> Parts:
        return {code: part.ring for code, part in self.base.items()}

    @property
    def open(self) -> bool:
        return self.row.stage in OPEN

    @property
    def editable(self) -> bool:
        return self.row.stage == BoundaryDraft.Stage.DRAWING

    @property
    def taken(self) -> set[str]:
        """Codes that no new grid of this village, or village of this township, may have. Two statements."""
        if self.row.of_divisions:
            return taken_divisions(self.row.division_code)
        return taken_codes(self.row.division_code)

    def changes(self) -> list[tuple[str, str]]:
        """(what, code): new, ended, boundary or name, by code."""
        found = []
        for code in sorted(self.parts.keys() | self.base.keys()):
            now, before = self.parts.get(code), self.base.get(code)
            if before is None:
                found.append(("new", code))
            elif now is None:
                found.append(("ended", code))
            elif canonical(now.ring) != canonical(before.ring):
                found.append(("boundary", code))
            elif (now.name_zh, now.name_en, now.type) != (before.name_zh, before.name_en, before.type):
                found.append(("name", code))
        return found


_ROW = ("id", "title", "stage", "scheme__code", "division__code", "division__name_zh", "division__name_en",
        "division__path", "drafted_by__display_name", "drafted_by__display_name_en", "updated_at", "effective_from",
        "published_by__display_name", "published_by__display_name_en", "change_set_id", "follows_id")  # fmt: skip


def _row(values: tuple[Any, ...]) -> DraftRow:
    known: list[Any] = [*values[:3], values[3] or DIVISIONS, *values[4:12], values[12] or "", values[13] or ""]
    known += values[14:]
    return DraftRow(*known)


def draft_rows(actor: Actor, *, closed: bool = False) -> list[DraftRow]:
    """Drafts of the actor's territory, last touched first: those under way and published, or those that are over.

    Those of a change over several villages stand in its own list, those that follow a change of divisions with that.
    """
    stages = ("in_force", "withdrawn", "discarded") if closed else (*OPEN, "published")
    rows: QuerySet[BoundaryDraft] = BoundaryDraft.objects.filter(stage__in=stages)
    rows = rows.filter(change_set=None, follows=None)
    rows = rows.filter(division__path__startswith=actor.territory) if actor.territory else rows.none()
    return [_row(row) for row in rows.order_by("-updated_at", "-id").values_list(*_ROW)[:LIST_MOST]]


def follower_rows(draft_id: int) -> list[DraftRow]:
    """Drafts of the grids that follow a change of divisions, by village and scheme. One statement."""
    rows = BoundaryDraft.objects.filter(follows=draft_id).order_by("division__code", "-scheme__code")
    return [_row(row) for row in rows.values_list(*_ROW)]


def draft_state(draft_id: int, actor: Actor) -> DraftState | None:
    """A draft as it stands; None if there is none in the actor's territory. Four statements."""
    draft = BoundaryDraft.objects.select_related("division").filter(pk=draft_id).first()
    if draft is None or not within(actor.territory, draft.division.path):
        return None
    return state_of(draft)


def state_of(draft: BoundaryDraft) -> DraftState:
    """A draft at its present step, whoever asks. Three statements."""
    draft_id = draft.pk
    row = _row(BoundaryDraft.objects.filter(pk=draft_id).values_list(*_ROW)[0])
    steps = list(DraftStep.objects.filter(draft=draft).order_by("number"))
    shown = {step.number: step.pk for step in steps}
    began = max(step.number for step in steps if step.operation in BASES and step.number <= draft.position)
    held: dict[int, dict[str, Part]] = {pk: {} for pk in shown.values()}
    wanted = {shown[began], shown[draft.position]}
    for part in DraftPart.objects.filter(step_id__in=wanted).order_by("code"):
        held[part.step_id][part.code] = _part(part)
    people = {draft.drafted_by_id, draft.submitted_by_id, *(step.made_by_id for step in steps)} - {None}
    return DraftState(
        row=row,
        scheme_id=draft.scheme_id,
        division_id=draft.division_id,
        version=draft.version,
        position=draft.position,
        last=max(shown),
        reason=draft.reason,
        parts=held[shown[draft.position]],
        base=held[shown[began]],
        outline=ring_from(draft.division.outline),
        steps=[StepRow(s.number, s.operation, s.facts, s.number > draft.position) for s in steps if s.number],
        authors=frozenset(pk for pk in people if pk is not None),
        submitted_at=draft.submitted_at,
    )


def _part(part: DraftPart) -> Part:
    texts = part.code, part.type, part.name_zh, part.name_en
    return Part(*texts, ring_from(part.boundary), part.grid_id, part.version_id or part.period_id)


def last_parts(division_id: int, scheme_id: int | None) -> list[Part]:
    """Grids of a village with their last boundaries: those in force, or those published for a later day.

    Without a scheme the villages of a township, as far as they are drawn in one piece.
    """
    if scheme_id is None:
        rows = last_villages(division_id)
        return [_village(row) for row in rows if row.outline is not None and row.outline.num_geom == 1]
    return [_last(v) for v in _last_versions([division_id]).filter(scheme_id=scheme_id)]


def parts_of_villages(division_ids: list[int], scheme: str) -> list[tuple[int, Part]]:
    """(id of the village, grid with its last boundary) of many villages. One statement."""
    return [(v.grid.division_id, _last(v)) for v in _last_versions(division_ids).filter(scheme__code=scheme)]


def last_villages(township: int) -> "QuerySet[Division]":
    """Villages of a township with their last period, by code."""
    code = Division.objects.filter(pk=township).values("code")[:1]
    rows = Division.objects.filter(parent__code=code, level="village", valid__upper_inf=True)
    return rows.order_by("code")


def _village(row: Division) -> Part:
    return Part(row.code, PART_TYPES[DIVISIONS][0], row.name_zh, row.name_en, ring_from(row.outline), None, row.pk)


def _last_versions(division_ids: list[int]) -> "QuerySet[GridVersion]":
    rows = GridVersion.objects.filter(grid__division_id__in=division_ids, valid__upper_inf=True)
    return rows.select_related("grid").order_by("grid__code")


def _last(v: GridVersion) -> Part:
    return Part(v.grid.code, v.grid.type, v.grid.name_zh, v.grid.name_en, ring_from(v.boundary), v.grid_id, v.pk)


def codes_in_use(codes: list[str]) -> frozenset[str]:
    """Those of the codes that no new grid may have: of any grid there ever was, and of drafts under way."""
    used = Grid.objects.filter(code__in=codes).values_list("code", flat=True)
    parts = DraftPart.objects.filter(step__draft__stage__in=OPEN, code__in=codes)
    planned = parts.filter(step__number=F("step__draft__position")).values_list("code", flat=True)
    return frozenset((*used, *planned))


def taken_codes(division_code: str) -> set[str]:
    """Codes that no new grid may have: of all grids there ever were in a village, and of drafts under way."""
    used = Grid.objects.filter(code__startswith=division_code).values_list("code", flat=True)
    parts = DraftPart.objects.filter(step__draft__stage__in=OPEN, code__startswith=division_code)
    planned = parts.filter(step__number=F("step__draft__position")).values_list("code", flat=True)
    return {*used, *planned}


def taken_divisions(township: str) -> set[str]:
    """Codes that no new village may have: of all there ever were in a township, and of drafts under way."""
    used = Division.objects.filter(code__startswith=township).values_list("code", flat=True)
    return {*used, *taken_codes(township)}


@dataclass(frozen=True, slots=True)
class VillageRow:
    """A village that can be zoned, with the township it lies in."""

    id: int
    code: str
    name_zh: str
    name_en: str
    path: str
    township_zh: str
    township_en: str


def villages_to_zone(actor: Actor, *, on: date) -> list[VillageRow]:
    """Villages with an outline in the actor's territory, by code."""
    rows = Division.objects.filter(level="village", valid__contains=on, outline__isnull=False)
    rows = rows.filter(path__startswith=actor.territory) if actor.territory else rows.none()
    return village_rows(rows.order_by("code"))


def village_rows(rows: "QuerySet[Division]") -> list[VillageRow]:
    """Villages as rows, in the order of the queryset."""
    found = rows.values_list("id", "code", "name_zh", "name_en", "path", "parent__name_zh", "parent__name_en")
    return [
        VillageRow(pk, code, zh, en, path, upper_zh or "", upper_en or "")
        for pk, code, zh, en, path, upper_zh, upper_en in found
    ]


def territory_divisions(actor: Actor, *, on: date) -> list[tuple[str, str, str]]:
    """(code, Chinese name, English name) of each division of a day in the actor's territory, upper ones first."""
    rows = Division.objects.filter(valid__contains=on, path__startswith=actor.territory)
    rows = rows if actor.territory else rows.none()
    return list(rows.order_by("path").values_list("code", "name_zh", "name_en"))


def scheme_rows() -> list[tuple[str, str, str]]:
    """(code, Chinese name, English name) of each scheme."""
    return list(Scheme.objects.order_by("-code").values_list("code", "name_zh", "name_en"))


def published_ahead(*, division_id: int, scheme_id: int) -> BoundaryDraft | None:
    """The change of a village and scheme that is published and not yet in force; None if there is none."""
    rows = BoundaryDraft.objects.filter(division_id=division_id, scheme_id=scheme_id)
    return rows.filter(stage=BoundaryDraft.Stage.PUBLISHED).first()


def divisions_ahead(code: str) -> date | None:
    """The day from which a published change redraws the divisions of a township; None if there is none.

    Arguments:
        code: of the township or of a village in it.
    """
    rows = BoundaryDraft.objects.filter(scheme=None, stage=BoundaryDraft.Stage.PUBLISHED)
    found = rows.filter(division__code=code[: CODE_DIGITS["township"]]).values_list("effective_from", flat=True)
    return found.first()


def version_numbers(grid_ids: Iterable[int]) -> dict[int, int]:
    """Grid id → highest boundary version number, withdrawn ones counted."""
    rows = GridVersion.objects.filter(grid_id__in=list(grid_ids)).values("grid_id")
    return dict(rows.annotate(last=Max("number")).values_list("grid_id", "last"))


def touched_grids(draft_id: int) -> tuple[str, list[Any]]:
    """Column of a case that a change concerns (grid or management_grid), and the grids it took something from.

    Of a change of divisions the column is the path, and the values are those of the villages that change.
    """
    draft = BoundaryDraft.objects.select_related("division", "scheme").get(pk=draft_id)
    state = state_of(draft)
    losing = [code for kind, code in state.changes() if kind in ("boundary", "ended")]
    if state.row.of_divisions:
        return "path", [f"{state.row.path}{code}/" for code in losing]
    ids = [state.base[code].grid_id for code in losing]
    column = "management_grid" if state.row.scheme == "management" else "grid"
    return column, [pk for pk in ids if pk is not None]


def township_of_draft(draft_id: int) -> str:
    """Path of the township a draft's village lies in, or that it divides."""
    path, level = BoundaryDraft.objects.values_list("division__path", "division__level").get(pk=draft_id)
    if level == "township":
        return path
    return path.rstrip("/").rpartition("/")[0] + "/"


def redrawn_codes() -> dict[str, date]:
    """Code of every grid of a village and scheme that was redrawn here → day of the last change, coming ones included.

    What a city folder states for an earlier day has been overtaken there.
    """
    stages = (BoundaryDraft.Stage.PUBLISHED, BoundaryDraft.Stage.IN_FORCE)
    drafts = BoundaryDraft.objects.filter(stage__in=stages).values_list("division__code", "scheme_id", "effective_from")
    days: dict[tuple[str, int], date] = {}
    for division, scheme, day in drafts:
        if day is not None:
            days[division, scheme] = max(day, days.get((division, scheme), day))
    villages = {division for division, _scheme in days}
    grids = Grid.objects.filter(division__code__in=villages).values_list("code", "division__code", "scheme_id")
    return {code: days[division, scheme] for code, division, scheme in grids if (division, scheme) in days}


def redrawn_divisions() -> dict[str, date]:
    """Code of every village that a change of divisions made, changed or ended here → the day of the last one."""
    stages = (BoundaryDraft.Stage.PUBLISHED, BoundaryDraft.Stage.IN_FORCE)
    rows = BoundaryDraft.objects.filter(scheme=None, stage__in=stages, effective_from__isnull=False)
    found: dict[str, date] = {}
    for draft in rows.select_related("division").order_by("effective_from"):
        if draft.effective_from is not None:
            found |= dict.fromkeys((code for _kind, code in state_of(draft).changes()), draft.effective_from)
    return found


def due_drafts(day: date) -> list[int]:
    """Published changes whose day has come and that grids and households do not follow yet, oldest first."""
    due = Q(stage=BoundaryDraft.Stage.PUBLISHED, effective_from__lte=day)
    return list(BoundaryDraft.objects.filter(due).order_by("effective_from", "id").values_list("id", flat=True))
