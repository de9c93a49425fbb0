"""Editing an item of a draft of the catalogue."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import ActorRequest, requires
from cases.forms import refuse
from ledger.clock import app_now
from ledger.queries import edition_by_id
from services import actions, queries
from services.forms import ItemForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("rules.draft")
def edit_item(request: ActorRequest, edition: int, code: str) -> HttpResponse:
    """Names, conditions, limits and fee of one item; what a draft changes is shown before it is approved."""
    found = edition_by_id(edition, queries.CATALOGUE, app_now())
    values = queries.item_values(edition, code)
    if found is None or not found.drafting or values is None:
        raise Http404
    form = ItemForm(request.POST or None, initial=values)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_item(edition_id=edition, code=code, values=form.cleaned_data, actor=request.actor)
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("cases:edition", kind=queries.CATALOGUE, number=found.number)
    context = {"edition": found, "code": code, "form": form}
    return render(request, "services/item_edit.html", context, status=422 if form.errors else 200)
