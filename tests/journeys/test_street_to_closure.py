"""An incident travels from the street to closure across the roles."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import paths
from tests.journeys.people import City


def test_a_grid_workers_report_is_handled_with_proof_checked_on_the_spot_and_closed(city: City) -> None:
    worker = city.person("gridworker").open("/field/report/")
    page = worker.page
    expect(page.locator("input[name=lon]")).to_have_value(re.compile(r"\d"), timeout=15_000)
    page.locator("details#all > summary").click()
    page.locator("details#all summary").get_by_text("市容环境", exact=True).click()
    page.locator("details#all").get_by_text(paths.BROKEN, exact=True).click()
    page.fill("textarea[name=description]", "学校门口路面坑槽两处")
    worker.press("存好并上报")
    page.wait_for_url("**/field/outbox/")
    receipt = page.locator(".q", has_text=re.compile(r"\d{19}"))
    receipt.wait_for()
    number = re.search(r"\d{19}", receipt.inner_text()).group()  # type: ignore[union-attr]

    paths.to_the_department(city, number)
    paths.handled(city, number, "已填补并压实")
    paths.checked_and_closed(city, number)

    assert city.state(number) == "closed"
    acceptor = city.person("acceptor").open(f"/desk/cases/{number}/")
    acceptor.sees("立案", "派遣", "处置完成", "核查通过", "结案", "已填补并压实")
    told = city.rig.rows(
        "SELECT transition FROM cases_historyentry h JOIN cases_case c ON c.id = h.case_id "
        "WHERE c.number = %s ORDER BY sequence", number,
    )  # fmt: skip
    moves = [name for (name,) in told if name not in ("proposed", "claim", "call_duty_chief")]
    assert moves == [
        "open", "file", "dispatch", "assign", "finish", "confirm", "request_check", "check_passed", "close",
    ]  # fmt: skip


@pytest.mark.wide
def test_a_case_returned_twice_and_sent_again_keeps_both_reasons_for_ever(city: City) -> None:
    number = paths.report_as_resident(city, paths.BROKEN, "辅道路面塌边")
    paths.to_the_department(city, number)

    city.person("coordinator").case(number).move("退回派遣", note="不在本单位职责内")
    city.person("dispatcher").case(number).move("派遣", department=paths.DEPARTMENT)
    city.person("coordinator").case(number).move("退回派遣", note="请核对边界")
    city.person("dispatcher").case(number).move("派遣", department=paths.DEPARTMENT)
    paths.handled(city, number, "塌边已修复")

    dispatcher = city.person("dispatcher").open(f"/desk/cases/{number}/")
    dispatcher.sees("不在本单位职责内", "请核对边界")
    assert dispatcher.page.locator(".hist li.back").count() >= 2
    assert city.rig.number("SELECT returns FROM cases_case WHERE number = %s", number) == 2


@pytest.mark.wide
def test_two_hats_the_switch_says_which_is_on_and_history_remembers_it(city: City) -> None:
    number = paths.report_as_resident(city, paths.BROKEN, "两顶帽子")
    person = city.person("dispatcher").open("/desk/")
    page = person.page
    page.locator("details.who > summary").click()
    page.get_by_role("button", name=re.compile("受理员")).click()
    page.wait_for_load_state()
    person.open("/desk/")
    assert "受理员" in page.locator("details.who > summary").inner_text()
    person.case(number)
    page.locator("a.mv", has_text="立案").first.click()
    page.locator("input[name=condition]").first.check()
    page.locator("main form button.btn-primary").last.click()
    person.sees("已办理：立案")
    role = city.rig.rows(
        "SELECT actor_role FROM cases_historyentry h JOIN cases_case c ON c.id = h.case_id "
        "WHERE c.number = %s AND transition = 'file'", number,
    )  # fmt: skip
    assert role == [("acceptor",)]
    page.locator("details.who > summary").click()
    page.get_by_role("button", name=re.compile("派遣员")).click()
    page.wait_for_load_state()
