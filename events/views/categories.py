"""The editor of one category of a draft; the edition itself is on the screens of all editions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import ActorRequest, requires
from cases.forms import refuse
from events import actions, queries
from events.forms import CategoryForm, ConditionFormSet
from ledger.clock import app_now
from ledger.queries import EditionCard, edition_by_id


@require_http_methods(["GET", "HEAD", "POST"])
@requires("rules.draft")
def edit_category(request: ActorRequest, edition: int, code: str = "") -> HttpResponse:
    """Write one category of a draft with its conditions, or take it out."""
    found, (values, conditions) = _draft(edition), _values(edition, code)
    back = redirect("cases:edition", kind="categories", number=found.number)
    if "remove" in request.POST and code:
        actions.remove_category(edition_id=edition, key=code, actor=request.actor)
        return back
    form = CategoryForm(request.POST or None, initial=values, systems=queries.category_systems(), new=not code)
    rows = ConditionFormSet(request.POST or None, initial=conditions, prefix="c")
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        try:
            actions.save_category(
                edition_id=edition, key=code, values=form.cleaned_data, conditions=_kept(rows), actor=request.actor
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            return back
    wrong = bool(form.errors or any(rows.errors) or rows.non_form_errors())
    context = {"edition": found, "code": code, "form": form, "conditions": rows, "values": values}
    return render(request, "events/category_edit.html", context, status=422 if request.POST and wrong else 200)


def _values(edition: int, code: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if not code:
        return {"active": True, "public": True}, []
    found = queries.category_draft(edition, code)
    if found is None:
        raise Http404
    return found


def _kept(rows: Any) -> list[dict[str, Any]]:
    return [row.cleaned_data for row in rows if row.has_changed() and row.cleaned_data]


def _draft(edition_id: int) -> EditionCard:
    found = edition_by_id(edition_id, "categories", app_now())
    if found is None or not found.drafting:
        raise Http404
    return found
