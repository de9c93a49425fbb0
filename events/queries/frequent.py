"""Which categories a grid worker needs at hand."""

from datetime import datetime, timedelta

from django.db.models import Count

from cases.models import Case
from events.queries.catalogue import CategoryRow, catalogue
from ledger.actors import Actor

LOOK_BACK = timedelta(days=60)
# what every town has: waste, manhole, road, lamp, trading on the road, water, dumping
USUAL = (
    "event/01/0110",
    "part/01/0102",
    "event/01/0113",
    "part/01/0137",
    "event/04/0406",
    "event/05/0506",
    "event/01/0136",
)


def frequent_categories(actor: Actor, *, at: datetime, limit: int) -> list[CategoryRow]:
    """The member's own most frequent categories of the last 60 days, filled up with the usual ones. One statement."""
    mine = (
        Case.objects.filter(
            reporter_kind=str(actor.kind), reporter_id=actor.id, kind="event", opened_at__gt=at - LOOK_BACK
        )
        .values_list("category")
        .annotate(n=Count("pk"))
        .order_by("-n")[:limit]
    )
    by_key = catalogue(at).by_key
    keys = dict.fromkeys([*(key for key, _n in mine), *USUAL])
    return [by_key[key] for key in keys if key in by_key and by_key[key].active][:limit]
