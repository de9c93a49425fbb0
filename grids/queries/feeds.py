"""Somebody's own duties: as a page and as a calendar behind a private address."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from accounts.models import User
from grids.models import Duty, DutyFeed, KindDuty
from grids.queries.roster import AbsenceRow, Person, absence_rows, last_day, people_of
from ledger.ids import claimed_number, linked_number, private_link

BEFORE, AHEAD = timedelta(days=31), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class OwnPost:
    """One post of somebody: `duty_*` is empty for worker or deputy of the grid itself; `last` None goes on."""

    post: str
    code: str
    name_zh: str
    name_en: str
    duty_zh: str
    duty_en: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class OwnDuties:
    """What somebody answers for around a day: posts, own days away, days he stands in for others."""

    user: int
    language: str
    posts: list[OwnPost]
    away: list[AbsenceRow]
    stands_in: list[AbsenceRow]
    people: dict[int, Person]


def own_duties(user_id: int, *, on: date) -> OwnDuties:
    """Duties from a month before a day to a year after it. Six statements."""
    first, end = on - BEFORE, on + AHEAD
    near = Q(valid__isempty=False) & (Q(valid__endswith__gt=first) | Q(valid__upper_inf=True))
    near &= Q(valid__startswith__lt=end)
    posts = [_post(row) for row in Duty.objects.filter(near, user=user_id).select_related("grid")]
    posts += [_post(row) for row in KindDuty.objects.filter(near, user=user_id).select_related("grid", "kind")]
    away, stands_in = absence_rows(near & Q(user=user_id)), absence_rows(near & Q(substitute=user_id))
    others = {row.substitute for row in away if row.substitute is not None} | {row.user for row in stands_in}
    language = User.objects.values_list("language", flat=True).get(pk=user_id)
    ordered = sorted(posts, key=lambda row: (row.first, row.post != "worker", row.duty_en, row.code))
    return OwnDuties(user_id, language, ordered, away, stands_in, people_of(others))


def _post(row: Any) -> OwnPost:
    kind = row.kind if isinstance(row, KindDuty) else None
    words = (kind.name_zh, kind.name_en) if kind is not None else ("", "")
    grid = row.grid
    return OwnPost(row.post, grid.code, grid.name_zh, grid.name_en, *words, row.valid.lower, last_day(row.valid.upper))


def feed_token(user_id: int) -> str:
    """The private calendar address of somebody; "" if he has none yet."""
    number = DutyFeed.objects.filter(user=user_id).values_list("number", flat=True).first()
    return private_link(user_id, _purpose(number), settings.KEYS.token) if number is not None else ""


def feed_user(token: str) -> int | None:
    """Whose address it is; None for a wrong or renewed one and for who cannot sign in any more."""
    claimed = claimed_number(token, settings.KEYS.token)
    if claimed is None or claimed >= 1 << 63:
        return None
    row = DutyFeed.objects.filter(user=claimed, user__is_active=True).values_list("number", flat=True).first()
    return linked_number(token, _purpose(row or 0), settings.KEYS.token) if row is not None else None


def _purpose(number: int) -> bytes:
    return f"duties:{number}:".encode()
