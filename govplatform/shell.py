"""Context processor `shell`: what every page's frame needs. Lazy, so a page that shows no rail asks for no counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.queries import NOBODY, Presence
from cases.queries.inbox import inbox_counts
from grids.queries.approvals import WaitingChange, changes_to_approve
from ledger.actors import Actor, ActorKind
from ledger.cityfolder import city_config
from ledger.clock import app_now
from ledger.kinds import imports

ANY_IMPORT = ("",)  # of any import that is registered

# whoever sees a case may read its rules from there; the rail leads those to them who keep or answer for them
RULE_KEEPERS = ("rules.draft", "rules.approve", "cases.supervise")
TO_APPROVE = "boundaries"  # an entry that counts what waits for the actor's approval
TEXT_COOKIE = "text"
THEME_COOKIE = "theme"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the rail, shown to hats with any of the rights; "" means every member."""

    path: str
    icon: str
    label: Any
    rights: tuple[str, ...] = ()
    count: str = ""  # key of cases.queries.inbox_counts, or TO_APPROVE
    prefix: bool = True  # current for every page below the path


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as drawn."""

    path: str
    icon: str
    label: Any
    current: bool
    count: int | None


GROUPS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        _("Work"),
        (
            Entry("/desk/", "inbox", _("Inbox"), ("cases.read",), "all", prefix=False),
            Entry("/desk/inbox/mine/", "person-check", _("My cases"), ("cases.handle", "cases.claim"), "mine"),
        ),
    ),
    (
        _("Business"),
        (
            Entry("/desk/cases/", "geo-alt", _("Incident cases"), ("cases.read",)),
            Entry("/desk/wages/", "cash-stack", _("Supervision of wages"), ("wages.read",)),
            Entry(
                "/desk/services/",
                "file-earmark-check",
                _("Applications"),
                ("services.file", "services.accept", "services.review", "services.decide"),
                prefix=False,
            ),
            Entry("/desk/services/licences/", "card-text", _("Licences"), ("licences.read",)),
            Entry("/desk/register/", "telephone-plus", _("Register a report"), ("cases.file",)),
        ),
    ),
    (
        _("Territory"),
        (
            Entry("/desk/grids/", "map", _("Grids and boundaries"), ("grids.read",)),
            Entry("/desk/things/buildings/", "buildings", _("What is in the grids"), ("grids.read",)),
            Entry("/desk/zoning/", "bounding-box", _("Change boundaries"), ("grids.edit", "grids.publish"), TO_APPROVE),
            Entry("/desk/duties/", "person-lines-fill", _("Duty roster"), ("grids.edit", "grids.publish")),
            Entry("/desk/blind-spots/", "eye-slash", _("Blind spots"), ("grids.edit", "grids.publish")),
        ),
    ),
    (
        _("Rules and people"),
        (
            Entry("/desk/imports/", "file-earmark-spreadsheet", _("Imports"), ANY_IMPORT),
            Entry("/desk/editions/", "signpost-split", _("Rules and catalogues"), RULE_KEEPERS),
            Entry("/desk/users/", "people", _("Users"), ("accounts.manage", "accounts.memberships")),
            Entry("/desk/departments/", "diagram-3", _("Departments"), ("accounts.manage", "accounts.memberships")),
            Entry("/desk/memberships/", "person-badge", _("Memberships"), ("accounts.memberships",)),
            Entry("/desk/clients/", "plug", _("API clients"), ("accounts.memberships",)),
            Entry("/desk/api/", "braces", _("API for other systems"), ("accounts.memberships", "operations.settle")),
            Entry("/desk/audit/", "journal-check", _("Audit"), ("audit.read",)),
            Entry("/desk/retention/", "hourglass-split", _("Retention"), ("accounts.memberships", "audit.read")),
            Entry("/desk/operations/", "activity", _("Operations"), ("operations.settle",)),
        ),
    ),
)


# kind of case → entry of the rail; all others stand under the list of cases
CASES_UNDER = {"service": "/desk/services/", "wage_warning": "/desk/wages/", "wage_claim": "/desk/wages/"}
DEMO_STRIP = "accounts/_demo_strip.html"
FIELD_BAR: tuple[dict[str, Any], ...] = (
    {"path": "/field/", "icon": "check2-square", "label": _("Tasks")},
    {"path": "/field/map/", "icon": "map", "label": _("Map")},
    {"path": "/field/report/", "icon": "camera-fill", "label": _("Report"), "main": True},
    {"path": "/field/outbox/", "icon": "cloud-arrow-up", "label": _("To send"), "outbox": True},
    {"path": "/field/me/", "icon": "person", "label": _("Me")},
)


@lru_cache(maxsize=8)
def _has_template(name: str) -> bool:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True


@lru_cache(maxsize=8)
def _has_static(name: str) -> bool:
    return finders.find(name) is not None


def _opens(entry: Entry, actor: Actor) -> bool:
    rights = [spec.right for spec in imports.values()] if entry.rights == ANY_IMPORT else entry.rights
    return not rights or any(actor.may(right) for right in rights)


@lru_cache(maxsize=64)
def _exists(path: str) -> bool:
    """A door is shown only if it opens."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


@dataclass
class Shell:
    """Frame of one page: city, rail, language, appearance, demo strip."""

    request: HttpRequest
    demo: bool = field(default_factory=lambda: settings.DEMO)

    @cached_property
    def presence(self) -> Presence:
        """Who is asking (accounts.middleware); nobody on an error page that never got that far."""
        return getattr(self.request, "presence", NOBODY)

    @cached_property
    def city(self) -> dict[str, Any]:
        """city.json of the configured city."""
        return city_config()

    @property
    def english(self) -> bool:
        return not (get_language() or "zh").startswith("zh")

    @property
    def html_lang(self) -> str:
        return "en" if self.english else "zh-CN"

    def _city_text(self, key: str, fallback: str) -> str:
        value = self.city.get(f"{key}_en" if self.english else f"{key}_zh")
        return str(value) if value else fallback

    @property
    def city_name(self) -> str:
        return self._city_text("name", "GovPlatform")

    @property
    def desk_name(self) -> str:
        """Name of the officials' site."""
        return self._city_text("desk_title", self.city_name)

    @property
    def public_name(self) -> str:
        """Name of the residents' site."""
        return self._city_text("public_title", self.city_name)

    @property
    def controller(self) -> str:
        """Who processes personal data, with where to turn to (PIPL 17)."""
        numbers = [f"{row['label']} {row['numbers']}" for row in self.phones]
        return (
            f"{self.desk_name} ({'; '.join(numbers)})" if self.english else f"{self.desk_name}（{'；'.join(numbers)}）"
        )

    @property
    def mark(self) -> str:
        """URL of the city's mark, used as favicon and for installing."""
        return static(str(self.city.get("mark") or "img/mark.svg"))

    @property
    def phones(self) -> list[dict[str, str]]:
        """Numbers of the page foot: label and numbers."""
        suffix = "en" if self.english else "zh"
        return [{"label": row[f"label_{suffix}"], "numbers": row["numbers"]} for row in self.city.get("phones", [])]

    @property
    def large_text(self) -> bool:
        return self.request.COOKIES.get(TEXT_COOKIE) == "large"

    @property
    def dark(self) -> bool:
        return self.request.COOKIES.get(THEME_COOKIE) == "dark"

    @property
    def person(self) -> str:
        return self.presence.name_en if self.english else self.presence.name

    @property
    def initial(self) -> str:
        return self.person[:1].upper()

    @property
    def role(self) -> str:
        hat = self.presence.hat
        return "" if hat is None else hat.role_en if self.english else hat.role_zh

    @property
    def department(self) -> str:
        hat = self.presence.hat
        return "" if hat is None else hat.department_en if self.english else hat.department_zh

    def rail(self, counts: dict[str, int] | None = None, kind: str = "") -> Iterator[tuple[Any, list[Line]]]:
        """Groups of the rail that have something in them for this hat.

        Arguments:
            counts: of the inbox views, where the page has them already; otherwise one statement fetches them.
            kind: of the case the page is about; a case stands under the work it belongs to.
        """
        actor = self.presence.actor
        if counts is None:
            counts = inbox_counts(actor, app_now()) if actor.may("cases.read") else {}
        for title, entries in GROUPS:
            shown = [entry for entry in entries if _exists(entry.path) and _opens(entry, actor)]
            lines = [self._line(entry, counts, CASES_UNDER.get(kind, self.request.path)) for entry in shown]
            if lines:
                yield title, lines

    def _line(self, entry: Entry, counts: dict[str, int], path: str) -> Line:
        current = path.startswith(entry.path) if entry.prefix else path == entry.path
        count = len(self.to_approve) or None if entry.count == TO_APPROVE else counts.get(entry.count)
        return Line(entry.path, entry.icon, entry.label, current, count)

    @cached_property
    def to_approve(self) -> list[WaitingChange]:
        """What waits for this actor's second pair of eyes beside cases."""
        return changes_to_approve(self.presence.actor)

    @property
    def field_bar(self) -> list[dict[str, Any]]:
        """Bottom bar of the phone; the camera in the middle."""
        path = self.request.path
        return [{**item, "current": path == item["path"]} for item in FIELD_BAR if _exists(item["path"])]

    @property
    def signed_in(self) -> bool:
        return self.presence.actor.kind in (ActorKind.MEMBER, ActorKind.RESIDENT)

    @property
    def resident(self) -> bool:
        return self.presence.actor.kind is ActorKind.RESIDENT

    @property
    def owner(self) -> str:
        """Whose drafts a phone may hold: changes with the person, so that another one's are wiped."""
        actor = self.presence.actor
        return f"{actor.kind}:{actor.id}" if actor.id else ""

    @property
    def demo_strips(self) -> list[str]:
        """The strip that changes role, where ACCOUNTS' template is there."""
        return [DEMO_STRIP] if _has_template(DEMO_STRIP) else []

    @property
    def home(self) -> str:
        """Where the mark leads: the shell this actor works in."""
        return self.presence.home

    @property
    def tile_url(self) -> str:
        return str(settings.TILE_URL)

    @property
    def tile_attribution(self) -> str:
        return str(settings.TILE_ATTRIBUTION)

    @property
    def map_approval_number(self) -> str:
        """审图号; shown on every map that draws tiles or public boundaries."""
        return str(settings.MAP_APPROVAL_NUMBER)

    @property
    def map_view(self) -> dict[str, Any]:
        """Where a map opens when nothing else says so: center (lon, lat, WGS-84), zoom, max zoom."""
        return {"center": [117.175, 36.19], "zoom": 14, **self.city.get("map", {})}

    @property
    def map_center(self) -> str:
        lon, lat = self.map_view["center"]
        return f"{lon},{lat}"

    @property
    def map_attribution(self) -> str:
        """Who the map is from: the raster service if one is set, otherwise the city folder's own words."""
        return self.tile_attribution or self._city_text("map_attribution", "")

    @property
    def basemap(self) -> str:
        """URL of the local basemap, a PMTiles file read by range requests; "" where the city has none."""
        name = str(self.map_view.get("pmtiles", ""))
        return static(name) if name and _has_static(name) else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
