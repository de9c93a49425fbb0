"""Signing in and what belongs to oneself: home, hat, phone code, notices."""

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, queries
from accounts.access import ActorRequest, public, signed_in
from accounts.forms import CodeForm, PhoneForm
from accounts.gateways import render as render_text
from accounts.middleware import HAT
from accounts.rules import city_date
from accounts.views.common import own_path, signed_in_as
from ledger.actors import ActorKind
from ledger.clock import app_now
from ledger.queries import notice_shown

CODE = "phone_code"


@signed_in
@never_cache
@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """Each face to its own shell; a member without a valid hat is told so."""
    presence = request.presence
    if presence.actor.kind is ActorKind.MEMBER and presence.hat is None:
        return render(request, "accounts/no_hat.html")
    return redirect(presence.home)


@signed_in
@require_POST
def hat(request: ActorRequest) -> HttpResponse:
    """Put on another of one's own hats."""
    membership = request.POST.get("membership", "")
    worn = actions.switch_hat(
        user_id=request.actor.user_id or 0,
        membership_id=int(membership) if membership.isdecimal() and len(membership) < 19 else 0,
        actor=request.actor,
    )
    request.session[HAT] = worn.pk
    # the page one came from may belong to the other hat's face
    same_face = worn.role.face == request.presence.face
    target = own_path(request, request.POST.get("next", ""), "/accounts/home/") if same_face else "/accounts/home/"
    return redirect(target)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def phone(request: ActorRequest) -> HttpResponse:
    """A resident's mobile number; the answer is the same whether a code was sent or a limit was reached."""
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = notice_shown("sign_in", request.POST.get("notice", ""), city_date(app_now()))
        code = actions.request_code(phone=form.cleaned_data["phone"], notice=told)
        request.session[CODE] = str(code or uuid4())
        return redirect("accounts_phone_code")
    return render(request, "accounts/phone.html", {"form": form})


@public
@never_cache
@require_http_methods(["GET", "POST"])
def phone_code(request: ActorRequest) -> HttpResponse:
    """The code from the message, in the browser that asked for it."""
    if CODE not in request.session:
        return redirect("accounts_phone")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["code"]
        user = actions.check_code(code_id=UUID(request.session[CODE]), typed=typed)
        if user is not None:
            del request.session[CODE]
            return signed_in_as(request, user, method="phone", target="/")
        form.add_error("code", _("This code does not open. Ask for a new one after five tries or ten minutes."))
    return render(request, "accounts/phone_code.html", {"form": form})


@signed_in
@require_GET
def notices(request: ActorRequest) -> HttpResponse:
    """What I was told, newest first."""
    before = request.GET.get("after", "")
    rows, next_key = queries.notices(
        request.actor, before=int(before) if before.isdecimal() and len(before) < 19 else None
    )
    language = getattr(request, "LANGUAGE_CODE", "")
    shown = [(row, *render_text(row.kind, row.data, language).partition("\n")[::2]) for row in rows]
    face = "public" if request.actor.kind is ActorKind.RESIDENT else "desk"
    return render(request, f"accounts/notices_{face}.html", {"rows": shown, "next_key": next_key})


@signed_in
@require_POST
def notices_read(request: ActorRequest) -> HttpResponse:
    """Mark all as read."""
    actions.read_all_notices(actor=request.actor)
    return redirect("accounts_notices")
