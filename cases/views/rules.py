"""Routing rules as published editions: look, draft, compare, approve by another person, publish."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ActorRequest, requires
from cases import actions, queries
from cases.forms import EditionForm, PublishForm, RuleForm, refuse

LOOK = requires("rules.draft", "rules.approve", "cases.dispatch", "cases.supervise")
BOTH = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@LOOK
def editions(request: ActorRequest) -> HttpResponse:
    context = {
        "editions": queries.rule_editions(),
        "form": EditionForm(),
        "may_draft": request.actor.may("rules.draft"),
    }
    return render(request, "cases/rule_editions.html", context)


def _edition(edition_id: int) -> queries.EditionRow:
    found = next((row for row in queries.rule_editions() if row.id == edition_id), None)
    if found is None:
        raise Http404
    return found


@require_safe
@LOOK
def edition(request: ActorRequest, edition: int) -> HttpResponse:
    """The rules of one edition in the order they are tried, and how they differ from those in force."""
    found = _edition(edition)
    context = {
        "edition": found,
        "rules": queries.rules_of(edition),
        "changes": queries.rule_changes(edition),
        "form": PublishForm(),
        "may_draft": request.actor.may("rules.draft") and found.state == "draft",
        "may_approve": request.actor.may("rules.approve") and found.state == "draft",
        "may_publish": request.actor.may("rules.approve") and found.state == "approved",
    }
    return render(request, "cases/rule_edition.html", context)


@require_POST
@requires("rules.draft")
def draft(request: ActorRequest) -> HttpResponse:
    form = EditionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the draft a title."))
        return redirect("cases:rule_editions")
    made = actions.draft_rules(title=form.cleaned_data["title"], actor=request.actor)
    return redirect("cases:rule_edition", edition=made.pk)


@BOTH
@requires("rules.draft")
def edit_rule(request: ActorRequest, edition: int, rule: int | None = None) -> HttpResponse:
    """Write one rule of a draft, or take it out."""
    found = _edition(edition)
    row = next((one for one in queries.rules_of(edition) if one.pk == rule), None)
    if found.state != "draft" or (rule is not None and row is None):
        raise Http404
    form = RuleForm(request.POST or None, initial=queries.rule_values(row), choices=queries.rule_choices())
    if "remove" in request.POST and rule is not None:
        actions.remove_rule(edition_id=edition, rule_id=rule, actor=request.actor)
        return redirect("cases:rule_edition", edition=edition)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_rule(edition_id=edition, rule_id=rule, values=form.values(request.actor), actor=request.actor)
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect("cases:rule_edition", edition=edition)
    return render(request, "cases/rule_edit.html", {"edition": found, "rule": row, "form": form})


def _then(request: ActorRequest, edition: int, act: Any, done: str) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("cases:rule_edition", edition=edition)


@require_POST
@requires("rules.approve")
def approve(request: ActorRequest, edition: int) -> HttpResponse:
    _edition(edition)
    done = _("Approved. It can be published now.")
    return _then(request, edition, lambda: actions.approve_rules(edition_id=edition, actor=request.actor), done)


@require_POST
@requires("rules.approve")
def publish(request: ActorRequest, edition: int) -> HttpResponse:
    _edition(edition)
    form = PublishForm(request.POST)
    start = form.cleaned_data["effective_from"] if form.is_valid() else None

    def act() -> None:
        if not form.is_valid():
            raise ValidationError(_("This is no date and time."))
        actions.publish_rules(edition_id=edition, effective_from=start, actor=request.actor)

    return _then(request, edition, act, _("Published. New reports follow these rules from the date on."))
