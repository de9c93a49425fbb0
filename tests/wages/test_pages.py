"""The pages of wages as people open them: what they show, whom they refuse, and that no public page shows a worker."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from cases.models import Case
from tests.wages.sheets import bring_in, row, unpaid
from tests.wages.site import Site, on, project, publish_rules
from tests.wages.test_claim import worker
from tests.wages.test_warning import move, ordered
from wages.models import PayLine, WageClaim

DAY = date(2026, 10, 22)
CANARIES = ("王示", "16100", "379999", "木工三组")


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG")
    return SimpleUploadedFile("attendance.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture
def town(site: Site) -> Iterator[Site]:
    with on(DAY):
        yield site


def member(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def resident(phone: str) -> Client:
    worker(phone)
    client = Client()
    client.force_login(User.objects.get(username=f"resident-{phone}"))
    return client


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_the_board_shows_sums_the_warning_its_arithmetic_and_clause(town: Site) -> None:
    ordered(town)
    page = text(member("inspector").get("/desk/wages/"))
    for shown in ("示例工程W001", "83.3", "第十三条", "1.6 万元", "已责令支付"):
        assert shown in page, shown
    assert not any(secret in page for secret in CANARIES)
    assert "示例工程W001" not in text(member("inspector").get("/desk/wages/?level=red&rule=no_payroll"))


def test_the_project_page_shows_the_chain_and_takes_the_banks_report(town: Site) -> None:
    ordered(town)
    client = member("inspector")
    page = text(client.get("/desk/wages/projects/W001/"))
    assert "9.4" in page and "7.8" in page  # 12 × 7,800 due and 10 × 7,800 paid, in 10,000 yuan
    data = {"month": "2026-09", "agreed": "100000", "arrived": "80000", "arrived_on": "2026-10-14", "balance": "0"}
    assert client.post("/desk/wages/projects/W001/", data).status_code == 302
    page = text(client.get("/desk/wages/projects/W001/"))
    assert "10.0" in page and "8.0" in page and "2.0" in page
    assert client.post("/desk/wages/projects/W001/", {**data, "agreed": "-1"}).status_code == 422
    assert client.get("/desk/wages/projects/nothing/").status_code == 404


def test_who_has_no_right_sees_no_board(town: Site) -> None:
    assert member("sweeper").get("/desk/wages/").status_code == 403
    assert Client().get("/desk/wages/").status_code == 302


def test_an_order_is_given_on_its_own_screen(town: Site) -> None:
    publish_rules(town)
    project()
    bring_in([*(row(n, worker=n) for n in range(1, 12)), unpaid(12, worker=12)], town["inspector"])
    case = Case.objects.get(kind="wage_warning")
    client = member("inspector")
    assert client.get(f"/desk/cases/{case.number}/order/").status_code == 409  # not before the firm was heard
    for name in ("confirm", "hear"):
        move(case, name, town["inspector"])
    assert "责令限期支付" in text(client.get(f"/desk/cases/{case.number}/"))
    case.refresh_from_db()
    data = {"expected_version": case.version, "amount": "7800", "pay_until": "2026-10-22", "note": "示例"}
    assert client.post(f"/desk/cases/{case.number}/order/", data).status_code == 422
    data["pay_until"] = "2026-11-05"
    assert client.post(f"/desk/cases/{case.number}/order/", data).status_code == 302
    assert Case.objects.get(pk=case.pk).state == "ordered"
    assert "7,800" in text(Client().get("/wages/projects/W001/"))


def test_no_public_page_shows_a_worker(town: Site) -> None:
    ordered(town)
    for path in ("/wages/", "/wages/?q=W001", "/wages/projects/W001/", "/wages/claim/", "/wages/claim/?project=W001"):
        page = text(Client().get(path))
        assert not any(secret in page for secret in CANARIES), path
    public = text(Client().get("/wages/projects/W001/"))
    assert "责令限期支付" in public and "rs（示意）" in public and "示例建工W001" in public
    assert Client().get("/wages/projects/nothing/").status_code == 404


def test_a_claim_is_filed_without_an_account_and_followed(town: Site) -> None:
    project()
    data = {"matter": "not_paid", "employer": "", "project": "", "first": "2026-09", "submission_key": "k-1"}
    refused = Client().post("/wages/claim/", data)
    assert refused.status_code == 422 and not WageClaim.objects.exists()
    data |= {"project": "W001", "amount": "7800", "name": "李示例", "phone": "16100123456", "description": "没发"}
    response = Client().post("/wages/claim/", data)
    assert response.status_code == 302 and response["Location"].startswith("/track/")
    page = text(Client().get(response["Location"]))
    assert "示例工程W001" in page and "李示例" not in page
    assert WageClaim.objects.get().description == "没发"


def test_a_claim_that_is_sent_again_with_its_photo_is_the_same_claim(town: Site) -> None:
    data = {"matter": "not_paid", "employer": "示例建设", "first": "2026-09", "submission_key": "k-1"}
    sent = [Client().post("/wages/claim/", {**data, "photos": picture()})["Location"] for _time in range(2)]
    assert sent[0] == sent[1] and WageClaim.objects.count() == 1


def test_a_worker_reads_the_own_lines_and_disputes_one(town: Site) -> None:
    publish_rules(town)
    project()
    bring_in([row(1, worker=1), unpaid(2, worker=2)], town["inspector"])
    client = resident("16100000002")
    page = text(client.get("/wages/mine/"))
    assert page.count("示例工程W001") == 1 and "7,800.00" in page
    line = PayLine.objects.get(paid=0)
    path = f"/wages/mine/{line.pk}/2026-09/dispute/"
    assert client.get(path).status_code == 200
    done = client.post(path, {"matter": "not_paid", "amount": "7800", "text": "没收到", "submission_key": "l-1"})
    assert done.status_code == 302 and done["Location"].startswith("/track/")
    assert PayLine.objects.get(pk=line.pk).answer == "disputed"
    other = PayLine.objects.exclude(paid=0).get()
    assert client.get(f"/wages/mine/{other.pk}/2026-09/dispute/").status_code == 404
    assert client.post(f"/wages/mine/{other.pk}/2026-09/confirm/").status_code == 403
    assert PayLine.objects.get(pk=other.pk).answer == ""


def test_a_phone_on_no_roster_is_told_so(town: Site) -> None:
    page = text(resident("16100999999").get("/wages/mine/"))
    assert "/wages/claim/" in page and 'class="note soon"' in page
