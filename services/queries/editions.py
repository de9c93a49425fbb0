"""The catalogue by edition: for the screens that show what a draft changes."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from services.models import Item

FORM_COLUMNS = (
    "name_zh", "name_en", "who_zh", "who_en", "accept_days", "promised_days", "statutory_days", "supplement_days",
    "fee", "fee_basis_zh", "fee_basis_en", "words",
)  # fmt: skip


def item_rows(edition_id: int) -> dict[str, dict[str, str]]:
    """Items of an edition in the reader's language, by code (ledger.kinds.register_edition)."""
    rows = Item.objects.filter(edition=edition_id).select_related("accepting", "issuing").order_by("code")
    return {item.code: _row(item) for item in rows}


def _row(item: Item) -> dict[str, str]:
    suffix = "zh" if (get_language() or "zh").startswith("zh") else "en"

    def said(row: Any, attribute: str) -> str:
        return str(getattr(row, f"{attribute}_{suffix}"))

    reviews = {
        "simple": _("decided without a review"),
        "serial": _("one department after the other"),
        "parallel": _("two departments side by side"),
    }
    return {
        "name": said(item, "name"),
        "who": said(item, "who"),
        "accept_days": str(item.accept_days),
        "promised_days": str(item.promised_days),
        "statutory_days": str(item.statutory_days),
        "supplement_days": str(item.supplement_days),
        "fee": str(item.fee),
        "review": reviews[item.review],
        "accepting": said(item.accepting, "name"),
        "issuing": said(item.issuing, "name"),
        "form": ", ".join(str(field[f"label_{suffix}"]) for field in item.form),
        "materials": ", ".join(str(paper[f"name_{suffix}"]) for paper in item.materials),
    }


def item_faults(edition_id: int) -> list[str]:
    """Why a draft cannot be approved."""
    if not Item.objects.filter(edition=edition_id).exists():
        return [_("The catalogue would be empty.")]
    return []


def item_values(edition_id: int, code: str) -> dict[str, Any] | None:
    """Columns of an item for its form; None if there is none."""
    found: dict[str, Any] | None = Item.objects.filter(edition=edition_id, code=code).values(*FORM_COLUMNS).first()
    return found
