"""Blind spots as cases: their names, what one shows, and who has to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from cases.kinds import Target
from cases.models import Case
from events.models import BlindSpot
from grids.kinds import HOLES
from grids.queries import city_day, names_of_paths
from ledger.actors import Actor

PREFIX = "blind_spot/"


@dataclass(frozen=True, slots=True)
class SpotDetail:
    """What a blind spot shows on its case file."""

    kind_zh: str
    kind_en: str
    village: str
    village_zh: str
    village_en: str
    scheme: str
    count: int
    area: float
    codes: tuple[str, ...]
    seen_on: date
    is_area: bool


def spot_detail(case_id: int, actor: Actor) -> SpotDetail:
    """Detail of the kind "blind_spot" for a viewer who may see the case."""
    row = BlindSpot.objects.select_related("case").get(pk=case_id)
    names = names_of_paths([row.case.path]).get(row.case.path, ("", ""))
    return SpotDetail(
        *HOLES[row.kind], row.village, *names, row.scheme, row.count, row.area, tuple(row.codes), row.seen_on,
        is_area=row.area > 0,
    )  # fmt: skip


def spot_names(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Names of categories of blind spots by key, "blind_spot/<kind>"."""
    return {key: HOLES[key.removeprefix(PREFIX)] for key in keys if key.removeprefix(PREFIX) in HOLES}


_DESK = """
SELECT m.department_id, r.code FROM accounts_membership m
  JOIN accounts_role r ON r.id = m.role_id JOIN accounts_user u ON u.id = m.user_id AND u.is_active
  JOIN accounts_department d ON d.id = m.department_id AND d.active
 WHERE r.rights @> ARRAY['grids.publish', 'cases.read']::varchar[] AND m.valid @> %s
   AND m.territory <> '' AND starts_with(%s, m.territory)
 ORDER BY length(m.territory) DESC, m.id LIMIT 1
"""


def desk_for(path: str, on: date) -> Target | None:
    """Department and role of the nearest members who publish boundaries and read cases; None if there is nobody."""
    with connection.cursor() as cursor:
        cursor.execute(_DESK, [on, path])
        row = cursor.fetchone()
    return Target(row[0], needs_role=row[1]) if row else None


def desk_of(case: Case, now: datetime) -> Target | None:
    """The same for a case; what the workflow asks for."""
    return desk_for(case.path, city_day(now))
