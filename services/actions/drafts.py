"""Drafts: what a resident has begun, sealed, his alone; the retention table forgets them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from cases.engine import NotPermitted
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.sealed import plain
from services.models import Draft


@transaction.atomic(durable=True)
def save_draft(
    *, actor: Actor, item_id: int, answers: Mapping[str, Any], materials: Mapping[str, Sequence[UUID]]
) -> Draft:
    """Keep what was typed so far, as it is; nothing is checked before it is sent.

    Raises:
        NotPermitted: only residents have drafts.
    """
    if actor.kind is not ActorKind.RESIDENT:
        raise NotPermitted
    text = json.dumps(dict(answers), ensure_ascii=False)
    files = {key: [str(one) for one in ids] for key, ids in materials.items()}
    # a form that is sent twice at once keeps one draft: what does not exist yet cannot be locked, its person can
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.id)
    draft = Draft.objects.select_for_update().filter(person_id=actor.id, item=item_id).first()
    draft = draft or Draft(id=uuid7(), person_id=UUID(actor.id), item_id=item_id)
    draft.content, draft.files, draft.updated_at = plain(text), files, app_now()
    draft.save()
    return draft


def own_draft(*, actor: Actor, item_id: int) -> dict[str, Any]:
    """What the resident typed himself, for his own form; {} if there is no draft. Nobody else can ask for it."""
    if actor.kind is not ActorKind.RESIDENT:
        return {}
    draft = Draft.objects.filter(person_id=actor.id, item=item_id).first()
    if draft is None or draft.content.empty:
        return {}
    answers: dict[str, Any] = json.loads(draft.content._open())
    return answers


@transaction.atomic(durable=True)
def drop_draft(*, actor: Actor, item_id: int) -> int:
    """Throw a draft away."""
    if actor.kind is not ActorKind.RESIDENT:
        return 0
    return Draft.objects.filter(person_id=actor.id, item=item_id).delete()[0]
