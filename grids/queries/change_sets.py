"""Changes over several villages: their drafts, and what they come to together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min

from accounts.access import within
from grids.models import BoundaryDraft, ChangeSet
from grids.queries.draft_page import DraftPage, draft_page
from grids.queries.drafts import LIST_MOST, OPEN, DraftState, state_of
from ledger.actors import Actor


@dataclass(frozen=True, slots=True)
class SetRow:
    """A change over several villages in a list; names of people in both languages."""

    id: int
    title: str
    scheme: str
    begun_zh: str
    begun_en: str
    begun_at: datetime
    villages: int
    stage: str
    effective_from: date | None


@dataclass(frozen=True, slots=True)
class VillageState:
    """A draft of the set with its page; the page is None where nothing was changed."""

    state: DraftState
    page: DraftPage | None


def drafts_of_set(set_id: int, actor: Actor) -> list[DraftState]:
    """All drafts of a set by village; none if one of them lies outside the actor's territory. Four statements each."""
    rows = list(
        BoundaryDraft.objects.filter(change_set=set_id).select_related("division").order_by("division__code", "pk")
    )
    if not rows or not all(within(actor.territory, row.division.path) for row in rows):
        return []
    return [state_of(row) for row in rows]


def set_version(states: Sequence[DraftState]) -> int:
    """Of the set as a whole: every edit of a draft raises it."""
    return sum(state.version for state in states)


def villages_of(states: Sequence[DraftState]) -> list[VillageState]:
    """Each draft with what its check finds, where something was changed."""
    return [VillageState(state, draft_page(state) if state.changes() else None) for state in states]


def set_row(set_id: int) -> SetRow | None:
    """One change over several villages; None if there is none. Two statements."""
    return next(iter(_rows(ChangeSet.objects.filter(pk=set_id).values_list("pk", flat=True)[:1])), None)


def set_rows(actor: Actor, *, closed: bool = False) -> list[SetRow]:
    """Those that lie in the actor's territory altogether, last touched first. Two statements."""
    stages = ("in_force", "withdrawn", "discarded") if closed else (*OPEN, "published")
    drafts = BoundaryDraft.objects.filter(change_set__isnull=False)
    outside = drafts.exclude(division__path__startswith=actor.territory).values("change_set")
    ids = drafts.filter(stage__in=stages).exclude(change_set__in=outside).values("change_set")
    found = ids.annotate(touched=Max("updated_at")).order_by("-touched").values_list("change_set", flat=True)
    return _rows(found[:LIST_MOST]) if actor.territory else []


def _rows(ids: Iterable[int]) -> list[SetRow]:
    order = list(ids)
    rows = ChangeSet.objects.filter(pk__in=order).select_related("begun_by", "scheme")
    counted = rows.annotate(
        number=Count("drafts"),
        stage=Min("drafts__stage"),
        day=Min("drafts__effective_from"),
    )
    found = {
        row.pk: SetRow(
            row.pk,
            row.title,
            row.scheme.code,
            row.begun_by.display_name,
            row.begun_by.display_name_en,
            row.begun_at,
            row.number,
            row.stage,
            row.day,
        )
        for row in counted
    }
    return [found[pk] for pk in order if pk in found]
