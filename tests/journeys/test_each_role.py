"""One stretch per role that the longer journeys do not show: each does what the role is for."""

import random
import re

from accounts.demo_identity import demo_id_number
from tests.journeys import paths
from tests.journeys.people import City, jpeg


def test_the_duty_chief_sees_what_no_rule_fits_and_why(city: City) -> None:
    number = paths.report_as_resident(city, paths.BROKEN, "值班长查看")
    chief = city.person("chief").open(f"/desk/cases/{number}/")
    chief.sees("为什么派到这里", "可办理", "分段时限")


def test_a_leader_orders_supervision_from_the_case_file(city: City) -> None:
    number = paths.report_as_resident(city, paths.BROKEN, "领导督办")
    leader = city.person("leader").open(f"/desk/cases/{number}/")
    leader.page.get_by_role("link", name="催办").click()
    leader.page.fill("textarea[name=note]", "请尽快办理")
    leader.page.locator("main form button.btn-primary").last.click()
    leader.sees("已办理：催办", "请尽快办理")


def test_an_evaluator_exports_the_list_without_words_of_persons(city: City) -> None:
    paths.report_as_resident(city, paths.BROKEN, "导出里不应出现")
    evaluator = city.person("evaluator").open("/desk/cases/")
    with evaluator.page.expect_download() as download:
        evaluator.page.get_by_role("link", name="导出 CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert "案件号" in text.splitlines()[0]
    assert paths.BROKEN in text
    assert "导出里不应出现" not in text


def test_the_system_administrator_creates_a_user_the_security_administrator_gives_the_hat(city: City) -> None:
    name = f"journey{city.rig.port}"
    admin = city.person("admin").open("/desk/users/new/")
    page = admin.page
    page.fill("input[name=username]", name)
    page.fill("input[name=display_name]", "新示例")
    for field in page.locator("main form input[type=password]").all():
        field.fill("a-long-demo-password-1")
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_load_state()
    assert city.rig.number("SELECT count(*) FROM accounts_user WHERE username = %s", name) == 1
    city.person("security").open("/desk/memberships/").sees("网格员")


def test_the_auditor_reads_the_audit_and_nothing_else(city: City) -> None:
    city.person("admin")
    auditor = city.person("auditor").open("/desk/audit/")
    auditor.sees("admin")
    answer = auditor.page.goto(f"{city.base}/desk/cases/")
    assert answer is not None
    assert answer.status == 403


def test_the_window_clerk_files_an_application_for_somebody_at_the_counter_and_accepts_it(city: City) -> None:
    clerk, chance = city.person("window").open("/desk/services/"), random.Random("counter")
    clerk.press("老年人优待证办理", "link")
    typed = {
        "elder.name": "王示例", "elder.id_number": demo_id_number(chance), "elder.phone": "16100000078",
        "address": "示范街 9 号", "purpose": "老人不用手机，到窗口办理",
    }  # fmt: skip
    for name, text in typed.items():
        clerk.page.fill(f'[name="{name}"]', text)
    clerk.page.check("[name=by_relative][value=no]")
    clerk.page.check("[name=card_type][value='60']")
    clerk.page.set_input_files("[name=material_identity]", files=[jpeg("identity card")])  # type: ignore[list-item]
    clerk.page.locator("main form.formbox button.btn-primary").click()
    clerk.page.wait_for_url(re.compile(r"/desk/cases/\d{19}/"))
    found = re.search(r"\d{19}", clerk.page.url)
    assert found
    clerk.sees("待受理", "服务窗口")
    clerk.move("受理")
    city.eventually(lambda: city.state(found.group()) == "deciding", "a worker has handed it on for decision")


def test_the_personal_data_officer_corrects_a_name_and_the_resident_reads_it(city: City) -> None:
    resident = city.person("resident").open("/my-data/")
    resident.page.check("[name=ask][value=correct_name]")
    resident.page.fill("[name=right_name]", "例示二")
    resident.page.locator("main form.formbox button.btn-primary").click()
    resident.page.wait_for_url("**/track/**")
    link = resident.page.url
    found = re.search(r"\d{19}", resident.page.inner_text("main"))
    assert found
    city.eventually(lambda: city.state(found.group()) == "to_decide", "a worker has routed it")
    city.person("dataofficer").case(found.group()).move("同意并执行", note="身份已核实。")
    city.eventually(lambda: city.state(found.group()) == "done", "a worker has carried it out")
    resident.page.goto(link)
    resident.sees("已按决定办理")
    resident.open("/my-data/").sees("例**", "您的更正")


def test_a_resident_signs_in_by_a_phone_code_from_the_stand_in(city: City) -> None:
    person = city.person().open("/accounts/phone/")
    page = person.page
    page.fill("main input[name=phone]", "16100000001")
    page.locator("main form button.btn-primary, main form button").first.click()
    page.wait_for_url("**/accounts/phone/code/**")
    codes = page.context.new_page()

    def code() -> str:
        codes.goto(f"{city.base}/demo/outbox/")
        found = re.search(r"\b(\d{6,8})\b(?!.*0538)", codes.locator("main").inner_text())
        return found[1] if found else ""

    city.eventually(code, "the code is in the stand-in's outbox")
    page.fill("main input[name=code]", code())
    page.locator("main form button.btn-primary, main form button").first.click()
    page.wait_for_load_state()
    assert city.rig.number("SELECT count(*) FROM accounts_phonecode WHERE used_at IS NOT NULL") >= 1
