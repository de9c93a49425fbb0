"""From a wage sheet to a closed warning, and from a worker's no to a claim that is followed by its private link."""

import io
import random
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from accounts.demo_identity import demo_id_number
from tests.journeys.people import City, Person, jpeg

WORDS = {
    "zh": {
        "ordered": "责令限期支付", "take": "确认导入", "claimed": "您已提出异议，诉求正在办理。",
    },
    "en": {
        "ordered": "Payment ordered", "take": "Take over",
        "claimed": "You said it is wrong; your claim is being handled.",
    },
}  # fmt: skip
SITE = """
SELECT p.code, p.pay_day, to_char(date_trunc('month', app_now() AT TIME ZONE 'Asia/Shanghai') - interval '3 months',
       'YYYY-MM'), (app_now() AT TIME ZONE 'Asia/Shanghai')::date
  FROM wages_project p WHERE p.path LIKE '/3709/370902/%%' AND NOT EXISTS (
       SELECT FROM wages_wagewarning w WHERE w.project_id = p.id) ORDER BY p.code DESC LIMIT 1
"""
WARNING = """
SELECT c.number FROM wages_wagewarning w JOIN cases_case c ON c.id = w.case_id
  JOIN wages_project p ON p.id = w.project_id
 WHERE p.code = %s AND w.rule = 'paid_share' AND c.state = 'to_verify'
   AND EXISTS (SELECT FROM cases_assignment a WHERE a.case_id = c.id AND a.open AND a.step_key = 'handle')
"""
CLAIMED = """
SELECT count(*) FROM cases_assignment a JOIN cases_case c ON c.id = a.case_id
 WHERE c.number = %s AND a.open AND a.step_key = 'handle'
"""


def _sheet(template: bytes, code: str, month: str, paid_on: str, chance: random.Random) -> tuple[bytes, str, list[str]]:
    """Eleven workers, one of them unpaid. Returns the file, the phone of the unpaid one, and what no page may show."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    phones = [f"16100{chance.randrange(10**6):06d}" for _worker in range(11)]
    ids = [demo_id_number(chance) for _worker in range(11)]
    for place, (phone, number) in enumerate(zip(phones, ids, strict=True)):
        paid: list[Any] = [Decimal(7800), paid_on] if place else [None, None]
        sheet.append([code, f"丙工友{place}", number, phone, "木工三组", month, 26, Decimal(7800), *paid])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), phones[0], [*phones, *ids, "丙工友"]


def _import(inspector: Person, data: Any, words: dict[str, str]) -> None:
    """Upload, look at the preview, take over."""
    page = inspector.open("/desk/imports/new/wages.sheet/").page
    page.set_input_files("input[name=file]", files=[data])
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile("/desk/imports/[0-9a-f-]{36}/"))
    take = page.get_by_role("button", name=words["take"])
    expect(take).to_be_visible(timeout=30_000)
    assert page.locator("#faults").count() == 0
    take.click()
    expect(take).to_have_count(0, timeout=30_000)


def _template(inspector: Person) -> bytes:
    page = inspector.open("/desk/imports/new/wages.sheet/").page
    with page.expect_download() as download:
        page.locator('a[href$="/template/"]').click()
    return download.value.path().read_bytes()


def _note(inspector: Person, number: str, transition: str, note: str) -> None:
    page = inspector.open(f"/desk/cases/{number}/move/{transition}/").page
    page.fill("textarea[name=note]", note)
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url(re.compile(rf"/desk/cases/{number}/$"))


def _figures(inspector: Person, number: str, screen: str, fields: dict[str, str], *, photo: bool = False) -> None:
    """The screens of the order and of the proof of payment."""
    page = inspector.open(f"/desk/cases/{number}/{screen}/").page
    for name, text in fields.items():
        page.fill(f"[name={name}]", text)
    if photo:
        page.set_input_files("[name=photos]", files=[jpeg(f"proof {number}")])  # type: ignore[list-item]
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url(re.compile(rf"/desk/cases/{number}/$"))


def _signed_in(city: City, phone: str, *, english: bool) -> Person:
    """A worker without an account, by the code that the stand-in of the SMS gateway shows."""
    worker = city.person("", english=english).open("/wages/mine/")
    page = worker.page
    if "/phone/" not in page.url:
        worker.open("/accounts/phone/?next=/wages/mine/")
    page.fill("main input[name=phone]", phone)
    page.locator("main form button").first.click()
    page.wait_for_url("**/accounts/phone/code/**")
    codes = page.context.new_page()

    def code() -> str:
        codes.goto(f"{city.base}/demo/outbox/")
        found = re.search(r"\b(\d{6,8})\b(?!.*0538)", codes.locator("main").inner_text())
        return found[1] if found else ""

    city.eventually(code, "the code is in the stand-in's outbox")
    page.fill("main input[name=code]", code())
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    return worker.open("/wages/mine/")


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.wide)])
def test_a_sheet_becomes_a_warning_that_is_closed_and_a_workers_no_becomes_a_claim(city: City, language: str) -> None:
    words, english = WORDS[language], language == "en"
    code, pay_day, month, day = city.rig.rows(SITE)[0]
    inspector = city.person("inspector", english=english)
    following = (day.replace(day=1) - timedelta(days=40)).replace(day=pay_day)
    data, phone, secrets = _sheet(_template(inspector), code, month, following.isoformat(), random.Random(code))
    name = "工资表.xlsx"
    _import(inspector, {"name": name, "mimeType": "application/octet-stream", "buffer": data}, words)
    city.eventually(lambda: city.rig.rows(WARNING, code), "a worker judged the month and routed the warning", 30)
    number = str(city.rig.rows(WARNING, code)[0][0])

    inspector.case(number)
    _note(inspector, number, "confirm", "已到项目部核对，情况属实。")
    _note(inspector, number, "hear", "企业称拨款延迟。")
    until = (day + timedelta(days=14)).isoformat()
    _figures(inspector, number, "order", {"amount": "7800", "pay_until": until, "note": "未足额支付，责令支付。"})
    page = city.person("", english=english).open(f"/wages/projects/{code}/").page
    city.people[""].sees(words["ordered"])
    assert not [secret for secret in secrets if secret in page.content()]
    _figures(inspector, number, "payment", {"amount": "7800", "note": "银行回单已核对。"}, photo=True)
    _note(inspector, number, "close", "已支付。")
    assert city.state(number) == "closed"

    worker = _signed_in(city, phone, english=english)
    worker.sees("7,800.00")
    worker.page.locator('a[href*="/dispute/"]').first.click()
    worker.page.locator("[name=matter][value=not_paid]").check()
    worker.page.fill("textarea[name=text]", "没有收到")
    worker.page.locator("main form button.btn-primary").last.click()
    worker.page.wait_for_url("**/track/**")
    claim = city.number_of(worker.page.url)
    worker.open("/wages/mine/").sees(words["claimed"], claim)
    city.eventually(lambda: city.rig.number(CLAIMED, claim), "the claim is with the inspectorate")
    inspector.case(claim)
