"""The catalogue of duties at the desk: added, renamed, bound to types of grids, ended, never lost."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from grids import actions, queries
from grids.actions import load_duty_kinds
from grids.imports import export_duty_kinds
from grids.models import DutyKind, Grid, KindDuty
from grids.queries.blind_spots import blind_spots
from ledger.actions import install_test_clock
from ledger.actors import CLOCK, Actor
from ledger.cityfolder import CityFolder
from ledger.clock import app_now
from ledger.models import AuditEntry
from tests.accounts.world import browser, department, hat, role
from tests.grids.test_blind_spots import AREA, crew, without_limits
from tests.grids.zoning_world import S04, VILLAGE, actor_of, person_with

__all__ = ["crew", "without_limits"]
pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
FLOODS = {"code": "floods", "name_zh": "防汛", "name_en": "Floods", "position": 7}


@pytest.fixture
def chief_person(town: Path, crew: tuple[User, User, User]) -> User:
    install_test_clock()
    return person_with("chief", "grids.publish", "grids.edit")


@pytest.fixture
def chief(chief_person: User) -> Actor:
    return actor_of(chief_person)


def test_a_duty_is_asked_for_only_in_grids_of_its_types(chief: Actor) -> None:
    today = queries.today()
    Grid.objects.filter(code=S04).update(type="micro")
    before = blind_spots(on=today, within=AREA).duties
    actions.add_duty_kind(**FLOODS, grid_types=["micro"], day=today, actor=chief)
    found = blind_spots(on=today, within=AREA)
    assert found.duties == before + 1 == found.duties_held
    (line,) = [line for line in found.roster.lines if "floods" in line.duties]
    assert line.code == S04
    other = next(line.code for line in found.roster.lines if line.code != S04)
    with pytest.raises(ValidationError, match="not asked for in grids of this type"):
        actions.assign_duty(grid=other, post="worker", kind="floods", user_id=None, day=today, actor=chief)


def test_a_duty_with_people_ends_and_takes_them_along(chief: Actor, crew: tuple[User, User, User]) -> None:
    today = queries.today()
    day = today + timedelta(days=3)
    given = {"grid": S04, "post": "worker", "kind": "safety", "day": today, "actor": chief}
    actions.assign_duty(user_id=crew[2].pk, **given)  # type: ignore[arg-type]
    assert actions.end_duty_kind(code="safety", day=day, actor=chief) == 1
    assert KindDuty.objects.get().valid.upper == day
    assert DutyKind.objects.get(code="safety").valid.upper == day
    assert "safety" in blind_spots(on=day - timedelta(days=1), within=AREA).roster.lines[0].duties
    found = blind_spots(on=day, within=AREA)
    assert (found.duties, found.duties_held) == (len(found.roster.lines), len(found.roster.lines))
    with pytest.raises(ValidationError, match="There is or was a duty with this code"):
        actions.add_duty_kind(**{**FLOODS, "code": "safety"}, grid_types=[], day=day, actor=chief)


def test_people_of_grids_that_are_asked_no_more_end_today(chief: Actor, crew: tuple[User, User, User]) -> None:
    today = queries.today()
    given = {"grid": S04, "post": "worker", "kind": "safety", "actor": chief}
    actions.assign_duty(user_id=crew[2].pk, day=today + timedelta(days=1), **given)  # type: ignore[arg-type]
    renamed = {"code": "safety", "name_zh": "安全", "name_en": "Safety", "position": 0}
    actions.change_duty_kind(**renamed, grid_types=["special"], actor=chief)
    assert KindDuty.objects.get().valid.isempty
    entry = AuditEntry.objects.filter(action="duty_kind.changed").get()
    assert entry.data["before"]["name_en"] == "safety"
    assert (entry.data["name_en"], entry.data["grid_types"], entry.data["posts_ended"]) == ("Safety", ["special"], 1)


def test_the_city_folder_does_not_undo_what_the_desk_decided(chief: Actor, tmp_path: Path) -> None:
    today = queries.today()
    DutyKind.objects.all().delete()
    text = "code,name_zh,name_en,valid_from,grid_types\nsafety,安全,Safety,2026-01-01,\n"
    text += "visits,走访,Visits,2026-01-01,base\n"
    (tmp_path / "duty_kinds.csv").write_text(text, encoding="utf-8")

    def load() -> CityFolder:
        folder = CityFolder(tmp_path)
        load_duty_kinds(folder, apply=True, actor=CLOCK, now=app_now())
        return folder

    load()
    assert DutyKind.objects.get(code="visits").grid_types == ["base"]
    actions.end_duty_kind(code="safety", day=today, actor=chief)
    actions.add_duty_kind(**FLOODS, grid_types=[], day=today, actor=chief)
    load()
    going_on = DutyKind.objects.filter(valid__upper_inf=True).order_by("code")
    assert list(going_on.values_list("code", flat=True)) == ["floods", "visits"]
    assert "visits,走访,Visits,2026-01-01,base" in export_duty_kinds()["duty_kinds.csv"]
    (tmp_path / "duty_kinds.csv").write_text(text.replace(",base", ",unit"), encoding="utf-8")
    assert ["grid_types" in str(fault) for fault in load().faults] == [True]


def test_the_catalogue_is_changed_by_right_and_where_it_counts(chief: Actor, crew: tuple[User, User, User]) -> None:
    with pytest.raises(PermissionDenied):
        actions.end_duty_kind(code="safety", day=queries.today(), actor=actor_of(crew[0]))
    village = person_with("village_chief")
    village.memberships.all().delete()
    local = f"{AREA}370902900/{VILLAGE}/"
    hat(village, role("village_chief2", "grids.publish"), department("village", local))
    with pytest.raises(PermissionDenied):
        actions.end_duty_kind(code="safety", day=queries.today(), actor=actor_of(village))
    yesterday = queries.today() - timedelta(days=1)
    with pytest.raises(ValidationError, match="what has been stays"):
        actions.end_duty_kind(code="safety", day=yesterday, actor=chief)


def test_the_page_adds_changes_and_ends_and_tells_the_history(chief_person: User) -> None:
    client, today = browser(chief_person), str(queries.today())
    values = {**FLOODS, "grid_types": ["base", "micro"], "day": today}
    refused = client.post("/desk/duties/kinds/add/", {**values, "name_zh": ""}, headers=ENGLISH)
    assert refused.status_code == 422
    shown = refused.content.decode()
    assert 'value="Floods"' in shown and "Name in Chinese" in shown
    client.post("/desk/duties/kinds/add/", values)
    assert "Change the catalogue" in client.get("/desk/duties/", headers=ENGLISH).content.decode()
    change = {**values, "name_en": "Flood watch", "grid_types": []}
    client.post("/desk/duties/kinds/change/", change)
    chosen = client.get("/desk/duties/kinds/?code=floods", headers=ENGLISH).content.decode()
    assert 'value="Flood watch"' in chosen
    client.post("/desk/duties/kinds/end/", {"code": "floods", "day": str(queries.today() + timedelta(days=2))})
    page = client.get("/desk/duties/kinds/", headers=ENGLISH).content.decode()
    assert "防汛 / Floods · base grid, micro grid became 防汛 / Flood watch · every type" in page
    assert f"ends on {queries.today() + timedelta(days=2)}" in page
    again = client.post("/desk/duties/kinds/end/", {"code": "nothing", "day": today}, headers=ENGLISH)
    assert "There is no such duty any more." in again.content.decode()
    assert client.post("/desk/duties/kinds/nothing/").status_code == 404
