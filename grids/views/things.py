"""The page of one grid on the desk, and the lists of what stands in the grids. Thin."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ActorRequest, requires, within
from accounts.views.common import chips, chosen, take_over
from grids import actions, queries
from grids.forms import ThingExportForm, ThingForm
from grids.imports.thing_kinds import THINGS, thing_columns
from grids.queries.things import ThingFile, grid_counts, grid_versions, thing_file, thing_page, work_in_grid
from ledger.actions import start_export
from ledger.clock import app_now

PAGE = 100
MOST_SQUARE = 1_000_000  # m² of a km²


@require_safe
@requires("grids.read")
def grid(request: ActorRequest, code: str) -> HttpResponse:
    """One grid: where it lies, who answers for it, what stands in it, its boundaries, ways to its cases."""
    on = queries.today()
    found = queries.grid_posting(code, on=on)
    if found is None or not within(request.actor.territory, found.grid.path):
        raise Http404
    row, counts = found.grid, grid_counts(found.grid.id, on=on)
    context = {
        "posting": found,
        "grid": row,
        "counts": counts,
        "density": counts.residents * MOST_SQUARE / row.area if row.area else 0,
        "versions": grid_versions(row.id),
        "centre": f"{row.lon},{row.lat}",
        "work": work_in_grid(row.id, app_now()),
        "may_cases": request.actor.may("cases.read"),
    }
    return render(request, "grids/grid.html", context)


@require_safe
@requires("grids.read")
def things(request: ActorRequest, kind: str) -> HttpResponse:
    """Buildings, parts, equipment or barriers of the actor's area; filters and paging in the address."""
    labels = {
        "buildings": _("Buildings"),
        "parts": _("City parts"),
        "equipment": _("Equipment"),
        "premises": _("Enterprises and organisations"),
        "barriers": _("Barriers"),
    }
    if kind not in labels:
        raise Http404
    values = chosen(request, "grid", "q", "overdue", "after")
    on = queries.today()
    context = {
        "page": thing_page(key=kind, actor=request.actor, filters=values, on=on, page=PAGE),
        "kind": kind,
        "labels": labels.items(),
        "label": labels[kind],
        "values": values,
        "filters": chips(request, ("overdue", _("Verify by"), [("1", _("overdue"))])),
        "may_edit": request.actor.may("grids.edit"),
        "may_export": request.actor.may("grids.edit") or request.actor.may("grids.publish"),
        "out": ThingExportForm(initial={"grid": values.get("grid", "")}, auto_id="out_%s"),
    }
    return render(request, "grids/things.html", context)


@require_POST
@requires("grids.edit", "grids.publish")
def things_export(request: ActorRequest, kind: str) -> HttpResponse:
    """Ask for all things of a kind in the actor's area, or in one grid, as a file; a worker writes it."""
    if kind not in THINGS:
        raise Http404
    form = ThingExportForm(request.POST, auto_id="out_%s")
    if not form.is_valid():
        refusal = form.non_field_errors() or [_("Choose a datum and a format of the list.")]
        messages.error(request, " ".join(map(str, refusal)))
        return redirect("grids_things", kind=kind)
    asked = {"kind": kind, **form.cleaned_data}
    return redirect("exports_run", job_id=start_export(kind="grids.things", params=asked, actor=request.actor))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("grids.read")
def thing(request: ActorRequest, kind: str, code: str) -> HttpResponse:
    """One thing: what is said about it, since when and by whom; corrected or confirmed by those who may."""
    if kind not in THINGS:
        raise Http404
    found = thing_file(key=kind, code=code, actor=request.actor, on=queries.today())
    if found is None:
        raise Http404
    form = _thing_form(kind, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            number = actions.correct_thing(kind=kind, code=code, actor=request.actor, **form.given())
        except ValidationError as error:
            take_over(form, error)
        else:
            messages.success(request, _("Kept. Fields changed: %(n)s.") % {"n": number})
            return redirect("grids_thing", kind=kind, code=code)
    return _thing_page(request, kind, found, form)


def _thing_page(request: ActorRequest, kind: str, found: ThingFile, form: ThingForm) -> HttpResponse:
    labels = {column.key: column.en if english() else column.zh for column in thing_columns(kind)}
    context = {
        "kind": kind,
        "file": found,
        "form": form,
        "history": [
            (row, [(labels.get(key, key), *pair) for key, pair in row.changes.items()]) for row in found.history
        ],
        "may_edit": request.actor.may("grids.edit"),
    }
    return render(request, "grids/thing.html", context, status=422 if form.errors else 200)


def _thing_form(kind: str, found: ThingFile, data: Any) -> ThingForm:
    columns = [column for column in thing_columns(kind) if column.key != "code" and not column.hidden]
    initial = {**found.values, "seen": found.seen, "place": found.place}
    return ThingForm(columns, data, placed=bool(found.place), english=english(), initial=initial)


def english() -> bool:
    return not (get_language() or "zh").startswith("zh")
