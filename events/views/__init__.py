"""Residents' pages; `desk` and `field` beside them."""

from events.views.place import area, areas, released_photo
from events.views.report import report, report_addresses
from events.views.tracking import rate, reopen

__all__ = [
    "area",
    "areas",
    "rate",
    "released_photo",
    "reopen",
    "report",
    "report_addresses",
]
