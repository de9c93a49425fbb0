"""My data: what is held about me, why, who looked; ask for correction or erasure; take a copy."""

from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ActorRequest, signed_in
from accounts.actions import CORRECT, request_code
from accounts.forms import PhoneForm
from accounts.rules import city_date
from cases.forms import refuse
from ledger.clock import app_now
from ledger.queries import notice_shown
from services.actions import privacy as actions
from services.forms import PrivacyForm
from services.queries import privacy as queries

CODE = "new_phone_code"  # session key: id of the code that was sent to a new number


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def my_data(request: ActorRequest) -> HttpResponse:
    """The page, and the form at its end that opens a case; `send_code` sends a code to a new number first."""
    fresh = {"submission_key": f"mine-{uuid4().hex}"}
    if "send_code" in request.POST:
        form = _with_code(request)
    else:
        form = PrivacyForm(request.POST or None, initial=fresh)
        token = _asked(request, form) if form.is_bound and form.is_valid() else None
        if token is not None:
            return redirect("cases:tracking", token=token)
    context = {"data": queries.my_data(request.actor), "form": form, "sent": CODE in request.session}
    return render(request, "services/my_data.html", context, status=422 if form.errors else 200)


def _asked(request: ActorRequest, form: PrivacyForm) -> str | None:
    """The token of the new case; None if the form was refused."""
    code = request.session.get(CODE)
    told = request.POST.get("notice", "")
    try:
        token = actions.ask_about_my_data(
            **form.arguments(), code_id=UUID(code) if code else None, notice=told, actor=request.actor
        )
    except ValidationError as error:
        refuse(form, error)
        return None
    request.session.pop(CODE, None)
    return token


def _with_code(request: ActorRequest) -> PrivacyForm:
    """The form as it was filled in, after a code went to the number in it; or with what is wrong with that number."""
    number = PhoneForm({"phone": request.POST.get("right_phone", "")})
    if not number.is_valid():
        form = PrivacyForm(request.POST)
        form.errors.clear()
        form.add_error("right_phone", number.errors["phone"])
        return form
    told = notice_shown("privacy_request", request.POST.get("notice", ""), city_date(app_now()))
    code = request_code(phone=number.cleaned_data["phone"], notice=told, purpose=CORRECT)
    request.session[CODE] = str(code or uuid4())  # who reached a limit is not told
    return PrivacyForm(initial=request.POST.dict())


@signed_in
@never_cache
@require_POST
def my_data_copy(request: ActorRequest) -> HttpResponse:
    """A copy of one's own data as JSON, in clear; that it was taken stands in the list of looks."""
    clear = actions.export_my_data(actor=request.actor)
    data = queries.my_data(request.actor)
    body: dict[str, Any] = {
        "values": clear,
        "held": [asdict(value) for value in data.values],
        "also": [asdict(holding) for holding in data.also],
        "cases": [asdict(case) for case in data.cases],
        "looks": [asdict(look) for look in data.looks],
    }
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer
