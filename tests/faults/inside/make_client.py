"""An API client of the city centre, with places inside grids and categories that rules know. Prints JSON."""

import json
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402

from accounts import actions  # noqa: E402
from accounts.models import Department  # noqa: E402
from events.models import Category  # noqa: E402
from ledger.actors import CLOCK  # noqa: E402
from ledger.clock import app_now  # noqa: E402

PLACES = """
SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(boundary) AS p FROM grids_gridversion
  WHERE upper_inf(valid) ORDER BY id LIMIT 100) AS inside
"""


def main() -> None:
    now = app_now()
    client, token = actions.create_client(
        name="fault rig",
        scopes=["reports.write"],
        department=Department.objects.filter(level="city").order_by("id").first(),
        expires=now + timedelta(days=1000),
        actor=CLOCK,
        now=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(PLACES)
        places = cursor.fetchall()
    categories = list(Category.objects.filter(type="event").order_by("key").values_list("key", flat=True)[:20])
    print(json.dumps({"token": token, "places": places, "categories": categories, "client": client.pk}))


main()
