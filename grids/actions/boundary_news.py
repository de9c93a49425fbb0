"""Who answers for a grid learns that its boundaries change, before the day and on it."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.actions.notices import notify
from grids.models import Absence, Duty, KindDuty
from grids.queries.drafts import DraftState


def tell_boundaries(event: str, state: DraftState, *, day: date, now: datetime) -> None:
    """Tell workers, deputies, those with a single duty and their substitutes in every grid the change touches.

    Arguments:
        event: published, withdrawn or in_force; names the text.
        day: the first day of the new boundaries.
    """
    codes = sorted({code for kind, code in state.changes() if kind != "name"})
    users: set[int] = set()
    for model in (Duty, KindDuty):
        held = model.objects.filter(grid__code__in=codes)
        held = held.filter(Q(valid__contains=day) | Q(valid__contains=day - timedelta(days=1)))
        users.update(held.values_list("user_id", flat=True))
    away = Absence.objects.filter(user__in=users, valid__contains=day, substitute__isnull=False)
    users.update(user for user in away.values_list("substitute_id", flat=True) if user is not None)
    data = {"codes": ", ".join(codes), "day": f"{day:%Y-%m-%d}", "url": "/duties/mine/"}
    key = f"boundary.{event}:{state.row.id}:{state.version}"
    notify(kind=f"boundary.{event}", user_ids=sorted(users), data=data, key=key, now=now)
