"""A change that is in force is taken back by its reverse: begun by one button, published like any other."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from grids import actions, queries
from grids.models import BoundaryDraft, Grid, GridVersion
from grids.rules.coverage import canonical, sides
from ledger.actions import install_test_clock
from ledger.actors import Actor
from ledger.clock import app_now, shifted
from tests.accounts.world import browser
from tests.grids import small
from tests.grids.test_zoning_pages import text
from tests.grids.zoning_world import S04, S13, VILLAGE, across, actor_of, edit, explain, hand_in, person_with, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(town: Path) -> Actor:
    install_test_clock()
    return actor_of(person_with("registrar", "grids.edit"))


@pytest.fixture
def second(town: Path) -> Actor:
    return actor_of(person_with("chief", "grids.publish"))


def publish(draft: int, clerk: Actor, second: Actor) -> None:
    hand_in(draft, clerk)
    day = queries.today() + timedelta(days=1)
    actions.publish_draft(draft_id=draft, version=state(draft, second).version, effective_from=day, actor=second)


def follow() -> None:
    with transaction.atomic():
        actions.bring_into_force(now=app_now())


def outlines() -> dict[str, object]:
    """What is in force today: the service grids of the village by their outline."""
    rows = GridVersion.objects.filter(valid__contains=queries.today(), scheme__code="service")
    return {row.grid.code: row.boundary.normalize() or row.boundary.wkt for row in rows.select_related("grid")}


def test_a_split_is_taken_back_and_the_day_after_everything_is_as_it_was(clerk: Actor, second: Actor) -> None:
    before = outlines()
    draft = actions.begin_draft(village=VILLAGE, scheme="service", title="切分", actor=clerk)
    edit(draft, clerk, "split", grid=S04, line=across(state(draft, clerk), S04))
    publish(draft, clerk, second)
    with shifted(timedelta(days=1)):
        follow()
        assert S13 in outlines()
        reverse = actions.reverse_draft(draft_id=draft, version=state(draft, clerk).version, actor=clerk)
        found = state(reverse, clerk)
        assert found.row.title == "撤回：切分"
        assert sorted(found.changes()) == [("boundary", S04), ("ended", S13)]
        publish(reverse, clerk, second)
    with shifted(timedelta(days=2)):
        follow()
        assert outlines() == before
        assert Grid.objects.get(code=S13).retired_at is not None


def test_a_grid_that_ended_comes_back_under_a_new_code_with_its_name(clerk: Actor, second: Actor) -> None:
    draft = actions.begin_draft(village=VILLAGE, scheme="service", title="合并", actor=clerk)
    old = state(draft, clerk).parts
    back = [(b, a) for a, b in sides(old[S04].ring)]
    other = next(code for code in old if code != S04 and set(back) & set(sides(old[code].ring)))
    edit(draft, clerk, "merge", grid=S04, other=other)
    publish(draft, clerk, second)
    with shifted(timedelta(days=1)):
        follow()
        reverse = actions.reverse_draft(draft_id=draft, version=state(draft, clerk).version, actor=clerk)
        parts = state(reverse, clerk).parts
        assert other not in parts
        assert canonical(parts[S04].ring) == canonical(old[S04].ring)
        assert (parts[S13].name_zh, canonical(parts[S13].ring)) == (old[other].name_zh, canonical(old[other].ring))


def test_what_was_changed_again_since_is_not_taken_back(clerk: Actor, second: Actor) -> None:
    draft = actions.begin_draft(village=VILLAGE, scheme="service", title="切分", actor=clerk)
    edit(draft, clerk, "split", grid=S04, line=across(state(draft, clerk), S04))
    with pytest.raises(ValidationError) as refusal:
        actions.reverse_draft(draft_id=draft, version=state(draft, clerk).version, actor=clerk)
    assert refusal.value.code == "moved_on"
    publish(draft, clerk, second)
    with shifted(timedelta(days=1)):
        follow()
        again = actions.begin_draft(village=VILLAGE, scheme="service", title="再合并", actor=clerk)
        edit(again, clerk, "merge", grid=S04, other=S13)
        publish(again, clerk, second)
        with pytest.raises(ValidationError) as refusal:
            actions.reverse_draft(draft_id=draft, version=state(draft, clerk).version, actor=clerk)
        assert S13 in refusal.value.messages[0]
        with pytest.raises(PermissionDenied):
            actions.reverse_draft(draft_id=draft, version=state(draft, second).version, actor=second)


def test_a_change_over_two_villages_is_taken_back_as_one(clerk: Actor, second: Actor) -> None:
    made = actions.begin_change_set(villages=small.VILLAGES, scheme="service", title="年度", actor=clerk)
    for draft in BoundaryDraft.objects.filter(change_set=made):
        code = f"{draft.division.code}S04"
        edit(draft.pk, clerk, "split", grid=code, line=across(state(draft.pk, clerk), code))
        explain(draft.pk, clerk)
    versions = BoundaryDraft.objects.filter(change_set=made)
    actions.submit_set(set_id=made, version=sum(row.version for row in versions), actor=clerk)
    day = queries.today() + timedelta(days=1)
    sum_ = sum(row.version for row in versions.all())
    actions.publish_set(set_id=made, version=sum_, effective_from=day, actor=second)
    with pytest.raises(ValidationError) as refusal:
        actions.reverse_set(set_id=made, version=0, actor=clerk)
    assert refusal.value.code == "stage"
    with shifted(timedelta(days=1)):
        follow()
        follow()
        reverse = actions.reverse_set(set_id=made, version=0, actor=clerk)
        drafts = BoundaryDraft.objects.filter(change_set=reverse)
        assert {row.division.code for row in drafts} == set(small.VILLAGES)
        assert all(len(state(row.pk, clerk).changes()) == 2 for row in drafts)


def test_the_button_leads_to_the_reverse_draft(clerk: Actor, second: Actor) -> None:
    draft = actions.begin_draft(village=VILLAGE, scheme="service", title="切分", actor=clerk)
    edit(draft, clerk, "split", grid=S04, line=across(state(draft, clerk), S04))
    publish(draft, clerk, second)
    with shifted(timedelta(days=1)):
        follow()
        desk = browser(person_with("drawer", "grids.edit"))
        page = f"/desk/zoning/{draft}/"
        assert "起草撤回变更" in text(desk.get(page))
        answer = desk.post(f"{page}reverse/", {"version": state(draft, clerk).version})
        assert answer.status_code == 302
        assert answer["Location"] != page
        assert "恢复为该变更之前的样子" in text(desk.get(answer["Location"]))
