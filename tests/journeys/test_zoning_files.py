"""A layer from outside becomes the boundaries of next Monday; and a division that was proposed becomes a draft."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import geopandas
import shapely
from playwright.sync_api import Page, expect

from tests.grids.layer_files import archive, gbk, parts_of
from tests.journeys.people import City, Person
from tests.journeys.test_zoning import ready

VILLAGE, PROPOSED = "370902900004", "370902900005"
SHIFT = 0.00005  # degrees: some five metres
MONDAY = """
SELECT (d + (8 - extract(isodow FROM d))::int)::text, d::text
  FROM (SELECT (app_now() AT TIME ZONE 'Asia/Shanghai')::date AS d) t
"""
AT = "SELECT code FROM grid_at(%s, %s, %s::date, ARRAY['service'], 0.05)"
Place = tuple[float, float]


def layer_of(page: Page, base: str, datum: str) -> bytes:
    """The service grids of the village as a zipped Shapefile, as the page exports them."""
    here = page.url
    for name, value in (("division", VILLAGE), ("scheme", "service"), ("datum", datum), ("format", "shp")):
        page.select_option(f"#out_{name}", value)
    page.locator("form[action$='/export/'] button").click()
    link = page.locator("#export a[download]")
    link.wait_for()
    answer = page.request.get(f"{base}{link.get_attribute('href')}")
    assert answer.ok, answer.text()[:300]
    page.goto(here)
    return answer.body()


def changed(data: bytes, folder: Path) -> tuple[bytes, str, str, Place]:
    """One border moved for both neighbours, and one vertex of another grid alone, so that it overlaps its neighbour.

    Returns the files, the grid that overlaps, the grid that gained, and a place that it gained, as the file has it.
    """
    frame = geopandas.read_file(io.BytesIO(data))
    rings = {row.code: list(row.geometry.exterior.coords)[:-1] for row in frame.itertuples()}
    outline = shapely.union_all(frame.geometry.values).boundary
    holders: dict[Place, list[str]] = {}
    for code, ring in rings.items():
        for place in ring:
            holders.setdefault(place, []).append(code)
    inner = sorted(p for p, held in holders.items() if len(held) == 2 and outline.distance(shapely.Point(p)) > 1e-4)
    moved = next(place for place in inner if not {*holders[place]} & {*holders[inner[-1]]})
    alone = inner[-1]
    gained = _move(rings, moved, holders[moved])
    greedy = _move(rings, alone, holders[alone][:1], by=_outward(rings[holders[alone][0]], alone))
    frame.geometry = [shapely.Polygon(rings[code]) for code in frame["code"]]
    frame.to_file(folder / "grids.shp", encoding="UTF-8")
    parts = {part.name: part.read_bytes() for part in folder.iterdir()}
    inside = shapely.Point((moved[0] + SHIFT * 0.2, moved[1]))
    assert frame.set_index("code").geometry[gained].contains(inside)
    return archive(parts), greedy, gained, (inside.x, inside.y)


def _move(rings: dict[str, list[Place]], place: Place, codes: list[str], by: Place = (SHIFT, 0.0)) -> str:
    """Move a vertex of these rings; the code of the one that gets larger."""
    before = {code: shapely.Polygon(rings[code]).area for code in codes}
    for code in codes:
        rings[code] = [(x + by[0], y + by[1]) if (x, y) == place else (x, y) for x, y in rings[code]]
    return max(codes, key=lambda code: shapely.Polygon(rings[code]).area - before[code])


def _outward(ring: list[Place], place: Place) -> Place:
    """A shift of the vertex by which its ring gets larger."""
    size = shapely.Polygon(ring).area

    def gains(by: Place) -> float:
        return shapely.Polygon([(x + by[0], y + by[1]) if (x, y) == place else (x, y) for x, y in ring]).area - size

    return max(((SHIFT, 0.0), (-SHIFT, 0.0), (0.0, SHIFT), (0.0, -SHIFT)), key=gains)


def upload(clerk: Person, data: bytes) -> Page:
    page = clerk.open("/desk/zoning/files/").page
    page.set_input_files("input[type=file]", {"name": "杏林.zip", "mimeType": "application/zip", "buffer": data})
    form = page.locator("form[enctype]")
    form.locator("select[name=scheme]").select_option("service")
    form.locator("input[name=title]").fill("外部图层")
    form.locator("button.btn-primary").click()
    page.wait_for_url(re.compile(r"/desk/imports/"))
    expect(page.locator("#offsets")).to_be_visible(timeout=60_000)
    return page


def check_again(page: Page, datum: str) -> None:
    """Choose another datum on the page of the import, and have it checked."""
    page.locator("details.group summary").click()
    page.locator("select[name=choose-datum]").select_option(datum)
    page.get_by_role("button", name="重新检查").click()
    expect(page.get_by_role("button", name=re.compile("导入|写入|确认"))).to_be_visible(timeout=60_000)


def explain(page: Page) -> None:
    for reason in page.locator("#warnings input[name^=reason-]").all():
        reason.fill("按测绘成果")
    if page.locator("#warnings button").count():
        page.locator("#warnings button").click()


def publish(city: City, draft: str, day: str) -> Person:
    chief = city.person("chief").open(draft)
    chief.page.fill("input[name=effective_from]", day)
    chief.page.locator(".zacts").get_by_role("button", name="发布", exact=True).click()
    chief.sees("已发布")
    return chief


def test_a_shapefile_in_the_wrong_datum_becomes_next_mondays_boundaries_and_is_withdrawn(
    city: City, tmp_path: Path
) -> None:
    clerk = city.person("registrar").open("/desk/zoning/files/")
    base = clerk.base
    shifted, greedy, gained, _spot = changed(layer_of(clerk.page, base, "gcj02"), _folder(tmp_path, "shifted"))
    # the same place in degrees WGS-84, from the same change of the layer that is not shifted
    place = changed(layer_of(clerk.page, base, "wgs84"), _folder(tmp_path, "plain"))[3]
    parts = parts_of(shifted)
    parts["grids.prj"] = parts_of(layer_of(clerk.page, base, "wgs84"))["grids.prj"]  # it says WGS-84 and is not

    page = upload(clerk, gbk(archive(parts)))
    fits = page.locator("#offsets tr", has_text="GCJ-02")
    expect(fits).to_contain_text("吻合")
    expect(page.locator("#fault-list, main")).to_contain_text(["GCJ-02"] * page.locator("#fault-list, main").count())
    check_again(page, "gcj02")
    expect(page.locator("main")).to_contain_text("重叠")
    page.get_by_role("button", name=re.compile("导入|写入|确认")).click()
    page.locator(f'a[href^="/desk/zoning/"]:has-text("{VILLAGE}")').click(timeout=60_000)
    ready(page)
    draft = urlsplit(page.url).path

    mend(clerk, draft, greedy)
    expect(page.locator("#check")).to_contain_text("0")
    explain(page)
    clerk.press("提交发布")
    clerk.sees("待发布")
    (monday, today), *_rest = city.rig.rows(MONDAY)
    assert at(city, place, today) != gained == at_file(draft, page, gained)
    chief = publish(city, draft, monday)
    assert at(city, place, today) != gained
    assert at(city, place, monday) == gained
    chief.open(f"/desk/zoning/?date={monday}&since={today}")
    expect(chief.page.locator("#differences")).to_contain_text(gained)
    clerk.open(f"/desk/zoning/?date={today}&since={today}")
    expect(clerk.page.locator("body")).not_to_contain_text(gained)

    chief.open(draft)
    chief.page.locator(".zacts details", has_text="撤回").locator("summary").first.click()
    chief.page.locator(".zacts textarea[name=reason]").last.fill("推迟到下月")
    chief.page.locator(".zacts").get_by_role("button", name="撤回", exact=True).click()
    chief.sees("已撤回")
    assert at(city, place, monday) == at(city, place, today) != gained


def _folder(path: Path, name: str) -> Path:
    made = path / name
    made.mkdir()
    return made


def at(city: City, place: Place, day: str) -> str:
    return str(city.rig.rows(AT, place[0], place[1], day)[0][0])


def at_file(draft: str, page: Page, code: str) -> str:
    """The grid as the draft's map has it."""
    shapes: dict[str, Any] = page.evaluate(f"fetch('{draft}map.json').then((answer) => answer.json())")
    return next(str(part["code"]) for part in shapes["parts"] if part["code"] == code and part["what"])


def mend(clerk: Person, draft: str, greedy: str) -> None:
    """The vertex that left the shared border is moved back onto it, by its number in the list."""
    page = clerk.open(draft).page
    expect(page.locator(".zdefects")).to_contain_text("重叠")
    shapes: dict[str, Any] = page.evaluate(f"fetch('{draft}map.json').then((answer) => answer.json())")
    rings = {part["code"]: {tuple(place) for place in part["ring"]} for part in shapes["parts"]}
    own = next(place for place in rings[greedy] if not any(place in r for c, r in rings.items() if c != greedy)
               and not _on_outline(shapes, place))  # fmt: skip
    others = [p for code, ring in rings.items() if code != greedy for p in ring if p not in rings[greedy]]
    back = min(others, key=lambda p: (p[0] - own[0]) ** 2 + (p[1] - own[1]) ** 2)
    clerk.open(f"{draft}?tool=border&grid={greedy}")
    ready(page)
    page.locator("#tool details summary").click()
    option = page.locator("#v-at option", has_text=f"{own[0]:.8f}")
    page.locator("#v-at").select_option(str(option.first.get_attribute("value")))
    page.fill("#v-to", f"{back[0]:.8f}, {back[1]:.8f}")
    page.locator("button[value=move]").click()
    expect(page.locator("#status")).to_contain_text("已存入草案")
    expect(page.locator(".zdefects .st-late")).to_have_count(0)


def _on_outline(shapes: dict[str, Any], place: Place) -> bool:
    return any(tuple(corner) == place for ring in shapes["outlines"] for corner in ring)


def test_a_division_is_proposed_compared_taken_edited_and_published(city: City) -> None:
    clerk = city.person("registrar").open("/desk/zoning/")
    page = clerk.page
    page.select_option("select[name=village]", PROPOSED)
    page.fill("input[name=title]", "按户数重新划分")
    page.locator("#begin form button").click()
    page.wait_for_url(re.compile(r"/desk/zoning/\d+/"))
    draft = urlsplit(page.url).path
    clerk.press(re.compile("划分方案"), "link")
    page.wait_for_url(re.compile("proposals/"))
    page.locator("form.formbox button.btn-primary").click()
    take: Callable[[], Any] = lambda: page.get_by_role("button", name="采用到草案")  # noqa: E731
    expect(take().first).to_be_visible(timeout=60_000)
    assert take().count() >= 2
    take().first.click()
    page.wait_for_url(re.compile(re.escape(draft)))
    ready(page)
    clerk.sees("采用方案" if page.get_by_text("采用方案").count() else "方案")
    shapes = page.evaluate(f"fetch('{draft}map.json').then((answer) => answer.json())")
    fresh = next(part["code"] for part in shapes["parts"] if part["what"])
    clerk.open(f"{draft}?tool=select&grid={fresh}")
    page.fill("#tool input[name=name_zh]", "方案一号网格")
    page.fill("#tool input[name=name_en]", "Proposal Grid One")
    page.locator("button[value=rename]").click()
    expect(page.locator("#status")).to_contain_text("已存入草案")
    explain(page)
    clerk.press("提交发布")
    clerk.sees("待发布")
    monday = city.rig.rows(MONDAY)[0][0]
    chief = publish(city, draft, monday)
    chief.open(f"/desk/zoning/?date={monday}&since={city.rig.rows(MONDAY)[0][1]}")
    expect(chief.page.locator("#differences")).to_contain_text("按户数重新划分")
    chief.open(draft)
    chief.page.locator(".zacts details", has_text="撤回").locator("summary").first.click()
    chief.page.locator(".zacts textarea[name=reason]").last.fill("仅作演示")
    chief.page.locator(".zacts").get_by_role("button", name="撤回", exact=True).click()
    chief.sees("已撤回")
