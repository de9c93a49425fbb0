"""What the residents' home shows: the doors that open, recent reports and the figures of the last 30 days."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core.cache import cache
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from events.queries import place_figures, recent_reports
from ledger.cityfolder import city_config

DAYS = 30
RECENT = 5
KEPT_SECONDS = 60  # the same for everybody: counted once a minute, not once a visitor


@dataclass(frozen=True, slots=True)
class Door:
    """One thing a resident can do."""

    url: str
    icon: str
    title: Any
    text: Any


_DOORS = (
    (
        "events_report",
        "camera",
        _("Report a problem"),
        _("Manholes, street lights, blocked pavements, noise. A photo is enough, no account needed."),
    ),
    (
        "services",
        "file-earmark-text",
        _("Apply for something"),
        _("Permits and cards, step by step; licences on the phone."),
    ),
    (
        "wages_search",
        "cash-stack",
        _("Wages on building sites"),
        _("Look a site up, see your own wages, report unpaid wages."),
    ),
    ("events_area", "geo", _("My area"), _("Recent reports around you and what became of them.")),
)


def doors() -> list[Door]:
    """The doors of the home page; one that does not open is not shown."""
    return [Door(url, icon, title, text) for name, icon, title, text in _DOORS if (url := _url(name))]


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def city_news(now: datetime) -> dict[str, Any]:
    """Recent public reports of the whole city and its figures, kept for a minute.

    Arguments:
        now: end of the window.
    """
    path = f"/{city_config().get('code', '')}/"

    def read() -> dict[str, Any]:
        return {"recent": recent_reports(path, limit=RECENT), "figures": place_figures(path, now=now, days=DAYS)}

    return cast("dict[str, Any]", cache.get_or_set(f"home:{path}", read, KEPT_SECONDS))
