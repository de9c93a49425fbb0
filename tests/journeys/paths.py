"""Stretches of the way that several journeys walk."""

from tests.journeys.people import City, jpeg

BROKEN = "道路破损"  # a rule proposes a department, people decide
DEPARTMENT = "区城市管理局（演示）"


def report_as_resident(city: City, category: str, words: str, *, with_photo: bool = False) -> str:
    """The four questions, without an account. Returns the number; the resident stays on the tracking page."""
    somebody = city.person().open("/report/")
    page = somebody.page
    page.fill("input[name=q]", city.place.address)
    somebody.press("搜索")
    somebody.press(city.place.address)
    page.fill("input[name=q]", category)
    somebody.press("搜索")
    somebody.press("继续")
    page.fill("textarea[name=description]", words)
    if with_photo:
        page.set_input_files("input[name=photos]", files=[jpeg(words)])  # type: ignore[list-item]
    somebody.press("继续")
    somebody.press("提交上报")
    page.wait_for_url("**/track/**")
    return city.number_of(page.url)


def to_the_department(city: City, number: str) -> None:
    """Filed by the acceptance officer, sent by the dispatcher."""
    acceptor = city.person("acceptor").case(number)
    acceptor.page.locator("a.mv", has_text="立案").first.click()
    acceptor.page.locator("input[name=condition]").first.check()
    acceptor.page.locator("main form button.btn-primary").last.click()
    acceptor.sees("已办理：立案")
    city.person("dispatcher").case(number).move("派遣", department=DEPARTMENT)


def handled(city: City, number: str, words: str) -> None:
    """Assigned by the coordinator, done by the handler with proof, confirmed by the coordinator."""
    coordinator = city.person("coordinator").case(number)
    coordinator.move("指派处置人", holder="处示例")
    city.person("handler").task(number).visit("处置完成", note=words, after=f"after {words}")
    city.person("coordinator").case(number).move("确认反馈")


def checked_and_closed(city: City, number: str) -> None:
    """Looked at on site by the grid worker, closed by the acceptance officer."""
    city.person("dispatcher").case(number).move("派发核查")
    city.person("gridworker").task(number).visit("核查通过", photos=f"check {number}")
    city.person("acceptor").case(number).move("结案")
