"""Drafts of the catalogue of categories: copied from what is in force, written row by row, approved by another."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from events.models import Category, CategorySystem, FilingCondition
from events.queries.catalogue import KIND
from ledger.actions import change_edition, draft_edition
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Edition
from ledger.queries import edition_in_force

COPIED = (
    "system_id", "type", "major", "minor", "key", "name_zh", "name_en", "major_zh", "major_en", "words", "initials",
    "public", "active",
)  # fmt: skip
CONDITION = ("number", "text_zh", "text_en", "closing_zh", "closing_en", "unit", "budget")
OF_MAJOR = ("major_zh", "major_en")
WRITTEN = ("name_zh", "name_en", *OF_MAJOR, "words", "initials", "public", "active")


@transaction.atomic(durable=True)
def draft_categories(*, title: str, actor: Actor) -> Edition:
    """Begin a new edition of the catalogue as a copy of the one in force.

    Raises:
        PermissionDenied: without the right "rules.draft".
    """
    now = app_now()
    edition = draft_edition(kind=KIND, title=title, actor=actor, now=now)
    current = edition_in_force(KIND, now)
    if current is not None:
        _copy(current, edition)
    return edition


def _copy(old: Edition, new: Edition) -> None:
    rows = list(Category.objects.filter(edition=old).order_by("pk"))
    copies = Category.objects.bulk_create(
        Category(edition=new, **{name: getattr(row, name) for name in COPIED}) for row in rows
    )
    twin = {row.pk: copy for row, copy in zip(rows, copies, strict=True)}
    conditions = FilingCondition.objects.filter(category__edition=old).order_by("category_id", "number")
    FilingCondition.objects.bulk_create(
        FilingCondition(category=twin[row.category_id], **{name: getattr(row, name) for name in CONDITION})
        for row in conditions
    )


@transaction.atomic(durable=True)
def save_category(
    *,
    edition_id: int,
    key: str,
    values: Mapping[str, Any],
    conditions: Sequence[Mapping[str, Any]],
    actor: Actor,
) -> Category:
    """Write one category of a draft with its filing conditions. The name of its major class is that of the whole class.

    Arguments:
        key: of the row, "" for a new one.
        values: columns of WRITTEN; a new row also system (code), type, major and minor.
        conditions: columns of CONDITION but the number, in order; `budget` is in `unit`.

    Raises:
        ValidationError: no condition, a code that is taken, not a draft.
    """
    edition = change_edition(edition_id=edition_id, kind=KIND, actor=actor)
    row = Category.objects.get(edition=edition, key=key) if key else _new(edition, values)
    if not conditions:
        raise ValidationError(_("It needs at least one filing condition, or it could never be filed."))
    for name in WRITTEN:
        setattr(row, name, values[name])
    row.full_clean()
    row.save()
    whole = Category.objects.filter(edition=edition, type=row.type, major=row.major)
    whole.update(**{name: values[name] for name in OF_MAJOR})
    row.conditions.all().delete()
    FilingCondition.objects.bulk_create(
        FilingCondition(category=row, number=place, **condition) for place, condition in enumerate(conditions, 1)
    )
    return row


def _new(edition: Edition, values: Mapping[str, Any]) -> Category:
    code = values["system"]
    system, _made = CategorySystem.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code})
    place = {name: values[name] for name in ("type", "major", "minor")}
    key = "{type}/{major}/{major}{minor}".format(**place)
    if Category.objects.filter(edition=edition, key=key).exists():
        raise ValidationError({"minor": _("%(key)s is there already.") % {"key": key}})
    return Category(edition=edition, system=system, key=key, **place)


@transaction.atomic(durable=True)
def remove_category(*, edition_id: int, key: str, actor: Actor) -> None:
    """Take a category out of a draft. Cases keep the edition they were reported under."""
    edition = change_edition(edition_id=edition_id, kind=KIND, actor=actor)
    rows = Category.objects.filter(edition=edition, key=key)
    FilingCondition.objects.filter(category__in=rows).delete()
    rows.delete()
