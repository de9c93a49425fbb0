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
