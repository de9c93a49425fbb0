"""Content of an edition of the catalogue; its way to being in force is ledger's (`move_edition`)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ledger.actions import change_edition, draft_edition
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Edition
from services.models import Item
from services.queries import CATALOGUE, catalogue_edition

COPIED = tuple(field.attname for field in Item._meta.concrete_fields if field.attname not in ("id", "edition_id"))
CHANGED = (
    "name_zh", "name_en", "who_zh", "who_en", "accept_days", "promised_days", "statutory_days", "supplement_days",
    "fee", "fee_basis_zh", "fee_basis_en", "words",
)  # fmt: skip


@transaction.atomic(durable=True)
def draft_catalogue(*, title: str, actor: Actor) -> Edition:
    """Begin a new edition as a copy of the one in force.

    Raises:
        PermissionDenied: without the right "rules.draft".
    """
    now = app_now()
    edition = draft_edition(kind=CATALOGUE, title=title, actor=actor, now=now)
    rows = Item.objects.filter(edition=catalogue_edition(now)).values(*COPIED)
    Item.objects.bulk_create(Item(edition=edition, **row) for row in rows)
    return edition


@transaction.atomic(durable=True)
def save_item(*, edition_id: int, code: str, values: Mapping[str, Any], actor: Actor) -> Item:
    """Change an item of a draft: names, conditions, limits, fee. Form, papers and licence come from the city folder.

    Arguments:
        values: columns of CHANGED.

    Raises:
        ValidationError: the promise is longer than the law allows, or acceptance takes more than 5 working days.
    """
    edition = change_edition(edition_id=edition_id, kind=CATALOGUE, actor=actor)
    item = Item.objects.get(edition=edition, code=code)
    for name in CHANGED:
        if name in values:
            setattr(item, name, values[name])
    if item.promised_days > item.statutory_days:
        raise ValidationError({"promised_days": _("The promise cannot be longer than the statutory limit.")})
    if item.accept_days > 5:
        raise ValidationError({"accept_days": _("The law allows at most 5 working days.")})
    item.save()
    return item
