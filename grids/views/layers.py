"""Boundaries as files: in (an import, which becomes drafts) and out. Thin."""

from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ActorRequest, requires
from accounts.views.common import take_over
from grids import actions, queries
from grids.forms import ExportForm, LayerForm
from grids.queries.drafts import scheme_rows, territory_divisions
from grids.views import zoning_words as words
from ledger.actions import start_export


def _schemes() -> list[tuple[str, str]]:
    return [(code, words.text(zh, en)) for code, zh, en in scheme_rows()]


def _choices(form: ExportForm, request: ActorRequest) -> None:
    rows = [
        (code, f"{code} {words.text(zh, en)}")
        for code, zh, en in territory_divisions(request.actor, on=queries.today())
    ]
    words.offer(form, "division", [("", words.all_villages()), *rows])
    words.offer(form, "scheme", _schemes())


@require_safe
@requires("grids.edit", "grids.publish")
def layers(request: ActorRequest) -> HttpResponse:
    """Upload a layer, or take the boundaries of a day along."""
    return _page(request, LayerForm(), ExportForm(initial={"date": queries.today()}, auto_id="out_%s"), 200)


def _page(request: ActorRequest, form: LayerForm, out: ExportForm, status: int) -> HttpResponse:
    words.offer(form, "scheme", _schemes())
    _choices(out, request)
    context = {"form": form, "out": out, "may_edit": request.actor.may("grids.edit")}
    return render(request, "grids/layers.html", context, status=status)


@require_POST
@requires("grids.edit")
def layer_import(request: ActorRequest) -> HttpResponse:
    """Upload a layer; what it holds and what would come of it is shown on the page of the import."""
    form = LayerForm(request.POST, request.FILES)
    words.offer(form, "scheme", _schemes())
    if form.is_valid():
        given, chosen = form.cleaned_data["file"], {name: form.cleaned_data[name] for name in ("scheme", "title")}
        try:
            run_id = actions.upload_layer(file_name=given.name, data=given.read(), choices=chosen, actor=request.actor)
            return redirect("imports_run", run_id=run_id)
        except ValidationError as error:
            take_over(form, error)
    return _page(request, form, ExportForm(initial={"date": queries.today()}, auto_id="out_%s"), 422)


@require_safe
@requires("grids.edit")
def layer_map(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """The first shapes of a layer that is not taken over yet, as GeoJSON in degrees WGS-84."""
    try:
        return JsonResponse(actions.layer_preview(run_id=run_id, actor=request.actor))
    except (PermissionDenied, FileNotFoundError):
        raise Http404 from None


@require_POST
@requires("grids.edit", "grids.publish")
def layer_export(request: ActorRequest) -> HttpResponse:
    """Ask for the boundaries of a day in the chosen format; a worker writes the file."""
    form = ExportForm(request.POST, auto_id="out_%s")
    _choices(form, request)
    if form.is_valid():
        asked = {name: str(value) for name, value in form.cleaned_data.items()}
        return redirect("exports_run", job_id=start_export(kind="grids.layer", params=asked, actor=request.actor))
    return _page(request, LayerForm(), form, 422)
