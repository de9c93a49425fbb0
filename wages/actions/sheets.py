"""A sheet becomes pay lines and sums; what it changes is judged by a promise. And what the bank tells of a month."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_right, within
from accounts.actions import create_person
from accounts.models import Person
from accounts.rules import city_date
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.kinds import SheetRow
from ledger.promises import promise
from ledger.queries import notice_shown
from ledger.sealed import blind_index, seal
from wages import rules
from wages.imports import SheetLine, sheet_lines
from wages.models import MonthFigure, PayLine, Project, Worker

MANAGE = "wages.manage"
BATCH = 2000

# sums of a month by its lines; a line of nought days and nothing due is taken back and counts nowhere
_FIGURES = """
INSERT INTO wages_monthfigure AS f (project_id, month, attending, listed, paid_workers, due, paid, last_paid_on,
                                    confirmed, disputed)
SELECT l.project_id, l.month, count(*) FILTER (WHERE l.days > 0), count(*) FILTER (WHERE l.due IS NOT NULL),
       count(*) FILTER (WHERE l.days > 0 AND l.due IS NOT NULL AND l.paid >= l.due),
       coalesce(sum(l.due), 0), coalesce(sum(l.paid), 0), max(l.paid_on) FILTER (WHERE l.paid > 0),
       count(*) FILTER (WHERE l.answer = 'confirmed'), count(*) FILTER (WHERE l.answer = 'disputed')
  FROM wages_payline l WHERE l.project_id = %s AND l.month = %s GROUP BY l.project_id, l.month
ON CONFLICT (project_id, month) DO UPDATE SET
       attending = excluded.attending, listed = excluded.listed, paid_workers = excluded.paid_workers,
       due = excluded.due, paid = excluded.paid, last_paid_on = excluded.last_paid_on,
       confirmed = excluded.confirmed, disputed = excluded.disputed
"""


def commit_sheet(*, rows: Sequence[SheetRow], run_id: UUID, actor: Actor, now: datetime) -> dict[str, int]:
    """Write a checked sheet; see ledger.kinds.register_import. A worker's line of a month is replaced, never doubled.

    Returns:
        counts: lines, workers (new on a roster), months (of a project).
    """
    lines = sheet_lines(rows)
    codes = {line.project for line in lines}
    projects = {p.code: p for p in Project.objects.select_for_update().filter(code__in=codes).order_by("pk")}
    workers, new = _workers(lines, projects, now)
    _keep_lines(lines, projects, workers)
    touched = sorted({(projects[line.project].pk, line.month) for line in lines})
    for project_id, month in touched:
        keep_figures(project_id=project_id, month=month)
    for project in projects.values():
        months = [month for project_id, month in touched if project_id == project.pk]
        ask_judgement(project_id=project.pk, months=months, key=str(run_id), now=now)
    return {"lines": len(lines), "workers": new, "months": len(touched)}


def ask_judgement(*, project_id: int, months: Iterable[date], key: str, now: datetime) -> None:
    """Promise that the rules look at these months of a project; the same key asks once."""
    payload = {"project": project_id, "months": [month.isoformat() for month in months]}
    promise("wages.judge", key=f"wages.judge:{key}:{project_id}", payload=payload, now=now)


def keep_figures(*, project_id: int, month: date) -> None:
    """Make the sums of a month anew from its lines, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [project_id, month])


def _workers(
    lines: Sequence[SheetLine], projects: dict[str, Project], now: datetime
) -> tuple[dict[tuple[str, bytes], int], int]:
    """The worker of each line, made where the roster has none: (project code, index) → id, and how many are new."""
    wanted = {(line.project, line.index): line for line in lines}
    known: dict[tuple[str, bytes], int] = {}
    found = Worker.objects.filter(project__in=projects.values(), id_number_index__in={i for _code, i in wanted})
    people = {}
    for code, index, pk, person_id in found.values_list("project__code", "id_number_index", "pk", "person_id"):
        known[code, bytes(index)], people[code, bytes(index)] = pk, person_id
    new = [
        Worker(project=projects[code], person=_person(line, projects[code], now), id_number_index=index)
        for (code, index), line in wanted.items()
        if (code, index) not in known
    ]
    for worker in Worker.objects.bulk_create(new, batch_size=BATCH):
        known[worker.project.code, bytes(worker.id_number_index)] = worker.pk
    _learn_phones({people[key]: line for key, line in wanted.items() if key in people and line.phone})
    return known, len(new)


def _person(line: SheetLine, project: Project, now: datetime) -> Person:
    """Who stands on the roster: kept three years past the end of the project (Art. 15, 28)."""
    expires = project.ends_on + timedelta(days=366 * rules.KEPT_YEARS)
    return create_person(
        name=line.name, phone=line.phone, id_number=line.id_number, source="wage_sheet", purpose="wages",
        basis="State Council Decree 724, Art. 15", expires=expires, now=now,
        notice=notice_shown("wage_sheet", "", city_date(now)),
    )  # fmt: skip


def _learn_phones(given: dict[Any, SheetLine]) -> None:
    """A phone for a worker who had none. One that is there stays: it opens his lines, and no sheet may turn them over
    to another phone; changing it is the counter's work, with the worker present.
    """
    for person in Person.objects.filter(pk__in=given, phone_index=None):
        line = given[person.pk]
        Person.objects.filter(pk=person.pk).update(
            phone=seal(Person, "phone", person.pk, line.phone), phone_index=blind_index("phone", line.phone)
        )


def _keep_lines(
    lines: Sequence[SheetLine], projects: dict[str, Project], workers: dict[tuple[str, bytes], int]
) -> None:
    with connection.cursor() as cursor:
        for month in sorted({line.month for line in lines}):
            cursor.execute("SELECT wages_keep_month(%s)", [month])
    rows = [
        PayLine(
            project=projects[line.project],
            worker_id=workers[line.project, line.index],
            month=line.month,
            team=line.team,
            days=line.days,
            due=line.due,
            paid=line.paid,
            paid_on=line.paid_on,
        )
        for line in lines
    ]
    _forget_answers(rows)
    PayLine.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["project", "month", "worker"],
        update_fields=["team", "days", "due", "paid", "paid_on"],
    )


def _forget_answers(rows: Sequence[PayLine]) -> None:
    """What a worker said of other amounts says nothing of these."""
    amounts = {(row.worker_id, row.month): (row.due, row.paid) for row in rows}
    answered = PayLine.objects.filter(
        worker__in={row.worker_id for row in rows}, month__in={row.month for row in rows}
    ).exclude(answer="")
    changed = [
        line.pk
        for line in answered
        if amounts.get((line.worker_id, line.month), (line.due, line.paid)) != (line.due, line.paid)
    ]
    PayLine.objects.filter(pk__in=changed).update(answer="", answered_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankMonth:
    """What the bank tells of a special account: labour fee agreed and arrived, balance at the month's end, in yuan."""

    agreed: Decimal
    arrived: Decimal
    arrived_on: date | None
    balance: Decimal


@transaction.atomic(durable=True)
def record_bank_month(*, actor: Actor, code: str, month: date, bank: BankMonth) -> MonthFigure:
    """Enter what the bank reports (Art. 27, 29).

    Raises:
        PermissionDenied: without the right "wages.manage".
        ValidationError: keyed by field; the project is not in the actor's area.
    """
    now = app_now()
    demand_right(actor, MANAGE)
    project = Project.objects.filter(code=code).first()
    if project is None or not within(actor.territory, project.path):
        raise ValidationError(_("There is no such project in your area."))
    values, day = asdict(bank), city_date(now)
    faults = rules.bank_faults(values, day)
    late = rules.month_fault(month, project.signed_on, day)
    if faults or late:
        raise ValidationError(faults | ({"month": late} if late else {}))
    figure, _made = MonthFigure.objects.update_or_create(project=project, month=rules.first_of(month), defaults=values)
    data = {"month": f"{month:%Y-%m}"}
    audit(actor=actor, action="wages.bank_month", object_kind="project", object_id=code, data=data, now=now)
    return figure
