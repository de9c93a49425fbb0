"""Words of a change over several villages: codes become labels, counts and links."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from grids.queries.change_sets import SetRow, VillageState
from grids.views import zoning_words as words


def set_labels(rows: Sequence[SetRow]) -> list[dict[str, Any]]:
    """Rows of the list with the words of their stage."""
    return [
        {
            "set": row,
            "stage": words.STAGES[row.stage][0],
            "level": words.STAGES[row.stage][1],
            "begun_by": words.text(row.begun_zh, row.begun_en),
        }
        for row in rows
    ]


def village_lines(villages: Sequence[VillageState]) -> list[dict[str, Any]]:
    """Each village: what was changed in it and what the check still wants."""
    return [
        {
            "name": words.text(one.state.row.division_zh, one.state.row.division_en),
            "draft": one.state.row.id,
            "changes": len(one.state.changes()),
            **_verdict(one),
        }
        for one in villages
    ]


def _verdict(one: VillageState) -> dict[str, str]:
    page = one.page
    if page is None:
        return {"level": "", "verdict": _("unchanged")}
    if page.moved:
        return {"level": "soon", "verdict": _("others have changed it meanwhile")}
    if page.defects or page.errors:
        return {
            "level": "late",
            "verdict": _("places that do not fit: %(n)s") % {"n": len(page.defects) + len(page.errors)},
        }
    if page.unexplained:
        return {"level": "soon", "verdict": _("warnings without a reason: %(n)s") % {"n": page.unexplained}}
    return {"level": "ok", "verdict": _("fits")}


def is_ready(villages: Sequence[VillageState]) -> bool:
    """Whether every changed draft may be handed in, and at least one was changed."""
    pages = [one.page for one in villages if one.page is not None]
    return bool(pages) and not any(p.moved or p.defects or p.errors or p.unexplained for p in pages)


def changed_lines(villages: Sequence[VillageState]) -> list[dict[str, Any]]:
    """Every grid the change touches, before and after, over all villages."""
    return [
        {
            "line": line,
            "name": words.text(line.name_zh, line.name_en),
            "what": words.CHANGES[line.what],
            "draft": one.state.row.id,
        }
        for one in villages
        if one.page is not None
        for line in one.page.changed
    ]


def set_shapes(villages: Sequence[VillageState]) -> dict[str, Any]:
    """The shapes of all villages for one map; a click leads to the draft of the village."""
    found: dict[str, Any] = {name: [] for name in ("outlines", "parts", "base", "theirs", "defects")}
    for one in villages:
        shapes = words.map_shapes(one.state, one.page) if one.page is not None else words.plain_shapes(one.state)
        href = reverse("grids_zoning_draft", args=[one.state.row.id])
        for name, rows in shapes.items():
            found[name] += [_linked(row, href) if name in ("parts", "base") else row for row in rows]
    return found


def _linked(row: dict[str, Any], href: str) -> dict[str, Any]:
    """With the way to its draft; a map of many villages has room for the names of changed grids only."""
    return {**row, "href": href, "name": row["name"] if row["what"] else ""}
