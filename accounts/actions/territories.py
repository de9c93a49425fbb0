"""Members and departments follow a division that ends: their territory becomes the one that takes its place."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Q

from accounts.models import Department, Membership
from ledger.actions import audit
from ledger.actors import CLOCK


def follow_territories(*, moves: Mapping[str, str], day: date, now: datetime) -> int:
    """Write the new territory wherever the old one stands, in the caller's transaction. Returns how many.

    A hat somebody already wears for the new territory is not given twice: the old one stays, and reaches nothing.

    Arguments:
        moves: path that ends → path that takes its place.
        day: hats that were over before it stay as they were.
    """
    done = 0
    for old, new in moves.items():
        departments = Department.objects.filter(territory=old).update(territory=new)
        hats = Membership.objects.filter(territory=old).filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=day))
        held = set(Membership.objects.filter(territory=new).values_list("user", "department", "role", "valid"))
        ids = [row[0] for row in hats.values_list("pk", "user", "department", "role", "valid") if row[1:] not in held]
        Membership.objects.filter(pk__in=ids).update(territory=new)
        if departments or ids:
            data = {"from": old, "to": new, "departments": departments, "memberships": len(ids)}
            audit(actor=CLOCK, action="territory.followed", object_kind="division", object_id=old, data=data, now=now)
        done += departments + len(ids)
    return done
