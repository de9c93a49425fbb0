"""My data: what is held about me, why, who looked; ask for correction or erasure; take a copy."""

from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ActorRequest, signed_in
from cases.forms import refuse
from services.actions import privacy as actions
from services.forms import PrivacyForm
from services.queries import privacy as queries


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def my_data(request: ActorRequest) -> HttpResponse:
    """The page, and the form at its end that opens a case."""
    form = PrivacyForm(request.POST or None, initial={"submission_key": f"mine-{uuid4().hex}"})
    if request.method == "POST" and form.is_valid():
        try:
            told = request.POST.get("notice", "")
            token = actions.ask_about_my_data(**form.cleaned_data, notice=told, actor=request.actor)
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("cases:tracking", token=token)
    context = {"data": queries.my_data(request.actor), "form": form}
    return render(request, "services/my_data.html", context, status=422 if form.errors else 200)


@signed_in
@never_cache
@require_POST
def my_data_copy(request: ActorRequest) -> HttpResponse:
    """A copy of one's own data as JSON, in clear; that it was taken stands in the list of looks."""
    clear = actions.export_my_data(actor=request.actor)
    data = queries.my_data(request.actor)
    body: dict[str, Any] = {
        "values": clear,
        "held": [{name: getattr(value, name) for name in value.__slots__} for value in data.values],
        "cases": [{name: getattr(case, name) for name in case.__slots__} for case in data.cases],
        "looks": [{name: getattr(look, name) for name in look.__slots__} for look in data.looks],
    }
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer
