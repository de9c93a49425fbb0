"""What pages say again and again: icon, lamp, clock, coded name, grouped number, query string."""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.widgets import CheckboxInput, Select
from django.http import QueryDict
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.queries import words as case_words
from govplatform.durations import WORKING_UNITS, read_clock
from govplatform.shell import Line, Shell
from grids.queries import names_of_paths
from ledger.clock import app_now
from ledger.queries import notice_in_force, work_calendar

register = template.Library()
# sums from so many yuan on, decimals, unit
MONEY_STEPS = {
    "zh": ((10**8, 2, "亿元"), (10**4, 1, "万元"), (1, 0, "元")),
    "en": ((10**6, 2, "million yuan"), (1, 0, "yuan")),
}
LEVELS = ("ok", "soon", "late", "hold", "orange")


def level_word(level: str) -> str:
    """The word of a lamp level in the reader's language."""
    words = {
        "ok": _("In time"),
        "soon": _("Due soon"),
        "late": _("Overdue"),
        "hold": _("Paused"),
        "orange": _("Orange"),
    }
    return words.get(level, "")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A Bootstrap icon; hidden from readers unless it has a label."""
    if label:
        return format_html('<span class="bi bi-{}" role="img" aria-label="{}"></span>', name, label)
    return format_html('<span class="bi bi-{}" aria-hidden="true"></span>', name)


@register.simple_tag
def lamp(level: str, word: str = "") -> SafeString:
    """Shape, word and colour of a state. Without a word the level's own word is there for readers only."""
    if level not in LEVELS:
        level = "hold"
    shape = format_html('<span class="lamp {}" aria-hidden="true"></span>', level)
    if not word:
        return format_html('{}<span class="vh">{}</span>', shape, level_word(level))
    return format_html('<span class="st st-{}">{}{}</span>', level, shape, word)


@register.simple_tag
def remaining(
    due: datetime | None, now: datetime, unit: str = "urgent_hour", soon: datetime | None = None
) -> SafeString:
    """The lamp with the time left or over; see `govplatform.durations.read_clock`."""
    calendar = work_calendar() if unit in WORKING_UNITS and due is not None else None
    reading = read_clock(now=now, due=due, soon=soon, unit=unit, calendar=calendar)
    return lamp(reading.level, reading.words)


@register.simple_tag
def coded(row: Any, attribute: str = "name") -> str:
    """A coded name in the reader's language: `name_zh` or `name_en` of a row or mapping."""
    suffix = "zh" if (get_language() or "zh").startswith("zh") else "en"
    for ending in (suffix, "zh"):
        field = f"{attribute}_{ending}"
        value = row.get(field, "") if isinstance(row, dict) else getattr(row, field, "")
        if value:
            return str(value)
    return ""


@register.simple_tag
def places_of(rows: Iterable[Any]) -> dict[str, str]:
    """Names of the areas of rows (`territory`: a path) by path, for `lookup`. Two statements whatever the number."""
    found = names_of_paths(row.territory for row in rows)
    return {path: case_words.in_language(*names) for path, names in found.items()}


@register.simple_tag
def lookup(table: dict[str, Any], key: str) -> str:
    """The entry of a table under a key that is known in the template only; the key itself where there is none."""
    return str(table.get(key, key))


@register.filter
def masked(value: Any) -> str:
    """A sealed value as its mask; an empty one as a dash."""
    return str(value) if value else "—"


@register.filter
def grouped(number: str) -> str:
    """A long identifier in a list: its last eight digits; whole in the file."""
    return f"…{number[-8:]}" if len(number) > 12 else number


@register.filter
def money(amount: Decimal) -> str:
    """Yuan as the desk says them, in the steps of the language: 132.6 万元, 1.33 million yuan; small sums whole."""
    return "{} {}".format(*_scaled(amount))


@register.filter
def money_large(amount: Decimal) -> SafeString:
    """The same with a small unit, for the one number of a box."""
    return format_html("{}<small>{}</small>", *_scaled(amount))


def _scaled(amount: Decimal) -> tuple[str, str]:
    steps = MONEY_STEPS["zh" if (get_language() or "zh").startswith("zh") else "en"]
    step, decimals, unit = next((row for row in steps if abs(amount) >= row[0]), steps[-1])
    return f"{amount / step:,.{decimals}f}", unit


@register.filter
def clock_time(moment: datetime | None, now: datetime | None = None) -> str:
    """24-hour time if `now` is the same day, otherwise month-day and time; in the city's zone."""
    if moment is None:
        return "—"
    local = localtime(moment)
    if now is not None and localtime(now).date() == local.date():
        return local.strftime("%H:%M")
    return local.strftime("%m-%d %H:%M")


@register.inclusion_tag("components/notice.html", takes_context=True)
def notice(context: Context, key: str) -> dict[str, Any]:
    """What is told where personal data is collected: inside the form, so that the version shown is posted with it.

    Arguments:
        key: of a notice registered with `ledger.kinds.register_notice`.
    """
    return {"shown": notice_in_force(key, localtime(app_now()).date()), "shell": context["shell"]}


@register.simple_tag
def words(pair: tuple[str, str]) -> str:
    """The text of a (Chinese, English) pair in the reader's language."""
    return pair[0] if (get_language() or "zh").startswith("zh") else pair[1]


@register.simple_tag
def map_words() -> str:
    """Words a <grid-map> needs, as JSON for its data-words attribute."""
    words = {
        "in": _("Zoom in"),
        "out": _("Zoom out"),
        "use": _("Map. Arrow keys move, plus and minus zoom, Enter chooses a place. The list beside it says the same."),
        "here": _("Use my position"),
        "done": _("Done"),
        "looking": _("Looking for your position…"),
        "refused": _("The position is not available. Choose the place on the map or by address."),
        "chosen": _("Chosen: {place}"),
        "accuracy": _("(within {m} m)"),
        "outside": _("This place is outside the city."),
    }
    return json.dumps(words, ensure_ascii=False)


@register.simple_tag
def outbox_words() -> str:
    """Words of the phone's outbox, as JSON for its data-words attribute."""
    words = {
        "decide": _("For you to decide"),
        "waiting": _("Waiting for the network"),
        "broken": _("Interrupted"),
        "sent": _("Delivered"),
        "waiting_lamp": _("waiting"),
        "sending_lamp": _("sending"),
        "broken_lamp": _("interrupted"),
        "broken_note": _("goes on by itself"),
        "photos": _("Photos: {n}, {mb} MB"),
        "receipt": _("Receipt"),
        "retry": _("Send again"),
        "delete": _("Delete mine"),
        "sure": _("Delete this report from the phone? It has not been sent."),
    }
    return json.dumps(words, ensure_ascii=False)


@register.simple_tag(takes_context=True)
def rail(context: Context) -> list[tuple[Any, list[Line]]]:
    """Groups of the desk's rail; a page that has counted the inbox already passes `inbox_counts`."""
    shell: Shell = context["shell"]
    return list(shell.rail(context.get("inbox_counts"), getattr(context.get("file"), "kind", "")))


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The present query string with changes; an empty value drops the key. State lives in the URL."""
    parameters: QueryDict = context["request"].GET.copy()
    for key, value in changes.items():
        if value in ("", None):
            parameters.pop(key, None)
        else:
            parameters[key] = str(value)
    return f"?{parameters.urlencode()}" if parameters else "?"


@register.simple_tag
def control(field: BoundField, **attributes: str) -> SafeString:
    """A form field's control with the house classes, its hint and its error linked."""
    widget = field.field.widget
    css = "form-check-input" if isinstance(widget, CheckboxInput) else "form-control"
    if isinstance(widget, Select):
        css = "form-select"
    described = [f"{field.id_for_label}-hint"] if field.help_text else []
    if field.errors:
        css += " bad"
        attributes["aria-invalid"] = "true"
        described.append(f"{field.id_for_label}-error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs={"class": css, **attributes})
