"""Pages anybody may read, the claim anybody may file, and the worker's own lines behind a phone code."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ActorRequest, public, signed_in
from accounts.adapters import client_address
from cases.forms import refuse
from cases.views.uploads import carried, store_all, taken_up
from wages import actions, queries
from wages.forms import AnswerForm, ClaimForm
from wages.rules import month_of

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@public
def search(request: ActorRequest) -> HttpResponse:
    """Look a project up by name, code or contractor."""
    q = request.GET.get("q", "").replace("\0", "")
    page = queries.public_projects(q=q, after=request.GET.get("after", "").replace("\0", ""))
    return render(request, "wages/search.html", {"page": page, "q": q})


@require_safe
@public
def project(request: ActorRequest, code: str) -> HttpResponse:
    """What anybody may know of a project."""
    found = queries.public_project(code)
    if found is None:
        raise Http404
    return render(request, "wages/public_project.html", {"page": found, "project": found.project})


@never_cache
@BOTH
@public
def claim(request: ActorRequest) -> HttpResponse:
    """One page; works without an account, without script and without knowing the project."""
    if request.method != "POST":
        initial = {"project": request.GET.get("project", "")[:30], "submission_key": f"web-{uuid4().hex}", "people": 1}
        return render(request, "wages/claim.html", {"form": ClaimForm(initial=initial), "frame_form": "claim"})
    changing = "frame" in request.POST  # language or text size: the same page with what was typed
    form = ClaimForm(initial=request.POST.dict()) if changing else ClaimForm(request.POST, request.FILES)
    kept = taken_up(request.POST.get("photos_token", ""))
    try:  # stored at once, so that another mistake does not lose them
        kept += store_all(request.FILES.getlist("photos"), actor=request.actor, staff=False)
        if form.is_valid():
            return redirect("cases:tracking", token=_file(request, form.cleaned_data, kept).token)
    except ValidationError as error:
        if not changing:
            refuse(form, error)
    context = {"form": form, "photos_token": carried(kept), "kept": len(kept), "frame_form": "claim"}
    return render(request, "wages/claim.html", context, status=200 if changing else 422)


def _file(request: ActorRequest, data: dict[str, Any], photos: list[UUID]) -> actions.Receipt:
    return actions.file_claim(
        actor=request.actor,
        claim=actions.Claim(
            project=data["project"].strip(),
            employer=data["employer"],
            matter=data["matter"],
            first=data["first"],
            last=data["last"] or data["first"],
            amount=data["amount"],
            people=data["people"] or 1,
            description=data["description"],
            photos=photos,
        ),
        contact=actions.Contact(data["name"], data["phone"], request.POST.get("notice", "")),
        submission_key=data["submission_key"],
        network=client_address(request),
    )


@never_cache
@require_safe
@signed_in
def mine(request: ActorRequest) -> HttpResponse:
    """The worker's own lines; why there are none, if there are none."""
    return render(request, "wages/mine.html", {"wages": queries.my_wages(request.actor)})


@never_cache
@require_POST
@signed_in
def confirm(request: ActorRequest, line: int, month: str) -> HttpResponse:
    """Received as the line says."""
    actions.confirm_line(actor=request.actor, line_id=line, month=_month(month))
    return redirect("wages_mine")


@never_cache
@BOTH
@signed_in
def dispute(request: ActorRequest, line: int, month: str) -> HttpResponse:
    """Not received, or the amount is wrong: becomes a claim."""
    found = queries.my_line(request.actor, line)
    if found is None or found.month != _month(month):
        raise Http404
    initial = {"submission_key": f"line-{uuid4().hex}", "amount": found.missing or None}
    form = AnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            receipt = actions.dispute_line(actor=request.actor, line_id=line, month=found.month, **form.cleaned_data)
            return redirect("cases:tracking", token=receipt.token)
        except ValidationError as error:
            refuse(form, error)
    return render(request, "wages/dispute.html", {"form": form, "line": found}, status=422 if form.errors else 200)


def _month(text: str) -> date:
    found = month_of(text)
    if found is None:
        raise Http404(_("Write the month like 2026-09."))
    return found
