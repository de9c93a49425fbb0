"""Desk screens: users and departments (system administrator), the audit (audit administrator)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, queries
from accounts.access import ActorRequest, requires
from accounts.forms import LEVEL_LABELS, DepartmentForm, NewUserForm, PasswordForm, UserForm
from accounts.views.common import chips, chosen, take_over
from ledger.clock import app_now

SEE = ("accounts.manage", "accounts.memberships")


@requires(*SEE)
@require_GET
def users(request: ActorRequest) -> HttpResponse:
    """Officials: search, filter, page."""
    filters = chosen(request, "q", "department", "state")
    rows, next_key = queries.users(request.actor, filters=filters, after=request.GET.get("after", ""), now=app_now())
    states = [("active", _("active")), ("disabled", _("disabled"))]
    shown = chips(
        request,
        ("department", _("Department"), queries.department_choices(request.actor)),
        ("state", _("State"), states),
    )
    return render(request, "accounts/users.html", {"rows": rows, "next_key": next_key, "filters": shown})


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def user_new(request: ActorRequest) -> HttpResponse:
    """Create an official."""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.create_user(**form.cleaned_data, actor=request.actor)
        except ValidationError as error:
            take_over(form, error)
        else:
            messages.success(request, _("Created. The security administrator grants the role."))
            return redirect("accounts_user", user_id=user.pk)
    return render(request, "accounts/form.html", {"form": form, "title": _("New user"), "back": "accounts_users"})


@requires(*SEE)
@require_http_methods(["GET", "POST"])
def user(request: ActorRequest, user_id: int) -> HttpResponse:
    """One official: names, hats, password, disabling."""
    card = queries.user_card(request.actor, user_id, now=app_now())
    if card is None:
        raise Http404
    names = {name: getattr(card, name) for name in ("display_name", "display_name_en", "email")}
    form = UserForm(request.POST or None, initial=names)
    if request.method == "POST" and form.is_valid():
        actions.edit_user(user_id=user_id, **form.cleaned_data, actor=request.actor)
        messages.success(request, _("Saved."))
        return redirect("accounts_user", user_id=user_id)
    return render(request, "accounts/user.html", {"card": card, "form": form, "password_form": PasswordForm()})


@requires("accounts.manage")
@require_POST
def user_state(request: ActorRequest, user_id: int) -> HttpResponse:
    """Disable (ends every session at once) or enable."""
    _found(request, user_id)
    if request.POST.get("state") == "disabled":
        actions.disable_user(user_id=user_id, actor=request.actor)
        messages.success(request, _("Disabled; all sessions are ended."))
    else:
        actions.enable_user(user_id=user_id, actor=request.actor)
        messages.success(request, _("Enabled."))
    return redirect("accounts_user", user_id=user_id)


@requires("accounts.manage")
@require_POST
def user_password(request: ActorRequest, user_id: int) -> HttpResponse:
    """Set a new password for somebody who cannot sign in."""
    _found(request, user_id)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            actions.set_password(user_id=user_id, **form.cleaned_data, actor=request.actor)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The new password counts from now on; the sessions are ended."))
    return redirect("accounts_user", user_id=user_id)


def _found(request: ActorRequest, user_id: int) -> None:
    if queries.user_card(request.actor, user_id, now=app_now()) is None:
        raise Http404


@requires(*SEE)
@require_GET
def departments(request: ActorRequest) -> HttpResponse:
    """The tree of departments, by area."""
    rows = queries.departments(request.actor, filters=chosen(request, "q", "level"), now=app_now())
    shown = chips(request, ("level", _("Level"), [(code, str(text)) for code, text in LEVEL_LABELS.items()]))
    return render(request, "accounts/departments.html", {"rows": rows, "filters": shown})


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def department(request: ActorRequest, department_id: int | None = None) -> HttpResponse:
    """Create or change a department."""
    initial = None
    if department_id is not None:
        row = queries.department(request.actor, department_id, now=app_now())
        if row is None:
            raise Http404
        initial = {**{name: getattr(row, name) for name in row.__slots__}, "parent": row.parent_id}
    form = DepartmentForm(request.POST or None, initial=initial, actor=request.actor)
    if request.method == "POST" and form.is_valid() and _saved(request, form, department_id):
        messages.success(request, _("Saved."))
        return redirect("accounts_departments")
    title = _("Department") if department_id else _("New department")
    return render(request, "accounts/form.html", {"form": form, "title": title, "back": "accounts_departments"})


def _saved(request: ActorRequest, form: DepartmentForm, department_id: int | None) -> bool:
    try:
        actions.save_department(
            code=form.cleaned_data["code"],
            values=form.values(),
            parent_id=form.cleaned_data["parent"],
            department_id=department_id,
            actor=request.actor,
        )
    except ValidationError as error:
        take_over(form, error)
        return False
    return True


@requires("audit.read")
@require_GET
def audit(request: ActorRequest) -> HttpResponse:
    """What happened to the system, newest first; reading only."""
    filters = chosen(request, "action", "object", "actor")
    rows, next_key = queries.audit_entries(filters=filters, after=request.GET.get("after", ""))
    return render(request, "accounts/audit.html", {"rows": rows, "next_key": next_key, "chosen": filters})
