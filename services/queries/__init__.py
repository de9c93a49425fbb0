"""Reads of the services, scoped to the viewer, personal data masked."""

from services.queries.catalogue import (
    CATALOGUE,
    ItemRow,
    accepting_body,
    catalogue_edition,
    catalogue_public,
    category_names,
    deadline,
    item_by_code,
    item_by_id,
    search_items,
)
from services.queries.detail import MatterDetail, facts, matter_detail
from services.queries.drafts import DraftRow, draft_of, old_drafts
from services.queries.licences import (
    CheckRow,
    LicenceCard,
    LicenceRow,
    licence_card,
    licence_context,
    licence_of_case,
    licence_rows,
    my_licences,
)
from services.queries.matters import (
    Holding,
    MatterPublic,
    MatterRow,
    MatterView,
    matter_public,
    my_matter,
    my_matters,
)

__all__ = [
    "CATALOGUE",
    "CheckRow",
    "DraftRow",
    "Holding",
    "ItemRow",
    "LicenceCard",
    "LicenceRow",
    "MatterDetail",
    "MatterPublic",
    "MatterRow",
    "MatterView",
    "accepting_body",
    "catalogue_edition",
    "catalogue_public",
    "category_names",
    "deadline",
    "draft_of",
    "facts",
    "item_by_code",
    "item_by_id",
    "licence_card",
    "licence_context",
    "licence_of_case",
    "licence_rows",
    "matter_detail",
    "matter_public",
    "my_licences",
    "my_matter",
    "my_matters",
    "old_drafts",
    "search_items",
]
