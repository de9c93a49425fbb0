"""The report of blind spots of any day: figures that add up, and what is named where. Thin."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ActorRequest, requires
from accounts.views.common import chips
from grids import actions, queries
from grids.forms import RosterForm
from grids.kinds import HOLES
from grids.queries import blind_spots as report
from grids.views import duty_words as words
from grids.views.zoning_words import text

LOOK = requires("grids.edit", "grids.publish")
HOLES_SHOWN = 200


@require_safe
@LOOK
def page(request: ActorRequest) -> HttpResponse:
    """The report of a day; state in the URL."""
    values = RosterForm(request.GET).values()
    on: Any = values["on"] or queries.today()
    found = report.blind_spots(on=on, within=words.within(request, values["village"], on))
    wanted = found.of(values["kind"]) if values["kind"] in HOLES else found.holes
    kinds = [(kind, text(*HOLES[kind]), len(found.of(kind))) for kind in HOLES]
    context = {
        "report": found,
        "on": on,
        "today": queries.today(),
        "kinds": kinds,
        "holes": words.hole_lines(found, wanted[:HOLES_SHOWN]),
        "total": len(wanted),
        "sums": words.sums(found),
        "over": [(found.roster.people.get(row.user), row, words.over_words(row.over)) for row in found.loads],
        "filters": [*words.village_chip(request, on), *chips(request, ("kind", _("Kind"), [k[:2] for k in kinds]))],
        "grid_tiles": f"/tiles/grids/{{z}}/{{x}}/{{y}}.mvt?on={on}",
    }
    return render(request, "grids/blind_spots.html", context)


@require_POST
@LOOK
def look(request: ActorRequest) -> HttpResponse:
    """Ask for a look at the whole city now; what it finds becomes work."""
    actions.ask_for_blind_spots(actor=request.actor)
    messages.success(request, _("The city is being looked through; what is found stands in the inbox in a minute."))
    return redirect("grids_blind_spots")
