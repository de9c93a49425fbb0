"""The editor of one routing rule of a draft; the edition itself is on the screens of all editions."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import ActorRequest, requires
from cases import actions, queries
from cases.forms import RuleForm, refuse
from ledger.clock import app_now
from ledger.queries import EditionCard, edition_by_id

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@BOTH
@requires("rules.draft")
def edit_rule(request: ActorRequest, edition: int, code: str = "") -> HttpResponse:
    """Write one rule of a draft, or take it out."""
    found, row = _draft(edition), queries.rule_of(edition, code) if code else None
    if code and row is None:
        raise Http404
    back = redirect("cases:edition", kind="routing", number=found.number)
    if "remove" in request.POST and row is not None:
        actions.remove_rule(edition_id=edition, rule_id=row.pk, actor=request.actor)
        return back
    form = RuleForm(request.POST or None, initial=queries.rule_values(row), choices=queries.rule_choices())
    if request.method == "POST" and form.is_valid():
        values, rule_id = form.values(request.actor), row.pk if row else None
        try:
            actions.save_rule(edition_id=edition, rule_id=rule_id, values=values, actor=request.actor)
        except ValidationError as error:
            refuse(form, error)
        else:
            return back
    context = {"edition": found, "rule": row, "form": form}
    return render(request, "cases/rule_edit.html", context, status=422 if form.errors else 200)


def _draft(edition_id: int) -> EditionCard:
    found = edition_by_id(edition_id, "routing", app_now())
    if found is None or not found.drafting:
        raise Http404
    return found
