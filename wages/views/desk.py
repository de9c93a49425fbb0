"""The city board, the file of a project, and the two moves that need figures."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ActorRequest, requires
from accounts.views.common import chips, chosen
from cases.forms import refuse
from cases.queries import form_of
from cases.views.file import refuse_move, seen
from cases.views.show import file_context
from cases.views.uploads import store_all
from ledger.clock import app_now
from ledger.queries import edition_by_id
from wages import actions, queries, rules
from wages.forms import BankForm, OrderForm, PaymentForm, WageRuleForm

READ = requires("wages.read")
BOTH = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@READ
def board(request: ActorRequest) -> HttpResponse:
    """Projects, sums and open warnings of the actor's area; filters stand in the URL."""
    picked = chosen(request, "month", "path", "level", "rule")
    month = rules.month_of(picked.pop("month"))
    found = queries.board(request.actor, month=month, **picked)
    filters = chips(
        request,
        ("level", pgettext("warning", "Level"), [(level, rules.level_name(level)) for level in reversed(rules.LEVELS)]),
        ("rule", _("Rule"), [(code, rules.rule_name(code)) for code in rules.RULES]),
    )
    context = {"board": found, "filters": filters, "now": app_now(), "path": picked["path"]}
    return render(request, "wages/board.html", context)


@never_cache
@BOTH
@READ
def project(request: ActorRequest, code: str) -> HttpResponse:
    """The wage chain of a project; on POST what the bank tells of a month."""
    form = BankForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            month = data.pop("month")
            actions.record_bank_month(actor=request.actor, code=code, month=month, bank=actions.BankMonth(**data))
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The bank's report was entered."))
            return redirect("wage_project", code=code)
    found = queries.project_file(request.actor, code)
    if found is None:
        raise Http404
    context = {"project": found, "form": form, "now": app_now(), "may_enter": request.actor.may("wages.manage")}
    return render(request, "wages/project.html", context, status=422 if form.errors else 200)


@never_cache
@BOTH
@requires("wages.manage")
def order(request: ActorRequest, number: str) -> HttpResponse:
    """Order the firm to pay: amount, day, reason."""
    case_id, move = _offered(request, number, "order")
    form = OrderForm(request.POST or None, initial=_initial(move))

    def act() -> None:
        data = dict(form.cleaned_data)
        actions.order_payment(actor=request.actor, case_id=case_id, reason=data.pop("note"), **data)

    return _ask(request, number, form, move, act)


@never_cache
@BOTH
@requires("wages.manage")
def payment(request: ActorRequest, number: str) -> HttpResponse:
    """Record the proof of payment: amount, photo, what was looked at."""
    case_id, move = _offered(request, number, "record_payment")
    form = PaymentForm(request.POST or None, request.FILES or None, initial=_initial(move))

    def act() -> None:
        data = dict(form.cleaned_data)
        photos = store_all(data.pop("photos"), actor=request.actor, staff=True)
        actions.record_payment(actor=request.actor, case_id=case_id, photos=photos, **data)

    return _ask(request, number, form, move, act)


def _offered(request: ActorRequest, number: str, transition: str) -> tuple[int, Any]:
    """The case and the move, if it is offered to this actor now.

    Raises:
        Http404, CaseMoved: see cases.views.file.refuse_move.
    """
    case_id, offered = (
        queries.case_of_move(request.actor, number),
        form_of(request.actor, number, transition, app_now()),
    )
    if offered is None:
        refuse_move(request.actor, seen(request, number), transition)
    if case_id is None:
        raise Http404
    return case_id, offered.move


def _initial(move: Any) -> dict[str, Any]:
    return {"expected_version": move.expected_version, "assignment_id": move.assignment_id}


def _ask(request: ActorRequest, number: str, form: forms.Form, move: Any, act: Callable[[], None]) -> HttpResponse:
    """Show the form beside the case; on POST do it, or show why not beside what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Done: %(what)s") % {"what": move.label})
            return redirect("cases:case_file", number=number)
    spec = {"label": move.label, "effect": move.effect}
    context = {**file_context(seen(request, number), app_now()), "form": form, "spec": spec}
    return render(request, "cases/case_file.html", context, status=422 if form.errors else 200)


@never_cache
@BOTH
@requires("rules.draft")
def edit_rule(request: ActorRequest, edition: int, code: str) -> HttpResponse:
    """One rule of a draft edition."""
    book, rule = edition_by_id(edition, queries.KIND, app_now()), queries.parameters_of(edition).get(code)
    if book is None or not book.drafting or rule is None:
        raise Http404
    names = ("level", "months", "days", "share", "clause_zh", "clause_en")
    form = WageRuleForm(request.POST or None, initial={name: getattr(rule, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_wage_rule(edition_id=edition, code=code, values=form.cleaned_data, actor=request.actor)
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("cases:edition", kind=queries.KIND, number=book.number)
    context = {"form": form, "title": rules.rule_name(code), "edition": book}
    return render(request, "wages/rule_edit.html", context, status=422 if form.errors else 200)
