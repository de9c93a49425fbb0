"""What is kept of the person of a case: as masks, in clear for a purpose, added to and ended. Thin."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ActorRequest, requires
from cases import actions
from cases.forms import ContactForm, FactForm, refuse
from cases.queries.person import CasePerson, person_of_case
from cases.views.file import seen
from grids.queries import today


def _found(request: ActorRequest, number: str) -> CasePerson:
    seen(request, number)
    return person_of_case(number, actor=request.actor, on=today())


@never_cache
@require_safe
@requires("people.contact")
def person(request: ActorRequest, number: str) -> HttpResponse:
    """Facts of the person as masks; whoever may keeps others."""
    return _page(request, number, _found(request, number))


def _page(
    request: ActorRequest, number: str, found: CasePerson, form: FactForm | None = None, shown: object = None
) -> HttpResponse:
    context = {
        "number": number,
        "facts": found.facts,
        "form": form or FactForm(kinds=found.kinds, initial={"as_of": today()}),
        "purpose_form": ContactForm(),
        "shown": shown,
        "nobody": not found.kinds,
        "may_register": request.actor.may("people.register") and found.kinds,
    }
    return render(request, "cases/person.html", context, status=422 if form else 200)


@never_cache
@require_POST
@requires("people.contact")
def act(request: ActorRequest, number: str, act: str) -> HttpResponse:
    """Show in clear, keep a fact, end one; each action asks for its own right."""
    found = _found(request, number)
    if act == "show":
        return _show(request, number, found)
    if act == "keep":
        return _keep(request, number, found)
    if act != "end":
        raise Http404
    try:
        fact = UUID(request.POST.get("fact", ""))
        actions.end_person_fact(number=number, fact_id=fact, actor=request.actor)
        messages.success(request, _("Ended. It is erased after its term."))
    except ValueError:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("cases:person", number=number)


def _show(request: ActorRequest, number: str, found: CasePerson) -> HttpResponse:
    form = ContactForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what for."))
        return redirect("cases:person", number=number)
    purpose = form.cleaned_data["purpose"]
    clear = actions.reveal_person_facts(number=number, purpose=purpose, actor=request.actor)
    return _page(request, number, found, shown=[(row, clear.get(row.kind, "")) for row in found.facts])


def _keep(request: ActorRequest, number: str, found: CasePerson) -> HttpResponse:
    form = FactForm(request.POST, kinds=found.kinds)
    if form.is_valid():
        try:
            actions.record_person_fact(number=number, actor=request.actor, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Kept. The person sees it under “My data”."))
            return redirect("cases:person", number=number)
    return _page(request, number, found, form=form)
