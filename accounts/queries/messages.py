"""Notices of the reader, and what the stand-in would have sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.access import visible_to
from accounts.models import Notice, StandInMessage
from ledger.actors import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice before its text is made; `data["url"]` is where it leads."""

    id: int
    kind: str
    data: dict[str, Any]
    at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message the stand-in kept; recipient masked."""

    channel: str
    recipient: str
    body: str
    at: datetime


def notices(actor: Actor, *, before: int | None = None) -> tuple[list[NoticeRow], str]:
    """The actor's notices, newest first, and the key of the next page ("" at the end)."""
    rows = visible_to(actor, Notice.objects.order_by("-pk"))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = [NoticeRow(row.pk, row.kind, row.data, row.created_at, row.read_at is None) for row in rows[: PAGE + 1]]
    return found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else ""


def outbox(limit: int = 100) -> list[OutboxRow]:
    """What the stand-in kept, newest first."""
    rows = StandInMessage.objects.order_by("-pk")[:limit]
    return [OutboxRow(row.channel, row.recipient, row.body, row.at) for row in rows]
