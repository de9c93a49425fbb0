"""Two people change the same village: the second is told what moved and lays the own changes on it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from accounts.models import User
from grids import actions, queries
from grids.models import Grid, GridVersion
from grids.queries.drafts import DraftState
from grids.queries.moved_on import moved_on
from grids.rules.coverage import canonical, exact, twice_area
from ledger.actions import install_test_clock
from ledger.actors import Actor
from tests.grids.zoning_world import S04, S13, VILLAGE, across, actor_of, edit, hand_in, person_with, state

pytestmark = pytest.mark.django_db
S01, S14 = f"{VILLAGE}S01", f"{VILLAGE}S14"


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
    return actor_of(person_with("chief", "grids.edit", "grids.publish"))


def begin(actor: Actor, title: str) -> int:
    return actions.begin_draft(village=VILLAGE, scheme="service", title=title, actor=actor)


def publish(draft: int, clerk: Actor, chief: Actor, days: int = 1) -> None:
    hand_in(draft, clerk)
    day = queries.today() + timedelta(days=days)
    actions.publish_draft(draft_id=draft, version=state(draft, chief).version, effective_from=day, actor=chief)


def split(draft: int, actor: Actor, code: str) -> DraftState:
    return edit(draft, actor, "split", grid=code, line=across(state(draft, actor), code))


def rebase(draft: int, actor: Actor, **choices: str) -> DraftState:
    version = state(draft, actor).version
    actions.rebase_draft(draft_id=draft, version=version, choices=choices, actor=actor)
    return state(draft, actor)


def test_the_second_is_told_what_moved_and_by_whom(clerk: Actor, chief: Actor) -> None:
    first, second = begin(clerk, "先发布的"), begin(clerk, "后来的")
    split(second, clerk, S01)
    assert moved_on(state(second, clerk)) == []
    split(first, clerk, S04)
    publish(first, clerk, chief)
    rows = {row.code: row for row in moved_on(state(second, clerk))}
    assert {code: row.what for code, row in rows.items()} == {S04: "boundary", S14: "new"}
    assert rows[S04].title == "先发布的"
    assert rows[S04].day == queries.today() + timedelta(days=1)
    assert rows[S04].area_after < rows[S04].area_before  # type: ignore[operator]
    assert moved_on(state(first, clerk)) == []


def test_changes_of_other_grids_come_together_and_fit(clerk: Actor, chief: Actor) -> None:
    second = begin(clerk, "后来的")
    first = begin(clerk, "先发布的")
    split(first, clerk, S04)
    mine = split(second, clerk, S01)
    own = mine.changes()
    publish(first, clerk, chief)
    hand_in(second, clerk)
    with pytest.raises(ValidationError, match="have changed since") as refused:
        day = queries.today() + timedelta(days=9)
        actions.publish_draft(draft_id=second, version=state(second, chief).version, effective_from=day, actor=chief)
    assert refused.value.code == "base"
    actions.send_back_draft(draft_id=second, version=state(second, chief).version, reason="先叠加", actor=chief)
    laid = rebase(second, clerk)
    assert exact(laid.rings, laid.outline)
    assert laid.changes() == own
    assert canonical(laid.parts[S01].ring) == canonical(mine.parts[S01].ring)
    assert S13 in laid.parts
    assert moved_on(laid) == []
    publish(second, clerk, chief, days=9)
    codes = set(GridVersion.objects.filter(draft=second).values_list("grid__code", flat=True))
    assert codes == {code for _kind, code in own}
    assert Grid.objects.filter(code__startswith=f"{VILLAGE}S").count() == len(laid.parts)


def test_a_grid_both_have_changed_wants_a_choice(clerk: Actor, chief: Actor) -> None:
    first, second = begin(clerk, "先发布的"), begin(clerk, "后来的")
    split(first, clerk, S04)
    publish(first, clerk, chief)
    mine = split(second, clerk, S04)
    (clash,) = [row for row in moved_on(mine) if row.clash]
    assert clash.code == S04
    with pytest.raises(ValidationError, match="both changes concern it") as refused:
        rebase(second, clerk)
    assert refused.value.code == "choose"
    theirs = rebase(second, clerk, **{S04: "theirs"})
    assert canonical(theirs.parts[S04].ring) == canonical(theirs.base[S04].ring)
    undone = state(second, clerk)
    for _step in range(2):
        version = state(second, clerk).version
        actions.step_draft(draft_id=second, version=version, forward=False, actor=clerk)
        undone = state(second, clerk)
    assert (undone.rings, undone.base_rings) == (mine.rings, mine.base_rings)
    again = rebase(second, clerk, **{S04: "mine"})
    assert canonical(again.parts[S04].ring) == canonical(mine.parts[S04].ring)


def test_the_same_code_for_two_new_grids_is_given_once(clerk: Actor, chief: Actor) -> None:
    first = begin(clerk, "先发布的")
    split(first, clerk, S04)
    publish(first, clerk, chief)
    second = begin(clerk, "后来的")
    found = split(second, clerk, S01)
    assert S14 in found.parts  # a code that a published change has used is not proposed again
    actions.withdraw_draft(draft_id=first, version=state(first, chief).version, reason="日期有误", actor=chief)
    laid = rebase(second, clerk)
    assert S14 in laid.parts
    assert S13 not in laid.parts
    assert twice_area(laid.parts[S14].ring) == twice_area(found.parts[S14].ring)


def test_nothing_moved_is_said_and_changes_nothing(clerk: Actor) -> None:
    draft = begin(clerk, "独自")
    with pytest.raises(ValidationError, match="Nothing has moved"):
        rebase(draft, clerk)
    assert state(draft, clerk).last == 0


def test_the_page_shows_what_moved_and_takes_the_choice(registrar: User, chief: Actor, client: Client) -> None:
    clerk = actor_of(registrar)
    first, second = begin(clerk, "先发布的"), begin(clerk, "后来的")
    split(first, clerk, S04)
    publish(first, clerk, chief)
    split(second, clerk, S04)
    client.force_login(registrar)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = f"/desk/zoning/{second}/"
    html = client.get(page).content.decode()
    assert "Changed by others meanwhile" in html
    assert "先发布的" in html
    assert f'name="choice-{S04}"' in html
    shapes = client.get(f"{page}map.json").json()
    assert sorted(shape["code"] for shape in shapes["theirs"]) == [S04, S13]
    body = {"version": state(second, clerk).version}
    assert client.post(f"{page}rebase/", body).status_code == 422
    done = client.post(f"{page}rebase/", {**body, f"choice-{S04}": "theirs"}, follow=True).content.decode()
    assert "Laid on the present boundaries." in done
    assert "Changed by others meanwhile" not in done
