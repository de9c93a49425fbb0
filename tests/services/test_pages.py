"""The pages of an applicant as a browser meets them: nothing typed is lost, what was asked for is completed."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from services import actions
from services.models import Draft, Matter
from tests.services.world import SENIOR, SIGN, City, fresh, rows


def _sheet(name: str) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), (len(name) * 20, 90, 40)).save(out, "JPEG")
    return SimpleUploadedFile(f"{name}.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture
def browser(city: City) -> Client:
    browser = Client()
    browser.force_login(
        User.objects.get(username="resident"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return browser


def _typed(city: City) -> dict[str, str]:
    answers = city.answers(SENIOR)
    person = {f"elder.{part}": text for part, text in answers.pop("elder").items()}
    return {**answers, **person, "submission_key": "page-1", "edition": "1", "kept": ""}


def test_a_mistake_loses_neither_words_nor_photos(city: City, browser: Client) -> None:
    path, typed = f"/services/{SENIOR}/apply/", _typed(city)
    answer = browser.post(path, {**typed, "elder.phone": "12", "material_identity": _sheet("identity")})
    page = answer.content.decode()
    assert answer.status_code == 422 and typed["address"] in page and "已保存 1 张照片" in page
    assert not Matter.objects.exists() and Draft.objects.count() == 1
    kept = answer.context["form"].data["kept"]
    answer = browser.post(path, {**typed, "kept": kept})
    assert answer.status_code == 302 and Matter.objects.count() == 1 and not Draft.objects.exists()
    assert len(Matter.objects.get().materials["identity"]) == 1


def test_a_paper_that_is_needed_is_not_called_optional_though_a_draft_may_lack_it(city: City, browser: Client) -> None:
    page = browser.get(f"/services/{SIGN}/apply/").content.decode()
    for group in (papers := list(browser.get(f"/services/{SIGN}/apply/").context["form"].papers())):
        said = page.split(f"<b>{group.label}</b>")[1].split("</label>")[0]
        assert ("选填" in said) is not group.needed
    assert any(group.needed for group in papers)


def test_a_form_that_is_sent_again_with_its_photos_is_one_application_and_no_draft(city: City, browser: Client) -> None:
    path, typed = f"/services/{SENIOR}/apply/", _typed(city)
    first, again = (browser.post(path, {**typed, "material_identity": _sheet("identity")}) for _time in range(2))
    assert first.status_code == again.status_code == 302 and first["Location"] == again["Location"]
    assert Matter.objects.count() == 1 and not Draft.objects.exists()
    other = browser.post(path, {**typed, "material_identity": _sheet("another")})
    assert other.status_code == 409 and Matter.objects.count() == 1


def test_a_draft_is_found_again_on_the_page(city: City, browser: Client) -> None:
    path = f"/services/{SENIOR}/apply/"
    answer = browser.post(path, {**_typed(city), "draft": "1", "address": "示范街 77 号"})
    assert answer.status_code == 302
    assert "示范街 77 号" in browser.get(path).content.decode()


def test_what_was_asked_for_is_completed_and_the_matter_withdrawn_on_the_page(city: City, browser: Client) -> None:
    case = city.apply(SIGN)
    actions.ask_supplement(
        actor=city["approver"], number=case.number, expected_version=case.version,
        rows=rows(("material:right", "租赁合同缺页")),
    )  # fmt: skip
    path = f"/services/mine/{case.number}/"
    assert "租赁合同缺页" in browser.get(path).content.decode()
    wanted = {"expected_version": str(fresh(case).version), "text": ""}
    assert browser.post(f"{path}supplement/", wanted).status_code == 422
    assert browser.post(f"{path}supplement/", {**wanted, "material_right": _sheet("right")}).status_code == 302
    assert fresh(case).state == "submitted"
    answer = browser.post(f"{path}withdraw/", {"expected_version": str(fresh(case).version), "note": ""})
    assert answer.status_code == 302 and fresh(case).state == "withdrawn"
