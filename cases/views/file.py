"""The case file and what is said beside it."""

from typing import NoReturn

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ActorRequest, requires
from cases import actions, queries
from cases.engine import CaseMoved
from cases.forms import CommentForm, ContactForm
from cases.kinds import workflow
from cases.queries import CaseFile, MoveRow
from cases.queries.papers import case_documents
from cases.views.show import file_context
from ledger.actors import Actor
from ledger.clock import app_now

READ = requires("cases.read")
BOTH = require_http_methods(["GET", "HEAD", "POST"])


def seen(request: ActorRequest, number: str) -> CaseFile:
    """The case file, or 404: not there and not yours answer the same."""
    found = queries.case_file(request.actor, number, app_now())
    if found is None:
        raise Http404
    return found


def refuse_move(actor: Actor, found: CaseFile, name: str) -> NoReturn:
    """A move that is not offered: 409 where the case has left the states it starts from, 404 otherwise.

    Raises:
        CaseMoved: for whoever has the right of the move; nobody else is told that there is such a move.
    """
    row = workflow(found.kind).transition(name)
    if row is not None and found.state not in row.from_states and row.right and actor.may(row.right):
        raise CaseMoved(case_number=found.number)
    raise Http404


def file_with_move(request: ActorRequest, number: str, name: str) -> tuple[CaseFile, MoveRow]:
    """A case file and one of its moves that is offered to the viewer now; refuses as `seen` and `refuse_move` do."""
    found = seen(request, number)
    move = next((row for row in found.moves if row.name == name), None)
    return (found, move) if move is not None else refuse_move(request.actor, found, name)


@never_cache
@require_safe
@READ
def preview(request: ActorRequest, number: str) -> HttpResponse:
    """The case beside the list."""
    return render(request, "cases/_preview.html", file_context(seen(request, number), app_now()))


@never_cache
@require_safe
@READ
def case_file(request: ActorRequest, number: str) -> HttpResponse:
    now, found = app_now(), seen(request, number)
    actions.mark_seen(case_id=found.case_id, actor=request.actor)
    near = queries.neighbours(request.actor, number, now=now)
    papers = case_documents(found.case_id)
    return render(request, "cases/case_file.html", {**file_context(found, now), "near": near, "documents": papers})


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
    found = seen(request, number)
    actions.watch(number=number, actor=request.actor, on=not found.watched)
    return redirect("cases:case_file", number=number)


@never_cache
@BOTH
@requires("people.contact")
def contact(request: ActorRequest, number: str) -> HttpResponse:
    """Show a reporter's contact in clear, for a purpose that is recorded and that the person can see."""
    seen(request, number)
    form = ContactForm(request.POST or None)
    values: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        values = actions.reveal_contact(number=number, actor=request.actor, purpose=form.cleaned_data["purpose"])
    return render(request, "cases/contact.html", {"number": number, "form": form, "values": values})
