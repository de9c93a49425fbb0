"""A change of boundaries from its first line to the day it is in force."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from grids import actions, queries
from grids.actions import Edit, Misplaced
from grids.models import BoundaryDraft, Grid, GridVersion
from grids.queries.boundaries import boundary_defects
from grids.queries.drafts import DraftState, draft_state
from grids.rules.coverage import degrees_of, exact, twice_area
from ledger.actions import install_test_clock
from ledger.actors import Actor
from ledger.clock import app_now, shifted
from tests.accounts.world import department, hat, role, user
from tests.grids import small
from tests.grids.zoning_world import S04, VILLAGE, across, actor_of, edit, hand_in, moved, person_with, state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def clerk(town: Path) -> Actor:
    install_test_clock()
    return actor_of(person_with("clerk", "grids.edit"))


@pytest.fixture
def chief(town: Path) -> Actor:
    return actor_of(person_with("second", "grids.edit", "grids.publish"))


@pytest.fixture
def draft(clerk: Actor) -> int:
    return actions.begin_draft(village=VILLAGE, scheme="service", title="年度调整", actor=clerk)


def test_a_split_keeps_the_area_to_the_last_unit_and_takes_the_next_free_code(draft: int, clerk: Actor) -> None:
    before = state(draft, clerk)
    after = edit(draft, clerk, "split", grid=S04, line=across(before, S04))
    new = f"{VILLAGE}S13"
    assert after.changes() == [("boundary", S04), ("new", new)]
    halves = twice_area(after.parts[S04].ring) + twice_area(after.parts[new].ring)
    assert halves == twice_area(before.parts[S04].ring)
    assert exact(after.rings, after.outline)
    assert after.parts[new].name_zh == "晨光社区第13网格"
    assert after.parts[new].name_en.endswith("Grid 13")


def test_a_merge_gives_the_grid_back_that_was_split(draft: int, clerk: Actor) -> None:
    before = state(draft, clerk)
    edit(draft, clerk, "split", grid=S04, line=across(before, S04))
    after = edit(draft, clerk, "merge", grid=S04, other=f"{VILLAGE}S13")
    assert exact(after.rings, after.outline)
    assert twice_area(after.parts[S04].ring) == twice_area(before.parts[S04].ring)
    assert f"{VILLAGE}S13" not in after.parts


def test_undo_and_redo_walk_the_steps_and_a_new_edit_forgets_what_was_undone(draft: int, clerk: Actor) -> None:
    whole = state(draft, clerk)
    split = edit(draft, clerk, "split", grid=S04, line=across(whole, S04))
    actions.step_draft(draft_id=draft, version=split.version, forward=False, actor=clerk)
    undone = state(draft, clerk)
    assert undone.rings == whole.rings
    assert (undone.position, undone.last) == (0, 1)
    actions.step_draft(draft_id=draft, version=undone.version, forward=True, actor=clerk)
    assert state(draft, clerk).rings == split.rings
    again = state(draft, clerk)
    actions.step_draft(draft_id=draft, version=again.version, forward=False, actor=clerk)
    other = edit(draft, clerk, "end", grid=f"{VILLAGE}S01")
    assert (other.position, other.last) == (1, 1)


def test_an_edit_on_what_somebody_has_changed_meanwhile_is_refused(draft: int, clerk: Actor) -> None:
    seen = state(draft, clerk).version
    edit(draft, clerk, "end", grid=S04)
    with pytest.raises(ValidationError) as refused:
        actions.edit_draft(draft_id=draft, version=seen, edit=Edit("end", grid=f"{VILLAGE}S01"), actor=clerk)
    assert refused.value.code == "moved_on"


def test_ending_a_grid_leaves_a_gap_of_its_size_which_a_neighbour_can_be_given(draft: int, clerk: Actor) -> None:
    area = GridVersion.objects.get(grid__code=S04).area
    ended = edit(draft, clerk, "end", grid=S04)
    (gap,) = boundary_defects(ended.rings, ended.outline)
    assert gap.kind == "gap"
    assert gap.area == pytest.approx(area, abs=0.5)
    with pytest.raises(ValidationError, match="do not fit yet: 1"):
        actions.submit_draft(draft_id=draft, version=ended.version, actor=clerk)
    filled = edit(draft, clerk, "give", other=gap.codes[0], at=(gap.lon, gap.lat))
    assert exact(filled.rings, filled.outline)
    assert boundary_defects(filled.rings, filled.outline) == []


def inner_vertex(found: DraftState, code: str) -> tuple[float, float]:
    return next(degrees_of(node) for node in found.parts[code].ring if node not in found.outline)


def test_a_moved_vertex_is_moved_for_every_neighbour(draft: int, clerk: Actor) -> None:
    before = state(draft, clerk)
    vertex = inner_vertex(before, S04)
    after = edit(draft, clerk, "move", at=vertex, to=moved(vertex, 7, -5))
    assert exact(after.rings, after.outline)
    assert len(after.changes()) >= 2
    outline = degrees_of(before.outline[0])
    with pytest.raises(Misplaced) as refused:
        edit(draft, clerk, "move", at=outline, to=moved(outline, 5, 5))
    assert refused.value.code == "outline"
    assert refused.value.place == outline


def test_a_border_dragged_on_the_map_takes_the_neighbours_along(draft: int, clerk: Actor) -> None:
    before = state(draft, clerk)
    ring = [degrees_of(node) for node in before.parts[S04].ring]
    inner = next(i for i, node in enumerate(before.parts[S04].ring) if node not in before.outline)
    ring[inner] = moved(ring[inner], 6, 6)
    after = edit(draft, clerk, "border", grid=S04, line=tuple(ring))
    assert exact(after.rings, after.outline)
    assert twice_area(after.parts[S04].ring) != twice_area(before.parts[S04].ring)


def test_a_vertex_can_be_added_and_removed_on_both_sides(draft: int, clerk: Actor) -> None:
    before = state(draft, clerk)
    ring = before.parts[S04].ring
    index = next(
        i for i, n in enumerate(ring) if n not in before.outline and ring[(i + 1) % len(ring)] not in before.outline
    )
    (ax, ay), (bx, by) = degrees_of(ring[index]), degrees_of(ring[(index + 1) % len(ring)])
    middle = moved(((ax + bx) / 2, (ay + by) / 2), 3, 3)
    added = edit(draft, clerk, "insert", grid=S04, at=middle)
    assert exact(added.rings, added.outline)
    assert len(added.parts[S04].ring) == len(ring) + 1
    removed = edit(draft, clerk, "remove", at=middle)
    assert removed.rings == before.rings


def drawn_over(found: DraftState, code: str, metres: float) -> tuple[tuple[float, float], ...]:
    """The ring of a grid with one of its inner vertices pushed outwards."""
    ring = [degrees_of(node) for node in found.parts[code].ring]
    index = next(i for i, node in enumerate(found.parts[code].ring) if node not in found.outline)
    x, y = sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    away = (ring[index][0] - x) * 89947, (ring[index][1] - y) * 110963
    length = (away[0] ** 2 + away[1] ** 2) ** 0.5
    ring[index] = moved(ring[index], away[0] / length * metres, away[1] / length * metres)
    return tuple(ring)


def test_a_free_drawing_shows_its_overlap_and_the_taking_repairs_it(draft: int, clerk: Actor) -> None:
    found = edit(draft, clerk, "draw", grid=S04, line=drawn_over(state(draft, clerk), S04, 12))
    while overlaps := [d for d in boundary_defects(found.rings, found.outline) if d.kind == "overlap"]:
        assert overlaps[0].area > 1
        assert S04 in overlaps[0].codes
        other = next(code for code in overlaps[0].codes if code != S04)
        found = edit(draft, clerk, "take", grid=S04, other=other)
    assert boundary_defects(found.rings, found.outline) == []
    assert exact(found.rings, found.outline)


def test_a_drawing_neighbours_give_way_to_fits_at_once(draft: int, clerk: Actor) -> None:
    found = edit(draft, clerk, "draw", grid=S04, line=drawn_over(state(draft, clerk), S04, 12), follow=True)
    assert boundary_defects(found.rings, found.outline) == []
    assert len(found.changes()) >= 2


def test_what_leaves_the_village_is_shown_and_cut_off(draft: int, clerk: Actor) -> None:
    before = state(draft, clerk)
    ring = [degrees_of(node) for node in before.parts[S04].ring]
    index = next(i for i, node in enumerate(before.parts[S04].ring) if node in before.outline)
    x, y = sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    ring[index] = moved(ring[index], (ring[index][0] - x) * 5000, (ring[index][1] - y) * 5000)
    found = edit(draft, clerk, "draw", grid=S04, line=tuple(ring))
    outside = [d for d in boundary_defects(found.rings, found.outline) if d.kind == "outside"]
    assert outside
    assert outside[0].codes == (S04,)
    assert sum(d.area for d in outside) > 1
    found = edit(draft, clerk, "trim", grid=S04)
    assert not [d for d in boundary_defects(found.rings, found.outline) if d.kind == "outside"]


def test_a_line_that_crosses_nothing_or_ends_inside_is_refused_with_the_place(draft: int, clerk: Actor) -> None:
    ring = [degrees_of(node) for node in state(draft, clerk).parts[S04].ring]
    middle = sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    with pytest.raises(Misplaced) as short:
        edit(draft, clerk, "split", grid=S04, line=(middle, moved(middle, 5, 5)), snap=2.0)
    assert short.value.code == "ends_inside"
    assert short.value.place is not None
    with pytest.raises(Misplaced) as away:
        edit(draft, clerk, "split", grid=S04, line=(moved(middle, 0, 5000), moved(middle, 9, 5000)))
    assert away.value.code == "misses"


def submitted(draft: int, clerk: Actor) -> DraftState:
    edit(draft, clerk, "split", grid=S04, line=across(state(draft, clerk), S04))
    hand_in(draft, clerk)
    return state(draft, clerk)


def tomorrow() -> date:
    return queries.today() + timedelta(days=1)


def test_nobody_publishes_what_he_drew(draft: int, clerk: Actor, chief: Actor) -> None:
    seen = submitted(draft, clerk).version
    with pytest.raises(PermissionDenied):
        actions.publish_draft(draft_id=draft, version=seen, effective_from=tomorrow(), actor=clerk)
    actions.send_back_draft(draft_id=draft, version=seen, reason="再看一遍", actor=chief)
    mine = edit(draft, chief, "end", grid=f"{VILLAGE}S13")
    actions.step_draft(draft_id=draft, version=mine.version, forward=False, actor=clerk)
    hand_in(draft, clerk)
    with pytest.raises(PermissionDenied, match="four_eyes"):
        actions.publish_draft(
            draft_id=draft, version=state(draft, chief).version, effective_from=tomorrow(), actor=chief
        )


@pytest.mark.parametrize("days", [0, -1, -400])
def test_boundaries_begin_no_earlier_than_tomorrow(draft: int, clerk: Actor, chief: Actor, days: int) -> None:
    seen = submitted(draft, clerk).version
    day = queries.today() + timedelta(days=days)
    with pytest.raises(ValidationError, match="after today"):
        actions.publish_draft(draft_id=draft, version=seen, effective_from=day, actor=chief)


def test_published_boundaries_begin_on_their_day_and_every_day_before_keeps_its_own(
    draft: int, clerk: Actor, chief: Actor
) -> None:
    seen = submitted(draft, clerk)
    day = queries.today() + timedelta(days=10)
    actions.publish_draft(draft_id=draft, version=seen.version, effective_from=day, actor=chief)
    new = f"{VILLAGE}S13"
    inside = GridVersion.objects.get(grid__code=new).boundary.point_on_surface
    ask = {"lon": inside.x, "lat": inside.y, "datum": "wgs84"}
    assert queries.locate(**ask, on=None).grids["service"].code == S04
    assert queries.locate(**ask, on=day - timedelta(days=1)).grids["service"].code == S04
    assert queries.locate(**ask, on=day).grids["service"].code == new
    assert GridVersion.objects.filter(grid__code=S04).count() == 2
    with shifted(timedelta(days=10)):
        assert queries.locate(**ask, on=None).grids["service"].code == new
        assert actions.bring_into_force(now=app_now()) is False
        assert BoundaryDraft.objects.get(pk=draft).stage == "in_force"
        total = sum(Grid.objects.filter(code__in=(S04, new)).values_list("households", flat=True))
        assert total == queries.boundaries.households_in(seen.base_rings)[S04][0]


def test_a_withdrawn_change_leaves_everything_as_it_was_and_forgets_nothing(
    draft: int, clerk: Actor, chief: Actor
) -> None:
    before = {row.code: row.version for row in queries.grid_list(on=queries.today(), path="/")}
    seen = submitted(draft, clerk)
    day = queries.today() + timedelta(days=10)
    actions.publish_draft(draft_id=draft, version=seen.version, effective_from=day, actor=chief)
    published = state(draft, chief)
    with pytest.raises(ValidationError, match="Say why"):
        actions.withdraw_draft(draft_id=draft, version=published.version, reason="", actor=chief)
    actions.withdraw_draft(draft_id=draft, version=published.version, reason="日期有误", actor=chief)
    assert {row.code: row.version for row in queries.grid_list(on=day, path="/")} == before
    assert GridVersion.objects.filter(draft=draft).count() == 2
    assert GridVersion.objects.filter(grid__code=S04, valid__upper_inf=True).count() == 1
    again = actions.begin_draft(village=VILLAGE, scheme="service", title="再来", actor=clerk)
    assert edit(again, clerk, "split", grid=S04, line=across(state(again, clerk), S04)).changes()[-1] == (
        "new",
        f"{VILLAGE}S14",
    )


def test_a_stranger_neither_sees_nor_touches_a_draft(draft: int, town: Path) -> None:
    person = user("stranger")
    hat(person, role("far clerk", "grids.edit", "grids.publish"), department("far", "/3709/370911/"))
    stranger = actor_of(person)
    assert draft_state(draft, stranger) is None
    with pytest.raises(PermissionDenied):
        actions.edit_draft(draft_id=draft, version=0, edit=Edit("end", grid=S04), actor=stranger)
    with pytest.raises(PermissionDenied):
        actions.begin_draft(village=VILLAGE, scheme="service", title="x", actor=stranger)


def test_loading_the_city_again_does_not_take_back_what_was_drawn_here(
    town: Path, draft: int, clerk: Actor, chief: Actor
) -> None:
    seen = submitted(draft, clerk)
    actions.publish_draft(draft_id=draft, version=seen.version, effective_from=tomorrow(), actor=chief)
    with shifted(timedelta(days=2)):
        actions.bring_into_force(now=app_now())
        before = queries.grid_list(on=queries.today(), path="/")
        folder, changes = small.load(town)
        assert folder.faults == []
        assert not any(changes.values())
        assert queries.grid_list(on=queries.today(), path="/") == before
        assert f"{VILLAGE}S13" in {row.code for row in before}
