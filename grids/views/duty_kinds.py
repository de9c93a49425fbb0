"""The catalogue of duties at the desk: added, changed, ended, with its history. Thin."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ActorRequest, requires
from accounts.queries import actor_names
from accounts.views.common import take_over
from grids import actions, queries
from grids.forms.duties import GRID_TYPES, AddKindForm, ChangeKindForm, EndKindForm
from grids.queries.catalogue import CatalogueChange, catalogue, catalogue_changes

RIGHT = requires("grids.publish")
# form of the page → (form, action, what was done)
ACTS: dict[str, tuple[type[forms.Form], Callable[..., Any], Any]] = {
    "add": (AddKindForm, actions.add_duty_kind, gettext_lazy("The duty was added.")),
    "change": (ChangeKindForm, actions.change_duty_kind, gettext_lazy("The duty was changed.")),
    "end": (EndKindForm, actions.end_duty_kind, gettext_lazy("The duty ends; its own people end with it.")),
}


@require_safe
@RIGHT
def page(request: ActorRequest) -> HttpResponse:
    """The duties of the city, and what was changed."""
    return render(request, "grids/duty_kinds.html", _page(request.GET.get("code", "")))


@require_POST
@RIGHT
def act(request: ActorRequest, act: str) -> HttpResponse:
    """One change of the catalogue; refused with its reason, and with what was typed kept."""
    if act not in ACTS:
        raise Http404
    made, do, done = ACTS[act]
    form = made(request.POST, auto_id=f"{act}_%s")
    if form.is_valid():
        try:
            do(**form.cleaned_data, actor=request.actor)
            messages.success(request, done)
            return redirect("grids_duty_kinds")
        except ValidationError as error:
            take_over(form, error)
    code = "" if act == "add" else request.POST.get("code", "")
    return render(request, "grids/duty_kinds.html", _page(code, act, form), status=422)


def _page(code: str, refused: str = "", form: forms.Form | None = None) -> dict[str, Any]:
    rows, changes = catalogue(on=queries.today()), catalogue_changes()
    chosen = next((row for row in rows if row.code == code and row.going_on), None)
    shown: dict[str, forms.Form] = {"add": AddKindForm(auto_id="add_%s")}
    if chosen is not None:
        names = ("code", "name_zh", "name_en", "position", "grid_types")
        values = {name: getattr(chosen, name) for name in names}
        shown["change"] = ChangeKindForm(initial=values, auto_id="change_%s")
        shown["end"] = EndKindForm(initial={"code": code}, auto_id="end_%s")
    if form is not None and refused in shown:
        shown[refused] = form
    people = actor_names(change.who for change in changes)
    return {
        "rows": [(row, _types(row.grid_types)) for row in rows],
        "chosen": chosen,
        "forms": shown,
        "refused": refused,
        "refusal": form if refused not in shown else None,  # of a duty that is no longer there
        "changes": [(change, people[change.who], _told(change)) for change in changes],
    }


def _types(grid_types: tuple[str, ...]) -> str:
    return ", ".join(str(GRID_TYPES[item]) for item in grid_types) or _("every type")


def _told(change: CatalogueChange) -> str:
    """What was done, in words."""
    data = change.data
    if change.action == "duty_kind.ended":
        return _("ends on %(day)s; posts that end with it: %(count)s") % {
            "day": data["day"],
            "count": data["posts_ended"],
        }
    now = f"{data['name_zh']} / {data['name_en']} · {_types(tuple(data['grid_types']))}"
    if change.action == "duty_kind.added":
        return _("added from %(day)s: %(now)s") % {"day": data["day"], "now": now}
    before = data["before"]
    was = f"{before['name_zh']} / {before['name_en']} · {_types(tuple(before['grid_types']))}"
    return _("%(before)s became %(now)s; posts that ended: %(count)s") % {
        "before": was,
        "now": now,
        "count": data["posts_ended"],
    }
