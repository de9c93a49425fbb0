"""Words and shapes of the zoning pages: codes of the drawers below become labels, places and links."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from grids.forms import EditForm
from grids.kinds import Consequence
from grids.queries.boundaries import KINDS, Defect
from grids.queries.changes import BoundaryChange
from grids.queries.draft_page import DraftPage
from grids.queries.drafts import DraftRow, DraftState, VillageRow, follower_rows
from grids.rules.codes import DIVISIONS
from grids.rules.coverage import closed_degrees, degrees_of
from ledger.actors import Actor

STAGES = {
    "drawing": (gettext_lazy("being drawn"), "act"),
    "submitted": (gettext_lazy("waiting for publication"), "soon"),
    "published": (gettext_lazy("published, not yet in force"), "act"),
    "in_force": (gettext_lazy("in force"), "ok"),
    "withdrawn": (gettext_lazy("withdrawn"), ""),
    "discarded": (gettext_lazy("discarded"), ""),
}
SCHEME_WORDS = {
    "service": gettext_lazy("service grids"),
    "management": gettext_lazy("unit grids"),
    DIVISIONS: gettext_lazy("villages and communities"),
}
OPERATIONS = {
    "begin": gettext_lazy("Begun"),
    "split": gettext_lazy("Split"),
    "merge": gettext_lazy("Merge"),
    "move": gettext_lazy("Vertex moved"),
    "remove": gettext_lazy("Vertex removed"),
    "insert": gettext_lazy("Vertex added"),
    "border": gettext_lazy("Border"),
    "draw": gettext_lazy("Drawn"),
    "end": gettext_lazy("Ended"),
    "give": gettext_lazy("Gap filled"),
    "take": gettext_lazy("Overlap removed"),
    "trim": gettext_lazy("Cut at the village"),
    "weld": gettext_lazy("Snapped"),
    "rename": gettext_lazy("Named"),
    "import": gettext_lazy("Imported"),
    "compile": gettext_lazy("Proposal taken"),
    "base": gettext_lazy("Present boundaries"),
    "rebase": gettext_lazy("Laid on them"),
    "carry": gettext_lazy("Follow the villages"),
    "reverse": gettext_lazy("Taken back"),
}
CHANGES = {
    "new": gettext_lazy("new"),
    "ended": gettext_lazy("ended"),
    "boundary": gettext_lazy("boundary"),
    "name": gettext_lazy("name"),
}
DEFECTS = {
    "crossing": gettext_lazy("Crosses itself"),
    "overlap": gettext_lazy("Overlap"),
    "gap": gettext_lazy("Gap"),
    "outside": gettext_lazy("Outside the village"),
    "unshared": gettext_lazy("Vertices not shared"),
}
CONSEQUENCES = {
    "cases": gettext_lazy("open cases"),
    "households": gettext_lazy("households"),
    "addresses": gettext_lazy("house numbers"),
    "grids_service": gettext_lazy("service grids that get a new code"),
    "grids_management": gettext_lazy("unit grids that get a new code"),
    "members": gettext_lazy("members whose territory follows"),
}
DIVISION_LABEL = gettext_lazy("the villages and communities themselves")
TYPES = (
    ("base", gettext_lazy("base grid")),
    ("special", gettext_lazy("special grid")),
    ("micro", gettext_lazy("micro grid")),
)
TYPES_OF = {
    "management": (("unit", gettext_lazy("unit grid")),),
    DIVISIONS: (("village", gettext_lazy("village or community")),),
}
TOOLS = (
    ("select", "cursor", gettext_lazy("Select"), "v"),
    ("draw", "pentagon", gettext_lazy("Draw"), "p"),
    ("split", "scissors", gettext_lazy("Split"), "c"),
    ("merge", "union", gettext_lazy("Merge"), "m"),
    ("border", "bounding-box", gettext_lazy("Border"), "e"),
)


def text(zh: str, en: str) -> str:
    """The name in the reader's language."""
    return (zh or en) if (get_language() or "zh").startswith("zh") else (en or zh)


def all_villages() -> str:
    return _("All of the territory")


def offer(form: forms.Form, name: str, options: Iterable[tuple[str, str]]) -> None:
    """Fill a choice field with what the database offers."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(options)


def village_choices(rows: Sequence[VillageRow]) -> list[tuple[str, str]]:
    """Each village, and each township of more than one with all of its villages."""
    townships = Counter(row.path.split("/")[-3] for row in rows)
    names = {row.path.split("/")[-3]: text(row.township_zh, row.township_en) for row in rows}
    whole = [(code, _("all of %(township)s") % {"township": names[code]}) for code, n in townships.items() if n > 1]
    return [*((row.code, text(row.name_zh, row.name_en)) for row in rows), *whole]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: a label, the words, and a place the map can show ("lon,lat", "" for none)."""

    label: str | Promise
    words: str
    place: str = ""
    level: str = ""
    detail: str = ""
    key: str = ""
    data: Any = None


def with_labels(rows: Sequence[DraftRow]) -> list[dict[str, Any]]:
    """Rows with the words of their stage and the people in the reader's language."""
    return [
        {
            "draft": row,
            "village": text(row.division_zh, row.division_en),
            "scheme": SCHEME_WORDS[row.scheme],
            "stage": STAGES[row.stage][0],
            "level": STAGES[row.stage][1],
            "drafted_by": text(row.drafted_zh, row.drafted_en),
            "published_by": text(row.published_zh, row.published_en),
        }
        for row in rows
    ]


def tools(chosen: str) -> list[dict[str, Any]]:
    """The tools of the map with icon, label and key."""
    return [{"key": key, "icon": icon, "label": label, "letter": letter.upper(), "on": key == chosen}
            for key, icon, label, letter in TOOLS]  # fmt: skip


def edit_form(state: DraftState, tool: str, grid: str, *, data: Any = None) -> EditForm:
    """The form every tool shares, with the grids of this draft."""
    grids = [(code, f"{text(part.name_zh, part.name_en)} {code[-3:]}") for code, part in state.parts.items()]
    types = TYPES_OF.get(state.row.scheme, TYPES)
    part = state.parts.get(grid)
    initial = {"version": state.version, "operation": tool, "grid": grid if part else ("new" if tool == "draw" else "")}
    if part is not None:
        initial |= {"name_zh": part.name_zh, "name_en": part.name_en, "type": part.type, "code": part.code}
    form = EditForm(data, grids=grids, types=types, initial=initial)
    if state.row.of_divisions:
        form.fields["grid"].label, form.fields["other"].label = _("Village or community"), _("Other village")
    return form


def may(actor: Actor, states: Sequence[DraftState]) -> dict[str, bool]:
    """What the reader may do with a change: draw in it, begin another, publish; and whether it is his own."""
    return {
        "may_draw": actor.may("grids.edit"),
        "may_edit": actor.may("grids.edit") and all(state.editable for state in states),
        "may_publish": actor.may("grids.publish"),
        "mine": any(actor.user_id in state.authors for state in states),
    }


def kept_query(text_: str) -> QueryDict:
    """The state of the page as a form sent it along."""
    return QueryDict(text_.lstrip("?")[:400])


def done(operation: str) -> str:
    return _("%(what)s: saved in the draft.") % {"what": OPERATIONS[operation]}


def told(action: Callable[..., Any], words_: str | Promise) -> Callable[..., str]:
    """An action, and what is said when it is done."""

    def act(**values: Any) -> str:
        action(**values)
        return str(words_)

    return act


def _names(state: DraftState, page: DraftPage | None, codes: Iterable[str]) -> str:
    known = state.base | state.parts if page is None else page.names
    found = [text(known[code].name_zh, known[code].name_en) if code in known else code for code in codes]
    return _(", ").join(found)


def step_lines(state: DraftState) -> list[Line]:
    """What was done, in order; undone steps are marked."""
    return [
        Line(
            label=OPERATIONS.get(step.operation, step.operation),
            words=_names(state, None, step.facts.get("codes", ())) or "–",
            level="undone" if step.undone else "now" if step.number == state.position else "",
            key=str(step.number),
        )
        for step in state.steps
    ]


def _defect_word(kind: str, whole: bool) -> str | Promise:
    return _("Outside the township") if whole and kind == "outside" else DEFECTS[kind]


def defect_counts(defects: Sequence[Defect], *, whole: bool = False) -> list[Line]:
    """One line per kind of fault, also where there is none.

    Arguments:
        whole: it is the villages of a township that are drawn.
    """
    counts = Counter(defect.kind for defect in defects)
    shown = [kind for kind in KINDS if counts[kind] or kind in ("overlap", "gap", "outside")]
    return [
        Line(_defect_word(kind, whole), str(counts[kind]), level="late" if counts[kind] else "ok", key=kind)
        for kind in shown
    ]


def defect_lines(page: DraftPage, state: DraftState) -> list[Line]:
    """Each fault with area, place, the grids it concerns, and what repairs it."""
    found = []
    for defect in page.defects:
        names = _names(state, page, defect.codes)
        size = _("%(area)s m²") % {"area": area(defect.area)} if defect.shape is not None else ""
        found.append(
            Line(
                label=_defect_word(defect.kind, state.row.of_divisions),
                words=size,
                detail=names,
                place=f"{defect.lon:.7f},{defect.lat:.7f}",
                key=defect.kind,
                data=_repairs(defect, state),
            )
        )
    return found


def area(value: float) -> str:
    """m² with two decimals where they matter."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}" if value >= 0.005 else "< 0.01"


def _repairs(defect: Defect, state: DraftState) -> list[dict[str, str]]:
    """Buttons that repair a fault, each with what it posts; nothing is ever repaired unasked."""
    at = f"{defect.lon:.8f}, {defect.lat:.8f}"
    if defect.kind == "overlap":
        pairs = (defect.codes, defect.codes[::-1])
        return [
            {"operation": "take", "grid": winner, "other": loser,
             "label": _("Leave it to %(grid)s") % {"grid": _names(state, None, [winner])}}
            for winner, loser in pairs
        ]  # fmt: skip
    if defect.kind == "gap":
        found = [
            {"operation": "give", "other": code, "at": at,
             "label": _("Give it to %(grid)s") % {"grid": _names(state, None, [code])}}
            for code in defect.codes[:4]
        ]  # fmt: skip
        return [*found, {"operation": "give", "other": "new", "at": at, "label": _("Make it a new grid")}]
    if defect.kind == "outside":
        return [{"operation": "trim", "grid": defect.codes[0], "label": _("Cut it off")}]
    return [{"operation": "weld", "snap": "0.5", "label": _("Snap to the neighbour, 0.5 m")}]


def consequence_lines(rows: Sequence[Consequence]) -> list[Line]:
    """What changes its grid: how many, from where, to where."""
    return [
        Line(
            label=CONSEQUENCES[row.kind],
            words=f"{row.before[-3:] or '–'} → {row.after[-3:] or '–'}",
            level=str(row.count),
            detail=", ".join(row.examples) if row.kind == "cases" else "",
        )
        for row in rows
    ]


def change_lines(rows: Sequence[BoundaryChange]) -> list[dict[str, Any]]:
    """Differences of two days with their words."""
    return [{"row": row, "what": CHANGES[row.what], "difference": row.area_after - row.area_before} for row in rows]


def vertices(state: DraftState, code: str) -> list[dict[str, Any]]:
    """The vertices of a grid, numbered, for moving them by numbers."""
    part = state.parts.get(code)
    if part is None:
        return []
    shared = Counter(node for other in state.parts.values() for node in other.ring)
    edge = set(state.outline)
    return [
        {
            "number": number,
            "place": "{:.8f}, {:.8f}".format(*degrees_of(node)),
            "fixed": node in edge,
            "shared": shared[node],
        }
        for number, node in enumerate(part.ring, start=1)
    ]


def short_names(state: DraftState, page: DraftPage) -> dict[str, str]:
    """Grids of a draft by code without the name of their village: map and table show one village only."""
    village = re.split(r" ?[（(]", text(state.row.division_zh, state.row.division_en))[0]
    whole = {code: text(part.name_zh, part.name_en) for code, part in page.names.items()}
    return {code: name.removeprefix(village).strip() or name for code, name in whole.items()}


def map_shapes(state: DraftState, page: DraftPage) -> dict[str, Any]:
    """Rings in degrees, with what the map writes on them."""
    lines = {line.code: line for line in page.lines}
    short = short_names(state, page)

    def shape(code: str, ring: Any, households: int | None) -> dict[str, Any]:
        line = lines[code]
        label = _("%(households)s households") % {"households": households} if households else ""
        return {"code": code, "name": short[code], "label": label, "what": line.what, "level": line.level,
                "ring": closed_degrees(ring)}  # fmt: skip

    return {
        "outlines": [closed_degrees(state.outline)],
        "parts": [shape(code, part.ring, lines[code].after) for code, part in state.parts.items()],
        "theirs": [
            {"code": row.code, "ring": closed_degrees(row.ring)} for row in page.moved if row.ring is not None
        ],
        "base": [shape(code, part.ring, lines[code].before) for code, part in state.base.items()],
        "defects": [
            {"kind": d.kind, "words": f"{DEFECTS[d.kind]} {area(d.area)} m²" if d.shape else str(DEFECTS[d.kind]),
             "lon": d.lon, "lat": d.lat, "shape": d.shape}
            for d in page.defects
        ],
    }  # fmt: skip


def plain_shapes(state: DraftState) -> dict[str, Any]:
    """Rings of a draft in which nothing was changed, with their names alone."""
    rows = [
        {"code": code, "name": text(part.name_zh, part.name_en), "label": "", "what": "", "level": "",
         "ring": closed_degrees(part.ring)}
        for code, part in state.parts.items()
    ]  # fmt: skip
    return {"outlines": [closed_degrees(state.outline)], "parts": rows, "base": rows, "theirs": [], "defects": []}


def draft_words(state: DraftState, page: DraftPage, tool: str, grid: str) -> dict[str, Any]:
    """The lists of a draft's page in words."""
    return {
        "row": with_labels([state.row])[0],
        "tools": tools(tool),
        "steps": step_lines(state),
        "defects": defect_lines(page, state),
        "counts": defect_counts(page.defects, whole=state.row.of_divisions),
        "consequences": consequence_lines(page.consequences),
        "vertices": vertices(state, grid),
        "short": short_names(state, page),
        "followers": with_labels(follower_rows(state.row.id)) if state.row.of_divisions else [],
        "is_new": grid in state.parts and grid not in state.base,
    }
