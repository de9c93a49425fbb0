"""Pages of an incident as a browser meets them: the four questions of a report, and the phone of a worker."""

from django.test import Client

from accounts.models import User
from tests.accounts.world import browser
from tests.events import drive
from tests.events import town as builders
from tests.events.town import HERE, Town

STEP = {"lon": str(HERE[0]), "lat": str(HERE[1]), "datum": "wgs84", "submission_key": "walk-1"}


def phone(name: str) -> Client:
    return browser(User.objects.get(username=name))


def test_what_was_searched_on_one_page_is_not_searched_on_the_next(town: Town) -> None:
    place = {**STEP, "step": "place", "q": "溯川街57号", "choose": f"{HERE[0]}|{HERE[1]}|溯川街57号"}
    page = Client().post("/report/", place).content.decode()
    assert 'name="category"' in page and 'id="q" name="q" value=""' in page
    page = Client().post("/report/", {**STEP, "step": "what", "q": "井盖", "search": "1"}).content.decode()
    assert 'value="井盖"' in page


def test_what_was_handled_leaves_the_handlers_list_until_it_is_sent_back(town: Town) -> None:
    case_id = drive.handled(town)
    number = builders.case(case_id).number
    assert number not in phone("handler").get("/field/").content.decode()
    drive.move(town, case_id, "redo", "coordinator", note="不够平整")
    assert number in phone("handler").get("/field/").content.decode()


def test_tasks_are_named_in_the_language_of_the_reader(town: Town) -> None:
    drive.checking(town)
    client = phone("worker")
    assert "上水井盖" in client.get("/field/").content.decode()
    for page in ("/field/", "/field/map/"):
        assert "Water manhole cover" in client.get(page, headers={"accept-language": "en"}).content.decode()


def test_the_phone_says_beforehand_that_a_check_needs_its_photo_and_a_failed_one_its_words(town: Town) -> None:
    number = builders.case(drive.checking(town)).number
    client = phone("worker")
    passed = client.get(f"/field/cases/{number}/check_passed/").context["form"]
    failed = client.get(f"/field/cases/{number}/check_failed/").context["form"]
    assert (passed.fields["photos"].required, passed.fields["note"].required) == (True, False)
    assert (failed.fields["photos"].required, failed.fields["note"].required) == (True, True)
    refused = client.post(f"/field/cases/{number}/check_passed/", {"expected_version": "1", "note": "好"})
    assert refused.status_code == 422 and "好" in refused.content.decode()


def test_language_and_text_size_change_without_losing_what_was_typed(town: Town) -> None:
    typed = {**STEP, "step": "details", "category": "part/01/0101", "description": "井盖松动"}
    client = Client()
    page = client.post("/report/", {**typed, "frame": "language:en"})
    assert page.status_code == 200 and client.cookies["django_language"].value == "en"
    assert "What do you see?" in page.content.decode() and "井盖松动" in page.content.decode()
    page = client.post("/report/", {**typed, "frame": "text:large"})
    assert 'data-text="large"' in page.content.decode() and "井盖松动" in page.content.decode()
    nonsense = client.post("/report/", {**typed, "frame": "language:xx"})
    assert nonsense.status_code == 200 and client.cookies["django_language"].value == "en"


def test_a_move_somebody_else_was_quicker_with_says_so_and_gives_the_words_back(town: Town) -> None:
    case_id = drive.reported(town)
    number = builders.case(case_id).number
    path, late = f"/desk/cases/{number}/move/reject/", {"expected_version": "1", "note": "不属于受理范围"}
    drive.move(town, case_id, "reject", "acceptor2", note="重复上报")
    answer = phone("acceptor").post(path, late)
    page = answer.content.decode()
    assert answer.status_code == 409 and "不属于受理范围" in page and f'href="/desk/cases/{number}/"' in page
    assert phone("acceptor").get(path).status_code == 409
    assert phone("acceptor").get(f"/desk/cases/{number}/move/nothing/").status_code == 404
    assert phone("coordinator").get(path).status_code == 404  # who could never do it learns nothing
    on_phone = phone("worker").get(f"/field/cases/{builders.case(drive.checked(town)).number}/check_passed/")
    assert on_phone.status_code == 409 and "/field/cases/" in on_phone.content.decode()


def test_a_form_sent_after_signing_out_is_not_lost_and_leads_back(town: Town) -> None:
    number = builders.case(drive.reported(town)).number
    answer = Client().post(
        f"/desk/cases/{number}/comment/", {"text": "已电话核实"}, headers={"referer": f"http://testserver/desk/cases/{number}/"}
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 401 and "已电话核实" in page
    assert f"/accounts/login/?next=%2Fdesk%2Fcases%2F{number}%2F" in page
    elsewhere = Client().post(
        f"/desk/cases/{number}/comment/", {"text": "x"}, headers={"referer": "http://evil.example/"}
    )
    assert "next=%2F&quot;" in elsewhere.content.decode() or 'next=%2F"' in elsewhere.content.decode()


def test_an_expired_page_gives_the_words_back(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/report/", {**STEP, "step": "details", "description": "井盖松动"})
    assert answer.status_code == 403 and "井盖松动" in answer.content.decode()
