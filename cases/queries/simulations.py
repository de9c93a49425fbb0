"""What a simulation found, for one reader: sums for everybody, single cases only for those who may see them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Case as Ranked
from django.db.models import Q, QuerySet, When

from cases.access import visible_to
from cases.models import Case
from ledger import kinds
from ledger import queries as ledger_queries
from ledger.actors import Actor
from ledger.models import SimulationRow
from ledger.queries import SimulationCard, SimulationLine, Told

MOST_EXPORTED = 10_000
BATCH = 500


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group with what would fall into it: before, after, difference."""

    code: str
    name: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One thing that would be otherwise, in words."""

    id: int
    verdict: str
    label: str
    told: Told


@dataclass(frozen=True, slots=True)
class SimulationPage:
    """One simulation as a reader sees it. `hidden`: findings that fit the filter and are not his to see."""

    groups: list[GroupRow]
    rows: list[FoundRow]
    shown: int
    hidden: int
    next_key: str


def simulation_page(
    actor: Actor, card: SimulationCard, *, verdict: str, group: str | None, after: str, limit: int
) -> SimulationPage:
    """Sums by group, and a page of single findings.

    Arguments:
        verdict: one code, or "" for all.
        group: a group that loses or gains; None for all.
        after: key of the page before, "" for the first.
    """
    found = _filtered(card, verdict, group)
    visible = _visible(actor, found)
    shown, all_ = visible.count(), found.count()
    lines = _lines(_after(card, visible, after)[: limit + 1])
    page = lines[:limit]
    return SimulationPage(
        groups=_groups(card),
        rows=_told(card, page),
        shown=shown,
        hidden=all_ - shown,
        next_key=str(page[-1].id) if len(lines) > limit else "",
    )


def simulation_lines(actor: Actor, card: SimulationCard, *, verdict: str, group: str | None) -> Iterator[FoundRow]:
    """Everything the reader may see of it, for an export; at most 10,000."""
    visible, after, left = _visible(actor, _filtered(card, verdict, group)), "", MOST_EXPORTED
    while left > 0:
        page = _lines(_after(card, visible, after)[: min(BATCH, left)])
        if not page:
            return
        yield from _told(card, page)
        after, left = str(page[-1].id), left - len(page)


def _filtered(card: SimulationCard, verdict: str, group: str | None) -> QuerySet[SimulationRow]:
    found = SimulationRow.objects.filter(run=card.id)
    if verdict:
        found = found.filter(verdict=verdict)
    return found if group is None else found.filter(Q(before=group) | Q(after=group))


def _visible(actor: Actor, found: QuerySet[SimulationRow]) -> QuerySet[SimulationRow]:
    seen = visible_to(actor, Case.objects.all()).values("pk")
    return found.filter(Q(case_id=None) | Q(case_id__in=seen))


def _after(card: SimulationCard, found: QuerySet[SimulationRow], after: str) -> QuerySet[SimulationRow]:
    """The order is that of the verdicts, then as found; the key is the id of the last row of the page before."""
    place = kinds.simulations[card.kind].verdicts
    order = list(place)
    ranked = found.order_by(_rank(order), "id")
    last = SimulationRow.objects.filter(run=card.id, pk=int(after)).first() if after.isdecimal() else None
    if last is None:
        return ranked
    later = order[order.index(last.verdict) + 1 :]
    return ranked.filter(Q(verdict__in=later) | Q(verdict=last.verdict, id__gt=last.pk))


def _rank(order: list[str]) -> Ranked:
    return Ranked(*(When(verdict=code, then=place) for place, code in enumerate(order)), default=len(order))


def _lines(rows: QuerySet[SimulationRow]) -> list[SimulationLine]:
    return [SimulationLine(r.pk, r.verdict, r.before, r.after, r.case_id, r.data) for r in rows]


def _told(card: SimulationCard, lines: list[SimulationLine]) -> list[FoundRow]:
    told: dict[int, Told] = kinds.resolve(kinds.simulations[card.kind].tell)(lines)
    labels = ledger_queries.verdict_labels(card.kind)
    return [FoundRow(line.id, line.verdict, labels[line.verdict], told[line.id]) for line in lines]


def _groups(card: SimulationCard) -> list[GroupRow]:
    names: dict[str, str] = kinds.resolve(kinds.simulations[card.kind].groups)(list(card.tally))
    rows = [GroupRow(code, names.get(code, code), *pair) for code, pair in card.tally.items()]
    return sorted(rows, key=lambda row: (row.code != "", -abs(row.difference), row.name))
