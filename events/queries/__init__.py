"""Reads of incidents, scoped to the viewer; personal data masked."""

from events.queries.catalogue import (
    Catalogue,
    CategoryRow,
    ConditionRow,
    catalogue,
    categories_by_major,
    category,
    category_by_id,
    category_names,
    forget_catalogue,
    search_categories,
)
from events.queries.category_drafts import category_draft, category_faults, category_rows, category_systems
from events.queries.detail import ContactView, RatingRow, ReportDetail, SimilarCase, report_detail, similar_cases
from events.queries.facts import deadline, facts, on_site
from events.queries.field import TaskRow, my_tasks
from events.queries.frequent import frequent_categories
from events.queries.place import PlacePage, PublicReport, Share, Window, place_figures, place_page, recent_reports
from events.queries.tracking import track_facts, tracking_of_number, was_reported

__all__ = [
    "Catalogue",
    "CategoryRow",
    "ConditionRow",
    "ContactView",
    "PlacePage",
    "PublicReport",
    "RatingRow",
    "ReportDetail",
    "Share",
    "SimilarCase",
    "TaskRow",
    "Window",
    "catalogue",
    "categories_by_major",
    "category",
    "category_by_id",
    "category_draft",
    "category_faults",
    "category_names",
    "category_rows",
    "category_systems",
    "deadline",
    "facts",
    "forget_catalogue",
    "frequent_categories",
    "my_tasks",
    "on_site",
    "place_figures",
    "place_page",
    "recent_reports",
    "report_detail",
    "search_categories",
    "similar_cases",
    "track_facts",
    "tracking_of_number",
    "was_reported",
]
