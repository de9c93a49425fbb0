"""Boundaries as files: in (becomes a draft) and out. Thin."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ActorRequest, requires
from accounts.views.common import take_over
from grids import actions, queries
from grids.forms import ExportForm, LayerForm
from grids.queries.drafts import scheme_rows, villages_to_zone
from grids.views import zoning_words as words


def _choices(request: ActorRequest, form: LayerForm | ExportForm, *, every: bool) -> None:
    villages = villages_to_zone(request.actor, on=queries.today())
    rows = [(row.code, words.text(row.name_zh, row.name_en)) for row in villages]
    words.offer(form, "village", [("", words.all_villages()), *rows] if every else rows)
    words.offer(form, "scheme", [(code, words.text(zh, en)) for code, zh, en in scheme_rows()])


@require_safe
@requires("grids.edit", "grids.publish")
def layers(request: ActorRequest) -> HttpResponse:
    """Upload a file as a draft, or take the boundaries of a day along."""
    return _page(request, LayerForm(), ExportForm(initial={"date": queries.today()}, auto_id="out_%s"), 200)


def _page(
    request: ActorRequest,
    form: LayerForm,
    out: ExportForm,
    status: int,
    faults: list[tuple[int, str, tuple[float, float] | None]] | None = None,
) -> HttpResponse:
    _choices(request, form, every=False)
    _choices(request, out, every=True)
    lines = [{"number": n, "words": text, "lon": at[0] if at else None, "lat": at[1] if at else None}
             for n, text, at in faults or ()]  # fmt: skip
    context = {"form": form, "out": out, "faults": lines, "may_edit": request.actor.may("grids.edit")}
    return render(request, "grids/layers.html", context, status=status)


@require_POST
@requires("grids.edit")
def layer_import(request: ActorRequest) -> HttpResponse:
    """The file becomes a draft, or is refused as a whole with number and place of every feature that is none."""
    form = LayerForm(request.POST, request.FILES)
    _choices(request, form, every=False)
    faults = None
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("village", "scheme", "datum", "title")}
        try:
            draft = actions.import_layer(data=form.cleaned_data["file"].read(), actor=request.actor, **values)
            return redirect("grids_zoning_draft", draft=draft)
        except actions.LayerRefused as refused:
            faults = refused.rows
        except ValidationError as error:
            take_over(form, error)
    return _page(request, form, ExportForm(initial={"date": queries.today()}, auto_id="out_%s"), 422, faults)


@require_safe
@requires("grids.edit", "grids.publish")
def layer_export(request: ActorRequest) -> HttpResponse:
    """GeoJSON or GeoPackage of the boundaries of a day."""
    form = ExportForm(request.GET, auto_id="out_%s")
    _choices(request, form, every=True)
    if not form.is_valid():
        return _page(request, LayerForm(), form, 422)
    values = form.cleaned_data
    try:
        body, media, name = actions.export_layer(
            scheme=values["scheme"],
            on=values["date"],
            village=values["village"],
            datum=values["datum"],
            package=values["format"] == "gpkg",
            actor=request.actor,
        )
    except ValidationError as error:
        take_over(form, error)
        return _page(request, LayerForm(), form, 422)
    return HttpResponse(body, content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
