"""A change over several villages: drawn village by village, and in force altogether or not at all."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import translation

from accounts.models import Notice, User
from grids import actions, queries
from grids.models import BoundaryDraft, ChangeSet, GridVersion
from grids.queries.approvals import changes_to_approve
from grids.queries.change_sets import drafts_of_set, set_rows, set_version
from ledger.actions import install_test_clock
from ledger.actors import Actor
from ledger.clock import app_now, shifted
from tests.accounts.world import department, hat, role, user
from tests.grids import small
from tests.grids.zoning_world import across, actor_of, edit, explain, person_with, state

pytestmark = pytest.mark.django_db
ONE, TWO = small.VILLAGES[:2]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def registrar(town: Path) -> User:
    install_test_clock()
    return person_with("registrar", "grids.edit")


@pytest.fixture
def clerk(registrar: User) -> Actor:
    return actor_of(registrar)


@pytest.fixture
def chief(town: Path) -> Actor:
    return actor_of(person_with("chief", "grids.publish"))


@pytest.fixture
def several(clerk: Actor) -> int:
    return actions.begin_change_set(villages=[TWO, ONE], scheme="service", title="两个社区", actor=clerk)


def drafts(several: int) -> dict[str, int]:
    rows = BoundaryDraft.objects.filter(change_set=several)
    return dict(rows.values_list("division__code", "pk"))


def version(several: int, actor: Actor) -> int:
    return set_version(drafts_of_set(several, actor))


def draw(several: int, clerk: Actor, *villages: str) -> None:
    """The first grid of each village is split, and its warnings have their reason."""
    for village in villages:
        draft, code = drafts(several)[village], f"{village}S01"
        edit(draft, clerk, "split", grid=code, line=across(state(draft, clerk), code))
        explain(draft, clerk)


def hand_in(several: int, clerk: Actor) -> None:
    actions.submit_set(set_id=several, version=version(several, clerk), actor=clerk)


def publish(several: int, chief: Actor, days: int = 7) -> None:
    day = queries.today() + timedelta(days=days)
    actions.publish_set(set_id=several, version=version(several, chief), effective_from=day, actor=chief)


def stages(several: int) -> set[str]:
    return set(BoundaryDraft.objects.filter(change_set=several).values_list("stage", flat=True))


def test_both_villages_are_published_for_one_day_and_follow_on_it(several: int, clerk: Actor, chief: Actor) -> None:
    assert set(drafts(several)) == {ONE, TWO}
    draw(several, clerk, ONE, TWO)
    hand_in(several, clerk)
    publish(several, chief)
    day = queries.today() + timedelta(days=7)
    versions = GridVersion.objects.filter(draft__change_set=several)
    assert set(versions.values_list("valid__startswith", flat=True)) == {day}
    assert {code[:12] for code in versions.values_list("grid__code", flat=True)} == {ONE, TWO}
    with shifted(timedelta(days=7)):
        while actions.bring_into_force(now=app_now()):
            pass
        assert stages(several) == {"in_force"}


def test_what_does_not_fit_in_one_village_holds_both_and_is_named(several: int, clerk: Actor, chief: Actor) -> None:
    draw(several, clerk, ONE)
    edit(drafts(several)[TWO], clerk, "end", grid=f"{TWO}S01")
    with pytest.raises(ValidationError, match=r": Places that do not fit yet: 1") as refused:
        hand_in(several, clerk)
    assert state(drafts(several)[TWO], clerk).row.division_en in refused.value.messages[0]
    assert stages(several) == {"drawing"}
    assert GridVersion.objects.filter(draft__change_set=several).count() == 0


def test_a_village_without_changes_goes_along_and_changes_nothing(several: int, clerk: Actor, chief: Actor) -> None:
    with pytest.raises(ValidationError, match="Nothing has been changed yet"):
        hand_in(several, clerk)
    draw(several, clerk, ONE)
    hand_in(several, clerk)
    assert stages(several) == {"submitted"}
    actions.send_back_set(set_id=several, version=version(several, chief), reason="补上另一社区", actor=chief)
    assert stages(several) == {"drawing"}
    hand_in(several, clerk)
    publish(several, chief)
    assert {code[:12] for code in GridVersion.objects.filter(draft__change_set=several).values_list(
        "grid__code", flat=True)} == {ONE}  # fmt: skip
    actions.withdraw_set(set_id=several, version=version(several, chief), reason="日期有误", actor=chief)
    assert stages(several) == {"withdrawn"}
    assert GridVersion.objects.filter(grid__code=f"{ONE}S01", valid__upper_inf=True).count() == 1


def test_a_draft_of_it_goes_no_way_of_its_own(several: int, clerk: Actor, chief: Actor) -> None:
    draw(several, clerk, ONE)
    draft = drafts(several)[ONE]
    for move in (actions.submit_draft, actions.discard_draft):
        with pytest.raises(ValidationError) as refused:
            move(draft_id=draft, version=state(draft, clerk).version, actor=clerk)
        assert refused.value.code == "in_set"
    hand_in(several, clerk)
    with pytest.raises(ValidationError) as refused:
        day = queries.today() + timedelta(days=3)
        actions.publish_draft(draft_id=draft, version=state(draft, chief).version, effective_from=day, actor=chief)
    assert refused.value.code == "in_set"


def test_who_drew_in_one_village_publishes_none_and_who_looks_late_is_told(several: int, clerk: Actor) -> None:
    both = actor_of(person_with("both", "grids.edit", "grids.publish"))
    draw(several, clerk, ONE)
    seen = version(several, clerk)
    draw(several, both, TWO)
    with pytest.raises(ValidationError, match="in the meantime") as refused:
        actions.submit_set(set_id=several, version=seen, actor=clerk)
    assert refused.value.code == "moved_on"
    hand_in(several, clerk)
    with pytest.raises(PermissionDenied, match="four_eyes"):
        publish(several, both)
    assert stages(several) == {"submitted"}


def test_what_waits_stands_in_the_inbox_of_who_may_publish_it(several: int, clerk: Actor, client: Client) -> None:
    person = person_with("publisher", "cases.read", "grids.edit", "grids.publish")
    draw(several, clerk, ONE)
    hand_in(several, clerk)
    (waiting,) = changes_to_approve(actor_of(person))
    assert (waiting.title, waiting.url) == ("两个社区", f"/desk/zoning/sets/{several}/")
    assert changes_to_approve(clerk) == []
    told = Notice.objects.get(user=person, kind="boundary.waiting")
    assert told.data["url"] == waiting.url
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    html = client.get("/desk/").content.decode()
    assert "To approve" in html
    assert waiting.url in html
    actions.send_back_set(set_id=several, version=version(several, clerk), reason="再看", actor=clerk)
    edit(drafts(several)[TWO], actor_of(person), "end", grid=f"{TWO}S01")
    edit(drafts(several)[TWO], clerk, "split", grid=f"{TWO}S02", line=across(
        state(drafts(several)[TWO], clerk), f"{TWO}S02"))  # fmt: skip
    BoundaryDraft.objects.filter(change_set=several).update(stage="submitted", submitted_at=app_now())
    assert changes_to_approve(actor_of(person)) == []  # he has drawn in one of them


def test_a_stranger_sees_no_set_of_another_county(several: int, town: Path) -> None:
    person = user("stranger")
    hat(person, role("far clerk", "grids.edit", "grids.publish"), department("far", "/3709/370911/"))
    stranger = actor_of(person)
    assert set_rows(stranger) == []
    assert drafts_of_set(several, stranger) == []
    with pytest.raises(PermissionDenied):
        actions.discard_set(set_id=several, version=0, actor=stranger)


def test_the_pages_lead_through_it(registrar: User, chief: Actor, client: Client) -> None:
    client.force_login(registrar)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    begun = client.post(
        "/desk/zoning/begin/", {"village": [ONE[:9]], "scheme": "service", "title": "整个镇"}, follow=True
    )
    several = ChangeSet.objects.get(title="整个镇").pk
    page = f"/desk/zoning/sets/{several}/"
    assert begun.redirect_chain[-1][0] == page
    assert BoundaryDraft.objects.filter(change_set=several).count() == len(small.VILLAGES)
    clerk = actor_of(registrar)
    draw(several, clerk, ONE)
    html = client.get(page).content.decode()
    assert "Fits in every village." in html
    assert f"{ONE}S01" in html
    shapes = client.get(f"{page}map.json").json()
    assert len(shapes["outlines"]) == len(small.VILLAGES)
    assert {row["href"] for row in shapes["parts"]} == {f"/desk/zoning/{pk}/" for pk in drafts(several).values()}
    done = client.post(f"{page}submit/", {"version": version(several, clerk)}, follow=True).content.decode()
    assert "Handed in. A second person publishes it." in done
    assert "整个镇" in client.get("/desk/zoning/").content.decode()
    late = client.post(f"{page}submit/", {"version": 0})
    assert late.status_code == 422
    assert "in the meantime" in late.content.decode()
