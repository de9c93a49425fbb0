"""Names, phones, addresses and words of reporters never stand in a public answer, whoever asks and in whatever form."""

import pytest

from accounts.models import Person
from cases.actions import comment
from events import actions
from tests.edges.ask import get, make_token
from tests.events import drive
from tests.events import town as builders
from tests.events.town import Town

SECRETS = ("王示例", "13900000018", "望岳路 8 号院内", "他家的狗总是叫", "内部评论勿外传")


@pytest.fixture
def seeded(town: Town) -> Town:
    contact = actions.Contact(name=SECRETS[0], phone=SECRETS[1])
    case_id = drive.reported(town, description=SECRETS[3], address=SECRETS[2], contact=contact)
    comment(number=builders.case(case_id).number, actor=town["acceptor"], text=SECRETS[4])
    assert Person.objects.exists()
    drive.closed(town, description=SECRETS[3], address=SECRETS[2], contact=contact)
    return town


def addresses(numbers: list[str]) -> list[str]:
    lists = [
        "/api/v1/cases", "/open311/v2/requests.json", "/open311/v2/requests.xml", "/ogc/collections/cases/items",
        "/ogc/collections/cases/items?f=html", "/ogc/collections/divisions/items",
        "/ogc/collections/grids-service/items",
    ]  # fmt: skip
    each = [
        form.format(number)
        for number in numbers
        for form in (
            "/api/v1/cases/{}", "/open311/v2/requests/{}.json", "/open311/v2/requests/{}.xml",
            "/ogc/collections/cases/items/{}", "/ogc/collections/cases/items/{}?f=html",
        )
    ]  # fmt: skip
    return lists + each


def test_no_secret_is_told(seeded: Town) -> None:
    token = make_token(seeded)
    numbers = [row["number"] for row in get("/api/v1/cases", token).json()["results"]]
    assert len(numbers) == 2
    for path in addresses(numbers):
        answer = get(path, token if path.startswith("/api/") else "")
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert any(number in text for number in numbers) or "cases" not in path, path
        told = [secret for secret in SECRETS if secret in text]
        assert not told, (path, told)


def test_the_minute_of_a_report_is_told_to_departments_only(seeded: Town) -> None:
    token = make_token(seeded)
    row = get("/api/v1/cases", token).json()["results"][0]
    minute = row["opened_at"][11:16]
    public = get(f"/open311/v2/requests/{row['number']}.json").json()[0]
    assert public["requested_datetime"].endswith("T16:00:00Z")
    assert minute not in get(f"/ogc/collections/cases/items/{row['number']}").content.decode()
