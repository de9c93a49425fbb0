"""Editions of the catalogue in words, and what one row of a draft holds."""

from typing import Any

from django.utils.translation import gettext as _

from cases.queries.words import in_language, limit_words
from events.models import Category, CategorySystem, FilingCondition


def category_rows(edition_id: int) -> dict[str, dict[str, str]]:
    """Content of an edition in the reader's language; see ledger.kinds.register_edition. Two statements."""
    conditions: dict[int, list[FilingCondition]] = {}
    for condition in FilingCondition.objects.filter(category__edition=edition_id).order_by("category_id", "number"):
        conditions.setdefault(condition.category_id, []).append(condition)
    rows = Category.objects.filter(edition=edition_id).select_related("system").order_by("pk")
    return {row.key: _row(row, conditions.get(row.pk, [])) for row in rows}


def _row(row: Category, conditions: list[FilingCondition]) -> dict[str, str]:
    return {
        "name": in_language(row.name_zh, row.name_en),
        "other_name": row.name_en if in_language("zh", "en") == "zh" else row.name_zh,
        "major": in_language(row.major_zh, row.major_en),
        "system": row.system.code,
        "active": _("offered") if row.active else _("no longer offered"),
        "public": _("residents and staff") if row.public else _("staff only"),
        "words": row.words,
        "conditions": "\n".join(f"{c.number}. {in_language(c.text_zh, c.text_en)}" for c in conditions),
        "limits": "\n".join(f"{c.number}. {limit_words(c.unit, c.budget)}" for c in conditions),
        "closing": "\n".join(f"{c.number}. {in_language(c.closing_zh, c.closing_en)}" for c in conditions),
    }


def category_faults(edition_id: int) -> list[str]:
    """Why an edition of the catalogue cannot be approved: empty, or a category that could never be filed."""
    rows = Category.objects.filter(edition=edition_id)
    if not rows.exists():
        return [_("There is no category in it: nothing could be reported.")]
    bare = rows.filter(conditions=None).order_by("key").values_list("key", flat=True)
    return [_("%(key)s has no filing condition: it could never be filed.") % {"key": key} for key in bare]


def category_draft(edition_id: int, key: str) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Values of a row and of its conditions for the editor; None if there is no such row."""
    row = Category.objects.filter(edition=edition_id, key=key).select_related("system").first()
    if row is None:
        return None
    names = (
        "type", "major", "minor", "name_zh", "name_en", "major_zh", "major_en", "words", "initials", "public", "active",
    )  # fmt: skip
    values = {**{name: getattr(row, name) for name in names}, "system": row.system.code}
    columns = ("text_zh", "text_en", "closing_zh", "closing_en", "unit", "budget")
    return values, list(row.conditions.order_by("number").values(*columns))


def category_systems() -> list[tuple[str, str]]:
    """Code systems by code, with their name where they have one."""
    rows = CategorySystem.objects.order_by("code")
    names = [(row.code, in_language(row.name_zh, row.name_en)) for row in rows]
    return [(code, code if name == code else f"{code} {name}") for code, name in names]
