"""From an application to a licence and its end: two departments side by side, a supplement, a check, a revocation."""

import random
import re

import pytest

from accounts.demo_identity import demo_credit_code, demo_id_number
from tests.journeys.people import City, Person, jpeg

RESTAURANT = "379999010003"
WORDS = {
    "zh": {
        "missing": "请补正以下内容", "complete": "去补正", "who": "现在由谁办理", "both": ("审查中", "并联审查"),
        "granted": "准予，已办结", "show": "亮证", "verify": "核验", "valid": "证照有效", "revoked": "证照已注销",
        "checked": "被核验 1 次",
    },
    "en": {
        "missing": "Please complete this", "complete": "Complete it", "who": "Who has it now",
        "both": ("being reviewed", "Parallel review"), "granted": "Granted", "show": "Show the licence",
        "verify": "Verify", "valid": "The licence is valid", "revoked": "The licence was revoked",
        "checked": "Checked 1 time",
    },
}  # fmt: skip


def _apply(resident: Person, chance: random.Random) -> str:
    page = resident.open(f"/services/{RESTAURANT}/apply/").page
    typed = {
        "organisation.name": "示例餐饮有限公司", "organisation.credit_code": demo_credit_code(chance),
        "agent.name": "王示例", "agent.id_number": demo_id_number(chance), "agent.phone": "16100000077",
        "shop": "示例小馆", "place": "示范街 8 号", "area": "32.5", "opening": "2027-03-01",
    }  # fmt: skip
    for name, text in typed.items():
        page.fill(f'[name="{name}"]', text)
    page.check("[name=hot][value=no]")
    page.check("[name=scope][value=drinks]")
    page.set_input_files("[name=material_layout]", files=[jpeg("layout")])  # type: ignore[list-item]
    page.set_input_files("[name=material_health]", files=[jpeg("health")])  # type: ignore[list-item]
    page.locator("main form.formbox button.btn-primary").click()
    page.wait_for_url(re.compile(r"/services/mine/\d{19}/"))
    found = re.search(r"\d{19}", page.url)
    assert found
    return found.group()


def _press(person: Person, path: str, **fields: str) -> None:
    """Open a screen of the desk, fill it and send it."""
    page = person.open(path).page
    for name, text in fields.items():
        page.fill(f'[name="{name.replace("__", ":")}"]', text)
    page.locator("main form.formbox button.btn-primary, main form button.btn-primary").last.click()
    page.wait_for_load_state()


def _opinion(city: City, username: str, number: str, transition: str) -> None:
    page = city.person(username, desk=True).open(f"/desk/cases/{number}/opinion/{transition}/").page
    page.check("[name=opinion][value=agree]")
    page.fill("[name=note]", "符合要求")
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url(re.compile(rf"/desk/cases/{number}/$"))


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.wide)])
def test_an_application_becomes_a_licence_that_is_verified_and_revoked(city: City, language: str) -> None:
    words, chance = WORDS[language], random.Random(language)
    resident = city.person("resident", english=language == "en")
    number = _apply(resident, chance)
    approver = city.person("approver")
    _press(approver, f"/desk/cases/{number}/missing/", material__health="健康证明已过期")
    resident.open(f"/services/mine/{number}/").sees(words["missing"], "健康证明已过期")
    resident.press(words["complete"], "link")
    page = resident.page
    page.set_input_files("[name=material_health]", files=[jpeg("health again")])  # type: ignore[list-item]
    page.locator("main form.formbox button.btn-primary").click()
    page.wait_for_url(re.compile(rf"/mine/{number}/$"))

    _press(approver, f"/desk/cases/{number}/move/accept/")
    open_steps = "SELECT count(*) FROM cases_assignment a JOIN cases_case c ON c.id = a.case_id WHERE c.number = %s"
    reviews = f"{open_steps} AND a.open AND a.step_key IN ('first', 'beside')"
    city.eventually(lambda: city.rig.rows(reviews, number)[0][0] == 2, "a worker has handed it to both departments")
    resident.open(f"/services/mine/{number}/").sees(words["who"], words["both"][1])
    _opinion(city, "coordinator", number, "review_beside")
    assert city.state(number) == "reviewing"
    _opinion(city, "sc-coordinator", number, "review_first")
    decide = f"{open_steps} AND a.open AND a.step_key = 'decide'"
    city.eventually(lambda: city.rig.rows(decide, number)[0][0] == 1, "a worker has handed it on for decision")
    _press(approver, f"/desk/cases/{number}/grant/", reason="符合条件，准予")

    resident.open(f"/services/mine/{number}/").sees(words["granted"])
    resident.press(words["show"], "link")
    page.wait_for_url(re.compile("/services/licences/"))
    licence = page.url
    identifier = page.locator(".lnum").inner_text()
    digits = page.locator(".otp").inner_text()
    stranger = city.person("", english=language == "en").open("/licences/verify/")
    stranger.page.fill("[name=number]", identifier)
    stranger.page.fill("[name=proof]", digits)
    stranger.press(words["verify"])
    stranger.sees(words["valid"], "示例餐饮有限公司")
    page.goto(licence)
    resident.sees(words["checked"])

    _press(approver, licence.replace(city.base, "").replace("/services/", "/desk/services/") + "revoke/",
           reason="持证人申请注销")  # fmt: skip
    stranger.open("/licences/verify/")
    stranger.page.fill("[name=number]", identifier)
    stranger.page.fill("[name=proof]", "示例餐饮有限公司")
    stranger.press(words["verify"])
    stranger.sees(words["revoked"])
