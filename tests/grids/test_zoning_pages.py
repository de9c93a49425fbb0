"""The zoning pages as a clerk and a second person use them, without a map: every tool is a form."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from grids import queries
from grids.models import BoundaryDraft, GridVersion
from ledger.actions import install_test_clock
from ledger.models import AuditEntry
from tests.accounts.world import browser
from tests.grids.zoning_world import S04, S13, VILLAGE, across, actor_of, explain, person_with, state

pytestmark = pytest.mark.django_db
HOME = "/desk/zoning/"


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def clerk(town: Path) -> User:
    install_test_clock()
    return person_with("clerk", "grids.edit")


@pytest.fixture
def desk(clerk: User) -> Client:
    return browser(clerk)


@pytest.fixture
def second(town: Path) -> Client:
    return browser(person_with("second", "grids.publish"))


@pytest.fixture
def page(desk: Client) -> str:
    answer = desk.post(f"{HOME}begin/", {"village": VILLAGE, "scheme": "service", "title": "年度调整"})
    assert answer.status_code == 302
    return str(answer["Location"])


def draft_of(page: str) -> BoundaryDraft:
    return BoundaryDraft.objects.get(pk=int(page.strip("/").rsplit("/", 1)[1]))


def post(desk: Client, page: str, operation: str, english: bool = False, **values: object) -> Any:
    data = {"version": draft_of(page).version, "operation": operation, **values}
    return desk.post(f"{page}edit/", data, headers={"accept-language": "en" if english else "zh"})


def line(page: str, clerk: User) -> str:
    found = state(draft_of(page).pk, actor_of(clerk))
    return "\n".join(f"{lon}, {lat}" for lon, lat in across(found, S04))


def test_a_grid_is_split_by_a_typed_line_and_the_page_says_what_follows(desk: Client, clerk: User, page: str) -> None:
    answer = post(desk, page, "split", grid=S04, line=line(page, clerk), state=f"tool=split&grid={S04}")
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"tool=split&grid={S04}")
    shown = text(desk.get(answer["Location"]))
    assert "切分" in shown
    assert "第13网格" in shown
    assert "条警告需说明理由" in shown
    explain(draft_of(page).pk, actor_of(clerk))
    assert "完全吻合" in text(desk.get(page))
    shapes = desk.get(f"{page}map.json").json()
    assert {part["code"] for part in shapes["parts"] if part["what"]} == {S04, S13}
    assert shapes["defects"] == []


@pytest.mark.parametrize(
    ("english", "words"), [(False, ("缝隙", "平方米", "提交发布")), (True, ("Gap", "m²", "Hand in for publication"))]
)
def test_a_gap_is_told_with_area_and_place_and_cannot_be_handed_in(
    desk: Client, page: str, english: bool, words: tuple[str, ...]
) -> None:
    area = GridVersion.objects.get(grid__code=S04).area
    post(desk, page, "end", english, grid=S04)
    language = {"accept-language": "en" if english else "zh"}
    shown = desk.get(page, headers=language)
    for word in words:
        assert word in text(shown)
    assert f"{area:,.0f}" in text(shown)
    place = re.search(r'data-place="([\d.]+),([\d.]+)"', shown.content.decode())
    assert place is not None
    refused = desk.post(f"{page}submit/", {"version": draft_of(page).version}, headers=language)
    assert refused.status_code == 422
    assert ("do not fit yet: 1" if english else "还有 1 处不吻合") in text(refused)
    assert draft_of(page).stage == "drawing"


@pytest.mark.parametrize(("english", "words"), [(False, "没有穿过"), (True, "does not run through")])
def test_a_line_that_misses_is_refused_in_the_readers_language_and_stays_in_the_form(
    desk: Client, page: str, english: bool, words: str
) -> None:
    answer = post(desk, page, "split", english, grid=S04, line="117.0, 36.0\n117.0, 36.1", state="tool=split")
    assert answer.status_code == 422
    assert words in text(answer)
    assert "117.0, 36.0" in answer.content.decode()


@pytest.mark.parametrize("typed", ["x", "117.1", "36.1, 117.1", "117.1 36.1 5", "200, 36"])
def test_what_is_no_place_is_named_by_its_line(desk: Client, page: str, typed: str) -> None:
    answer = post(desk, page, "split", english=True, grid=S04, line=f"117.17, 36.19\n{typed}")
    assert answer.status_code == 422
    assert "Line 2" in text(answer)


def test_the_second_person_publishes_with_a_day_and_the_clerk_may_not(
    desk: Client, clerk: User, second: Client, page: str
) -> None:
    post(desk, page, "split", grid=S04, line=line(page, clerk))
    explain(draft_of(page).pk, actor_of(clerk))
    assert desk.post(f"{page}submit/", {"version": draft_of(page).version}).status_code == 302
    day = queries.today() + timedelta(days=30)
    form = {"version": draft_of(page).version, "effective_from": str(day)}
    assert desk.post(f"{page}publish/", form).status_code == 403
    assert draft_of(page).stage == "submitted"
    late = second.post(f"{page}publish/", {**form, "effective_from": "2020-01-01"})
    assert late.status_code == 422
    assert "今天以后" in text(late)
    missing = second.post(f"{page}publish/", {"version": form["version"]})
    assert missing.status_code == 422
    assert second.post(f"{page}publish/", form).status_code == 302
    assert draft_of(page).stage == "published"
    listed = text(second.get(HOME, {"date": str(day), "since": str(queries.today())}))
    assert "第13网格" in listed
    assert "年度调整" in listed
    assert AuditEntry.objects.filter(action="boundary.published").count() == 1


def test_a_publisher_gives_back_with_a_reason_that_the_clerk_reads(
    desk: Client, clerk: User, second: Client, page: str
) -> None:
    post(desk, page, "split", grid=S04, line=line(page, clerk))
    explain(draft_of(page).pk, actor_of(clerk))
    desk.post(f"{page}submit/", {"version": draft_of(page).version})
    empty = second.post(f"{page}back/", {"version": draft_of(page).version})
    assert empty.status_code == 422
    second.post(f"{page}back/", {"version": draft_of(page).version, "reason": "沿街道中线切分"})
    assert "沿街道中线切分" in text(desk.get(page))


def test_the_address_a_refusal_leaves_behind_leads_back_to_the_draft(desk: Client, page: str) -> None:
    answer = desk.get(f"{page}edit/", {"tool": "split"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{page}?tool=split"


def test_a_draft_of_another_territory_is_not_there(page: str, town: Path) -> None:
    far = person_with("far", "grids.edit", "grids.publish")
    far.memberships.update(territory="/3709/370911/")
    stranger = browser(far)
    for path in (page, f"{page}map.json"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{page}discard/", {"version": 0}).status_code == 404
    assert VILLAGE not in stranger.get(HOME).content.decode()
