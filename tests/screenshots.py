"""The pictures of the documentation: a browser in front of the platform with its demo, `make screenshots`.

    python -m tests.screenshots                               # a platform of its own, thrown away afterwards
    python -m tests.screenshots --base http://127.0.0.1:8000  # one that runs already, in demo mode
    python -m tests.screenshots --only desk-queue desk-grids  # some of them

The pictures land in docs/img under fixed names. STORY is one report on its whole way, as docs/tour.md tells it, so the
demo gains a closed case; PAGES only look; ROOMS show boundaries, wages, services, editions and imports and need that
part of the demo, which a platform of its own makes after the others are taken.
"""

import argparse
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from govplatform.demo.drawings import picture
from govplatform.runtime.packages import find_chromium
from govplatform.runtime.paths import CHECKOUT
from tests.faults.rig import Rig
from tests.faults.servers import command
from tests.journeys.paths import BROKEN, DEPARTMENT

IMAGES = CHECKOUT / "docs" / "img"
MOST_BYTES = 150_000
PHONE, DESK = (390, 844), (1440, 900)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ADDRESS = "溯川街57号"  # in the grid of the demo's grid worker
IN_TOWN = {"longitude": 117.16489, "latitude": 36.194409}  # degrees WGS-84, in the same grid
HANDLER = "处示例"
SITE = "W370902003"  # the demo's project with an order to pay
RESTAURANT = "379999010003"  # two departments review it side by side
SHEET = """项目编码,姓名,证件号码,手机号码,班组,工资月份,出勤天数,应发金额,实发金额,发放日期
W370902007,王示例,379999198001010016,16100000002,木工三组,2026-09,32,7800.00,3900.00,2026-10-09
W370902007,李示例,379999196808080120,,木工三组,2026-09,26,7800.00,7800.00,2026-10-09
"""
DRAWN = """() => !document.querySelector('.htmx-request') && [...document.querySelectorAll('grid-map')].every(
  map => map.querySelector('canvas, .leaflet-tile-loaded'))"""


@dataclass
class Story:
    """What the people of the story pass on: the number of their case and the reporter's private link."""

    number: str = ""
    link: str = ""


Step = Callable[[Page, Story], None]


@dataclass(frozen=True)
class Shot:
    """One picture: who looks ("" = nobody signed in), where, how wide; what is clicked before it and after it.
    Without a name there is no picture, only the clicks."""

    name: str
    user: str
    path: str
    size: tuple[int, int] = DESK
    english: bool = False
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()


def press(label: str) -> Step:
    return lambda page, story: page.locator("main").get_by_role("button", name=label).first.click()


def fill(selector: str, words: str) -> Step:
    return lambda page, story: page.fill(selector, words)


def choose(selector: str, label: str) -> Step:
    def select(page: Page, story: Story) -> None:
        page.select_option(selector, label=label)

    return select


def first(selector: str) -> Step:
    return lambda page, story: page.locator(selector).first.click()


def photo(name: str, stage: str) -> Step:
    """A drawing instead of a photo; stage: "before" shows the fault."""

    def put(page: Page, story: Story) -> None:
        drawn: FilePayload = {"name": f"{stage}.jpg", "mimeType": "image/jpeg", "buffer": picture("hole", stage)}
        page.set_input_files(f"input[name={name}]", files=[drawn])

    return put


def open_case(page: Page, story: Story) -> None:
    page.locator(f'main a[href*="{story.number}"]').first.click()
    page.wait_for_url(f"**/{story.number}/**")


def move(label: str) -> Step:
    """The form of a move on the desk."""
    return lambda page, story: page.locator("a.mv", has_text=label).first.click()


def visit(label: str) -> Step:
    """The form of a move on the phone."""
    return lambda page, story: page.locator("main a.bigbtn", has_text=label).first.click()


def send(page: Page, story: Story) -> None:
    page.locator("main form button.btn-primary").last.click()
    expect(page.locator("main")).to_contain_text("已")
    page.wait_for_load_state()


def receipt(page: Page, story: Story) -> None:
    page.wait_for_url("**/track/**")
    story.number, story.link = page.locator("main b.num").first.inner_text(), page.url


def back_to_link(page: Page, story: Story) -> None:
    page.goto(story.link)


def into_the_drawing(page: Page, story: Story) -> None:
    """The newest draft of boundaries, drawn."""
    page.locator(".zlist a").first.click()
    page.wait_for_selector("#zone-map[data-ready=yes]", state="attached")


def sheet(page: Page, story: Story) -> None:
    """A wage sheet of two workers of whom one attended 32 days; read and checked by a worker process."""
    payload: FilePayload = {"name": "工资表（示例）.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    page.set_input_files("input[type=file]", files=[payload])
    press("上传并校验")(page, story)
    expect(page.locator("#faults")).to_be_visible(timeout=60_000)


def verify_it(page: Page, story: Story) -> None:
    """The licence on the screen, checked by its number and six digits."""
    number, digits = page.locator(".lnum").inner_text(), page.locator(".otp").inner_text()
    page.goto(page.url.split("/services/")[0] + "/licences/verify/")
    page.fill("[name=number]", number)
    page.fill("[name=proof]", digits)
    press("核验")(page, story)
    page.wait_for_selector(".ck2")


FIELD = ("/field/", PHONE)
STORY = [
    Shot(
        "public-report", "", "/report/", PHONE,
        before=(fill("input[name=q]", ADDRESS), press("搜索")),
        after=(
            press(ADDRESS), fill("input[name=q]", BROKEN), press("搜索"), press("继续"),
            fill("textarea[name=description]", "路面坑槽，影响通行"), photo("photos", "before"), press("继续"),
            press("提交上报"), receipt,
        ),
    ),
    Shot(
        "desk-file", "acceptor", "/desk/",
        before=(open_case, move("立案"), first("input[name=condition]")), after=(send,),
    ),
    Shot(
        "desk-dispatch", "dispatcher", "/desk/",
        before=(open_case, move("派遣"), choose("select[name=department]", DEPARTMENT)), after=(send,),
    ),
    Shot(
        "desk-assign", "coordinator", "/desk/",
        before=(open_case, move("指派处置人"), choose("select[name=holder]", HANDLER)), after=(send,),
    ),
    Shot(
        "field-finish", "handler", *FIELD,
        before=(
            open_case, visit("处置完成"), photo("after", "after"), fill("textarea[name=note]", "坑槽已填补、压实"),
        ),
        after=(send,),
    ),
    Shot("", "coordinator", "/desk/", before=(open_case, move("确认反馈")), after=(send,)),
    Shot("", "dispatcher", "/desk/", before=(open_case, move("派发核查")), after=(send,)),
    Shot("field-today", "gridworker", *FIELD),
    Shot(
        "field-case", "gridworker", *FIELD, before=(open_case,),
        after=(visit("核查通过"), photo("photos", "after"), send),
    ),
    Shot("desk-case", "acceptor", "/desk/", before=(open_case,), after=(move("结案"), send)),
    Shot("public-track", "", "/track/", PHONE, before=(back_to_link,)),
]  # fmt: skip
PAGES = [
    Shot("public-home", "", "/", PHONE),
    Shot("public-area", "", "/area/370902900/", PHONE),
    Shot("field-report", "gridworker", "/field/report/", PHONE),
    Shot("sign-in", "", "/accounts/login/"),
    Shot("desk-inbox", "acceptor", "/desk/"),
    Shot("desk-queue", "chief", "/desk/cases/"),
    Shot(
        "desk-rules",
        "chief",
        "/desk/editions/routing/",
        before=(first("main tbody a[href^='/desk/editions/routing/']"),),
    ),
    Shot("desk-grids", "registrar", "/desk/grids/"),
    Shot("desk-operations", "admin", "/desk/operations/"),
    Shot("desk-members", "security", "/desk/memberships/"),
    Shot("desk-audit", "auditor", "/desk/audit/"),
    Shot("public-home-en", "", "/", PHONE, english=True),
    Shot("public-report-en", "", "/report/", PHONE, english=True),
    Shot("public-area-en", "", "/area/370902900/", PHONE, english=True),
    Shot("sign-in-en", "", "/accounts/login/", english=True),
    Shot("desk-inbox-en", "acceptor", "/desk/", english=True),
    Shot("desk-queue-en", "chief", "/desk/cases/", english=True),
]
A_LICENCE = first("main a[href^='/services/licences/']")
ROOMS = [
    Shot("desk-zoning", "chief", "/desk/zoning/", before=(into_the_drawing,)),
    Shot("desk-zoning-day", "registrar", "/desk/zoning/"),
    Shot("desk-wages", "inspector", "/desk/wages/"),
    Shot("desk-wage-project", "inspector", f"/desk/wages/projects/{SITE}/"),
    Shot("public-wages", "", f"/wages/projects/{SITE}/", PHONE),
    Shot(
        "desk-import", "inspector", "/desk/imports/new/wages.sheet/", before=(sheet,), after=(press("取消并删除文件"),)
    ),
    Shot("public-service", "", f"/services/{RESTAURANT}/", PHONE),
    Shot("public-licence", "resident", "/services/mine/", PHONE, before=(A_LICENCE,)),
    Shot("public-verify", "resident", "/services/mine/", PHONE, before=(A_LICENCE, verify_it)),
    Shot(
        "desk-edition",
        "chief",
        "/desk/editions/categories/",
        before=(first("main tbody a[href^='/desk/editions/categories/']"),),
    ),
    Shot("desk-retention", "auditor", "/desk/retention/?count=1"),
    Shot("desk-wage-project-en", "inspector", f"/desk/wages/projects/{SITE}/", english=True),
    Shot("public-licence-en", "resident", "/services/mine/", PHONE, english=True, before=(A_LICENCE,)),
]


@dataclass
class Studio:
    """A browser per person, the story so far, and where the pictures go."""

    browser: Browser
    base: str
    into: Path
    wanted: set[str]
    story: Story = field(default_factory=Story)
    pages: dict[tuple[str, tuple[int, int], bool], Page] = field(default_factory=dict)
    total: int = 0

    def page(self, shot: Shot) -> Page:
        """The person's page, signed in."""
        key = (shot.user, shot.size, shot.english)
        if key not in self.pages:
            context = self.browser.new_context(
                viewport={"width": shot.size[0], "height": shot.size[1]},
                device_scale_factor=2 if shot.size == PHONE else 1,
                has_touch=shot.size == PHONE,
                locale="en-US" if shot.english else "zh-CN",
                geolocation=IN_TOWN,  # type: ignore[arg-type]
                permissions=["geolocation"],
                reduced_motion="reduce",
            )
            page = self.pages[key] = context.new_page()
            if shot.user:
                page.goto(f"{self.base}/accounts/login/")
                page.locator(f"button.rolebtn[value={shot.user}]").click()
                page.wait_for_load_state()
        return self.pages[key]

    def take(self, shot: Shot) -> None:
        page = self.page(shot)
        answer = page.goto(self.base + shot.path)
        if answer is None or answer.status != 200:
            raise LookupError(f"{shot.path} answered {answer and answer.status}")
        for step in shot.before:
            step(page, self.story)
        if shot.name in self.wanted:
            self.keep(shot.name, page)
        for step in shot.after:
            step(page, self.story)

    def keep(self, name: str, page: Page) -> None:
        page.wait_for_load_state("networkidle")
        page.wait_for_function(DRAWN)
        page.wait_for_timeout(700)  # tiles fade in; nothing in the page says when they are done
        small = small_png(page.screenshot())
        (self.into / f"{name}.png").write_bytes(small)
        self.total += len(small)
        print(f"{name}.png {len(small) // 1024} kB", flush=True)


@dataclass(frozen=True)
class Platform:
    """Where it answers, and how the rest of its demo is made."""

    base: str
    complete: Callable[[], None] = lambda: None


@contextmanager
def own_platform() -> Iterator[Platform]:
    """All processes of `make run` on servers of their own, with the first 40 cases of the demo."""
    rig = Rig()

    def seed(*which: str) -> None:
        command(("python", "manage.py", "seed_demo", *which), rig.env("web"), seconds=1800)
        rig.wait_quiet(within=600)

    try:
        rig.ensure("web", "worker", "beat", "relay")
        seed("--first", "40")
        yield Platform(f"http://127.0.0.1:{rig.port}", lambda: seed("--rooms"))
    finally:
        rig.stop()


@contextmanager
def running(base: str) -> Iterator[Platform]:
    yield Platform(base.rstrip("/"))


def small_png(raw: bytes) -> bytes:
    """The picture with as many colours of a palette as MOST_BYTES allows."""
    image = Image.open(io.BytesIO(raw)).convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        image.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            out, "PNG", optimize=True
        )
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests.screenshots")
    parser.add_argument("--base", default="", help="address of a running platform in demo mode")
    parser.add_argument("--only", nargs="*", default=[], help="names of pictures")
    parser.add_argument("--into", type=Path, default=IMAGES, help="folder of the pictures")
    options = parser.parse_args(arguments)
    names = {shot.name for shot in STORY + PAGES + ROOMS if shot.name}
    wanted = set(options.only) or names
    if wanted - names:
        parser.error(f"no such picture: {', '.join(sorted(wanted - names))}")
    shots = STORY if any(shot.name in wanted for shot in STORY) else []
    options.into.mkdir(parents=True, exist_ok=True)
    rooms = [shot for shot in ROOMS if shot.name in wanted]
    with running(options.base) if options.base else own_platform() as platform, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET, "--lang=zh-CN"])
        studio = Studio(browser, platform.base, options.into, wanted)
        for shot in [*shots, *(shot for shot in PAGES if shot.name in wanted)]:
            studio.take(shot)
        if rooms:
            platform.complete()
        for shot in rooms:
            studio.take(shot)
        browser.close()
    print(f"{len(wanted)} pictures, {studio.total // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
