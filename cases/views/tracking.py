"""The reporter's private page, for every kind: who has it, what happened, what comes next; answer, withdraw.

What only one kind offers (rating, reopening) posts to that kind, which comes back here through `shown` and `done`.
"""

from collections.abc import Callable
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
from cases import actions, queries
from cases.forms import RatingForm, ReceiptForm, ReopenForm, ReplyForm, WithdrawForm, refuse
from cases.queries.papers import notice_of
from cases.views.photos import send_photo
from cases.views.uploads import store_all
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
            return redirect("cases:tracking", token=token)
        form.add_error("receipt", _("No report fits this code. Please copy the whole link you were given."))
    return render(request, "cases/find.html", {"form": form})


@never_cache
@require_safe
@capability
def track(request: ActorRequest, token: str) -> HttpResponse:
    return shown(request, token)


@require_POST
@capability
def reply(request: ActorRequest, token: str) -> HttpResponse:
    """A message of the reporter, with photos if he likes."""
    case_id, actor = bearer(token)
    form = ReplyForm(request.POST, request.FILES)

    def act() -> None:
        photos = store_all(form.cleaned_data["photos"], actor=actor, staff=False)
        actions.reply(actor=actor, case_id=case_id, text=form.cleaned_data["text"], photos=photos)

    return done(request, token, form, act, "reply_form", _("Your message was added."))


@require_POST
@capability
def withdraw(request: ActorRequest, token: str) -> HttpResponse:
    """The reporter ends the own matter, where its kind has such a move."""
    found, (_case_id, actor) = _found(token), bearer(token)
    if not found.may_withdraw:
        raise Http404
    form = WithdrawForm(request.POST)

    def act() -> None:
        actions.withdraw(number=found.number, actor=actor, reason=form.cleaned_data["reason"])

    return done(request, token, form, act, "withdraw_form", _("The matter was withdrawn."))


@require_safe
@capability
def track_photo(request: HttpRequest, token: str, file: UUID, variant: str) -> FileResponse:
    """A photo of the reporter's own case."""
    case_id, _actor = bearer(token)
    path = queries.tracked_photo(case_id, file, "thumb" if variant == "thumb" else "full")
    return send_photo(path)


def bearer(token: str) -> tuple[int, Actor]:
    """The case of a link and the actor its bearer is.

    Raises:
        Http404: a wrong link.
    """
    found = queries.bearer(token)
    if found is None:
        raise Http404
    return found


def _found(token: str) -> queries.Tracking:
    found = queries.tracking(token, now=app_now())
    if found is None:
        raise Http404
    return found


def done(
    request: ActorRequest, token: str, form: forms.Form, act: Callable[[], object], name: str, thanks: str
) -> HttpResponse:
    """Do it and come back; a refusal is shown beside its field.

    Arguments:
        name: of the form in the template: reply_form, rating_form, reopen_form, withdraw_form.
        thanks: what is said when it is done.
    """
    if form.is_valid():
        try:
            act()
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, thanks)
            return redirect("cases:tracking", token=token)
    return shown(request, token, **{name: form})


def shown(request: ActorRequest, token: str, **refused: forms.Form) -> HttpResponse:
    """The page of a link; with the form that was refused, if one was."""
    context: dict[str, Any] = {
        "tracking": _found(token),
        "token": token,
        "now": app_now(),
        "link": request.build_absolute_uri(f"/track/{token}/"),
        "reply_form": ReplyForm(),
        "rating_form": RatingForm(),
        "reopen_form": ReopenForm(),
        "withdraw_form": WithdrawForm(),
        "notice": notice_of(bearer(token)[0]),
        "refused": next(iter(refused.values()), None),
        **refused,
    }
    response = render(request, "cases/track.html", context, status=422 if refused else 200)
    # the link is the right; other sites never see it (referrer policy same-origin), search engines neither
    response["X-Robots-Tag"] = "noindex"
    return response
