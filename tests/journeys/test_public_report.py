"""A resident without an account: report, follow, answer, rate, ask for reopening."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import paths
from tests.journeys.people import City

WASTE = "暴露生活垃圾"  # an automatic rule sends it


@pytest.mark.wide
def test_a_public_report_is_followed_rated_and_reopened(city: City) -> None:
    number = paths.report_as_resident(city, paths.BROKEN, "路面坑槽影响通行", with_photo=True)
    somebody = city.people[""]
    link = somebody.page.url
    somebody.sees("已收到您反映的情况")
    paths.to_the_department(city, number)
    paths.handled(city, number, "坑槽已填补")
    paths.checked_and_closed(city, number)

    page = somebody.page
    page.goto(link)
    somebody.sees("已办结", "派遣", "结案")
    page.locator("input[name=score][value='2']").check()
    page.fill("textarea[name=comment]", "没有压实")
    somebody.press("提交评价")
    somebody.sees("谢谢，您的评价已记录。")
    page.locator("summary", has_text="没有解决").click()
    page.fill("textarea[name=reason]", "第二天又塌了")
    somebody.press("申请重新办理")
    somebody.sees("案件已重新打开")
    assert city.state(number) == "reported"
    city.person("acceptor").case(number).sees("第二天又塌了")


def test_an_automatic_rule_sends_a_report_to_its_department_within_seconds(city: City) -> None:
    number = paths.report_as_resident(city, WASTE, "垃圾桶旁堆满垃圾")
    city.eventually(lambda: city.state(number) == "pending_handle", "the rule has dispatched it")
    somebody = city.people[""]
    somebody.page.reload()
    somebody.sees("派遣")
    chief = city.person("chief").open(f"/desk/cases/{number}/")
    chief.sees("由自动规则派遣")


@pytest.mark.wide
def test_a_message_of_the_reporter_reaches_the_case_file(city: City) -> None:
    number = paths.report_as_resident(city, paths.BROKEN, "补充说明")
    somebody = city.people[""]
    somebody.page.locator("summary", has_text="补充说明或照片").click()
    somebody.page.fill("textarea[name=text]", "对面还有一处")
    somebody.press("提交留言")
    somebody.sees("您的留言已添加。")
    city.person("acceptor").case(number).sees("对面还有一处")


@pytest.mark.wide
def test_the_page_of_a_place_shows_figures_with_their_parts_and_no_free_text(city: City) -> None:
    number = paths.report_as_resident(city, paths.BROKEN, "不应公开的原话")
    code = city.rig.rows("SELECT split_part(path, '/', 4) FROM cases_case WHERE number = %s", number)[0][0]
    somebody = city.people[""].open(f"/area/{code}/")
    somebody.sees("近 30 天", "近 90 天", paths.BROKEN)
    expect(somebody.page.locator("main")).not_to_contain_text("不应公开的原话")
    assert re.search(r"\d+ / \d+", somebody.page.inner_text("main"))


def test_the_report_works_in_english_and_without_script(city: City) -> None:
    context = city.chromium.new_context(java_script_enabled=False, locale="en", viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{city.base}/report/")
    page.fill("input[name=q]", city.place.address)
    page.get_by_role("button", name="Search").click()
    page.locator("button[name=choose]").first.click()
    page.fill("input[name=q]", "waste")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send report").click()
    expect(page.locator("main")).to_contain_text("Your report has arrived")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
