"""Importing a sheet: choose the kind, upload, columns, preview, faults, take over."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from ledger import actions, queries
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.forms import ColumnsForm, SheetForm
from ledger.queries import RunPage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ActorRequest(HttpRequest):
    """A request that knows who asks."""

    actor: Actor


@never_cache
@require_safe
def runs(request: ActorRequest) -> HttpResponse:
    """What may be imported, and what was."""
    context = {
        "choices": queries.import_choices(request.actor),
        "rows": queries.import_runs(request.actor),
        "now": app_now(),
    }
    return render(request, "ledger/imports.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, kind: str) -> HttpResponse:
    """Upload a sheet of one kind."""
    choice = _choice(request, kind)
    if choice.url:
        return redirect(choice.url)
    posted = request.method == "POST"
    form = SheetForm(request.POST, request.FILES) if posted else SheetForm()
    if posted and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            run_id = actions.upload_sheet(kind=kind, file_name=given.name, data=given.read(), actor=request.actor)
        except ValidationError as error:
            form.add_error(None if not hasattr(error, "error_dict") else "file", " ".join(error.messages))
        else:
            return redirect("imports_run", run_id=run_id)
    context = {"choice": choice, "form": form, "columns": queries.import_columns(kind)}
    return render(request, "ledger/import_new.html", context, status=422 if form.errors else 200)


@require_GET
def template(request: ActorRequest, kind: str) -> HttpResponse:
    """The empty sheet of a kind."""
    _choice(request, kind)
    return _sheet(actions.sheet_template(kind=kind, actor=request.actor), f"{kind}.xlsx")


@never_cache
@require_safe
def run(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """One import at whatever stage it is; its middle part alone for the page that watches it."""
    page = _page(request, run_id)
    name = "ledger/_import.html" if request.headers.get("hx-request") else "ledger/import.html"
    return render(request, name, _context(request, page))


@require_POST
def columns(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Say which column is which, and check again."""
    page = _page(request, run_id)
    form = ColumnsForm(request.POST, columns=page.columns, header=page.header, chosen=page.choices)
    if form.is_valid():
        mapping, chosen = form.mapping(), form.chosen()
        try:
            actions.choose_columns(run_id=run_id, mapping=mapping, choices=chosen, actor=request.actor)
        except ValidationError as error:
            _take_over(form, error)
        else:
            return redirect("imports_run", run_id=run_id)
    return render(request, "ledger/import.html", _context(request, page, form), status=422)


@never_cache
@require_GET
def faults(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """The rows with faults, as a sheet to mend."""
    page = _page(request, run_id)
    if page.erased_at is not None or not page.faults_found:
        raise Http404
    return _sheet(actions.fault_sheet(run_id=run_id, actor=request.actor), "faults.xlsx")


@require_POST
def commit(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Write all rows, or none."""
    _page(request, run_id)
    try:
        actions.commit_sheet(run_id=run_id, actor=request.actor)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("imports_run", run_id=run_id)


@require_POST
def cancel(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Give it up and erase the file."""
    _page(request, run_id)
    try:
        actions.cancel_sheet(run_id=run_id, actor=request.actor)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("imports_run", run_id=run_id)
    messages.success(request, _("Cancelled; the file is erased."))
    return redirect("imports")


def _choice(request: ActorRequest, kind: str) -> queries.KindChoice:
    found = next((choice for choice in queries.import_choices(request.actor) if choice.key == kind), None)
    if found is None:
        raise Http404
    return found


def _page(request: ActorRequest, run_id: UUID) -> RunPage:
    page = queries.import_run(request.actor, run_id)
    if page is None:
        raise Http404
    return page


def _context(request: ActorRequest, page: RunPage, form: ColumnsForm | None = None) -> dict[str, Any]:
    rows = []
    if page.state in ("parsed", "checked"):
        try:
            rows = actions.preview_sheet(run_id=page.id, actor=request.actor)
        except (PermissionDenied, FileNotFoundError):
            rows = []
    shown = form or ColumnsForm(columns=page.columns, header=page.header, chosen=page.choices)
    return {"page": page, "preview": rows, "form": shown, "now": app_now(), "refused": form}


def _take_over(form: ColumnsForm, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, said in error.error_dict.items():
        form.add_error(name if name in form.fields else None, said)


def _sheet(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
