"""State of a work list lives in the URL: reading it, drawing it as chips, exporting what it selects."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import ActorRequest
from cases import actions, queries
from ledger.rules import safe_cell

NAMES = ("kind", "state", "category", "township", "source", "clock", "q")
VIEWS = ("all", "unread", "today", "overdue", "returned", "mine")
MOST_EXPORTED = 10_000


def read_filters(parameters: QueryDict) -> dict[str, str]:
    """Known filters with a value; anything else in the URL is left alone."""
    return {name: str(parameters[name])[:60] for name in NAMES if parameters.get(name)}


def view_tabs(current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = {
        "all": _("All open"),
        "unread": _("Unread"),
        "today": _("Due today"),
        "overdue": _("Overdue"),
        "returned": _("Returned"),
        "mine": _("Mine"),
    }
    return [
        {
            "url": reverse("cases:inbox") if view == "all" else reverse("cases:inbox_view", args=[view]),
            "label": labels[view],
            "count": counts.get(view, 0),
            "hot": view == "overdue" and counts.get(view, 0) > 0,
            "current": view == current,
        }
        for view in VIEWS
    ]


def chips(request: HttpRequest, options: dict[str, list[tuple[str, str]]]) -> list[dict[str, Any]]:
    """One row of chips; choosing is following a link."""
    labels = {
        "kind": _("Kind"),
        "clock": _("Time limit"),
        "township": _("Township"),
        "state": _("State"),
        "category": _("Category"),
        "source": _("Source"),
    }
    return [_chip(request, name, labels[name], options.get(name, [])) for name in labels if options.get(name)]


def _chip(request: HttpRequest, name: str, label: str, options: list[tuple[str, str]]) -> dict[str, Any]:
    chosen = request.GET.get(name, "")
    rows = [{"url": _url(request, name, ""), "label": _("all"), "chosen": not chosen}]
    rows += [{"url": _url(request, name, value), "label": text, "chosen": value == chosen} for value, text in options]
    words = next((text for value, text in options if value == chosen), _("all"))
    return {"key": name, "label": label, "value": words, "on": bool(chosen), "options": rows}


def _url(request: HttpRequest, name: str, value: str) -> str:
    parameters = request.GET.copy()
    parameters.pop("after", None)
    parameters.pop(name, None)
    if value:
        parameters[name] = value
    return f"{request.path}?{parameters.urlencode()}"


def exported(request: ActorRequest, filters: dict[str, str], sort: str, now: datetime) -> StreamingHttpResponse:
    """The filtered list as CSV: no free text, no person; the export is in the audit."""
    actions.note_export(actor=request.actor, filters=filters)
    response = StreamingHttpResponse(_lines(request, filters, sort, now), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="cases.csv"'
    return response


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(request: ActorRequest, filters: dict[str, str], sort: str, now: datetime) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(
        [_("Case number"), _("Category"), _("Place"), _("Source"), _("State"), pgettext("moment", "Received"), _("Due")]
    )
    after, left = "", MOST_EXPORTED
    while left > 0:
        page = queries.queue(request.actor, filters=filters, sort=sort, after=after, limit=min(500, left), now=now)
        for row in page.rows:
            yield writer.writerow([safe_cell(value) for value in _cells(row)])
        left -= len(page.rows)
        after = page.next_key
        if not after:
            return


def _cells(row: Any) -> list[str]:
    times = [localtime(at).strftime("%Y-%m-%d %H:%M") if at else "" for at in (row.opened_at, row.due_at)]
    return [row.number, row.category_label or row.title, row.place, str(row.source_label), row.state_label, *times]
