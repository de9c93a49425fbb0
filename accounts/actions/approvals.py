"""Who may approve learns that an edition waits for him."""

from datetime import datetime
from typing import Any

from accounts.actions.notices import notify
from accounts.models import Membership
from accounts.rules import city_date
from ledger.kinds import editions
from ledger.models import Edition


def tell_approvers(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise "ledger.edition_waiting": tell everybody whose role may approve this kind, but who wrote the draft.

    Arguments:
        payload: {"edition": primary key, "key": names the hand-in, so that each is told once}.
    """
    edition = Edition.objects.get(pk=payload["edition"])
    spec = editions.get(edition.kind)
    if spec is None or edition.state != Edition.State.DRAFT or edition.returned_by:
        return  # it has moved on
    hats = Membership.objects.filter(valid__contains=city_date(now), user__is_active=True)
    may = hats.filter(role__rights__contains=[spec.approve_right]).values_list("user_id", flat=True).distinct()
    wrote = {edition.drafted_by, *edition.editors}
    data = {
        "number": edition.number,
        "name_zh": spec.name_zh,
        "name_en": spec.name_en,
        "url": f"/desk/editions/{edition.kind}/{edition.number}/",
    }
    users = [user for user in may.order_by("user_id") if f"member:{user}" not in wrote]
    notify(kind="edition.waiting", user_ids=users, data=data, key=payload["key"], now=now)
