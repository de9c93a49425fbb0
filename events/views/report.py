"""Report without an account, one question a page: where, what, details, contact. Works without script and without map.

What was answered travels in hidden fields; nothing about the person is kept before the last page is sent.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ActorRequest, public
from accounts.adapters import client_address
from cases.forms import refuse
from cases.views.uploads import carried, store_all, taken_up
from events import actions, queries
from events.forms import ContactForm, DetailForm, PlaceForm, WhatForm
from grids.queries import locate, place_text, search_addresses, today
from ledger.clock import app_now

STEPS = ("place", "what", "details", "contact")
FORMS: dict[str, type[forms.Form]] = {
    "place": PlaceForm,
    "what": WhatForm,
    "details": DetailForm,
    "contact": ContactForm,
}
CARRIED = ("lon", "lat", "datum", "accuracy", "address", "category", "description", "photos_token", "submission_key")
NEAREST = 8


@dataclass(slots=True)
class Wizard:
    """One page of the report."""

    step: str
    data: dict[str, str]
    form: forms.Form

    @property
    def number(self) -> int:
        return STEPS.index(self.step) + 1


@cache_control(private=True, no_cache=True)  # stored for "back" only: without it the browser loses what was typed
@require_http_methods(["GET", "POST", "HEAD"])
@public
def report(request: ActorRequest) -> HttpResponse:
    """GET opens the first page; POST answers one page and shows the next; the last one reports."""
    if request.method != "POST":
        return _page(request, Wizard("place", _first(request), PlaceForm()))
    data = {name: request.POST.get(name, "") for name in CARRIED}
    step = request.POST.get("step", "place")
    step = step if step in STEPS else "place"
    if "frame" in request.POST:
        return _page(request, Wizard(step, _with_photos(request, data), FORMS[step](initial=request.POST.dict())))
    if "back" in request.POST:
        previous = STEPS[max(0, STEPS.index(step) - 1)]
        return _page(request, Wizard(previous, data, FORMS[previous](initial=data)))
    if "search" in request.POST or "choose" in request.POST:
        return _searched(request, step, data)
    form = FORMS[step](request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, Wizard(step, data, form), status=422)
    return _answered(request, Wizard(step, data, form))


def _first(request: HttpRequest) -> dict[str, str]:
    """A link may bring the place: /report/?lon=…&lat=… from the map or a grid's page."""
    data = {name: request.GET.get(name, "") for name in ("lon", "lat", "address", "category")}
    return {"datum": "wgs84", "submission_key": f"web-{uuid4().hex}", **data}


def _with_photos(request: ActorRequest, data: dict[str, str]) -> dict[str, str]:
    """Photos that came with an unfinished page are kept; one that is none has to be chosen again."""
    with suppress(ValidationError):
        new = store_all(request.FILES.getlist("photos"), actor=request.actor, staff=False)
        data["photos_token"] = carried([*taken_up(data["photos_token"]), *new])
    return data


def _searched(request: ActorRequest, step: str, data: dict[str, str]) -> HttpResponse:
    """A search on the page, or a place chosen from what it found."""
    chosen = request.POST.get("choose", "")
    if chosen:
        data["lon"], data["lat"], data["address"] = [*chosen.split("|", 2), "", "", ""][:3]
        data["datum"] = "wgs84"
        form = PlaceForm(data)
        if form.is_valid():
            return _answered(request, Wizard("place", data, form))
    return _page(request, Wizard(step, data, FORMS[step](initial=data)))


def _answered(request: ActorRequest, wizard: Wizard) -> HttpResponse:
    """Keep the answer of this page and go on; or report."""
    cleaned, data = wizard.form.cleaned_data, wizard.data
    try:
        if wizard.step == "place":
            locate(lon=cleaned["lon"], lat=cleaned["lat"], datum=cleaned["datum"], on=today())
        if wizard.step == "details":
            ids = [*taken_up(data["photos_token"]), *store_all(cleaned["photos"], actor=request.actor, staff=False)]
            data["photos_token"] = carried(ids)
        if wizard.step == "contact":
            return _report(request, data, cleaned)
    except ValidationError as error:
        refuse(wizard.form, error)
        return _page(request, wizard, status=422)
    data.update({k: "" if v is None else str(v) for k, v in cleaned.items() if k in CARRIED})
    following = STEPS[STEPS.index(wizard.step) + 1]
    if following == "what" and not data["address"]:
        found = place_text(float(data["lon"]), float(data["lat"]))
        data["address"] = found.name_zh if found else ""
    return _page(request, Wizard(following, data, FORMS[following](initial=data)))


def _report(request: ActorRequest, data: dict[str, str], contact: dict[str, Any]) -> HttpResponse:
    receipt = actions.report_incident(
        actor=request.actor,
        incident=actions.Incident(
            category=data["category"],
            lon=float(data["lon"]),
            lat=float(data["lat"]),
            datum=data["datum"] or "wgs84",
            accuracy=float(data["accuracy"]) if data["accuracy"] else None,
            address=data["address"],
            description=data["description"],
            photos=taken_up(data["photos_token"]),
        ),
        contact=actions.Contact(contact["name"], contact["phone"], request.POST.get("notice", "")),
        source="public",
        submission_key=data["submission_key"][:64],
        network=client_address(request),
    )
    return redirect("cases:tracking", token=receipt.token)


def _page(request: ActorRequest, wizard: Wizard, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "wizard": wizard,
        "form": wizard.form,
        "carried": [(k, v) for k, v in wizard.data.items() if k not in wizard.form.fields],
        "steps_total": len(STEPS),
        "frame_form": "report",
        "title": {
            "place": _("Where is it?"),
            "what": _("What is it about?"),
            "details": _("What do you see?"),
            "contact": _("How can we reach you?"),
        }[wizard.step],
    }
    if wizard.step == "place":
        context |= _places(request, _searched_for(request, wizard.step))
    if wizard.step == "what":
        context |= _categories(_searched_for(request, wizard.step), wizard.data)
    if wizard.step in ("details", "contact"):
        chosen = queries.catalogue(app_now()).by_key.get(wizard.data.get("category", ""))
        context |= {"chosen": chosen, "photos_kept": len(taken_up(wizard.data.get("photos_token", "")))}
    return render(request, f"events/report_{wizard.step}.html", context, status=status)


def _searched_for(request: ActorRequest, step: str) -> str:
    """What was typed into the search of this very page; the page before has one of its own."""
    return request.POST.get("q", "") if request.POST.get("step") == step else ""


def _places(request: ActorRequest, text: str) -> dict[str, Any]:
    return {
        "q": text,
        "addresses": search_addresses(text, NEAREST) if text else [],
        "searched": "search" in request.POST,
    }


def _categories(text: str, data: dict[str, str]) -> dict[str, Any]:
    at = app_now()
    found = queries.search_categories(text, at=at, public=True) if text else []
    return {
        "q": text,
        "found": found,
        "groups": [
            {"name_zh": zh, "name_en": en, "rows": rows}
            for (_type, zh, en), rows in queries.categories_by_major(at, public=True).items()
        ],
        "category": data.get("category", ""),
    }


@require_safe
@public
def report_addresses(request: HttpRequest) -> HttpResponse:
    """Addresses for the search box, as JSON for the page's script."""
    rows = search_addresses(request.GET.get("q", ""), NEAREST)
    body = [{"name_zh": r.name_zh, "name_en": r.name_en, "lon": r.lon, "lat": r.lat} for r in rows]
    return JsonResponse({"addresses": body})
