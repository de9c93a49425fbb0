"""The doors by which cases of every kind come in, as their people use them: the API, public forms, a sheet at the desk.

A door sends one submission by its key, as often as it is asked, always with the same body, and says what it was told.
"""

import hashlib
import io
import json
import random
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from PIL import Image

from accounts.demo_identity import demo_id_number, demo_name, demo_phone
from tests.faults.web import Line, Web
from wages.rules import RULES

SENIOR = "379999020001"  # an item that is accepted by one body and decided by another
SHEET = "/desk/imports/new/wages.sheet/"
# months so long past that an unpaid one is found by both rules, of one project after the other
SITE_MONTHS = """
SELECT p.id, p.code, to_char(m, 'YYYY-MM') FROM wages_project p, generate_series(
    date_trunc('month', p.signed_on), date_trunc('month', current_date) - interval '3 months', interval '1 month') AS m
 WHERE p.path LIKE '/3709/370902/%' ORDER BY m DESC, p.id
"""
SiteMonth = tuple[int, str, str]


class Told(NamedTuple):
    """What a door was told: status; what the sender keeps of it (number, link, place); whether it is to ask again."""

    status: int
    what: str = ""
    again: bool = False


class Door(Protocol):
    """One way in."""

    def send(self, line: Line, key: str, **changes: str) -> Told:
        """Send the submission of this key; `changes` make another body of it."""
        ...

    def keeps(self, key: str) -> list[str]:
        """Submission keys its cases are kept under."""
        ...


def _thanked(status: int, place: str, thanks: str) -> Told:
    """A form that was taken leads to a page of thanks; one that leads elsewhere, to the sign-in say, was not."""
    if status == 302:
        return Told(302, place.rstrip("/").rpartition("/")[2]) if place.startswith(thanks) else Told(401)
    return Told(status)


class Reports:
    """An incident by the API: one of the client's places and categories, always the same for the same key."""

    def __init__(self, client: dict[str, Any]) -> None:
        self.client = client

    def body(self, key: str) -> dict[str, Any]:
        places, categories = self.client["places"], self.client["categories"]
        chosen = sum(key.encode())
        return {
            "category": categories[chosen % len(categories)],
            "lon": places[chosen % len(places)][0],
            "lat": places[chosen % len(places)][1],
            "datum": "wgs84",
            "description": f"report {key}",
        }

    def send(self, line: Line, key: str, **changes: Any) -> Told:
        headers = {
            "Authorization": f"Bearer {self.client['token']}", "Content-Type": "application/json",
            "Idempotency-Key": key,
        }  # fmt: skip
        answer = line.ask("POST", "/api/v1/reports", json.dumps({**self.body(key), **changes}).encode(), headers)
        return Told(answer.status, json.loads(answer.text)["number"] if answer.status in (200, 201) else "")

    def keeps(self, key: str) -> list[str]:
        """The keys of two clients never meet."""
        return [hashlib.sha256(f"api\0{self.client['client']}\0{key}".encode()).hexdigest()]


class _Form:
    """A door that is a form: its key is the submission key."""

    def keeps(self, key: str) -> list[str]:
        return [key]


class Claims(_Form):
    """A wage claim by the public form, each from a network of its own."""

    PATH = "/wages/claim/"

    def __init__(self, somebody: Web, month: str) -> None:
        self.somebody, self.month = somebody, month
        somebody.get(self.PATH)

    def send(self, line: Line, key: str, **changes: str) -> Told:
        chance = random.Random(key)
        fields = {
            "matter": "not_paid", "employer": "示例建设有限公司", "people": "3", "submission_key": key,
            "first": self.month, "description": f"claim {key}",
            "name": demo_name(chance), "phone": demo_phone(chance), **changes,
        }  # fmt: skip
        from_where = {"X-Forwarded-For": f"10.{chance.randrange(256)}.{chance.randrange(256)}.1"}
        answer = self.somebody.send(line, self.PATH, fields, said=from_where)
        return _thanked(answer.status, answer.place, "/track/")


class Applications(_Form):
    """An application by a resident's form with a photo of a paper; the clerk at the window accepts it at once, and the
    promise "cases.route" hands it to the body that decides."""

    PATH = f"/services/{SENIOR}/apply/"

    def __init__(self, resident: Web, clerk: Web) -> None:
        self.resident, self.clerk = resident, clerk
        self.edition = resident.carried(self.PATH)["edition"]
        self.clerk.get("/desk/")
        out = io.BytesIO()
        Image.new("RGB", (64, 48), "grey").save(out, "JPEG")
        self.paper = {"material_identity": ("identity.jpg", out.getvalue())}

    def send(self, line: Line, key: str, **changes: str) -> Told:
        told = self.apply(line, key, **changes)
        if told.status != 302:
            return told
        accepted = self.clerk.send(line, f"/desk/cases/{told.what}/move/accept/", {"expected_version": "0"})
        return told if accepted.status in (302, 409) else Told(accepted.status)  # 409: it was accepted before

    def apply(self, line: Line, key: str, **changes: str) -> Told:
        """Without the clerk."""
        chance = random.Random(key)
        fields = {
            "elder.name": demo_name(chance), "elder.id_number": demo_id_number(chance),
            "elder.phone": demo_phone(chance), "by_relative": "no", "address": "示范街 1 号", "card_type": "70",
            "submission_key": key, "edition": self.edition, **changes,
        }  # fmt: skip
        answer = self.resident.send(line, self.PATH, fields, files=self.paper)
        return _thanked(answer.status, answer.place, "/services/mine/")


class Requests(_Form):
    """A request about one's own data."""

    PATH = "/my-data/"

    def __init__(self, resident: Web) -> None:
        self.resident = resident

    def send(self, line: Line, key: str, **changes: str) -> Told:
        fields = {"ask": "erase_contacts", "words": f"request {key}", "submission_key": key, **changes}
        answer = self.resident.send(line, self.PATH, fields)
        return _thanked(answer.status, answer.place, "/track/")


class Sheets:
    """A wage sheet at the labour inspectorate: uploaded, read by a worker, taken over. What the rules find in its
    months opens a warning each, so one submission makes several cases.

    Arguments:
        months: rows of SITE_MONTHS.
    """

    HEADER = "项目编码,姓名,证件号码,手机号码,班组,工资月份,出勤天数,应发金额,实发金额,发放日期"

    def __init__(self, officer: Web, months: Sequence[SiteMonth]) -> None:
        self.officer = officer
        self.officer.said = {"Accept-Language": "en"}
        self.officer.get(SHEET)
        self.unused = iter(months)
        self.months: dict[str, tuple[SiteMonth, SiteMonth]] = {}
        self.runs: dict[str, str] = {}

    def keeps(self, key: str) -> list[str]:
        if key not in self.months:
            self.months[key] = next(self.unused), next(self.unused)
        return [f"wage-warning:{site}:{month}:{rule}" for site, _code, month in self.months[key] for rule in RULES]

    def send(self, line: Line, key: str, **changes: str) -> Told:
        if key not in self.runs:
            uploaded = self.upload(line, key)
            if uploaded.status != 302:
                return uploaded
        path = self.runs[key]
        page = self.officer.look(line, path)
        if page.status == 200 and f"{path}commit/" in page.text:
            self.officer.send(line, f"{path}commit/", {})
            page = self.officer.look(line, path)
        if page.status != 200:
            return Told(page.status)
        return Told(200, path) if "Taken over" in page.text else Told(202, again=True)

    def is_checked(self, line: Line, key: str) -> bool:
        """A worker has read it and found no fault."""
        return f"{self.runs[key]}commit/" in self.officer.look(line, self.runs[key]).text

    def upload(self, line: Line, key: str, worker: tuple[str, str, str] | None = None) -> Told:
        """The first step alone. worker: name, citizen number, phone."""
        self.keeps(key)
        who = ",".join(worker or ("王示例", demo_id_number(random.Random(key)), ""))
        lines = [f"{code},{who},木工三组,{month},26,7800,," for _site, code, month in self.months[key]]
        sheet = "\n".join([self.HEADER, *lines]).encode()
        answer = self.officer.send(line, SHEET, {}, files={"file": ("sheet.csv", sheet)})
        told = _thanked(answer.status, answer.place, "/desk/imports/")
        if told.status == 302:
            self.runs.setdefault(key, answer.place)
        return told
