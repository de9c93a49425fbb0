"""Every page once, as a role that uses it: no automatic accessibility finding, nothing scrolls sideways on a phone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys import paths
from tests.journeys.people import City

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PAGES = {
    "": ["/", "/report/", "/track/", "/area/", "/grids/", "/addresses/", "/accounts/login/", "/accounts/phone/",
         "/accessibility/", "/privacy/", "/demo/outbox/",
         "/wages/", "/wages/?q=W370902001", "/wages/projects/W370902001/", "/wages/claim/"],
    "acceptor": ["/desk/", "/desk/cases/", "/desk/register/", "/desk/grids/", "/notices/", "{case}", "{case}file/",
                 "{case}move/reject/", "{case}urge/", "{case}contact/", "{case}release/"],
    "dispatcher": ["/desk/editions/", "/desk/editions/routing/", "/desk/inbox/overdue/"],
    "chief": ["/desk/cases/?sort=due", "/desk/editions/routing/{rules}/"],
    "gridworker": ["/field/", "/field/report/", "/field/map/", "/field/outbox/", "/field/me/"],
    "admin": ["/desk/users/", "/desk/users/new/", "/desk/departments/", "/desk/departments/new/", "/desk/operations/"],
    "security": ["/desk/memberships/", "/desk/memberships/new/", "/desk/clients/"],
    "registrar": ["/desk/zoning/", "/desk/zoning/files/"],
    "inspector": ["/desk/wages/", "/desk/wages/projects/W370902001/", "/desk/imports/",
                  "/desk/imports/new/wages.sheet/", "/desk/imports/new/wages.projects/"],
    "auditor": ["/desk/audit/"],
}  # fmt: skip


def findings(page: Page) -> list[str]:
    """What axe finds on the page, a line each."""
    answer = Axe().run(page, options=RULES).response
    return [f"{v['id']}: {v['nodes'][0]['html'][:140]}" for v in answer["violations"]]


def _pages(city: City) -> Iterator[tuple[str, str]]:
    number = paths.report_as_resident(city, paths.BROKEN, "每一页看一遍")
    rules = city.rig.number("SELECT max(number) FROM ledger_edition WHERE kind = 'routing'")
    for role, found in PAGES.items():
        for path in found:
            yield role, path.format(case=f"/desk/cases/{number}/", rules=rules)


@pytest.mark.wide
def test_axe_finds_nothing_on_any_page_of_any_role(city: City) -> None:
    wrong = []
    for role, path in list(_pages(city)):
        page = city.person(role).open(path).page
        wrong += [f"{role or 'somebody'} {path} {line}" for line in findings(page)]
    tracking = city.people[""]
    tracking.page.go_back()
    assert not wrong, "\n".join(wrong)


@pytest.mark.wide
def test_no_page_scrolls_sideways_on_a_phone(city: City) -> None:
    wrong = []
    for role, path in list(_pages(city)):
        page = city.person(role, desk=False).open(path).page
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wrong.append(f"{role or 'somebody'} {path}: {width} px")
    assert not wrong, "\n".join(wrong)
