"""Residents' pages; `desk` and `field` beside them."""

from events.views.place import area, areas, released_photo
from events.views.report import report, report_addresses
from events.views.tracking import find, rate, reopen, reply, track, track_photo

__all__ = [
    "area",
    "areas",
    "find",
    "rate",
    "released_photo",
    "reopen",
    "reply",
    "report",
    "report_addresses",
    "track",
    "track_photo",
]
