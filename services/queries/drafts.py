"""A person's own draft: when it was kept and which papers are in it; what was typed comes out through an action."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from ledger.actors import Actor, ActorKind
from ledger.queries import retention_days
from services.models import Draft


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft of the viewer; `files` by material."""

    id: UUID
    item_id: int
    files: dict[str, list[str]]
    updated_at: datetime


def draft_of(actor: Actor, item_id: int) -> DraftRow | None:
    """The resident's draft for an item; None for everybody else."""
    if actor.kind is not ActorKind.RESIDENT:
        return None
    found = Draft.objects.filter(person_id=actor.id, item=item_id).first()
    return DraftRow(found.pk, item_id, found.files, found.updated_at) if found is not None else None


def old_drafts(*, now: datetime) -> QuerySet[Draft]:
    """Drafts the retention table deletes."""
    return Draft.objects.filter(updated_at__lt=now - retention_days("services.draft")).order_by("pk")
