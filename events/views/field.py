"""The grid worker's phone: tasks by clock and distance, report, verify, handle, check."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ActorRequest, requires
from cases import actions as case_actions
from cases import queries as case_queries
from cases.forms import refuse
from cases.queries import CaseFile
from cases.views.file import file_with_move
from cases.views.show import VISITS, file_context, shown_move
from cases.views.uploads import store_all
from events import actions, queries
from events.forms import FieldReportForm, ProofForm, StepForm, VisitForm
from events.views.posted import moved_by
from grids.queries import grids_of_worker, search_addresses, today
from ledger.actors import Actor
from ledger.clock import app_now

FIELD = requires("field.use")
QUICK = 7  # category buttons before "all"
ICONS = {
    "event/01/0110": "trash",
    "part/01/0102": "record-circle",
    "event/01/0113": "cone-striped",
    "part/01/0137": "lightbulb",
    "event/04/0406": "shop",
    "event/05/0506": "droplet",
    "event/01/0136": "boxes",
}


def _position(request: HttpRequest) -> tuple[float | None, float | None]:
    """Where the phone is, degrees WGS-84; used for the order of this page and forgotten."""
    try:
        return float(request.GET["lon"]), float(request.GET["lat"])
    except (KeyError, ValueError):
        return None, None


@never_cache
@require_safe
@FIELD
def tasks(request: ActorRequest) -> HttpResponse:
    lon, lat = _position(request)
    rows = queries.my_tasks(request.actor, lon=lon, lat=lat)
    user = request.actor.user_id
    context = {
        "tasks": rows,
        "labels": _labels(rows),
        "now": app_now(),
        "grids": grids_of_worker(user, today()) if user is not None else [],
        "located": lon is not None,
    }
    return render(request, "events/field_tasks.html", context)


@never_cache
@require_safe
@FIELD
def map_page(request: ActorRequest) -> HttpResponse:
    """My tasks on the map with the same list below it."""
    rows = queries.my_tasks(request.actor)
    return render(request, "events/field_map.html", {"tasks": rows, "labels": _labels(rows), "now": app_now()})


def _labels(rows: list[queries.TaskRow]) -> dict[str, str]:
    return case_queries.category_labels(("event", row.category) for row in rows)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@FIELD
def report(request: ActorRequest) -> HttpResponse:
    """Report from the street. The phone's queue posts the same form and asks for JSON; the key makes it one case."""
    if request.method != "POST":
        return _report_page(request, FieldReportForm(initial={"submission_key": f"field-{uuid4().hex}"}))
    form = FieldReportForm(request.POST, request.FILES)
    if "search" in request.POST or not form.is_valid():
        return _report_page(request, form, refused="search" not in request.POST)
    try:
        receipt = _send(request.actor, form.cleaned_data)
    except ValidationError as error:
        refuse(form, error)
        return _report_page(request, form, refused=True)
    if _json(request):
        return JsonResponse({"number": receipt.number, "replayed": receipt.replayed})
    messages.success(request, _("Reported: %(number)s") % {"number": receipt.number})
    return redirect("field_tasks")


def _json(request: HttpRequest) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _send(actor: Actor, data: dict[str, Any]) -> actions.Receipt:
    photos = store_all(data["photos"], actor=actor, staff=True)
    return actions.report_incident(
        actor=actor,
        incident=actions.Incident(
            category=data["category"],
            lon=data["lon"],
            lat=data["lat"],
            datum=data["datum"],
            accuracy=data["accuracy"],
            address=data["address"],
            description=data["description"],
            photos=photos,
            client_time=data["client_time"],
        ),
        source="gridworker",
        submission_key=data["submission_key"],
    )


def _report_page(request: ActorRequest, form: FieldReportForm, *, refused: bool = False) -> HttpResponse:
    if refused and _json(request):
        return JsonResponse({"errors": form.errors}, status=422)
    at, text = app_now(), request.POST.get("q", "")
    context = {
        "form": form,
        "quick": [
            {"row": row, "icon": ICONS.get(row.key, "tag")}
            for row in queries.frequent_categories(request.actor, at=at, limit=QUICK)
        ],
        "groups": [
            {"name_zh": zh, "name_en": en, "rows": rows}
            for (_type, zh, en), rows in queries.categories_by_major(at, public=False).items()
        ],
        "addresses": search_addresses(text, 8) if text else [],
        "q": text,
        "category": form["category"].value() or "",
    }
    return render(request, "events/field_report.html", context, status=422 if refused else 200)


@never_cache
@require_safe
@FIELD
def outbox(request: ActorRequest) -> HttpResponse:
    """What waits on this phone; the page's script fills it, it also opens without signal."""
    return render(request, "events/field_outbox.html")


@never_cache
@require_safe
@FIELD
def me(request: ActorRequest) -> HttpResponse:
    user = request.actor.user_id
    return render(
        request, "events/field_me.html", {"grids": grids_of_worker(user, today()) if user is not None else []}
    )


@never_cache
@require_safe
@FIELD
def case(request: ActorRequest, number: str) -> HttpResponse:
    now = app_now()
    file = case_queries.case_file(request.actor, number, now)
    if file is None:
        raise Http404
    return render(request, "events/field_case.html", file_context(file, now))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@FIELD
def visit(request: ActorRequest, number: str, transition: str) -> HttpResponse:
    """One move on the phone: result of a visit, work done with proof, or a plain step with a note."""
    now = app_now()
    file, chosen = file_with_move(request, number, transition)
    form = _form(transition, chosen.needs, request)
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, file, transition, form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Recorded: %(what)s") % {"what": chosen.label})
            return redirect("field_tasks")
    context = {"file": file, "move": shown_move(number, chosen), "form": form, "now": now}
    return render(request, "events/field_visit.html", context, status=422 if form.errors else 200)


def _form(transition: str, needs: tuple[str, ...], request: HttpRequest) -> forms.Form:
    posted = (request.POST or None, request.FILES or None)
    if transition == "finish":
        return ProofForm(*posted)
    return (VisitForm if transition in VISITS else StepForm)(*posted, needs=needs)


def _do(request: ActorRequest, file: CaseFile, transition: str, data: dict[str, Any]) -> None:
    """Photos are stored before the action; the action decides whether they are enough."""
    stored: dict[str, Any] = {
        name: store_all(data[name], actor=request.actor, staff=True)
        for name in ("photos", "before", "after")
        if name in data
    }
    common: dict[str, Any] = {
        **moved_by(request),
        "note": data["note"],
        **stored,
    }
    if transition in ("verify_true", "verify_false"):
        actions.verify_on_site(case_id=file.case_id, found=transition == "verify_true", **common)
    elif transition in ("check_passed", "check_failed"):
        actions.check_on_site(case_id=file.case_id, passed=transition == "check_passed", **common)
    elif transition == "finish":
        actions.finish_handling(case_id=file.case_id, **common)
    else:
        case_actions.move_case(number=file.number, transition=transition, **common)
