"""The modules of the face in a real browser: keys, map, outbox of the phone, and automatic accessibility checks."""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.faults.servers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
ADD = """async ([title, text]) => {
  const { keep } = await import('/static/js/outbox.js');
  const form = document.createElement('form');
  form.action = '/field/report/';
  form.innerHTML = '<input name="text"><input name="submission_key">';
  form.elements.text.value = text;
  form.elements.submission_key.value = 'key-' + title;
  document.body.append(form);
  await keep(form, title);
}"""
SHELF = "async () => (await (await import('/static/js/outbox.js')).items()).map((i) => [i.title, i.state, i.receipt])"
RAW = """() => new Promise((done) => {
  const open = indexedDB.open('govplatform-outbox');
  open.onsuccess = () => {
    const all = open.result.transaction('items').objectStore('items').getAll();
    all.onsuccess = () => done(JSON.stringify(all.result, (k, v) =>
      v instanceof ArrayBuffer ? String.fromCharCode(...new Uint8Array(v)) : v));
  };
})"""


def test_j_and_k_walk_the_rows_and_enter_opens_one(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/desk/components/")
    chosen = page.locator("[data-rows] > [aria-selected=true]")
    expect(chosen).to_contain_text("28 min left")
    page.keyboard.press("j")
    expect(chosen).to_contain_text("2 h 06 min over")
    page.keyboard.press("k")
    expect(chosen).to_contain_text("28 min left")
    page.keyboard.press("Enter")
    assert page.url.endswith("#row2")


def test_keys_do_nothing_in_a_field_and_the_question_mark_explains_them(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/desk/components/")
    dialog, field = page.locator("#keyboard-help"), page.locator("#demo-role")
    field.press("?")
    expect(dialog).to_be_hidden()
    field.blur()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Submit the result")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_menu_closes_on_escape_and_gives_the_focus_back(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/desk/components/")
    menu = page.locator(".filters details.menu").first
    menu.locator("summary").press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


@pytest.fixture
def picking(page: Page, live_server: LiveServer) -> Page:
    """The first question of a public report, with the place named by a stand-in for the server's answer."""

    def answer(route: Route) -> None:
        route.fulfill(json={"name": "Example Street 1"})

    page.route("**/map/at.json**", answer)
    page.goto(f"{live_server.url}/report/")
    expect(page.locator("grid-map .leaflet-map-pane")).to_be_attached()
    return page


def test_a_place_can_be_picked_with_the_keyboard_alone(picking: Page) -> None:
    canvas = picking.locator("grid-map .map")
    picking.keyboard.press("Tab")
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        canvas.press(key)
    expect(picking.locator("grid-map [role=status]")).to_contain_text("Example Street 1")
    assert 117 < float(picking.locator("input[name=lon]").input_value()) < 118
    assert 36 < float(picking.locator("input[name=lat]").input_value()) < 37


def test_an_arrow_moves_the_place_that_enter_takes(picking: Page) -> None:
    canvas, longitude = picking.locator("grid-map .map"), picking.locator("input[name=lon]")
    canvas.focus()
    canvas.press("ArrowLeft")
    canvas.press("Enter")
    expect(longitude).not_to_have_value("")
    west = float(longitude.input_value())
    canvas.press("Shift+ArrowRight")
    canvas.press("Enter")
    expect(longitude).not_to_have_value(f"{west:.7f}")
    assert float(longitude.input_value()) > west


def test_offline_reports_wait_sealed_and_are_sent_once_when_the_network_is_back(
    page: Page, context: BrowserContext, live_server: LiveServer
) -> None:
    sent: list[dict[str, Any]] = []

    def receive(route: Route) -> None:
        sent.append(dict(route.request.headers))
        route.fulfill(json={"number": "1", "receipt": "R-1"})

    page.goto(f"{live_server.url}/offline/")
    page.evaluate("() => import('/static/js/outbox.js')")
    context.set_offline(True)
    page.evaluate(ADD, ["manhole", "a secret place"])
    assert page.evaluate(SHELF) == [["manhole", "waiting", ""]]
    assert "a secret place" not in page.evaluate(RAW)
    page.route("**/field/report/", receive)
    context.set_offline(False)
    # coming back online starts sending by itself; whoever was first holds the lock
    page.evaluate("async () => (await import('/static/js/outbox.js')).flush()")
    sent_once = [["manhole", "sent", "R-1"]]
    wait_until(lambda: page.evaluate(SHELF) == sent_once, within=15, what="the report has been sent")
    page.evaluate("async () => (await import('/static/js/outbox.js')).flush()")
    assert [headers["idempotency-key"] for headers in sent] == ["key-manhole"]


def test_a_conflict_waits_for_the_person_and_a_lost_answer_goes_on_by_itself(
    page: Page, live_server: LiveServer
) -> None:
    answers = [(409, {"detail": "A colleague was first."}), (503, {}), (200, {"number": "2"})]

    def receive(route: Route) -> None:
        status, body = answers.pop(0)
        route.fulfill(status=status, body=json.dumps(body))

    page.goto(f"{live_server.url}/offline/")
    page.route("**/field/report/", receive)
    flush = "async () => (await import('/static/js/outbox.js')).flush()"
    page.evaluate(ADD, ["first", "x"])
    page.evaluate(flush)
    assert page.evaluate(SHELF) == [["first", "conflict", ""]]
    page.evaluate("async () => (await import('/static/js/outbox.js')).decide('key-first', 'retry')")
    assert page.evaluate(SHELF) == [["first", "broken", ""]]
    page.evaluate(flush)
    assert page.evaluate(SHELF) == [["first", "sent", "2"]]


def test_another_person_finds_an_empty_phone(page: Page, context: BrowserContext, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/offline/")
    tidy = "async (owner) => (await import('/static/js/outbox.js')).tidy(owner)"
    page.evaluate(tidy, "member:1")
    page.evaluate("() => import('/static/js/outbox.js')")
    context.set_offline(True)
    page.evaluate(ADD, ["mine", "x"])
    page.evaluate(tidy, "member:1")
    assert len(page.evaluate(SHELF)) == 1
    page.evaluate(tidy, "member:2")
    assert page.evaluate(SHELF) == []


LOOKS = [
    ("/desk/components/", "", 1280),
    ("/desk/components/", "theme=dark", 1280),
    ("/desk/components/", "text=large", 390),
    ("/", "", 1280),
    ("/", "", 390),
    ("/", "text=large", 320),
    ("/privacy/", "", 320),
]


@pytest.mark.parametrize(("path", "cookie", "width"), LOOKS)
@pytest.mark.wide
def test_no_page_of_the_face_has_an_automatic_finding_or_scrolls_sideways(
    page: Page, context: BrowserContext, live_server: LiveServer, path: str, cookie: str, width: int
) -> None:
    name, _, value = cookie.partition("=")
    if name:
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}{path}")
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
