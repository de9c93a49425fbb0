"""Moves: what each does and asks for, and doing it. The form stands where the moves stood."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ActorRequest, requires
from cases import actions, engine, queries
from cases.forms import MoveForm, NoteForm, refuse
from cases.views.file import refuse_move, seen
from cases.views.show import file_context
from ledger.clock import app_now

READ = requires("cases.read")
BOTH = require_http_methods(["GET", "HEAD", "POST"])


def _ask(
    request: ActorRequest, number: str, form: forms.Form, spec: dict[str, str], act: Callable[[], object]
) -> HttpResponse:
    """Show the form beside the case; on POST do it, or show why not beside what was typed. The action knows who may."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except ValidationError as error:
            refuse(form, error)
        else:
            _say_done(request, spec["label"])
            return redirect("cases:case_file", number=number)
    context = {**file_context(seen(request, number), app_now()), "form": form, "spec": spec}
    return render(request, "cases/case_file.html", context, status=422 if form.errors else 200)


def _at_once(request: ActorRequest, number: str, transition: str) -> HttpResponse | None:
    """Do a move that is a mere button, without reading the case for a form first; None: it needs one, if only to say
    why not.
    """
    form = MoveForm(request.POST, requires=(), departments=[], holders=[])
    if not queries.asks_nothing(transition) or not form.is_valid():
        return None
    try:
        done = actions.move_case(number=number, transition=transition, actor=request.actor, **form.arguments())
    except (ValidationError, PermissionDenied, engine.NoSuchCase):
        return None
    _say_done(request, queries.move_label(done.case.kind, transition))
    return redirect("cases:case_file", number=number)


def _move_form(request: ActorRequest, offered: queries.MoveForm) -> MoveForm:
    row = offered.move
    initial = {
        "expected_version": row.expected_version,
        "assignment_id": row.assignment_id,
        "department": offered.proposed,
    }
    return MoveForm(
        request.POST or None,
        initial=initial,
        requires=row.needs,
        departments=offered.departments,
        holders=offered.holders,
        result=row.result,
    )


def _say_done(request: ActorRequest, label: str) -> None:
    messages.success(request, _("Done: %(what)s") % {"what": label})


@never_cache
@BOTH
@READ
def move(request: ActorRequest, number: str, transition: str) -> HttpResponse:
    """One move of the workflow, with just the fields its row asks for."""
    done = _at_once(request, number, transition) if request.method == "POST" else None
    if done is not None:
        return done
    offered = queries.form_of(request.actor, number, transition, app_now())
    if offered is None:
        refuse_move(request.actor, seen(request, number), transition)
    if offered.move.url_name:
        raise Http404
    row, form = offered.move, _move_form(request, offered)

    def act() -> None:
        actions.move_case(number=number, transition=transition, actor=request.actor, **form.arguments())

    return _ask(request, number, form, {"label": row.label, "effect": row.effect}, act)


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
    now, found = app_now(), seen(request, number)
    step = next((row for row in found.open_steps if row.assignment_id == assignment and row.may_hand_over), None)
    if step is None:
        raise Http404
    form = MoveForm(
        request.POST or None,
        initial={"expected_version": step.version, "assignment_id": assignment},
        requires=("holder",),
        departments=[],
        holders=queries.colleagues(assignment, now),
    )

    def act() -> None:
        data = form.cleaned_data
        actions.hand_over(
            assignment_id=assignment,
            holder_id=data["holder"],
            actor=request.actor,
            expected_version=data["expected_version"],
            note=data["note"],
        )

    return _ask(request, number, form, {"label": _("Hand over"), "effect": _("The limit stays as it is.")}, act)


@never_cache
@BOTH
@READ
def urge(request: ActorRequest, number: str) -> HttpResponse:
    """Remind who has it; counted, changes no state."""
    form = NoteForm(request.POST or None)

    def act() -> None:
        actions.urge(number=number, actor=request.actor, note=form.cleaned_data["note"])

    spec = {"label": _("Urge"), "effect": _("Whoever has the case is reminded; the limit stays.")}
    return _ask(request, number, form, spec, act)
