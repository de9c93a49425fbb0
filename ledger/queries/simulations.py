"""A draft tried on history: the values a kind's `run` and `tell` work with, and the rows of the screens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger import kinds
from ledger.models import Job, SimulationRun
from ledger.queries.editions import english


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is tried.

    Arguments:
        edition_id, against_id: the draft, and what was in force when this was begun (None: nothing was).
        scope, size: "last": the newest `size`; "months": those of the last `size` months.
        until: history ends here, so that a later piece sees no newer cases than the first.
    """

    id: int
    edition_id: int
    against_id: int | None
    scope: str
    size: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that would be otherwise.

    Arguments:
        key: of the thing, at most 80 characters, once per simulation ("case:7:handle").
        verdict: one of the registered codes.
        before, after: codes of the groups it falls into; "" is none.
        case_id: of a case, if it is one: then it is listed only for those who may see that case.
        data: ids and codes `tell` needs.
    """

    key: str
    verdict: str
    before: str
    after: str
    case_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """What one piece of history gave.

    Arguments:
        findings: only what would be otherwise.
        tally: group → (before, after), of everything in this piece, changed or not.
        at: checkpoint of the next piece.
        done, total: things replayed so far and in all.
    """

    findings: tuple[Finding, ...]
    tally: Mapping[str, tuple[int, int]]
    at: dict[str, Any]
    done: int
    total: int
    finished: bool


@dataclass(frozen=True, slots=True)
class SimulationLine:
    """A stored finding."""

    id: int
    verdict: str
    before: str
    after: str
    case_id: int | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words. `url` leads to the thing itself."""

    subject: str
    before: str
    after: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class SimulationCard:
    """One simulation with its progress and sums.

    Arguments:
        tally: group → [before, after]. counts: verdict → number; "all" → everything replayed.
        stale: the draft was changed after it was begun.
    """

    id: int
    kind: str
    number: int
    against: int | None
    scope: str
    size: int
    job_id: UUID
    state: str
    done: int
    total: int
    message: str
    tally: dict[str, list[int]]
    counts: dict[str, int]
    stale: bool
    started_by: str
    started_at: datetime

    @property
    def active(self) -> bool:
        return self.state in (Job.State.WAITING, Job.State.RUNNING)

    @property
    def resumable(self) -> bool:
        return self.state in (Job.State.CANCELLED, Job.State.FAILED)

    @property
    def changed(self) -> int:
        return sum(self.counts.values())


def simulation_cards(kind: str, number: int) -> list[SimulationCard]:
    """Simulations of an edition, newest first."""
    runs = SimulationRun.objects.filter(edition__kind=kind, edition__number=number)
    return [_card(run) for run in runs.select_related("edition", "against", "job").order_by("-id")]


def simulation_card(kind: str, number: int, run_id: int) -> SimulationCard | None:
    """One simulation of this edition; None if there is none."""
    return next((card for card in simulation_cards(kind, number) if card.id == run_id), None)


def verdict_labels(kind: str) -> dict[str, str]:
    """Code → words of a kind's verdicts, in their order."""
    return {code: pair[1] if english() else pair[0] for code, pair in kinds.simulations[kind].verdicts.items()}


def _card(run: SimulationRun) -> SimulationCard:
    job, kept = run.job, run.job.checkpoint
    return SimulationCard(
        id=run.pk,
        kind=run.edition.kind,
        number=run.edition.number,
        against=run.against.number if run.against else None,
        scope=run.scope,
        size=run.size,
        job_id=job.pk,
        state=job.state,
        done=job.done,
        total=job.total,
        message=job.message,
        tally=kept.get("tally", {}),
        counts=kept.get("counts", {}),
        stale=run.version != run.edition.version,
        started_by=run.started_by,
        started_at=run.started_at,
    )
