"""Zoning: drafts of boundary changes on a map, their check, publication, and any other day. Thin."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ActorRequest, requires
from accounts.views.common import take_over
from grids import actions, queries
from grids.forms import BeginForm, EditForm, VersionForm, ZoningForm
from grids.queries.change_sets import set_rows
from grids.queries.changes import boundary_changes
from grids.queries.draft_page import draft_page
from grids.queries.drafts import DraftState, draft_rows, draft_state, scheme_rows, villages_to_zone
from grids.rules.codes import CODE_DIGITS, DIVISIONS
from grids.views import zoning_words as words
from grids.views.change_set_words import set_labels
from grids.views.duty_words import over_words
from grids.views.finding_words import finding_lines, moved_lines

LOOK = requires("grids.edit", "grids.publish")
TOWNSHIP_DIGITS = CODE_DIGITS["township"]
BOTH = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@LOOK
def zoning(request: ActorRequest) -> HttpResponse:
    """Drafts, the boundaries of any day on the map, and what differs between two days."""
    return _zoning(request, _begin_form(request), 200)


def _zoning(request: ActorRequest, form: BeginForm, status: int) -> HttpResponse:
    values = ZoningForm(request.GET).values()
    today, scheme = queries.today(), values["scheme"] or "service"
    on, since = values["date"] or today, values["since"]
    found = boundary_changes(since=since, until=on, scheme=scheme, within=request.actor.territory) if since else []
    layer = "units" if scheme == "management" else "grids"
    context = {
        "drafts": words.with_labels(draft_rows(request.actor)),
        "over": words.with_labels(draft_rows(request.actor, closed=True)),
        "sets": set_labels(set_rows(request.actor)),
        "sets_over": set_labels(set_rows(request.actor, closed=True)),
        "form": form,
        "may_edit": request.actor.may("grids.edit"),
        "on": on,
        "today": today,
        "since": since,
        "scheme": scheme,
        "schemes": [(code, words.text(zh, en)) for code, zh, en in scheme_rows()],
        "changes": words.change_lines(found),
        "grid_tiles": f"/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt?on={on}",
    }
    return render(request, "grids/zoning.html", context, status=status)


def _begin_form(request: ActorRequest, data: Any = None) -> BeginForm:
    form = BeginForm(data)
    villages = villages_to_zone(request.actor, on=queries.today())
    words.offer(form, "village", words.village_choices(villages))
    schemes = [(code, words.text(zh, en)) for code, zh, en in scheme_rows()]
    words.offer(form, "scheme", [*schemes, (DIVISIONS, str(words.DIVISION_LABEL))])
    return form


@require_POST
@requires("grids.edit")
def zoning_begin(request: ActorRequest) -> HttpResponse:
    form = _begin_form(request, request.POST)
    if form.is_valid():
        try:
            return _begun(request, **form.cleaned_data)
        except ValidationError as error:
            take_over(form, error)
    return _zoning(request, form, 422)


def _begun(request: ActorRequest, *, village: list[str], scheme: str, title: str) -> HttpResponse:
    """One village is a draft; several, or a township with all of its own, are one change. So are divisions of one."""
    rows = villages_to_zone(request.actor, on=queries.today())
    chosen = [row.code for row in rows if row.code in village or row.code[:TOWNSHIP_DIGITS] in village]
    if scheme == DIVISIONS:
        chosen = sorted({code[:TOWNSHIP_DIGITS] for code in chosen})
        if len(chosen) > 1:
            raise ValidationError({"village": _("Villages of one township are changed together; choose one township.")})
    if len(chosen) == 1:
        draft = actions.begin_draft(village=chosen[0], scheme=scheme, title=title, actor=request.actor)
        return redirect("grids_zoning_draft", draft=draft)
    made = actions.begin_change_set(villages=chosen, scheme=scheme, title=title, actor=request.actor)
    return redirect("grids_change_set", set_id=made)


def _state(request: ActorRequest, draft: int) -> DraftState:
    found = draft_state(draft, request.actor)
    if found is None:
        raise Http404
    return found


@require_safe
@LOOK
def zoning_draft(request: ActorRequest, draft: int) -> HttpResponse:
    """A draft: the map with its tools, what was changed, what does not fit, what publishing would do."""
    return _draft(request, _state(request, draft))


def _draft(
    request: ActorRequest, state: DraftState, *, form: EditForm | None = None, query: Any = None, **more: Any
) -> HttpResponse:
    values = ZoningForm(query if query is not None else request.GET).values()
    tool, page = values["tool"] or "select", draft_page(state)
    context = {
        "state": state,
        "page": page,
        "loads": [(row, over_words(row.over)) for row in page.loads],
        "tool": tool,
        "grid": values["grid"] if values["grid"] in state.parts else "",
        "show": values["show"] or "both",
        "view": values["at"],
        "form": form or words.edit_form(state, tool, values["grid"]),
        "version_form": VersionForm(initial={"version": state.version}),
        **words.may(request.actor, [state]),
        "today": queries.today(),
        "findings": finding_lines(page),
        "moved": moved_lines(page),
        **words.draft_words(state, page, tool, values["grid"]),
        **more,
    }
    return render(request, "grids/draft.html", context, status=422 if more else 200)


@require_safe
@LOOK
def zoning_map(request: ActorRequest, draft: int) -> JsonResponse:
    """The shapes of a draft for its map; the page says the same in words and numbers."""
    state = _state(request, draft)
    return JsonResponse(words.map_shapes(state, draft_page(state)))


@BOTH
@requires("grids.edit")
def zoning_edit(request: ActorRequest, draft: int) -> HttpResponse:
    """One edit; refused with its reason and place, and with what was typed or drawn kept."""
    state = _state(request, draft)
    if request.method != "POST":  # the address a refused edit leaves behind
        return _to_draft(draft, request.GET)
    form = words.edit_form(state, "", "", data=request.POST)
    query = words.kept_query(request.POST.get("state", ""))
    if not form.is_valid():
        return _draft(request, state, form=form, query=query, refusal=form.errors, place=None)
    try:
        edit = form.edit()
        actions.edit_draft(draft_id=draft, version=form.cleaned_data["version"], edit=edit, actor=request.actor)
    except ValidationError as error:
        take_over(form, error)
        return _draft(request, state, form=form, query=query, refusal=error, place=getattr(error, "place", None))
    messages.success(request, words.done(edit.operation))
    return _to_draft(draft, query)


def _to_draft(draft: int, query: Any) -> HttpResponse:
    kept = {key: value for key, value in query.items() if key in ("tool", "grid", "show", "at") and value}
    return redirect(f"{reverse('grids_zoning_draft', args=[draft])}{'?' + urlencode(kept) if kept else ''}")


def _step(forward: bool) -> Callable[..., str]:
    def act(**values: Any) -> str:
        actions.step_draft(forward=forward, **values)
        return _("Done again.") if forward else _("Undone.")

    return act


def _discard(**values: Any) -> str:
    actions.discard_draft(**values)
    return _("Discarded.")


def _submit(**values: Any) -> str:
    actions.submit_draft(**values)
    return _("Handed in. A second person publishes it.")


MOVES: dict[str, tuple[Callable[..., str], tuple[str, ...]]] = {
    "undo": (_step(False), ()),
    "redo": (_step(True), ()),
    "discard": (_discard, ()),
    "submit": (_submit, ()),
    "rebase": (words.told(actions.rebase_draft, gettext_lazy("Laid on the present boundaries.")), ("choices",)),
    "explain": (words.told(actions.explain_warnings, gettext_lazy("The reasons are kept.")), ("reasons",)),
    "back": (words.told(actions.send_back_draft, gettext_lazy("Given back to be drawn on.")), ("reason",)),
    "publish": (words.told(actions.publish_draft, gettext_lazy("Published.")), ("effective_from",)),
    "withdraw": (words.told(actions.withdraw_draft, gettext_lazy("Withdrawn.")), ("reason",)),
}


def _reversed(request: ActorRequest, state: DraftState) -> HttpResponse:
    try:
        given = VersionForm(request.POST).given(())
        made = actions.reverse_draft(draft_id=state.row.id, actor=request.actor, **given)
    except ValidationError as error:
        return _draft(request, state, query=QueryDict(), refusal=error, place=None)
    messages.success(request, _("This draft is as it was before. It is checked and published like any other."))
    return redirect("grids_zoning_draft", draft=made)


@BOTH
@LOOK
def zoning_move(request: ActorRequest, draft: int, move: str) -> HttpResponse:
    """Undo, redo, hand in, give back, publish, withdraw, discard; each action asks for its own right."""
    state = _state(request, draft)
    if move not in (*MOVES, "reverse"):
        raise Http404
    if request.method != "POST":
        return _to_draft(draft, request.GET)
    if move == "reverse":
        return _reversed(request, state)
    act, fields = MOVES[move]
    form = VersionForm(request.POST)
    query = words.kept_query(request.POST.get("state", ""))
    try:
        messages.success(request, act(draft_id=draft, actor=request.actor, **form.given(fields)))
    except ValidationError as error:
        return _draft(request, state, query=query, refusal=error, place=None)
    return _to_draft(draft, query)
