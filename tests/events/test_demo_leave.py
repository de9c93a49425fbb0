"""Who is away in the demo: one with a substitute, one without, which is a blind spot and work in an inbox."""

import pytest
from django.db import transaction
from django.db.models import Max

from cases.models import Assignment
from events.actions import find_blind_spots
from events.models import BlindSpot
from govplatform.demo.leave import COVERED, STANDS_IN, UNCOVERED, leave
from grids import queries
from grids.models import Absence
from grids.queries.blind_spots import blind_spots
from ledger.clock import app_now
from ledger.models import Promise
from tests.events.test_demo import city, loaded

__all__ = ["city", "loaded"]
pytestmark = pytest.mark.django_db


def test_one_leave_is_covered_and_the_other_is_a_blind_spot_in_the_inbox_of_who_publishes(city: None) -> None:
    leave()
    leave()  # a second start finds them away already
    away = {row.user.username: row.substitute for row in Absence.objects.select_related("user", "substitute")}
    assert {name: who and who.username for name, who in away.items()} == {COVERED: STANDS_IN, UNCOVERED: None}
    found = blind_spots(on=queries.today(), within="/3709/370902/")
    (hole,) = found.of("leave")
    assert found.roster.people[hole.user or 0].username == UNCOVERED
    assert found.of("load", "worker", "duty") == []  # who stands in is not over the limit
    last = Promise.objects.aggregate(last=Max("pk"))["last"] or 0
    with transaction.atomic():
        find_blind_spots({}, promise_id=last + 1, now=app_now())
        for row in Promise.objects.filter(kind="events.blind_spots", pk__gt=last):
            find_blind_spots(row.payload, promise_id=row.pk, now=app_now())
    case = BlindSpot.objects.get(kind="leave", case__closed=False).case
    step = Assignment.objects.get(case=case, open=True)
    assert step.department.code == "370902-jd"  # where the duty chief sits
