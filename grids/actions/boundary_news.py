"""Who answers for a grid learns that its boundaries change, before the day and on it."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.actions.notices import notify
from accounts.models import Membership
from accounts.rules import city_date
from grids.models import Absence, Duty, KindDuty
from grids.queries.approvals import PUBLISH
from grids.queries.drafts import DraftState


def tell_publishers(state: DraftState, *, now: datetime) -> None:
    """Tell everybody who may publish there that a change was handed in, but those who drew it. Once for a set."""
    path, several = state.row.path, state.row.change_set
    hats = Membership.objects.filter(valid__contains=city_date(now), user__is_active=True)
    may = hats.filter(role__rights__contains=[PUBLISH]).values_list("user_id", "territory")
    users = {user for user, territory in may if territory and path.startswith(territory)} - {*state.authors}
    url = f"/desk/zoning/sets/{several}/" if several else f"/desk/zoning/{state.row.id}/"
    key = f"boundary.waiting:{several or 0}:{'' if several else state.row.id}:{now.isoformat()}"
    data = {"village_zh": state.row.division_zh, "village_en": state.row.division_en, "url": url}
    notify(kind="boundary.waiting", user_ids=sorted(users), data=data, key=key, now=now)


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
