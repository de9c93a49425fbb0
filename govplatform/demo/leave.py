"""Two grid workers of the demo are away: for one somebody stands in, for the other nobody, which is a blind spot."""

from datetime import timedelta

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.queries import presence_of_user
from grids.actions import ask_for_blind_spots, enter_absence
from grids.queries import today

CLERK = "registrar"
COVERED, STANDS_IN, UNCOVERED = "gw17", "gw18", "gw08"
DAYS = 13


def leave() -> None:
    """Both leaves through the real actions; what the look then finds is work in the inbox of who publishes."""
    names = (CLERK, COVERED, STANDS_IN, UNCOVERED)
    people = {user.username: user for user in User.objects.filter(username__in=names)}
    if len(people) < len(names):  # another city's folder
        return
    clerk, first = presence_of_user(people[CLERK], None).actor, today()
    last = first + timedelta(days=DAYS)
    for away, substitute in ((COVERED, people[STANDS_IN].pk), (UNCOVERED, None)):
        last = first + timedelta(days=DAYS)
        try:
            enter_absence(user_id=people[away].pk, first=first, last=last, substitute_id=substitute, actor=clerk)
        except ValidationError:  # somebody who tries the demo was first
            continue
    ask_for_blind_spots(actor=clerk)
