"""The only writer of incidents: one durable transaction each, except what the ledger and the engine call in theirs."""

from events.actions.blind_spots import find_blind_spots, look_every_night
from events.actions.catalogue import export_categories, load_categories
from events.actions.category_drafts import draft_categories, remove_category, save_category
from events.actions.filing import automatic_facts, close_report, file_report, force_close, refuse_report
from events.actions.onsite import check_on_site, decide_delay, dispatch_report, finish_handling, verify_on_site
from events.actions.reporter import add_announced_photos, rate_report, release_text, reopen_report
from events.actions.reporting import Contact, Incident, Receipt, report_incident

__all__ = [
    "Contact",
    "Incident",
    "Receipt",
    "add_announced_photos",
    "automatic_facts",
    "check_on_site",
    "close_report",
    "decide_delay",
    "dispatch_report",
    "draft_categories",
    "export_categories",
    "file_report",
    "find_blind_spots",
    "finish_handling",
    "force_close",
    "load_categories",
    "look_every_night",
    "rate_report",
    "refuse_report",
    "release_text",
    "remove_category",
    "reopen_report",
    "report_incident",
    "save_category",
    "verify_on_site",
]
