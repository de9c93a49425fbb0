"""Words of what the check of a draft finds beside geometry, and of what others have changed under it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.queries.draft_page import DraftPage
from grids.queries.findings import Finding
from grids.views.zoning_words import CHANGES, Line, text

FINDINGS = {
    "code": gettext_lazy("Wrongly composed code"),
    "taken": gettext_lazy("Code given to another grid"),
    "carry": gettext_lazy("Grids cannot follow"),
    "sliver": gettext_lazy("Sliver"),
    "building": gettext_lazy("Border through buildings"),
    "few": gettext_lazy("Too few households"),
    "many": gettext_lazy("Too many households"),
    "vacant": gettext_lazy("Without a worker"),
}
MENDING = {
    "code": gettext_lazy("A code is that of the village and a number; end the grid and draw it anew."),
    "taken": gettext_lazy("End the grid and draw it anew; it gets the next free code."),
    "carry": gettext_lazy("A grid would fall apart or close around another there; move the border of the villages."),
    "sliver": gettext_lazy("Merge it with a neighbour, or move the shared border."),
    "building": gettext_lazy("Move the border beside the building: people of one door belong to one grid."),
    "few": gettext_lazy("A base grid has 300 to 500: merge it, move the border, or make it a special grid."),
    "many": gettext_lazy("A base grid has 300 to 500: split it, or move the shared border."),
    "vacant": gettext_lazy("Name a worker in the roster from the first day on."),
}


def finding_lines(page: DraftPage) -> list[Line]:
    """What the check finds beside geometry: what, how much, where, how to mend it, and why it is accepted."""
    return [
        Line(
            label=FINDINGS[row.kind],
            words=_figure(row),
            detail=_names_of(page, row.code),
            place=f"{row.lon:.7f},{row.lat:.7f}",
            level="late" if row.is_error else "ok" if row.reason else "soon",
            key=f"{row.kind}:{row.code}",
            data={
                "mending": MENDING[row.kind],
                "reason": row.reason,
                "by": text(row.reason.by_zh, row.reason.by_en) if row.reason else "",
            },
        )
        for row in page.findings
    ]


def moved_lines(page: DraftPage) -> list[dict[str, Any]]:
    """What others have changed meanwhile, with names and words."""
    return [
        {
            "moved": row,
            "code": row.code,
            "name": text(row.name_zh, row.name_en),
            "what": CHANGES[row.what],
            "by": text(row.by_zh, row.by_en),
        }
        for row in page.moved
    ]


def _figure(row: Finding) -> str:
    if row.kind in ("few", "many", "building"):
        return str(row.figure)
    return _("%(metres)s m wide") % {"metres": row.figure} if row.kind == "sliver" else row.detail


def _names_of(page: DraftPage, code: str) -> str:
    part = page.names.get(code)
    return text(part.name_zh, part.name_en) if part else code
