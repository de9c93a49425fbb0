"""A grid is split with the mouse by one person and published by another, in both languages."""

import math
import re
from itertools import combinations
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from grids.rules import cutting
from grids.rules.coverage import Node, Refused, degrees_of, ring_of, twice_area
from tests.journeys.people import City

DAY = "SELECT ((app_now() AT TIME ZONE 'Asia/Shanghai')::date + 20)::text"
WORDS = {
    False: ("切分", "完全吻合", "提交发布", "待发布", "发布", "已发布"),
    True: ("Split", "Fits exactly", "Hand in for publication", "waiting for publication", "Publish", "published"),
}


def ready(page: Page) -> None:
    expect(page.locator("#zone-map[data-ready=yes]")).to_be_attached(timeout=30_000)


def corners(shapes: dict[str, Any]) -> tuple[str, Node, Node]:
    """A grid and two of its vertices whose line splits it well."""
    outline = ring_of(shapes["outlines"][0])
    parts = {part["code"]: ring_of(part["ring"]) for part in shapes["parts"]}
    for code, ring in parts.items():
        for one, two in combinations(ring, 2):
            try:
                after = cutting.cut(parts, code, "new", [one, two], outline, 0.0)
            except Refused:
                continue
            if 0.35 < twice_area(after["new"]) / twice_area(ring) < 0.65:
                return code, one, two
    raise LookupError("no grid can be split from vertex to vertex")


def on_screen(page: Page, node: Node) -> tuple[float, float]:
    """Where a place is on the screen, by the view that the address holds."""
    (view,) = parse_qs(urlsplit(page.url).query)["at"]
    lon, lat, zoom = map(float, view.split(","))
    box = page.locator("#zone-map").bounding_box()
    assert box is not None

    def pixels(east: float, north: float) -> tuple[float, float]:
        size = 256 * 2**zoom
        radians = math.radians(north)
        return (east + 180) / 360 * size, (1 - math.asinh(math.tan(radians)) / math.pi) / 2 * size

    (x, y), (left, top) = pixels(*degrees_of(node)), pixels(lon, lat)
    return box["x"] + box["width"] / 2 + x - left, box["y"] + box["height"] / 2 + y - top


@pytest.mark.parametrize(
    ("english", "village"), [(False, "370902900008"), pytest.param(True, "370902900009", marks=pytest.mark.wide)]
)
def test_a_grid_is_split_with_the_mouse_and_published_by_a_second_person(
    city: City, english: bool, village: str
) -> None:
    split, fits, hand_in, waiting, publish, done = WORDS[english]
    clerk = city.person("registrar", english=english).open("/desk/zoning/")
    page = clerk.page
    page.select_option("select[name=village]", village)
    page.fill("input[name=title]", f"调整 {village}")
    page.locator("#begin form button").click()
    page.wait_for_url(re.compile(r"/desk/zoning/\d+/"))
    ready(page)
    draft = urlsplit(page.url).path
    code, one, two = corners(page.evaluate(f"fetch('{draft}map.json').then((answer) => answer.json())"))
    clerk.open(f"{draft}?tool=split&grid={code}")
    ready(page)
    page.mouse.click(*on_screen(page, one))
    page.mouse.dblclick(*on_screen(page, two))
    expect(page.locator("#zone-hint")).to_be_visible()
    assert len(page.locator("textarea[name=line]").input_value().splitlines()) == 2
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text(split)
    for reason in page.locator("#warnings input[name^=reason-]").all():
        reason.fill("按年底预计入住户数划分")
    page.locator("#warnings button").click()
    clerk.sees(fits)
    clerk.press(hand_in)
    clerk.sees(waiting)
    day = city.rig.rows(DAY)[0][0]
    chief = city.person("chief", english=english).open(draft)
    chief.page.fill("input[name=effective_from]", day)
    chief.page.locator(".zacts").get_by_role("button", name=publish, exact=True).click()
    chief.sees(done)
    chief.open(f"/desk/zoning/?date={day}&since={city.rig.rows(DAY.replace('20', '1'))[0][0]}")
    expect(chief.page.locator("#differences")).to_contain_text(f"{village}S")
    number = city.rig.number(
        "SELECT count(*) FROM grids_gridversion v JOIN grids_boundarydraft d ON d.id = v.draft_id"
        " WHERE d.title = %s AND lower(v.valid) = %s::date", f"调整 {village}", day,
    )  # fmt: skip
    assert number >= 2
