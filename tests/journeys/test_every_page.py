"""Every page once, as somebody who uses it: no automatic accessibility finding, nothing scrolls sideways on a phone."""

import inspect
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as Late

from accounts.access import Gate
from tests.access.routes import Route, routes
from tests.faults.rig import Rig
from tests.journeys.pages import NO_PAGE, ON_FOOT, PAGES
from tests.journeys.people import DESK, PASSWORD, PHONE, City, Person

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
NARROWEST = 320  # px; residents and field workers carry the smallest phones
FITS = "width => document.documentElement.scrollWidth <= width"
PROOFS = ("/accounts/2fa/authenticate/", "/accounts/reauthenticate/")
PHONE_NUMBER = "16100000009"


class Anything(dict[str, str]):
    """The same word for every object."""

    def __missing__(self, name: str) -> str:
        return self["*"]


def route_of(path: str) -> str:
    """Name of the route of an address in PAGES, whatever stands for its objects."""
    for word in ("1", "01900000-0000-7000-8000-000000000000"):
        try:
            return resolve(urlsplit(path.format_map(Anything({"*": word}))).path).view_name
        except Resolver404:
            continue
    raise LookupError(path)


def answers_get(view: Callable[..., Any] | None) -> bool:
    """False for a view behind `require_POST`."""
    while inspect.isfunction(view):
        methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if methods is not None:
            return "GET" in methods
        view = getattr(view, "__wrapped__", None)
    return True


def has_a_page(route: Route) -> bool:
    offered = route.rule is not None and route.rule.gate not in (Gate.CLOSED, Gate.CLIENT)
    return offered and answers_get(route.view) and not any(fnmatchcase(route.name, pattern) for pattern in NO_PAGE)


def test_every_route_that_answers_with_a_page_is_looked_at() -> None:
    listed = {route_of(path) for paths in PAGES.values() for path in paths}
    assert [route.name for route in routes() if has_a_page(route) and route.name not in listed] == []


def test_every_exception_is_one() -> None:
    listed = {route_of(path) for paths in PAGES.values() for path in paths}
    names = {route.name for route in routes()}
    idle = [pattern for pattern in NO_PAGE if not any(fnmatchcase(name, pattern) for name in names - listed)]
    assert idle == []


@pytest.fixture(scope="module")
def places(platform: Rig) -> dict[str, Any]:
    """What stands in the braces of PAGES."""
    made: dict[str, Any] = platform.inside("every_page.py", seconds=600)
    platform.wait_quiet(within=300)
    return made


def arrive(city: City, who: str, places: dict[str, Any]) -> Person:
    """Somebody of PAGES in front of a browser, as far as signed in as the first page of the list demands."""
    name = who.format(**places)
    if who != "{second}":
        person = city.person(name, desk=who not in ON_FOOT)
        if not name:
            person.open("/accounts/phone/").page.fill("main input[name=phone]", PHONE_NUMBER)
            person.page.locator("main form button.btn-primary").first.click()
            person.page.wait_for_url("**/accounts/phone/code/")
        return person
    person = city.person("", desk=True).open("/accounts/login/")
    person.page.fill("input[name=login]", name)
    person.page.fill("input[name=password]", PASSWORD)
    person.page.locator("form:has(input[name=password]) button").first.click()
    person.page.wait_for_url("**/accounts/2fa/authenticate/")
    return person


def prove(page: Page, path: str, secret: str) -> None:
    """Fill in a page that asks who one is, so that those behind it open."""
    if path == "/accounts/2fa/authenticate/":
        counter = next(iter(yield_hotp_counters_from_time()))
        page.fill("main input[name=code]", format_hotp_value(hotp_value(secret, counter)))
    else:
        page.fill("main input[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "authenticate" not in url)


def findings(page: Page) -> Iterator[str]:
    """What axe finds on the page, a line each."""
    for found in Axe().run(page, options=RULES).response["violations"]:
        yield f"{found['id']}: {found['nodes'][0]['html'][:140]}"


def overflow(page: Page, width: int) -> Iterator[str]:
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    try:
        page.wait_for_function(FITS, arg=width, timeout=1500)
    except Late:
        yield f"scrolls sideways at {width} px: {page.evaluate('document.documentElement.scrollWidth')} px"


@pytest.mark.wide
@pytest.mark.parametrize("who", PAGES, ids=lambda who: who.strip("{}") or "somebody")
def test_no_page_has_a_finding_or_scrolls_sideways(city: City, places: dict[str, Any], who: str) -> None:
    person, wrong = arrive(city, who, places), list[str]()
    page = person.page
    for path in (path.format(**places) for path in PAGES[who]):
        page.set_viewport_size(PHONE if who in ON_FOOT else DESK)  # type: ignore[arg-type]
        person.open(path)
        assert urlsplit(page.url).path == urlsplit(path).path, f"{path} leads to {page.url}"
        wrong += [f"{path} {line}" for line in findings(page)]
        for width in (PHONE["width"], NARROWEST) if who in ON_FOOT else (PHONE["width"],):
            wrong += [f"{path} {line}" for line in overflow(page, width)]
        if path in PROOFS:
            prove(page, path, places["secret"])
    assert not wrong, "\n".join(wrong)
