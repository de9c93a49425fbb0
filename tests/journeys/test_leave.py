"""A grid worker is away and nobody stands in: seen in the report and the inbox, mended in the roster."""

import re

from playwright.sync_api import expect

from tests.journeys import paths
from tests.journeys.people import City, Person

TODAY = "SELECT ((app_now() AT TIME ZONE 'Asia/Shanghai')::date)::text"
HOLDER = """
SELECT u.username FROM cases_assignment a
  JOIN cases_case c ON c.id = a.case_id JOIN accounts_user u ON u.id = a.holder_id
 WHERE a.open AND c.number = %s
"""
WAITING = """
SELECT count(*) FROM events_blindspot b JOIN cases_case c ON c.id = b.case_id WHERE b.kind = 'leave' AND NOT c.closed
"""
LEAVE, LOAD = "离岗而无人替班", "超出负荷上限的人员"


def away(city: City, clerk: Person, who: str, substitute: str = "") -> None:
    """Today only, entered in the roster."""
    clerk.open("/desk/duties/")
    page, day = clerk.page, city.rig.rows(TODAY)[0][0]
    page.locator("#absence summary").click()
    form = page.locator("#absence form")
    values = {"user_id": who, "first": day, "last": day, "substitute_id": substitute}
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name="录入").click()
    expect(page.locator("body")).to_contain_text("离岗日期已登记")


def back(person: Person, name: str) -> None:
    person.open("/desk/duties/")
    person.page.locator("#away li", has_text=name).get_by_role("button", name="今天起到岗").click()
    expect(person.page.locator("#away li", has_text=name)).to_have_count(0)


def carries(person: Person, username: str) -> str:
    """How many grids somebody acts for, as the page of the roster says beside its forms."""
    row = person.open("/desk/duties/").page.locator("tr", has=person.page.get_by_text(username, exact=True))
    return row.locator("td").nth(1).inner_text().strip()


def test_a_leave_without_a_substitute_is_seen_becomes_work_and_ends_with_a_substitute(city: City) -> None:
    number = paths.report_as_resident(city, paths.BROKEN, "离岗时的核查")
    paths.to_the_department(city, number)
    paths.handled(city, number, "已修复")
    city.person("dispatcher").case(number).move("派发核查")
    assert city.rig.rows(HOLDER, number) == [("gridworker",)]

    clerk = city.person("registrar")
    before = carries(clerk, "gw03"), carries(clerk, "gw04")
    away(city, clerk, "gridworker")
    assert (carries(clerk, "gw03"), carries(clerk, "gw04")) == (str(int(before[0]) + 4), before[1])
    city.eventually(lambda: city.rig.rows(HOLDER, number) == [("gw03",)], "the deputy has the open check")
    city.person("gw03", desk=False).open("/field/")
    expect(city.person("gw03").page.locator(f'a.task[href*="{number}"]')).to_be_visible()

    chief = city.person("chief").open("/desk/blind-spots/?kind=leave")
    chief.sees(LEAVE, "网示例")
    chief.press("立即检查")
    city.eventually(lambda: city.rig.number(WAITING) == 1, "the hole is work", within=30)
    chief.open("/desk/").sees(LEAVE)

    chief.open("/desk/blind-spots/?kind=leave")
    chief.page.locator("#blind-list").get_by_role("link", name=LEAVE).click()
    chief.page.wait_for_url(re.compile(r"/desk/duties/\?on=[\d-]+#away"))
    line = chief.page.locator("#away li", has_text="网示例")
    line.get_by_label("替班人").fill("gw04")
    line.get_by_role("button", name="由其替班").click()
    chief.sees("替班")
    assert carries(chief, "gw04") == str(int(before[1]) + 4)
    chief.open("/desk/blind-spots/?kind=leave").sees("没有盲区")
    chief.press("立即检查")
    city.eventually(lambda: city.rig.number(WAITING) == 0, "the work is done", within=30)

    stands_in = city.person("gw04", desk=True).open("/duties/mine/")
    stands_in.sees("网示例")
    stands_in.press(re.compile("生成日历地址"))
    address = stands_in.page.locator("#calendar a.btn").get_attribute("href")
    feed = stands_in.page.request.get(str(address))
    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "网示例" in re.sub(r"\r\n ", "", feed.body().replace(b"\r\n ", b"").decode())
    back(clerk, "网示例")


def test_who_stands_in_for_too_many_grids_is_over_the_limit_in_the_report(city: City) -> None:
    clerk = city.person("registrar")
    away(city, clerk, "gw06", "gw05")
    assert int(carries(clerk, "gw05")) > 8
    clerk.open("/desk/blind-spots/?kind=load").sees(LOAD, "陈示甲")
    back(clerk, "杨示乙")
    clerk.open("/desk/blind-spots/?kind=load").sees("没有盲区")
