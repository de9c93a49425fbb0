"""Moves of an incident that need more than the kernel's form: filing with a condition, proof, checks, release."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import ActorRequest, requires
from cases import actions as case_actions
from cases import queries as case_queries
from cases.forms import refuse
from cases.queries.words import bracketed, limit_words
from cases.views.file import file_with_move
from cases.views.show import file_context, shown_move
from cases.views.uploads import store_all
from events import actions, queries
from events.forms import FileForm, ProofForm, RegisterForm, ReleaseForm, VisitForm
from events.views.posted import moved_by
from grids.queries import search_addresses
from ledger.clock import app_now

BOTH = require_http_methods(["GET", "HEAD", "POST"])


def _file_of(request: ActorRequest, number: str, transition: str) -> tuple[Any, Any]:
    """The case file and the move as a button; refuses as `file_with_move` does."""
    file, chosen = file_with_move(request, number, transition)
    return file, shown_move(number, chosen)


def _form_page(
    request: ActorRequest, number: str, transition: str, form: forms.Form, act: Callable[[Any], object]
) -> HttpResponse:
    """Show the form beside the case; on POST do it and return to the case."""
    file, chosen = _file_of(request, number, transition)
    if request.method == "POST" and form.is_valid():
        try:
            act(file)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Done: %(what)s") % {"what": chosen.label})
            return redirect("cases:case_file", number=number)
    context = {"file": file, "form": form, "move": chosen, "now": app_now(), "multipart": form.is_multipart()}
    return render(request, "events/desk_move.html", context, status=422 if form.errors else 200)


@never_cache
@BOTH
@requires("cases.file")
def file(request: ActorRequest, number: str) -> HttpResponse:
    """File with a condition: it decides the limit; who files is responsible."""
    english = (get_language() or "").startswith("en")
    case, _chosen = _file_of(request, number, "file")
    conditions = queries.report_detail(case.case_id, request.actor).category.conditions
    choices = [
        (c.id, bracketed(c.text_en if english else c.text_zh, limit_words(c.unit, c.budget))) for c in conditions
    ]
    form = FileForm(request.POST or None, conditions=choices)

    def act(found: Any) -> None:
        data = form.cleaned_data
        actions.file_report(
            case_id=found.case_id, condition_id=data["condition"], note=data["note"], **moved_by(request)
        )

    return _form_page(request, number, "file", form, act)


@never_cache
@BOTH
@requires("cases.handle")
def finish(request: ActorRequest, number: str) -> HttpResponse:
    """Report the work done, with proof."""
    form = ProofForm(request.POST or None, request.FILES or None)

    def act(found: Any) -> None:
        data = form.cleaned_data
        before, after = (store_all(data[name], actor=request.actor, staff=True) for name in ("before", "after"))
        actions.finish_handling(
            case_id=found.case_id, note=data["note"], before=before, after=after, **moved_by(request)
        )

    return _form_page(request, number, "finish", form, act)


@never_cache
@BOTH
@requires("cases.verify", "cases.check")
def check(request: ActorRequest, number: str, transition: str) -> HttpResponse:
    """Result of the check on site."""
    form = VisitForm(request.POST or None, request.FILES or None)

    def act(found: Any) -> None:
        data = form.cleaned_data
        photos = store_all(data["photos"], actor=request.actor, staff=True)
        passed = transition == "check_passed"
        actions.check_on_site(
            case_id=found.case_id, passed=passed, photos=photos, note=data["note"], **moved_by(request)
        )

    return _form_page(request, number, transition, form, act)


@never_cache
@BOTH
@requires("cases.release")
def release(request: ActorRequest, number: str) -> HttpResponse:
    """What the public may read and see of this report."""
    now = app_now()
    found = case_queries.case_file(request.actor, number, now)
    if found is None:
        raise Http404
    choices = [(photo.attachment_id, f"{photo.stage_label} {photo.caption}") for photo in found.photos]
    initial = {
        "text": queries.report_detail(found.case_id, request.actor).public_text,
        "photos": [photo.attachment_id for photo in found.photos if photo.released],
    }
    form = ReleaseForm(request.POST or None, photos=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        _release(request, found, form.cleaned_data)
        messages.success(request, _("What the public sees was updated."))
        return redirect("cases:case_file", number=number)
    return render(request, "events/release.html", {**file_context(found, now), "form": form})


def _release(request: ActorRequest, found: Any, data: dict[str, Any]) -> None:
    actor, number = request.actor, found.number
    actions.release_text(actor=actor, case_id=found.case_id, text=data["text"])
    chosen = set(data["photos"])
    hidden = [p.attachment_id for p in found.photos if p.released and p.attachment_id not in chosen]
    shown = [p.attachment_id for p in found.photos if not p.released and p.attachment_id in chosen]
    if shown:
        case_actions.release(number=number, actor=actor, attachment_ids=shown)
    if hidden:
        case_actions.release(number=number, actor=actor, attachment_ids=hidden, released=False)


@never_cache
@BOTH
@requires("cases.file")
def register(request: ActorRequest) -> HttpResponse:
    """Enter a report given by phone or at the counter."""
    form = RegisterForm(request.POST or None, request.FILES or None, initial={"submission_key": f"desk-{uuid4().hex}"})
    if request.method == "POST" and "search" not in request.POST and form.is_valid():
        try:
            number = _register(request, form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Registered: %(number)s") % {"number": number})
            return redirect("cases:case_file", number=number)
    text = request.POST.get("q", "")
    groups = queries.categories_by_major(app_now(), public=False).items()
    context = {
        "form": form,
        "q": text,
        "addresses": search_addresses(text, 8) if text else [],
        "groups": [{"name_zh": zh, "name_en": en, "rows": rows} for (_type, zh, en), rows in groups],
        "category": form["category"].value() or "",
    }
    return render(request, "events/register.html", context)


def _register(request: ActorRequest, data: dict[str, Any]) -> str:
    incident = actions.Incident(
        category=data["category"],
        lon=data["lon"],
        lat=data["lat"],
        datum=data["datum"],
        address=data["address"],
        description=data["description"],
        photos=store_all(data["photos"], actor=request.actor, staff=True),
    )
    receipt = actions.report_incident(
        actor=request.actor,
        incident=incident,
        contact=actions.Contact(data["name"], data["phone"], request.POST.get("notice", "")),
        source="hotline",
        submission_key=data["submission_key"],
    )
    return receipt.number
