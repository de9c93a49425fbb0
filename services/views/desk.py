"""Officials' screens of an application, beside the kernel's: work list, what is missing, opinion, decision."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ActorRequest, requires
from cases import queries as case_queries
from cases.forms import refuse
from cases.views.file import file_with_move
from cases.views.show import shown_move
from ledger.clock import app_now
from services import actions, queries
from services.forms import GrantForm, OpinionForm, PersonalForm, RefuseForm, RevokeForm, SupplementForm
from services.queries.detail import case_of
from services.queries.matters import view_of
from services.views.mine import send_supply, supply_form

BOTH = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50
LISTS = ("services.file", "services.accept", "services.review", "services.decide")


@never_cache
@require_safe
@requires(*LISTS)
def work(request: ActorRequest) -> HttpResponse:
    """Applications that wait for the department, most urgent first, and what can be filed at the counter."""
    now = app_now()
    page = case_queries.inbox(
        request.actor, filters={"kind": "service"}, after=request.GET.get("after", ""), limit=PAGE, now=now
    )
    context = {
        "rows": page.rows,
        "next_key": page.next_key,
        "now": now,
        "items": queries.catalogue_public(now) if request.actor.may("services.file") else [],
    }
    return render(request, "services/work.html", context)


def _file_of(request: ActorRequest, number: str, transition: str) -> Any:
    found, chosen = file_with_move(request, number, transition)
    if found.kind != "service":
        raise Http404
    return found, shown_move(number, chosen)


def _form_page(
    request: ActorRequest, number: str, transition: str, form: forms.Form, act: Callable[[], object]
) -> HttpResponse:
    """Show the form of a move; on POST do it and return to the case, or say why not beside what was typed."""
    file, chosen = _file_of(request, number, transition)
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Done: %(what)s") % {"what": chosen.label})
            return redirect("cases:case_file", number=number)
    context = {"file": file, "form": form, "move": chosen, "now": app_now(), "multipart": form.is_multipart()}
    return render(request, "services/desk_move.html", context, status=422 if form.errors else 200)


def _version(request: ActorRequest) -> int:
    """The version the page showed; an unreadable one is an old one."""
    text = request.POST.get("expected_version", "")
    return int(text) if text.isdigit() and len(text) < 10 else 0


@never_cache
@BOTH
@requires("services.accept")
def supplement(request: ActorRequest, number: str) -> HttpResponse:
    """The complete list of what is missing, once."""
    file, _chosen = _file_of(request, number, "ask_supplement")
    form = SupplementForm(request.POST or None, item=file.detail.item)

    def act() -> None:
        actions.ask_supplement(actor=request.actor, number=number, expected_version=_version(request), rows=form.rows())

    return _form_page(request, number, "ask_supplement", form, act)


@never_cache
@BOTH
@requires("services.accept")
def take_papers(request: ActorRequest, number: str) -> HttpResponse:
    """The applicant brings what was asked for to the counter."""
    _file_of(request, number, "supply")
    case = case_of(number)
    if case is None:
        raise Http404
    form = supply_form(request, view_of(case, app_now()))
    if request.method == "POST" and form.is_valid() and send_supply(request, number, form):
        messages.success(request, _("It was sent. The limit runs on."))
        return redirect("cases:case_file", number=number)
    return (
        _form_page(request, number, "supply", form, lambda: None)
        if request.method != "POST"
        else _again(request, number, form)
    )


def _again(request: ActorRequest, number: str, form: forms.Form) -> HttpResponse:
    file, chosen = _file_of(request, number, "supply")
    context = {"file": file, "form": form, "move": chosen, "now": app_now(), "multipart": True}
    return render(request, "services/desk_move.html", context, status=422)


@never_cache
@BOTH
@requires("services.review")
def opinion(request: ActorRequest, number: str, transition: str) -> HttpResponse:
    """A department's opinion."""
    form = OpinionForm(request.POST or None)
    step = request.POST.get("assignment_id", "")

    def act() -> None:
        actions.give_opinion(
            actor=request.actor, number=number, transition=transition, expected_version=_version(request),
            assignment_id=int(step) if step.isdigit() and len(step) < 18 else 0, **form.cleaned_data,
        )  # fmt: skip

    return _form_page(request, number, transition, form, act)


@never_cache
@BOTH
@requires("services.decide")
def grant(request: ActorRequest, number: str) -> HttpResponse:
    """Grant it and issue the licence."""
    form = GrantForm(request.POST or None)

    def act() -> None:
        actions.grant_matter(
            actor=request.actor, number=number, expected_version=_version(request), **form.cleaned_data
        )

    return _form_page(request, number, "grant", form, act)


@never_cache
@BOTH
@requires("services.decide")
def refuse_it(request: ActorRequest, number: str) -> HttpResponse:
    """A named, reasoned refusal with its remedy."""
    form = RefuseForm(request.POST or None)

    def act() -> None:
        actions.refuse_matter(
            actor=request.actor, number=number, expected_version=_version(request), **form.cleaned_data
        )

    return _form_page(request, number, "refuse", form, act)


@never_cache
@BOTH
@requires("people.contact")
def personal(request: ActorRequest, number: str) -> HttpResponse:
    """Personal answers in clear, for a purpose that is recorded and that the person can see."""
    found = case_queries.case_file(request.actor, number, app_now())
    if found is None or found.kind != "service":
        raise Http404
    form = PersonalForm(request.POST or None)
    values: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        values = actions.reveal_answers(actor=request.actor, number=number, purpose=form.cleaned_data["purpose"])
    context = {"number": number, "form": form, "values": values}
    return render(request, "services/personal.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@requires("licences.read")
def licences(request: ActorRequest) -> HttpResponse:
    """Licences of the area."""
    text, now = request.GET.get("q", "")[:80].replace("\0", ""), app_now()
    rows = queries.licence_rows(request.actor, text=text, now=now)
    return render(request, "services/licences_desk.html", {"rows": rows, "q": text, "now": now})


@never_cache
@BOTH
@requires("licences.revoke")
def revoke(request: ActorRequest, licence_id: UUID) -> HttpResponse:
    """Asked with a reason; what it does is said before."""
    card = queries.licence_card(request.actor, licence_id, app_now())
    if card is None:
        raise Http404
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_licence(actor=request.actor, licence_id=licence_id, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The licence is revoked; the verification page says so from now on."))
            return redirect("service_licence", licence_id=licence_id)
    return render(request, "services/revoke.html", {"card": card, "form": form}, status=422 if form.errors else 200)
