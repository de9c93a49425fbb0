"""What people are told, how long their data is kept, who looked at it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet

from ledger import kinds
from ledger.kinds import NoticeKind, NoticeVersion, Retention
from ledger.models import AccessEntry, ImportRun, Incident, LegalHold


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice in one version, as a page shows it; `reference` is stored with what was collected."""

    kind: NoticeKind
    text: NoticeVersion
    current: bool

    @property
    def reference(self) -> str:
        return f"{self.kind.key}/{self.text.version}"


def _versions(kind: NoticeKind) -> tuple[NoticeVersion, ...]:
    found: tuple[NoticeVersion, ...] = kinds.attribute(kind.versions)
    return found


def notice_in_force(key: str, day: date) -> ShownNotice:
    """The newest version that is effective on this day; before the first one, the first.

    Raises:
        KeyError: nobody registered such a notice.
    """
    kind = kinds.notices[key]
    versions = _versions(kind)
    text = max((v for v in versions if v.effective <= day), key=lambda v: v.version, default=versions[0])
    return ShownNotice(kind, text, current=True)


def notice_version(key: str, version: int, day: date) -> ShownNotice | None:
    """One version, also one that is no longer shown; None if there is none."""
    kind = kinds.notices.get(key)
    text = next((v for v in _versions(kind) if v.version == version), None) if kind else None
    if kind is None or text is None:
        return None
    return ShownNotice(kind, text, current=notice_in_force(key, day).text == text)


def notices_in_force(day: date) -> list[ShownNotice]:
    """All notices, for the list on the privacy page."""
    return [notice_in_force(key, day) for key in sorted(kinds.notices)]


def notice_shown(key: str, posted: str, day: date) -> str:
    """Reference of the version a form showed: what it posted back if there is such a version, else the one in force.

    Arguments:
        posted: value of the form's field "notice", "<key>/<version>".
        day: today in the city.
    """
    name, _slash, version = posted.partition("/")
    found = notice_version(key, int(version), day) if name == key and version.isdecimal() and len(version) < 5 else None
    return (found or notice_in_force(key, day)).reference


@dataclass(frozen=True, slots=True)
class RetentionRow:
    """A row of the retention table. `due` is None unless it was counted; `days` None means kept."""

    row: Retention
    days: int | None
    due: int | None


def days_of(row: Retention) -> int | None:
    """How many days, as the settings say today."""
    return int(getattr(settings, row.days)) if isinstance(row.days, str) else row.days


def retention_table(*, now: datetime | None = None) -> list[RetentionRow]:
    """The table; with `now` also how many rows are due, which writes nothing (dry run)."""
    return [
        RetentionRow(row, days_of(row), kinds.resolve(row.rows)(now=now).count() if now and row.rows else None)
        for row in sorted(kinds.retentions.values(), key=lambda row: (row.model, row.key))
    ]


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of one sort that tell of a person; `{% coded %}` reads the pairs. days None: kept with the records."""

    what_zh: str
    what_en: str
    basis_zh: str
    basis_en: str
    after_zh: str
    after_en: str
    days: int | None
    count: int


def holdings(people: Collection[UUID]) -> list[Holding]:
    """What the tables hold about these people beside who they are, by the retention table. One statement per row that
    names an owner.

    Arguments:
        people: primary keys of accounts.Person.
    """
    found = []
    for row in kinds.retentions.values():
        if row.owner:
            rows = apps.get_model(row.model)._default_manager.filter(**{f"{row.owner}__in": people})
            found.append(Holding(*row.what, *row.basis, *row.after, days_of(row), rows.count()))
    return [holding for holding in found if holding.count]


def held(subject_kind: str) -> "QuerySet[LegalHold, str]":
    """Ids under a legal hold, as text; for the exclusion in a retention handler."""
    return LegalHold.objects.filter(subject_kind=subject_kind, released_at=None).values_list("subject_id", flat=True)


def retention_days(key: str) -> timedelta:
    """The length of one row of the table, for its own query.

    Raises:
        KeyError: there is no such row; ValueError: it is kept.
    """
    days = days_of(kinds.retentions[key])
    if days is None:
        raise ValueError(f"{key} is kept")
    return timedelta(days=days)


def old_incidents(*, now: datetime) -> QuerySet[Incident]:
    """Settled incidents that are due."""
    return Incident.objects.filter(settled_at__lt=now - retention_days("ledger.incident")).order_by("pk")


def old_sheets(*, now: datetime) -> QuerySet[ImportRun]:
    """Imports whose file is still kept and that were not taken over in time; one being written waits."""
    before = now - retention_days("ledger.importrun")
    old = ImportRun.objects.filter(erased_at=None, created_at__lt=before)
    return old.exclude(state=ImportRun.State.COMMITTING).order_by("created_at", "pk")


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A legal hold."""

    id: int
    subject_kind: str
    subject_id: str
    reason: str
    placed_by: str
    placed_at: datetime


def open_holds() -> list[HoldRow]:
    """Holds that are in force, newest first."""
    rows = LegalHold.objects.filter(released_at=None).order_by("-pk")[:200]
    return [HoldRow(h.pk, h.subject_kind, h.subject_id, h.reason, h.placed_by, h.placed_at) for h in rows]


@dataclass(frozen=True, slots=True)
class LookRow:
    """Somebody saw personal data in clear."""

    at: datetime
    actor_kind: str
    actor_id: str
    department_id: int | None
    fields: tuple[str, ...]
    purpose: str
    case_id: int | None


def who_looked(subject_kind: str, subject_ids: Sequence[str], *, limit: int = 200) -> list[LookRow]:
    """Entries of the access log about these subjects, newest first; the caller answers for whose they are."""
    rows = AccessEntry.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids)).order_by("-at")
    return [
        LookRow(e.at, e.actor_kind, e.actor_id, e.actor_department, tuple(e.fields), e.purpose, e.case_id)
        for e in rows[:limit]
    ]
