"""People of the demo city: each has a browser, does what the role does, and reads what the page says."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, Page, expect

from tests.faults.rig import Rig
from tests.faults.servers import wait_until

PASSWORD = "demo-govplatform"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
ON_FOOT = {"gridworker", "handler", "resident", ""}
HOME = """
SELECT ST_X(p), ST_Y(p), a.text_zh FROM (
  SELECT v.boundary, ST_PointOnSurface(v.boundary) AS p FROM grids_duty d
    JOIN grids_gridversion v ON v.grid_id = d.grid_id AND upper_inf(v.valid)
    JOIN accounts_user u ON u.id = d.user_id WHERE u.username = 'gridworker' AND d.post = 'worker'
) AS mine JOIN grids_address a ON ST_Covers(mine.boundary, a.point) ORDER BY a.id LIMIT 1
"""


@dataclass(frozen=True)
class Place:
    """A place inside a grid of the demo grid worker: degrees WGS-84 and an address that the search finds."""

    lon: float
    lat: float
    address: str


def photo(words: str, colour: str = "#8a8f95") -> bytes:
    """A drawn JPEG, never the same for other words."""
    image = Image.new("RGB", (640, 480), colour)
    ImageDraw.Draw(image).text((40, 200), words, fill="white")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def jpeg(words: str) -> dict[str, object]:
    """A photo as a file input takes it."""
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo(words)}


class Person:
    """Somebody in front of a browser."""

    def __init__(self, page: Page, base: str, name: str) -> None:
        self.page, self.base, self.name = page, base, name

    def open(self, path: str) -> "Person":
        answer = self.page.goto(self.base + path)
        assert answer is not None and answer.status == 200, f"{self.name}: {path} answered {answer and answer.status}"
        return self

    def sees(self, *words: str) -> None:
        for text in words:
            expect(self.page.locator("main")).to_contain_text(text)

    def press(self, name: str | re.Pattern[str], role: str = "button") -> None:
        self.page.locator("main").get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(label)

    # at the desk

    def case(self, number: str) -> "Person":
        """Open a case file from the inbox."""
        self.open("/desk/")
        link = self.page.locator(f'a[href*="{number}"]').first
        expect(link).to_be_visible()
        link.click()
        self.page.wait_for_url(re.compile(number))
        return self

    def move(self, label: str, *, note: str = "", **choices: str) -> None:
        """Choose a move, fill what its form asks for, and do it."""
        self.page.locator("a.mv", has_text=label).first.click()
        for name, value in choices.items():
            self.page.locator(f"select[name={name}]").select_option(label=value)
        if note:
            self.page.locator("textarea[name=note]").fill(note)
        self.page.locator("main form button.btn-primary").last.click()
        self.sees(f"已办理：{label}")

    # on the phone

    def task(self, number: str) -> "Person":
        self.open("/field/")
        self.page.locator(f'a.task[href*="{number}"]').click()
        return self

    def visit(self, label: str, *, note: str = "", **photos: str) -> None:
        """Choose a move on the phone; photos: name of the input → what is drawn on it."""
        self.page.locator("main a.bigbtn", has_text=label).first.click()
        for name, words in photos.items():
            self.page.set_input_files(f"input[name={name}]", files=[jpeg(words)])  # type: ignore[list-item]
        if note:
            self.page.locator("textarea[name=note]").fill(note)
        self.page.locator("main form button.btn-primary").click()
        self.sees(f"已记录：{label}")


class City:
    """The people of one journey."""

    def __init__(self, rig: Rig, chromium: Browser) -> None:
        self.rig, self.chromium = rig, chromium
        self.base = f"http://127.0.0.1:{rig.port}"
        self.people: dict[str, Person] = {}
        self.errors: list[str] = []
        lon, lat, address = rig.rows(HOME)[0]
        self.place = Place(lon, lat, address)

    def person(self, username: str = "", *, english: bool = False, desk: bool | None = None) -> Person:
        """Somebody signed in with name and password; "" is a resident without an account."""
        if username in self.people:
            return self.people[username]
        phone = username in ON_FOOT if desk is None else not desk
        context = self.chromium.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            locale="en" if english else "zh-CN",
            geolocation={"longitude": self.place.lon, "latitude": self.place.lat},
            permissions=["geolocation"],
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{username}: {error}"))
        page.on("console", lambda m: self.errors.append(m.text) if "Content Security" in m.text else None)
        made = self.people[username] = Person(page, self.base, username or "somebody")
        if username:
            made.open("/accounts/login/")
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", PASSWORD)
            page.locator("form:has(input[name=password]) button").first.click()
            page.wait_for_url(re.compile(r"/(desk|field|notices|accounts/home)?/?$|/desk/|/field/"))
        return made

    def number_of(self, token: str) -> str:
        """The receipt number on a tracking page."""
        found = re.search(r"\d{19}", self.people[""].page.inner_text("main"))
        assert found, token
        return found.group()

    def eventually(self, condition: Callable[[], object], what: str, within: float = 15) -> None:
        wait_until(condition, within=within, what=what, every=0.2)

    def state(self, number: str) -> str:
        return str(self.rig.rows("SELECT state FROM cases_case WHERE number = %s", number)[0][0])

    def close(self) -> None:
        for person in self.people.values():
            person.page.context.close()
        assert self.errors == []
