"""Unit of work of one move: locked rows in memory, every effect collected, written at the end in few statements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, models, transaction

from cases import kinds
from cases.engine.writing import Change, update_all, write_all
from cases.models import Assignment, Attachment, Case, Clock, HistoryEntry
from cases.workflow import Workflow
from ledger.actors import Actor
from ledger.promises import promise_all, promised, statement

Row = TypeVar("Row", bound=models.Model)
CASE_FIELDS = (
    "state", "closed", "closed_at", "department_id", "reworks", "returns", "urges", "due_at", "soon_at", "paused",
    "overdue_at", "exempt", "supervised", "urgent", "outcome", "version", "history_count",
)  # fmt: skip
PLACE_FIELDS = ("grid_id", "management_grid_id", "path", "history_count")
ASSIGNMENT_FIELDS = (
    "open", "holder_id", "department_id", "needs_role", "version", "outcome", "result", "claimed_at", "closed_at",
    "due_at", "soon_at", "returned", "seen_at",
)  # fmt: skip
CLOCK_FIELDS = ("due_at", "soon_at", "stopped_at", "pauses", "budget", "warned_level")


@dataclass
class Move:
    """What one transaction does to one case. Only `cases.engine` makes one; `flush` writes it."""

    case: Case
    actor: Actor
    now: datetime
    open: list[Assignment] = field(default_factory=list)  # open assignments, by id
    clocks: list[Clock] = field(default_factory=list)  # running and paused clocks
    data: Mapping[str, Any] = field(default_factory=dict)
    history: list[HistoryEntry] = field(default_factory=list)
    opened: list[Assignment] = field(default_factory=list)
    closed: list[Assignment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    promises: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    notify: bool = False
    route: bool = False
    rule_id: int | None = None  # the routing rule that moves the case
    _touched: dict[int, models.Model] = field(default_factory=dict)

    @property
    def table(self) -> Workflow:
        return kinds.workflow(self.case.kind)

    def touch(self, row: models.Model) -> None:
        """Remember that a row changed and is to be written."""
        self._touched[id(row)] = row

    def record(
        self,
        name: str,
        *,
        from_state: str = "",
        assignment: Assignment | None = None,
        note: str = "",
        data: Mapping[str, Any] | None = None,
        public: bool = False,
    ) -> HistoryEntry:
        """Append to the history, gapless; the sequence is the case's own count, safe under the lock of the case."""
        self.case.history_count += 1
        entry = HistoryEntry(
            case=self.case,
            sequence=self.case.history_count,
            transition=name,
            from_state=from_state or self.case.state,
            to_state=self.case.state,
            assignment=assignment,
            actor_kind=str(self.actor.kind),
            actor_id=self.actor.id,
            actor_department=self.actor.department_id,
            actor_role=self.actor.role,
            note=note.strip(),
            data=dict(data or {}),
            public=public,
            at=self.now,
        )
        self.history.append(entry)
        return entry

    def promise(self, kind: str, key: str, **payload: Any) -> None:
        """Write a promise with the move; payload holds ids and codes only."""
        self.promises.append((kind, key, payload))

    def flush_new(self, own: Sequence[models.Model] = ()) -> None:
        """Write a case that is new, already carrying its final figures, with all that comes with it: one statement.

        Arguments:
            own: rows of the case's kind.
        """
        rows = [self.case, *self.opened, *self.clocks, *self.history, *self.attachments, *own]
        wanted = list(self.promises_to_write())
        also = [statement(kind, key=key, payload=payload, now=self.now) for kind, key, payload in wanted]
        for (kind, _key, _payload), promise_id in zip(wanted, write_all(rows, also=also), strict=True):
            promised(kind, promise_id)

    def flush(self) -> None:
        """Write everything this move did."""
        flush_all([self])

    def changed(self, model: type[Row]) -> list[Row]:
        """Stored rows of a table that changed."""
        return [row for row in self._touched.values() if isinstance(row, model) and row.pk is not None]

    def promises_to_write(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        if self.route:
            yield "cases.route", f"cases.route:{self.case.pk}", {"case": self.case.pk}
        yield from self.promises
        if self.notify and self.history:
            first, last = self.history[0].sequence, self.history[-1].sequence
            payload = {"case": self.case.pk, "first": first, "last": last}
            yield "cases.notify", f"cases.notify:{self.case.pk}:{first}", payload


def flush_all(moves: Sequence[Move]) -> None:
    """Write what several moves did, each kind of row in one statement. Order follows the foreign keys; the cases after
    what hangs on them, so that they carry the final figures, and the promises last.
    """
    if len(moves) == 1:
        _flush_one(moves[0])
        return
    everything = [row for move in moves for row in _fresh(move)]
    for model in (Assignment, Clock, HistoryEntry, Attachment):
        _insert_rows(model, everything)
    update_all([row for move in moves for row in move.changed(Assignment)], ASSIGNMENT_FIELDS)
    update_all([row for move in moves for row in move.changed(Clock)], CLOCK_FIELDS)
    update_all([move.case for move in moves], CASE_FIELDS)
    promise_all([wanted for move in moves for wanted in move.promises_to_write()], now=moves[0].now)


def flush_places(moves: Sequence[Move]) -> None:
    """Write where cases lie now, with the history of it: two statements. Nothing else of a case may have changed.

    A row of cases stands in many indexes: it is written once, and with four columns instead of all.
    """
    HistoryEntry.objects.bulk_create(entry for move in moves for entry in move.history)
    update_all([move.case for move in moves], PLACE_FIELDS)


def _flush_one(move: Move) -> None:
    """A single move is a single statement."""
    changes: list[Change] = [
        (move.changed(Assignment), ASSIGNMENT_FIELDS),
        (move.changed(Clock), CLOCK_FIELDS),
        ([move.case], CASE_FIELDS),
    ]
    wanted = list(move.promises_to_write())
    also = [statement(kind, key=key, payload=payload, now=move.now) for kind, key, payload in wanted]
    for (kind, _key, _payload), promise_id in zip(wanted, write_all(_fresh(move), changes, also), strict=True):
        promised(kind, promise_id)


def _insert_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    mine = [row for row in rows if isinstance(row, model)]
    if mine:
        model._default_manager.bulk_create(mine)


def _fresh(move: Move) -> list[models.Model]:
    rows = [*move.opened, *move.clocks, *move.history, *move.attachments]
    return [row for row in rows if row.pk is None]


def assert_in_transaction() -> None:
    """The engine never opens a transaction: the action above it owns the whole of it.

    Raises:
        TransactionManagementError: called outside one.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("cases.engine works inside the transaction of an action")
