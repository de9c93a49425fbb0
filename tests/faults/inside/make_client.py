"""An API client of the city centre, with places inside grids and categories that rules know. Prints JSON."""

import json
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402

from accounts import actions  # noqa: E402
from accounts.models import Department, Membership  # noqa: E402
from events.models import Category  # noqa: E402
from ledger.actors import Actor, ActorKind  # noqa: E402
from ledger.clock import app_now  # noqa: E402

PLACES = """
SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(boundary) AS p FROM grids_gridversion
  WHERE upper_inf(valid) ORDER BY id LIMIT 100) AS inside
"""


def main() -> None:
    hat = Membership.objects.select_related("role").filter(role__rights__contains=["accounts.memberships"])[0]
    actor = Actor(
        kind=ActorKind.MEMBER,
        id=str(hat.user_id),
        department_id=hat.department_id,
        membership_id=hat.pk,
        role=hat.role.code,
        rights=frozenset(hat.role.rights),
        territory=hat.territory,
    )
    client, token = actions.create_client(
        name="fault rig",
        scopes=["reports.write"],
        department_id=Department.objects.filter(level="city").order_by("pk")[0].pk,
        expires_at=app_now() + timedelta(days=1000),
        actor=actor,
    )
    with connection.cursor() as cursor:
        cursor.execute(PLACES)
        places = cursor.fetchall()
    categories = list(Category.objects.filter(type="event").order_by("key").values_list("key", flat=True)[:20])
    print(json.dumps({"token": token, "places": places, "categories": categories, "client": client.pk}))


main()
