"""A resident's own matters and licences."""

import secrets
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ActorRequest, signed_in
from cases.forms import refuse
from cases.views.uploads import store_all
from ledger.clock import app_now
from services import actions, queries, rules
from services.forms import SupplyForm, WithdrawForm
from services.queries import MatterView

BOTH = require_http_methods(["GET", "HEAD", "POST"])


def _found(request: ActorRequest, number: str) -> MatterView:
    found = queries.my_matter(request.actor, number, app_now())
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@signed_in
def matters(request: ActorRequest) -> HttpResponse:
    """Everything the resident applied for, and what came of it."""
    now = app_now()
    context = {
        "rows": queries.my_matters(request.actor),
        "licences": queries.my_licences(request.actor, now),
        "now": now,
    }
    return render(request, "services/mine.html", context)


@never_cache
@require_safe
@signed_in
def matter(request: ActorRequest, number: str) -> HttpResponse:
    """Who has it, since when, until when, what is missing."""
    return render(request, "services/matter.html", {"matter": _found(request, number), "now": app_now()})


@never_cache
@BOTH
@signed_in
def supply(request: ActorRequest, number: str) -> HttpResponse:
    """Complete what was asked for."""
    found = _found(request, number)
    if not found.may_supply:
        raise Http404
    form = supply_form(request, found)
    if request.method == "POST" and form.is_valid() and send_supply(request, number, form):
        messages.success(request, _("It was sent. The limit runs on."))
        return redirect("service_mine", number=number)
    context = {"matter": found, "form": form, "now": app_now()}
    return render(request, "services/supply.html", context, status=422 if form.errors else 200)


def supply_form(request: ActorRequest, found: MatterView) -> SupplyForm:
    """A field for every paper that was asked for."""
    english = (get_language() or "").startswith("en")
    asked = [
        (row.what.removeprefix("material:"), row.name_en if english else row.name_zh, row.text)
        for row in found.missing
        if row.what.startswith("material:")
    ]
    return SupplyForm(
        request.POST or None, request.FILES or None, asked=asked, initial={"expected_version": found.version}
    )


def send_supply(request: ActorRequest, number: str, form: SupplyForm) -> bool:
    """Send it; False if the action refused, with the reasons beside the fields."""
    data = form.cleaned_data
    try:
        papers = {
            name.removeprefix("material_"): store_all(files, actor=request.actor, staff=False)
            for name, files in data.items()
            if name.startswith("material_") and files
        }
        actions.supply_matter(
            actor=request.actor, number=number, expected_version=data["expected_version"], text=data["text"],
            materials=papers,
        )  # fmt: skip
    except ValidationError as error:
        refuse(form, error)
        return False
    return True


@never_cache
@BOTH
@signed_in
def withdraw(request: ActorRequest, number: str) -> HttpResponse:
    """Asked once before it is done."""
    found = _found(request, number)
    if not found.may_withdraw:
        raise Http404
    form = WithdrawForm(request.POST or None, initial={"expected_version": found.version})
    if request.method == "POST" and form.is_valid():
        actions.withdraw_matter(actor=request.actor, number=number, **form.cleaned_data)
        messages.success(request, _("The application was withdrawn."))
        return redirect("service_mine", number=number)
    context = {"matter": found, "form": form}
    return render(request, "services/withdraw.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@signed_in
def licence(request: ActorRequest, licence_id: UUID) -> HttpResponse:
    """The licence on the screen: card, code, six digits, time left; who checked it, as far as anybody knows."""
    now = app_now()
    card = queries.licence_card(request.actor, licence_id, now)
    if card is None:
        raise Http404
    ready = queries.licence_pdf(request.actor, licence_id) is not None
    context: dict[str, Any] = {"card": card, "now": now, "pdf": ready, "turns": range(0, 180, 9)}
    if request.actor.user_id is None and card.row.state != "revoked":
        key = settings.KEYS.token
        token = rules.show_token(licence_id, now=now, nonce=secrets.token_bytes(4), key=key)
        address = request.build_absolute_uri(reverse("licence_verify_code", args=[token]))
        digits = rules.digits_of(licence_id, now=now, key=key)
        left = rules.SHOWN_SECONDS - int(now.timestamp()) % rules.SHOWN_SECONDS
        svg = segno.make(address, error="m", micro=False).svg_inline(scale=4, border=2, omitsize=True)
        context |= {
            "qr": mark_safe(svg),  # noqa: S308 - drawn by segno from an address of our own
            "digits": f"{digits[:3]} {digits[3:]}",
            "left": left,
            "share": left * 100 // rules.SHOWN_SECONDS,
            "address": address,
        }
    return render(request, "services/licence.html", context)


@never_cache
@require_safe
@signed_in
def licence_pdf(request: ActorRequest, licence_id: UUID) -> FileResponse:
    """The licence as PDF, for its holder and the officials of the area."""
    path = queries.licence_pdf(request.actor, licence_id)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="application/pdf", filename="licence.pdf")
