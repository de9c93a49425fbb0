"""The reporter's private page: who has it, what happened, what comes next; answer, rate, ask for reopening."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ActorRequest, capability, public
from cases.forms import refuse
from cases.views.photos import send_photo
from events import actions, queries
from events.forms import RatingForm, ReceiptForm, ReopenForm, ReplyForm
from events.queries.photos import tracked_photo
from events.queries.tracking import Tracking
from events.views.uploads import store_all
from ledger.actors import Actor
from ledger.clock import app_now


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def find(request: HttpRequest) -> HttpResponse:
    """From the link or its code to the page; the receipt number alone opens nothing, since numbers can be guessed."""
    form = ReceiptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = form.cleaned_data["receipt"].strip().rstrip("/").rsplit("/", 1)[-1]
        if queries.bearer(token):
            return redirect("events_tracking", token=token)
        form.add_error("receipt", _("No report fits this code. Please copy the whole link you were given."))
    return render(request, "events/find.html", {"form": form})


@never_cache
@require_safe
@capability
def track(request: ActorRequest, token: str) -> HttpResponse:
    return _page(request, token, _found(token))


@require_POST
@capability
def reply(request: ActorRequest, token: str) -> HttpResponse:
    """A message of the reporter, with photos if he likes."""
    case_id, actor = _bearer(token)
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, token, _found(token), reply_form=form)

    def act() -> None:
        photos = store_all(form.cleaned_data["photos"], actor=actor, staff=False)
        actions.reply_to_report(actor=actor, case_id=case_id, text=form.cleaned_data["text"], photos=photos)

    return _done(request, token, form, act, "reply_form", _("Your message was added."))


@require_POST
@capability
def rate(request: ActorRequest, token: str) -> HttpResponse:
    case_id, actor = _bearer(token)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _page(request, token, _found(token), rating_form=form)

    def act() -> None:
        actions.rate_report(actor=actor, case_id=case_id, **form.cleaned_data)

    return _done(request, token, form, act, "rating_form", _("Thank you. Your rating was recorded."))


@require_POST
@capability
def reopen(request: ActorRequest, token: str) -> HttpResponse:
    case_id, actor = _bearer(token)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _page(request, token, _found(token), reopen_form=form)

    def act() -> None:
        actions.reopen_report(actor=actor, case_id=case_id, reason=form.cleaned_data["reason"])

    return _done(request, token, form, act, "reopen_form", _("The case is open again and back with the officer."))


@require_safe
@capability
def track_photo(request: HttpRequest, token: str, file: UUID, variant: str) -> FileResponse:
    """A photo of the reporter's own case."""
    case_id, _actor = _bearer(token)
    path = tracked_photo(case_id, file, "thumb" if variant == "thumb" else "full")
    return send_photo(path)


def _bearer(token: str) -> tuple[int, Actor]:
    found = queries.bearer(token)
    if found is None:
        raise Http404
    return found


def _found(token: str) -> Tracking:
    found = queries.tracking(token, now=app_now())
    if found is None:
        raise Http404
    return found


def _done(request: ActorRequest, token: str, form: forms.Form, act: Any, name: str, thanks: str) -> HttpResponse:
    """Do it and come back; a refusal is shown beside its field."""
    try:
        act()
    except ValidationError as error:
        refuse(form, error)
        return _page(request, token, _found(token), **{name: form})
    messages.success(request, thanks)
    return redirect("events_tracking", token=token)


def _page(request: ActorRequest, token: str, found: Tracking, **refused: forms.Form) -> HttpResponse:
    context: dict[str, Any] = {
        "tracking": found,
        "token": token,
        "now": app_now(),
        "link": request.build_absolute_uri(f"/track/{token}/"),
        "reply_form": ReplyForm(),
        "rating_form": RatingForm(),
        "reopen_form": ReopenForm(),
        "refused": next(iter(refused.values()), None),
        **refused,
    }
    response = render(request, "events/track.html", context, status=422 if refused else 200)
    # the link is the right; other sites never see it (referrer policy same-origin), search engines neither
    response["X-Robots-Tag"] = "noindex"
    return response
