"""Who answers for what on a day: every duty in every service grid, who is away, who acts, and how much one carries."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from grids.kinds import WORKER_ROLE, open_work
from grids.models import Absence, Duty, DutyKind, KindDuty
from grids.queries.postings import city_day, literal
from grids.rules.duty import Staff, acting
from ledger.cityfolder import city_config
from ledger.kinds import resolve
from ledger.queries import retention_days

DUTIES_SCHEME = "service"  # unit grids are for counting; people answer for service grids


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the roster, as lists name him; `{% coded %}` reads the two names."""

    id: int
    username: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class KindRow:
    """A duty of the catalogue."""

    id: int
    code: str
    name_zh: str
    name_en: str
    grid_types: tuple[str, ...] = ()  # of the grids it is asked for in; none: every one

    def asked_in(self, grid_type: str) -> bool:
        return not self.grid_types or grid_type in self.grid_types


@dataclass(frozen=True, slots=True)
class Post:
    """Worker and deputy named for a grid, or for one duty in it, and who acts."""

    worker: int | None
    deputy: int | None
    acting: int | None


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A grid in force. `duties` has one post for each duty asked for in it; `special` names those with own people."""

    id: int
    code: str
    type: str
    name_zh: str
    name_en: str
    path: str
    division_code: str
    division_zh: str
    division_en: str
    households: int
    lon: float
    lat: float
    post: Post
    duties: dict[str, Post]
    special: frozenset[str]


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """Days on which somebody is away; `last` is the last whole day, None without an end. No reason is kept."""

    id: int
    user: int
    substitute: int | None
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody carries on a day: grids and households he acts for, grids he is deputy of, open cases he holds."""

    user: int
    grids: int
    households: int
    deputies: int
    open_cases: int
    over: tuple[str, ...] = ()  # of LIMITS


@dataclass(frozen=True)
class Roster:
    """Everything about one day in one territory."""

    on: date
    kinds: list[KindRow]
    lines: list[RosterLine]
    staff: Staff
    people: dict[int, Person]
    absences: list[AbsenceRow] = field(default_factory=list)  # of people who are named here, in force that day

    @cached_property
    def named(self) -> set[int]:
        return {user for line in self.lines for user in _users(line)}


LIMITS = ("households", "grids", "open_cases")


def load_limits() -> dict[str, int]:
    """The most one person may carry, as the city folder says (city.json, load_limits); what is not said is no limit."""
    stated = city_config().get("load_limits", {})
    return {name: int(stated[name]) for name in LIMITS if isinstance(stated.get(name), int)}


_GRIDS = """
SELECT g.id, g.code, g.type, g.name_zh, g.name_en, g.path, d.code, d.name_zh, d.name_en, g.households,
       ST_X(c.point), ST_Y(c.point)
  FROM grids_grid g JOIN grids_scheme s ON s.id = g.scheme_id AND s.code = %(scheme)s
  JOIN grids_division d ON d.id = g.division_id
  JOIN grids_gridversion v ON v.grid_id = g.id AND v.valid @> %(on)s
 CROSS JOIN LATERAL (SELECT ST_PointOnSurface(v.boundary) AS point) c
 WHERE g.path LIKE %(prefix)s ORDER BY g.code
"""


def roster(*, on: date, within: str) -> Roster:
    """The roster of a territory on a day. Seven statements, whatever the number of grids.

    Arguments:
        within: territory path; "" reaches nothing.
    """
    with connection.cursor() as cursor:
        prefix = literal(within) + "%" if within else ""
        cursor.execute(_GRIDS, {"on": on, "scheme": DUTIES_SCHEME, "prefix": prefix})
        grids = cursor.fetchall()
    ids = [row[0] for row in grids]
    kinds = duty_kinds(on=on)
    plain = _posts(Duty.objects.filter(grid__in=ids, valid__contains=on).values_list("grid_id", "post", "user_id"))
    own = KindDuty.objects.filter(grid__in=ids, valid__contains=on, kind__in=[kind.id for kind in kinds])
    special: dict[str, dict[int, dict[str, int]]] = {}
    for code, grid_id, held_as, user_id in own.values_list("kind__code", "grid_id", "post", "user_id"):
        special.setdefault(code, {}).setdefault(grid_id, {})[held_as] = user_id
    named = {user for posts in (plain, *special.values()) for held in posts.values() for user in held.values()}
    absences = absence_rows(Q(user__in=named, valid__contains=on))
    everyone = named | {row.substitute for row in absences if row.substitute is not None}
    staff = staff_on(everyone, on=on)
    lines = [_line(row, kinds, plain.get(row[0], {}), special, staff) for row in grids]
    return Roster(on, kinds, lines, staff, people_of(everyone), absences)


def duty_kinds(*, on: date) -> list[KindRow]:
    """The catalogue on a day, in its order."""
    rows = DutyKind.objects.filter(valid__contains=on).order_by("position", "code")
    return [KindRow(row.pk, row.code, row.name_zh, row.name_en, tuple(row.grid_types)) for row in rows]


def _posts(rows: Any) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for grid_id, post, user_id in rows:
        found.setdefault(grid_id, {})[post] = user_id
    return found


def _line(
    row: tuple[Any, ...],
    kinds: list[KindRow],
    plain: dict[str, int],
    special: dict[str, dict[int, dict[str, int]]],
    staff: Staff,
) -> RosterLine:
    path, worker, deputy = row[5], plain.get("worker"), plain.get("deputy")
    post = Post(worker, deputy, acting(worker, deputy, path, staff, WORKER_ROLE))
    duties: dict[str, Post] = {}
    for kind in kinds:
        if not kind.asked_in(row[2]):
            continue
        own = special.get(kind.code, {}).get(row[0])
        if own is None:
            duties[kind.code] = post
            continue
        first, second = own.get("worker"), own.get("deputy")
        duties[kind.code] = Post(first, second, acting(first, second, path, staff))
    own_people = frozenset(code for code, grids in special.items() if row[0] in grids and code in duties)
    return RosterLine(*(*row, post, duties, own_people))


def _users(line: RosterLine) -> set[int]:
    posts = (line.post, *line.duties.values())
    return {user for post in posts for user in (post.worker, post.deputy) if user is not None}


def absence_rows(which: Q) -> list[AbsenceRow]:
    """Absences that were not taken back, by first day."""
    rows = Absence.objects.filter(which, valid__isempty=False).order_by("valid__startswith", "pk")
    return [
        AbsenceRow(row.pk, row.user_id, row.substitute_id, row.valid.lower, last_day(row.valid.upper)) for row in rows
    ]


def last_day(upper: date | None) -> date | None:
    """The last whole day of a period that ends before `upper`."""
    return date.fromordinal(upper.toordinal() - 1) if upper is not None else None


def staff_on(users: Collection[int], *, on: date) -> Staff:
    """Memberships and absences of people on a day. Two statements."""
    hats: dict[int, list[tuple[str, str]]] = {}
    rows = Membership.objects.filter(user__in=users, valid__contains=on, user__is_active=True)
    for user, territory, role in rows.values_list("user_id", "territory", "role__code"):
        hats.setdefault(user, []).append((territory, role))
    away = Absence.objects.filter(user__in=users, valid__contains=on).values_list("user_id", "substitute_id")
    return Staff({user: tuple(held) for user, held in hats.items()}, dict(away))


def people_of(users: Collection[int]) -> dict[int, Person]:
    """Names of people by user id."""
    rows = User.objects.filter(pk__in=users).values_list("pk", "username", "display_name", "display_name_en")
    return {row[0]: Person(row[0], row[1], row[2] or row[1], row[3] or row[2] or row[1]) for row in rows}


def workers_within(path: str, *, on: date) -> list[Person]:
    """People who may answer for grids under a path: grid workers whose area meets it, by user name."""
    rows = Membership.objects.filter(valid__contains=on, user__is_active=True, role__code=WORKER_ROLE)
    reach = [pk for pk, area in rows.values_list("user_id", "territory") if _meet(area, path)]
    return sorted(people_of(set(reach)).values(), key=lambda person: person.username)


def _meet(area: str, path: str) -> bool:
    return bool(area and path) and (area.startswith(path) or path.startswith(area))


def loads(found: Roster) -> list[Load]:
    """What each person of a roster carries, most households first. One statement of each app that knows of work."""
    grids: dict[int, list[int]] = {}
    deputies: dict[int, int] = {}
    for line in found.lines:
        if line.post.acting is not None:
            grids.setdefault(line.post.acting, []).append(line.households)
        if line.post.deputy is not None:
            deputies[line.post.deputy] = deputies.get(line.post.deputy, 0) + 1
    users = found.named | grids.keys()
    held, limits = open_cases(users), load_limits()
    rows = []
    for user in users:
        mine = grids.get(user, [])
        carried = {"households": sum(mine), "grids": len(mine), "open_cases": held.get(user, 0)}
        over = tuple(name for name in LIMITS if name in limits and carried[name] > limits[name])
        rows.append(Load(user=user, deputies=deputies.get(user, 0), over=over, **carried))
    return sorted(rows, key=lambda row: (-row.households, -row.grids, row.user))


def open_cases(users: Collection[int]) -> dict[int, int]:
    """User id → open steps he holds, by the apps above that registered a count."""
    total: dict[int, int] = {}
    for source in open_work.values():
        count: Callable[..., dict[int, int]] = resolve(source.held)
        for user, number in count(users).items():
            total[user] = total.get(user, 0) + number
    return total


_ACTING = """
WITH named AS (
  SELECT d.user_id, CASE d.post WHEN 'worker' THEN 0 ELSE 2 END AS rank
    FROM grids_duty d WHERE d.grid_id = %(grid)s AND d.valid @> %(on)s
), candidate AS (
  SELECT user_id, rank FROM named
  UNION ALL
  SELECT a.substitute_id, n.rank + 1 FROM named n JOIN grids_absence a ON a.user_id = n.user_id AND a.valid @> %(on)s
   WHERE a.substitute_id IS NOT NULL
)
SELECT m.department_id, c.user_id FROM candidate c
  JOIN accounts_user u ON u.id = c.user_id AND u.is_active
  JOIN accounts_membership m ON m.user_id = c.user_id AND m.valid @> %(on)s
  JOIN accounts_role r ON r.id = m.role_id AND r.code = %(role)s
 WHERE NOT EXISTS (SELECT FROM grids_absence x WHERE x.user_id = c.user_id AND x.valid @> %(on)s)
 ORDER BY c.rank, m.id LIMIT 1
"""


def member_on_duty(grid_id: int, *, on: date) -> tuple[int, int] | None:
    """(department id, user id) of who acts for a grid: worker, substitute, deputy, his substitute. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTING, {"grid": grid_id, "on": on, "role": WORKER_ROLE})
        row: tuple[int, int] | None = cursor.fetchone()
    return row


def absence_of(user_id: int, *, on: date) -> AbsenceRow | None:
    """The absence of somebody on a day, None if he is there."""
    return next(iter(absence_rows(Q(user=user_id, valid__contains=on))), None)


def user_id_of(username: str) -> int | None:
    """Who signs in by a name and is an official."""
    return User.objects.filter(username=username, is_active=True, person=None).values_list("pk", flat=True).first()


def absences_within(path: str, *, since: date) -> list[AbsenceRow]:
    """Absences of people who serve under a path, that are not over by a day."""
    if not path:
        return []
    serve = Membership.objects.filter(territory__startswith=path, valid__contains=since).values("user")
    return absence_rows(Q(user__in=serve) & (Q(valid__endswith__gt=since) | Q(valid__upper_inf=True)))


def old_absences(*, now: datetime) -> "QuerySet[Absence]":
    """Absences that are long over, and those taken back before they began."""
    due = now - retention_days("grids.absence")
    over = Q(valid__endswith__lte=city_day(due)) | Q(valid__isempty=True, entered_at__lte=due)
    return Absence.objects.filter(over).order_by("pk")
