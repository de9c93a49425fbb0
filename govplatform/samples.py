"""Made-up content of the component sheet."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SWATCHES = ("ink", "ink-2", "ink-3", "edge", "line", "canvas", "accent", "accent-ink", "accent-tint")


def components() -> dict[str, Any]:
    """Content of /desk/components/: one of everything, nothing of it real."""
    return {
        "now": NOON,
        "swatches": SWATCHES,
        "levels": ("ok", "soon", "late", "hold"),
        "clocks": _clocks(),
        "moves": _moves(),
        "history": _history(),
        "steps": _steps(),
        "tabs": _tabs(),
        "filters": _filters(),
        "needed": [{"title": _("After, from a distance"), "condition": _("taken within 30 m")}],
    }


def _clocks() -> list[dict[str, Any]]:
    def clock(minutes: int, level: str, share: int, note: str) -> dict[str, Any]:
        due = NOON + timedelta(minutes=minutes)
        return {
            "due": due,
            "soon": due - timedelta(hours=1),
            "unit": "urgent_hour",
            "level": level,
            "share": share,
            "note": note,
        }

    rows = [
        clock(2900, "ok", 45, _("limit 5 working days")),
        clock(28, "soon", 77, _("limit 2 urgent hours")),
        clock(-126, "late", 100, _("limit 2 urgent hours")),
        clock(0, "hold", 60, _("waiting for material")),
    ]
    rows[3]["due"] = None
    return rows


def _moves() -> list[dict[str, Any]]:
    return [
        {
            "url": "#moves",
            "label": _("Submit the result"),
            "effect": _("Goes to the dispatcher for checking."),
            "missing": _("A photo afterwards is still missing."),
            "key": "d",
            "primary": True,
        },
        {"url": "#moves", "label": _("Give to a colleague"), "effect": _("The limit stays the same."), "key": "z"},
        {"url": "#moves", "label": _("Return to the dispatcher"), "effect": _("A reason is required."), "key": "h"},
    ]


def _history() -> list[dict[str, Any]]:
    row = {
        "at": NOON,
        "icon": "signpost-split",
        "title": _("Dispatched"),
        "who": _("Dispatcher"),
        "text": _("By rule P-0102-3."),
    }
    back = {"at": NOON - timedelta(minutes=5), "icon": "arrow-return-left", "title": _("Returned"), "back": True}
    first = {"at": NOON - timedelta(days=1), "icon": "megaphone", "title": _("Reported"), "who": _("Public report")}
    return [row, {**back, "who": _("Department"), "text": _("Not within our duties.")}, first]


def _steps() -> list[dict[str, str]]:
    labels = (_("Collected"), _("Filed"), _("Dispatched"), _("Handling"), _("Reported back"), _("Checked and closed"))
    states = ("done", "done", "done", "now", "", "")
    notes = ("08:22", "08:41", "08:52", _("in progress"), "", "")
    return [{"label": a, "state": b, "note": c} for a, b, c in zip(labels, states, notes, strict=True)]


def _tabs() -> list[dict[str, Any]]:
    return [
        {"url": "#tabs", "label": _("All"), "count": 24, "current": True},
        {"url": "#tabs", "label": _("Unread"), "count": 6},
        {"url": "#tabs", "label": _("Overdue"), "count": 2, "hot": True},
    ]


def _filters() -> list[dict[str, Any]]:
    options = [{"url": "#filters", "label": _("All"), "chosen": True}, {"url": "#filters", "label": _("Overdue")}]
    return [
        {"label": _("Limit"), "value": _("All"), "options": options},
        {"label": _("State"), "value": _("Open"), "on": True, "options": options},
    ]
