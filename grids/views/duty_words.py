"""Words and rows of the duty pages: ids become names, limits become marks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import ActorRequest
from accounts.views.common import chips
from grids import queries
from grids.kinds import HOLES, WORKER_ROLE
from grids.queries import roster as rows
from grids.queries.blind_spots import Hole, Report
from grids.queries.feeds import AHEAD, OwnDuties, OwnPost
from grids.rules.ical import Entry, calendar_text
from grids.views.zoning_words import text

PAGE = 100
EXAMPLES = 8
SCHEMES = {
    "service": gettext_lazy("Service grids"),
    "management": gettext_lazy("Unit grids"),
    "divisions": gettext_lazy("Villages of the township"),
}
MENDED = {"leave": "away", "load": "transfer"}  # part of the roster's page
POSTS = {"worker": gettext_lazy("Grid worker"), "deputy": gettext_lazy("Deputy")}
LIMITS = {
    "households": gettext_lazy("households"),
    "grids": gettext_lazy("grids"),
    "open_cases": gettext_lazy("open cases"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A person in a table; `mark` is "" or why he does not act: away, gone (may not serve there), vacant."""

    person: rows.Person | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A grid of the roster as drawn: the two posts, who acts if it is not the worker, duties with own people."""

    row: rows.RosterLine
    worker: Cell
    deputy: Cell
    stands_in: rows.Person | None
    nobody: bool
    special: list[tuple[rows.KindRow, Cell]]


def roster_page(request: ActorRequest, values: dict[str, Any]) -> dict[str, Any]:
    """Everything of the roster page but its forms."""
    today = queries.today()
    on = values["on"] or today
    area = within(request, values["village"], on)
    found = rows.roster(on=on, within=area)
    after = [line for line in found.lines if line.code > values["after"]]
    limits = rows.load_limits()
    return {
        "on": on,
        "today": today,
        "kinds": found.kinds,
        "lines": [_line(line, found) for line in after[:PAGE]],
        "total": len(found.lines),
        "next_key": after[PAGE - 1].code if len(after) > PAGE else "",
        "loads": [(found.people.get(load.user), load, over_words(load.over)) for load in rows.loads(found)],
        "limits": [(LIMITS[name], limit) for name, limit in limits.items()],
        "absences": _absences(area, on),
        "people": rows.workers_within(request.actor.territory, on=on),
        "filters": village_chip(request, on),
        "may_catalogue": request.actor.may("grids.publish"),
    }


def over_words(over: Iterable[str]) -> list[Any]:
    """What is over the limit, in words."""
    return [LIMITS[name] for name in over]


def within(request: ActorRequest, village: str, on: date) -> str:
    """The territory that is asked for, never beyond the reader's own."""
    own = request.actor.territory
    row = queries.division_by_code(village, on=on) if village else None
    return own if row is None or not own or not row.path.startswith(own) else row.path


def village_chip(request: ActorRequest, on: date) -> list[dict[str, Any]]:
    """The filter by village, of the reader's territory."""
    own = request.actor.territory
    found = [row for row in queries.villages_with_grids(on=on) if own and row.path.startswith(own)]
    label = _("Village or community")
    return list(chips(request, ("village", label, [(row.code, text(row.name_zh, row.name_en)) for row in found])))


def _line(line: rows.RosterLine, found: rows.Roster) -> Line:
    post = line.post
    other = post.acting not in (None, post.worker)
    special = [
        (kind, _cell(line.duties[kind.code].worker, line, found, role=""))
        for kind in found.kinds
        if kind.code in line.special
    ]
    return Line(
        line,
        _cell(post.worker, line, found),
        _cell(post.deputy, line, found),
        found.people.get(post.acting) if other and post.acting is not None else None,
        post.acting is None,
        special,
    )


def _cell(user: int | None, line: rows.RosterLine, found: rows.Roster, role: str = WORKER_ROLE) -> Cell:
    if user is None:
        return Cell(None, "vacant")
    if not found.staff.able(user, line.path, role):
        return Cell(found.people.get(user), "gone")
    return Cell(found.people.get(user), "away" if user in found.staff.away else "")


def _absences(within: str, on: date) -> list[dict[str, Any]]:
    found = rows.absences_within(within, since=on)
    named = {row.user for row in found} | {row.substitute for row in found if row.substitute is not None}
    people = rows.people_of(named)
    return [{"row": row, "who": people.get(row.user), "substitute": people.get(row.substitute or 0)} for row in found]


def catalogue() -> list[rows.KindRow]:
    """The duties of today."""
    return rows.duty_kinds(on=queries.today())


def offer_duties(form: forms.Form, kinds: Iterable[rows.KindRow]) -> None:
    """The catalogue as choices; the first one is the grid itself."""
    field = form.fields["kind"]
    if isinstance(field, forms.ChoiceField):
        named = [(kind.code, text(kind.name_zh, kind.name_en)) for kind in kinds]
        field.choices = [("", _("the grid: every duty without own people")), *named]


def calendar_entries(found: OwnDuties, *, on: date) -> list[Entry]:
    """Posts of one kind and period together, days away, days of standing in; what has no end ends in a year."""
    groups: dict[tuple[Any, ...], list[OwnPost]] = {}
    for post in found.posts:
        groups.setdefault((post.post, post.duty_zh, post.duty_en, post.first, post.last), []).append(post)
    entries = [_posts_entry(found.user, posts, on) for posts in groups.values()]
    for row in found.away:
        stands_in = _name(found, row.substitute)
        words = _("Away; %(name)s stands in") % {"name": stands_in} if stands_in else _("Away; nobody stands in")
        entries.append(_entry(f"away-{row.id}", row.first, row.last, words, on))
    for row in found.stands_in:
        words = _("Standing in for %(name)s") % {"name": _name(found, row.user)}
        entries.append(_entry(f"cover-{row.id}", row.first, row.last, words, on))
    return sorted(entries, key=lambda entry: (entry.first, entry.uid))


def _posts_entry(user: int, posts: list[OwnPost], on: date) -> Entry:
    first = posts[0]
    what = str(POSTS[first.post])
    if first.duty_zh:
        what = f"{text(first.duty_zh, first.duty_en)}, {what}"
    number = ngettext("%(count)s grid", "%(count)s grids", len(posts)) % {"count": len(posts)}
    names = ", ".join(text(post.name_zh, post.name_en) for post in posts)
    uid = f"duty-{user}-{first.post}-{first.duty_en or 'grid'}-{first.first}"
    return _entry(uid.replace(" ", "-"), first.first, first.last, f"{what}: {number} ({names})", on)


def _entry(name: str, first: date, last: date | None, summary: str, on: date) -> Entry:
    end = last + timedelta(days=1) if last is not None else on + AHEAD
    return Entry(f"{name}@duties.govplatform", first, end, summary)


def _name(found: OwnDuties, user: int | None) -> str:
    person = found.people.get(user or 0)
    return text(person.name_zh, person.name_en) if person is not None else ""


def calendar_file(name: str, found: OwnDuties, *, on: date, now: datetime) -> str:
    """The calendar as a file."""
    return calendar_text(name, calendar_entries(found, on=on), stamp=now)


@dataclass(frozen=True, slots=True)
class HoleLine:
    """A hole as drawn: what, where in words, the figure, and where it is mended."""

    kind: str
    what: str
    where: str
    figure: str
    lon: float | None
    lat: float | None
    level: str
    key: str
    mend: str = ""  # where a hole among people is mended


def hole_lines(found: Report, holes: Iterable[Hole]) -> list[HoleLine]:
    """Holes in words, with a link to whom it concerns."""
    names = {line.code: text(line.name_zh, line.name_en) for line in found.roster.lines}
    villages = {row.village: text(row.name_zh, row.name_en) for row in found.figures}
    duties = {kind.code: text(kind.name_zh, kind.name_en) for kind in found.roster.kinds}
    lines = []
    for number, hole in enumerate(holes):
        codes = [names.get(code) or duties.get(code) or code for code in hole.codes if code]
        person = found.roster.people.get(hole.user or 0)
        where = [villages.get(hole.village, hole.village), *codes[:EXAMPLES]]
        if person is not None:
            where.insert(0, text(person.name_zh, person.name_en))
        level = "soon" if hole.kind in ("deputy", "load", "moving") else "late"
        lines.append(
            HoleLine(
                hole.kind, _what(hole), ", ".join(where), _figure(hole), hole.lon, hole.lat, level,
                f"{hole.kind}-{number}", _mend(hole, found.on),
            )
        )  # fmt: skip
    return lines


def _mend(hole: Hole, on: date) -> str:
    if hole.kind in ("worker", "deputy", "duty"):
        return f"{reverse('grids_duties')}?on={on}&grid={hole.codes[0]}#assign"
    return f"{reverse('grids_duties')}?on={on}#{MENDED[hole.kind]}" if hole.kind in MENDED else ""


def _what(hole: Hole) -> str:
    """The kind in words, of an area with the scheme it was looked for in."""
    what = text(*HOLES[hole.kind])
    return f"{what} · {SCHEMES[hole.scheme]}" if hole.area and hole.scheme in SCHEMES else what


def _figure(hole: Hole) -> str:
    if hole.area:
        return f"{hole.area:,.2f} m²"
    if hole.kind in ("houses", "duty", "leave", "load", "moving"):
        return str(hole.count)
    return ""


def sums(found: Report) -> list[tuple[Any, Any, Any, Any]]:
    """What adds up: what, of the parent, of the parts, the difference. Areas in m²."""
    served = [row for row in found.figures if row.scheme == rows.DUTIES_SCHEME]
    houses = sum(row.houses for row in served), sum(row.houses_placed for row in served)
    households = sum(row.households for row in served), sum(row.households_placed for row in served)
    return [
        (_("Houses with households, and those in a grid"), *houses, houses[1] - houses[0]),
        (_("Households, and those in a grid"), *households, households[1] - households[0]),
        (_("Duties asked for in grids, and those with a person"), found.duties, found.duties_held,
         found.duties_held - found.duties),
    ]  # fmt: skip
