"""Changes of boundaries that wait for a second person, as that person sees them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from grids.models import BoundaryDraft, DraftStep
from ledger.actors import Actor

PUBLISH = "grids.publish"


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A change that was handed in: of one village, or over several."""

    title: str
    url: str
    since: datetime


def changes_to_approve(actor: Actor) -> list[WaitingChange]:
    """Those in the actor's territory that he may publish, which are those he had no hand in; oldest first.

    Two statements; none without the right.
    """
    if not actor.may(PUBLISH) or not actor.territory or actor.user_id is None:
        return []
    rows = BoundaryDraft.objects.filter(stage="submitted", division__path__startswith=actor.territory)
    mine = DraftStep.objects.filter(draft__stage="submitted", made_by=actor.user_id)
    own = Q(drafted_by=actor.user_id) | Q(submitted_by=actor.user_id) | Q(pk__in=mine.values("draft"))
    drawn_in = set(rows.filter(own, change_set__isnull=False).values_list("change_set", flat=True))
    found: dict[str, WaitingChange] = {}
    listed = rows.exclude(own).order_by("submitted_at", "pk")
    for pk, several, title, since in listed.values_list("pk", "change_set", "title", "submitted_at"):
        if since is not None and several not in drawn_in:
            url = f"/desk/zoning/sets/{several}/" if several else f"/desk/zoning/{pk}/"
            found.setdefault(url, WaitingChange(title, url, since))
    return list(found.values())
