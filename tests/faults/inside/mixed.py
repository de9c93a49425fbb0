"""Cases of every kind that people open, one after the other. Argument: how many rounds. Prints kind → key → number."""

import importlib
import importlib.util
import itertools
import json
import sys
import time
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import django

django.setup()

from django.db import connection  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.queries import presence_of_user  # noqa: E402
from cases.models import Case  # noqa: E402
from events import actions as events  # noqa: E402
from events.models import Category  # noqa: E402
from ledger.actors import ANONYMOUS  # noqa: E402
from services.actions.privacy import ask_about_my_data  # noqa: E402
from tests.services.world import SENIOR, City  # noqa: E402

PLACE = """
SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(boundary) AS p FROM grids_gridversion
  WHERE upper_inf(valid) ORDER BY id LIMIT 1) AS inside
"""


def event(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLACE)
        lon, lat = cursor.fetchone()
    category = Category.objects.filter(type="event").order_by("key")[0].key
    incident = events.Incident(category=category, lon=lon, lat=lat)
    events.report_incident(actor=ANONYMOUS, incident=incident, source="public", submission_key=key)


def privacy_request(key: str) -> None:
    resident = presence_of_user(User.objects.get(username="resident"), None).actor
    ask_about_my_data(ask="erase_contacts", words="", submission_key=key, actor=resident)


def service(key: str) -> None:
    City().apply(SENIOR, submission_key=key)


def wage_claim(key: str) -> None:
    wages = importlib.import_module("wages.actions")
    said = wages.Claim(employer="示例建设有限公司", first=date(2026, 9, 1), last=date(2026, 10, 1))
    wages.file_claim(actor=ANONYMOUS, claim=said, submission_key=key)


def main(rounds: int) -> dict[str, dict[str, str]]:
    ways: list[Callable[[str], None]] = [event, privacy_request, service]
    if importlib.util.find_spec("wages.actions") is not None:
        ways.append(wage_claim)
    keys: dict[str, str] = {}
    for way, _round in itertools.product(ways, range(rounds)):
        key = f"mixed-{uuid4().hex}"
        way(key)
        if way is not service:  # its papers are new photos each time: another body
            way(key)  # twice is once
        keys[key] = way.__name__
        time.sleep(0.05)
    found: dict[str, dict[str, str]] = {}
    for key, number in Case.objects.filter(submission_key__in=keys).values_list("submission_key", "number"):
        found.setdefault(keys[key], {})[key] = number
    return found


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
