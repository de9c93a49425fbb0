"""A worker's own pay lines: bound to the phone he has proven to hold, and to nothing else."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.queries import person_ids_of_resident
from cases.models import Case
from ledger.actors import Actor, ActorKind
from wages.models import PayLine, WageClaim, Worker

LINES_SHOWN = 120


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line as the worker reads it. `claim` is the state of the claim he filed on it, "" for none."""

    id: int
    month: date
    project_code: str
    project_zh: str
    project_en: str
    contractor: str
    team: str
    days: Decimal
    due: Decimal | None
    paid: Decimal
    paid_on: date | None
    answer: str
    claim: str

    @property
    def missing(self) -> Decimal:
        return max((self.due or Decimal(0)) - self.paid, Decimal(0))


@dataclass(frozen=True, slots=True)
class OwnWages:
    """What /wages/mine/ shows.

    Arguments:
        why: "" there are lines; "nobody" no roster has this phone; "several" rosters have it for more than one
            identity, so nothing is shown to anybody; "empty" on a roster, no line yet.
    """

    why: str
    lines: tuple[OwnLine, ...] = ()


def my_worker_ids(actor: Actor) -> list[int]:
    """Roster rows with the phone of the resident who is signed in; none if they belong to more than one identity."""
    rows = _rows(actor)
    return [pk for pk, _index in rows] if len({index for _pk, index in rows}) == 1 else []


def _rows(actor: Actor) -> list[tuple[int, bytes]]:
    if actor.kind is not ActorKind.RESIDENT:
        return []
    found = Worker.objects.filter(person__in=person_ids_of_resident(actor)).values_list("pk", "id_number_index")
    return [(pk, bytes(index)) for pk, index in found]


def my_wages(actor: Actor) -> OwnWages:
    """The lines of the worker behind the phone, newest first. Five statements."""
    rows = _rows(actor)
    if not rows:
        return OwnWages("nobody")
    if len({index for _pk, index in rows}) > 1:
        return OwnWages("several")
    ids = [pk for pk, _index in rows]
    lines = list(
        PayLine.objects.filter(worker__in=ids)
        .exclude(days=0, due=None)
        .select_related("project__contractor")
        .order_by("-month", "project__code")[:LINES_SHOWN]
    )
    claims = _claims(lines)
    return OwnWages("" if lines else "empty", tuple(_line(line, claims) for line in lines))


def my_line(actor: Actor, line_id: int) -> OwnLine | None:
    """One own line; None for a foreign one and for none."""
    line = PayLine.objects.filter(pk=line_id, worker__in=my_worker_ids(actor)).select_related("project__contractor")
    found = line.first()
    return _line(found, _claims([found])) if found else None


def _claims(lines: list[PayLine]) -> dict[int, str]:
    """Line → number of the newest claim on it."""
    found = WageClaim.objects.filter(line__in=[line.pk for line in lines]).order_by("pk")
    numbers = dict(Case.objects.filter(wage_claim__in=found).values_list("pk", "number"))
    return {line: numbers[pk] for pk, line in found.values_list("pk", "line") if line is not None}


def _line(line: PayLine, claims: dict[int, str]) -> OwnLine:
    return OwnLine(
        id=line.pk,
        month=line.month,
        project_code=line.project.code,
        project_zh=line.project.name_zh,
        project_en=line.project.name_en,
        contractor=line.project.contractor.name,
        team=line.team,
        days=line.days,
        due=line.due,
        paid=line.paid,
        paid_on=line.paid_on,
        answer=line.answer,
        claim=claims.get(line.pk, ""),
    )
