"""Words and pictures of proposals: scores as sentences, alternatives as drawings to scale."""

from collections.abc import Sequence
from math import cos, radians
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.queries.drafts import DraftState
from grids.queries.proposals import ProposalRow
from grids.rules.coverage import closed_degrees
from grids.views.zoning_words import text

WIDTH = 360.0  # units of a drawing; its height follows the village
NAMES = {
    "balance": (gettext_lazy("Even load"), gettext_lazy("as many households in every grid as possible")),
    "compact": (gettext_lazy("Compact"), gettext_lazy("short borders and short ways, within the allowed deviation")),
    "barriers": (
        gettext_lazy("Along barriers"),
        gettext_lazy("borders on roads, rivers and walls where there are any"),
    ),
    "keep": (gettext_lazy("Little change"), gettext_lazy("today’s grids wherever they are good")),
}
STATES = {
    "waiting": gettext_lazy("waiting"),
    "running": gettext_lazy("being computed"),
    "done": gettext_lazy("computed"),
    "cancelled": gettext_lazy("stopped"),
    "failed": gettext_lazy("not computed"),
}
FAULTS = {
    "time": gettext_lazy("It took too long. Draw in fewer villages at once."),
    "memory": gettext_lazy("It needs too much memory. Draw in fewer villages at once."),
    "stopped": gettext_lazy("Stopped by somebody."),
    "ring_crosses": gettext_lazy("A grid of the draft crosses itself; mend it first."),
    "building_outside": gettext_lazy("A house lies outside of the village; mend the address list or the outline."),
}
REASONS = {
    "component_too_small": gettext_lazy("too few households between the barriers: %(bound)s"),
    "component_no_multiple": gettext_lazy("the households between the barriers give %(bound)s a grid"),
    "one_building": gettext_lazy("one building alone has %(bound)s households"),
    "heavy_building": gettext_lazy("a single building with %(bound)s households cannot be divided"),
    "component_enclosed": gettext_lazy("an enclosed piece, joined to its neighbour across a barrier (%(bound)s)"),
    "not_reached": gettext_lazy("not reached: %(bound)s households"),
}


def proposal_lines(rows: Sequence[ProposalRow]) -> list[dict[str, Any]]:
    """Each proposal with its settings and state in words."""
    return [
        {
            "proposal": row,
            "by": text(row.by_zh, row.by_en),
            "state": STATES.get(row.state, row.state),
            "fault": FAULTS.get(row.fault, _("The compiler gave no answer (%(code)s).") % {"code": row.fault})
            if row.fault
            else "",
            "tolerance": round(row.settings["tolerance"] * 100),
            "keep": round(row.settings["keep"] * 100),
        }
        for row in rows
    ]


def _name(alternative: dict[str, Any]) -> tuple[Any, Any]:
    return NAMES.get(alternative["name"], (alternative["name"], ""))


def village_proposals(newest: Sequence[tuple[DraftState, ProposalRow | None]]) -> list[dict[str, Any]]:
    """Each village of a change with its newest proposal and a cell for each kind of alternative."""
    names = _kinds([proposal for _state, proposal in newest if proposal is not None])
    lines = []
    for state, proposal in newest:
        scores = {one["name"]: one["scores"] for one in proposal.alternatives} if proposal is not None else {}
        said = proposal_lines([proposal])[0] if proposal is not None else {"state": _("not asked for"), "fault": ""}
        cells = [
            {"label": NAMES[name][0], "text": _figures([scores[name]] if name in scores else [])} for name in names
        ]
        name = text(state.row.division_zh, state.row.division_en)
        lines.append({**said, "name": name, "draft": state.row.id, "proposal": proposal, "cells": cells})
    return lines


def totals(proposals: Sequence[ProposalRow]) -> list[dict[str, Any]]:
    """Each kind of alternative over all villages."""
    found = {name: [] for name in _kinds(proposals)}  # type: dict[str, list[dict[str, Any]]]
    for one in (one for proposal in proposals for one in proposal.alternatives if one["name"] in found):
        found[one["name"]].append(one["scores"])
    return [{"name": name, "label": NAMES[name][0], "text": _figures(scores)} for name, scores in found.items()]


def _kinds(proposals: Sequence[ProposalRow]) -> list[str]:
    held = {one["name"] for proposal in proposals for one in proposal.alternatives}
    return [name for name in NAMES if name in held]


def _figures(scores: Sequence[dict[str, Any]]) -> str:
    """Number of grids and the largest deviation."""
    if not scores:
        return "–"
    worst = max((one["worst"] for one in scores if one.get("worst") is not None), default=0)
    return f"{sum(one['parts'] for one in scores)} · {round(worst * 100)} %"


def alternative_cards(row: ProposalRow, state: DraftState) -> list[dict[str, Any]]:
    """Each alternative: name, drawing, grids with their households, and those beyond the allowed deviation."""
    outline = closed_degrees(state.outline)
    target, tolerance = row.settings["target"], row.settings["tolerance"]
    kept = [closed_degrees(part.ring) for part in state.parts.values() if part.type != "base"]
    return [
        {
            "number": number,
            "name": _name(alternative)[0],
            "about": _name(alternative)[1],
            "drawing": _drawing(outline, alternative["parts"], kept, target, tolerance),
            "parts": [_part(part, state, target, tolerance) for part in alternative["parts"]],
            "outside": [
                {
                    "grid": found["part"] + 1,
                    "why": REASONS.get(found["reason"], "%(bound)s") % {"bound": round(found["bound"])},
                }
                for found in alternative["outside"]
            ],
        }
        for number, alternative in enumerate(row.alternatives)
    ]


def _part(part: dict[str, Any], state: DraftState, target: float, tolerance: float) -> dict[str, Any]:
    known = state.parts.get(part["of"] or "")
    return {
        "households": part["households"],
        "buildings": part["buildings"],
        "level": _level(part["weight"], target, tolerance),
        "goes_on": text(known.name_zh, known.name_en) if known else "",
    }


def _level(weight: float, target: float, tolerance: float) -> str:
    stray = weight / target - 1
    return "few" if stray < -tolerance - 1e-9 else "many" if stray > tolerance + 1e-9 else ""


def _drawing(
    outline: Sequence[Sequence[float]], parts: Sequence[dict[str, Any]], kept: Any, target: float, tolerance: float
) -> dict[str, Any]:
    """Rings as points of an SVG, north up, equal scale in both directions."""
    west, east = min(x for x, _y in outline), max(x for x, _y in outline)
    south, north = min(y for _x, y in outline), max(y for _x, y in outline)
    shrink = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * shrink, 1e-9)

    def points(ring: Any) -> str:
        return " ".join(f"{(x - west) * shrink * scale:.1f},{(north - y) * scale:.1f}" for x, y in ring)

    def middle(ring: Any) -> tuple[str, str]:
        inner = ring[:-1]
        x, y = sum(p[0] for p in inner) / len(inner), sum(p[1] for p in inner) / len(inner)
        return f"{(x - west) * shrink * scale:.1f}", f"{(north - y) * scale:.1f}"

    return {
        "height": round((north - south) * scale),
        "outline": points(outline),
        "kept": [points(ring) for ring in kept],
        "parts": [
            {
                "points": points(part["ring"]),
                "at": middle(part["ring"]),
                "level": _level(part["weight"], target, tolerance),
                "households": part["households"],
            }
            for part in parts
        ],
    }


def score_table(row: ProposalRow) -> dict[str, Any]:
    """The scores of all alternatives, one line a measure."""
    found = [alternative["scores"] for alternative in row.alternatives]

    def percent(name: str) -> list[str]:
        return ["–" if one.get(name) is None else f"{round(one[name] * 100)} %" for one in found]

    lines = [
        (_("Grids"), [str(one["parts"]) for one in found]),
        (_("Grids within the allowed deviation"), percent("within")),
        (_("of those where it is possible at all"), percent("within_allowed")),
        (_("Largest deviation from the target"), percent("worst")),
        (_("Spread of households (standard deviation by mean)"), percent("spread")),
        (_("Compactness (1 is a circle)"), [f"{one['compactness']:.2f}" for one in found]),
        (_("Dividing barriers inside a grid, metres"), [str(round(one["barriers_crossed"])) for one in found]),
        (_("Borders that lie on barriers"), percent("on_barriers")),
        (_("Households that stay in their grid"), percent("kept")),
    ]
    return {"names": [_name(alternative)[0] for alternative in row.alternatives], "lines": lines}
