"""The desk: inbox, queue, case file, moves. Every list and move works without script."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ActorRequest, requires, signed_in
from cases import actions, queries
from cases.filters import chips, exported, read_filters, view_tabs
from cases.forms import CommentForm, ContactForm, MoveForm, NoteForm, refuse
from cases.tiles import case_tile
from ledger.clock import app_now

READ = requires("cases.read")
BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50
PHOTO_SECONDS = 3600


@never_cache
@require_safe
@READ
def inbox(request: ActorRequest, view: str = "all") -> HttpResponse:
    """Assignments that wait for the member's department, most urgent first."""
    now, filters = app_now(), read_filters(request.GET)
    limit = 100 if request.GET.get("size") == "100" else PAGE
    page = queries.inbox(
        request.actor, view=view, filters=filters, after=request.GET.get("after", ""), limit=limit, now=now
    )
    chosen = request.GET.get("case", "")
    context = {
        "rows": page.rows,
        "next_key": page.next_key,
        "tabs": view_tabs(view, queries.inbox_counts(request.actor, now=now)),
        "filters": chips(request, queries.filter_options(request.actor)),
        "chosen": chosen,
        "preview": queries.case_file(request.actor, chosen, now=now) if chosen else None,
        "now": now,
        "may_register": request.actor.may("cases.file"),
    }
    return render(request, "cases/inbox.html", context)


@never_cache
@require_safe
@READ
def preview(request: ActorRequest, number: str) -> HttpResponse:
    return render(request, "cases/_preview.html", {"file": _seen(request, number), "now": app_now()})


@never_cache
@require_safe
@READ
def queue(request: ActorRequest) -> HttpResponse:
    """Every case the hat may see, filtered by the URL; `format=csv` exports what is filtered."""
    now, filters = app_now(), read_filters(request.GET)
    sort = "due" if request.GET.get("sort") == "due" else "-opened"
    if request.GET.get("format") == "csv":
        return exported(request, filters, sort, now)
    page = queries.queue(
        request.actor, filters=filters, sort=sort, after=request.GET.get("after", ""), limit=PAGE, now=now
    )
    context = {
        "rows": page.rows,
        "next_key": page.next_key,
        "filters": chips(request, queries.filter_options(request.actor)),
        "sort": sort,
        "now": now,
        "may_export": request.actor.may("cases.statistics"),
        "cases_url": "/tiles/cases/{z}/{x}/{y}.mvt?open=1",
    }
    return render(request, "cases/queue.html", context)


def _seen(request: ActorRequest, number: str) -> Any:
    """The case file, or 404: not there and not yours answer the same."""
    file = queries.case_file(request.actor, number, now=app_now())
    if file is None:
        raise Http404
    return file


@never_cache
@require_safe
@signed_in
def case_file(request: ActorRequest, number: str) -> HttpResponse:
    file = _seen(request, number)
    actions.mark_seen(case_id=file.case_id, actor=request.actor)
    near = queries.neighbours(request.actor, number, now=app_now())
    return render(request, "cases/case_file.html", {"file": file, "near": near, "now": app_now()})


@never_cache
@BOTH
@READ
def move(request: ActorRequest, number: str, transition: str) -> HttpResponse:
    """One move: what it does, what it asks for, and doing it."""
    file = _seen(request, number)
    spec = queries.move_form(request.actor, number, transition, now=app_now())
    if spec is None:
        raise Http404
    initial = {
        "expected_version": spec.expected_version,
        "assignment_id": spec.assignment_id,
        "department": spec.proposed,
    }
    form = MoveForm(
        request.POST or None,
        initial=initial,
        requires=spec.requires,
        departments=spec.departments,
        holders=spec.holders,
        result=spec.result,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.move_case(number=number, transition=transition, actor=request.actor, **form.arguments())
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Done: %(what)s") % {"what": spec.label})
            return redirect("cases:case_file", number=number)
    context = {"file": file, "form": form, "spec": spec, "now": app_now()}
    return render(request, "cases/case_file.html", context, status=422 if form.errors else 200)


@require_POST
@READ
def claim(request: ActorRequest, number: str, assignment: int) -> HttpResponse:
    version = request.POST.get("expected_version", "")
    actions.claim(
        assignment_id=assignment, actor=request.actor, expected_version=int(version) if version.isdigit() else -1
    )
    messages.success(request, _("You have claimed this case."))
    return redirect("cases:case_file", number=number)


@never_cache
@BOTH
@READ
def hand_over(request: ActorRequest, number: str, assignment: int) -> HttpResponse:
    """Give the step to a colleague of the same department."""
    file = _seen(request, number)
    spec = queries.hand_over_form(request.actor, assignment, now=app_now())
    if spec is None:
        raise Http404
    form = MoveForm(
        request.POST or None,
        initial={"expected_version": spec.expected_version, "assignment_id": assignment},
        requires=("holder",),
        departments=[],
        holders=spec.holders,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        actions.hand_over(
            assignment_id=assignment,
            holder_id=data["holder"],
            actor=request.actor,
            expected_version=data["expected_version"],
            note=data["note"],
        )
        return redirect("cases:case_file", number=number)
    return render(request, "cases/case_file.html", {"file": file, "form": form, "spec": spec, "now": app_now()})


@never_cache
@BOTH
@READ
def urge(request: ActorRequest, number: str) -> HttpResponse:
    """Remind who has it; counted, changes no state."""
    file = _seen(request, number)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.urge(number=number, actor=request.actor, note=form.cleaned_data["note"])
        messages.success(request, _("Urged. It is in the history."))
        return redirect("cases:case_file", number=number)
    spec = queries.plain_form(_("Urge"), _("Whoever has the case is reminded; the limit stays."))
    return render(request, "cases/case_file.html", {"file": file, "form": form, "spec": spec, "now": app_now()})


@require_POST
@READ
def comment(request: ActorRequest, number: str) -> HttpResponse:
    form = CommentForm(request.POST)
    if form.is_valid():
        actions.comment(number=number, actor=request.actor, text=form.cleaned_data["text"])
    else:
        messages.error(request, _("The comment was empty or longer than 1000 characters."))
    return redirect("cases:case_file", number=number)


@require_POST
@READ
def watch(request: ActorRequest, number: str) -> HttpResponse:
    file = _seen(request, number)
    actions.watch(number=number, actor=request.actor, on=not file.watched)
    return redirect("cases:case_file", number=number)


@never_cache
@BOTH
@requires("people.contact")
def contact(request: ActorRequest, number: str) -> HttpResponse:
    """Show a reporter's contact in clear, for a purpose that is recorded and that the person can see."""
    _seen(request, number)
    form = ContactForm(request.POST or None)
    values: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        values = actions.reveal_contact(number=number, actor=request.actor, purpose=form.cleaned_data["purpose"])
    return render(request, "cases/contact.html", {"number": number, "form": form, "values": values})


@require_safe
@signed_in
def photo(request: ActorRequest, file: UUID, variant: str) -> HttpResponse:
    """A photo of a case the viewer may see; sandboxed, so that nothing in it could ever run."""
    path = queries.photo_path(request.actor, file, "thumb" if variant == "thumb" else "full")
    if path is None or not path.exists():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={PHOTO_SECONDS}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
@READ
def tile(request: ActorRequest, z: int, x: int, y: int) -> HttpResponse:
    """Cases as a vector tile, scoped to the viewer."""
    if not (0 <= z <= 22 and 0 <= x < 2**z and 0 <= y < 2**z):
        raise Http404
    body = case_tile(request.actor, z=z, x=x, y=y, open_only=request.GET.get("open") == "1", now=app_now())
    response = HttpResponse(body, content_type="application/vnd.mapbox-vector-tile")
    response["Cache-Control"] = "private, max-age=20"
    return response
