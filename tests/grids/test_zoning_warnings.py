"""What the check finds beside geometry: errors stop a change, warnings want a reason that is kept."""

from collections.abc import Iterator
from datetime import timedelta
from math import dist
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils import translation

from accounts.models import User
from grids import actions, queries
from grids.models import Address, Building, DraftPart, Duty, Grid, WarningReason
from grids.queries.draft_page import findings_of
from grids.queries.findings import Finding
from grids.rules.coverage import degrees_of
from ledger.actions import install_test_clock
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import AuditEntry
from tests.accounts.world import LONG_AGO, user
from tests.grids.zoning_world import S04, S13, VILLAGE, across, actor_of, edit, explain, person_with, state

pytestmark = pytest.mark.django_db


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
def draft(clerk: Actor) -> int:
    made = actions.begin_draft(village=VILLAGE, scheme="service", title="切分", actor=clerk)
    edit(made, clerk, "split", grid=S04, line=across(state(made, clerk), S04))
    return made


def found(draft: int, actor: Actor) -> dict[tuple[str, str], Finding]:
    return {(row.kind, row.code): row for row in findings_of(state(draft, actor))}


def test_only_what_the_draft_changes_is_judged_and_with_its_figures(draft: int, clerk: Actor) -> None:
    houses = queries.boundaries.households_in(state(draft, clerk).rings)
    kinds = {"few" if houses[code][0] < 300 else "many" if houses[code][0] > 500 else "" for code in (S04, S13)} - {""}
    rows = found(draft, clerk)
    assert {code for _kind, code in rows} == {S04, S13}
    assert {kind for kind, _code in rows} == {"vacant", *kinds}
    assert all(rows[key].figure == houses[key[1]][0] for key in rows if key[0] in ("few", "many"))
    grid = Grid.objects.get(code=S04)
    Duty.objects.create(grid=grid, user=user("wang"), post="worker", valid=DateRange(LONG_AGO, None))
    assert not any(kind == "vacant" for kind, _code in found(draft, clerk))


def test_a_grid_narrower_than_a_lane_is_a_sliver_with_its_width(clerk: Actor, town: Path) -> None:
    made = actions.begin_draft(village=VILLAGE, scheme="service", title="切条", actor=clerk)
    ring = state(made, clerk).parts[S04].ring
    flat = [(lon * 89947, lat * 110963) for lon, lat in map(degrees_of, ring)]  # metres
    (ax, ay), (bx, by) = max(zip(flat, (*flat[1:], flat[0]), strict=True), key=lambda side: dist(*side))
    east, north = (bx - ax) / dist((ax, ay), (bx, by)), (by - ay) / dist((ax, ay), (bx, by))
    # 4 m to the left of the longest side, where the inside of a counter-clockwise ring lies, and well beyond both ends
    ends = [(ax - 4 * north + far * east, ay + 4 * east + far * north) for far in (-1000, 1000)]
    longer = tuple((x / 89947, y / 110963) for x, y in ends)
    edit(made, clerk, "split", grid=S04, line=longer)
    slivers = [row for row in findings_of(state(made, clerk)) if row.kind == "sliver"]
    assert len(slivers) == 1
    assert 2 <= slivers[0].figure <= 6


def test_a_border_through_a_building_is_warned_of_with_their_number(draft: int, clerk: Actor) -> None:
    now = state(draft, clerk)
    shared = set(now.parts[S04].ring) & set(now.parts[S13].ring)
    (lon, lat) = degrees_of(sorted(node for node in shared if node not in now.outline)[0])
    box = ", ".join(
        f"{lon + x * 1e-5:.8f} {lat + y * 1e-5:.8f}" for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    )
    facts = {
        "source": "普查",
        "as_of": queries.today(),
        "updated_at": app_now(),
        "point": f"SRID=4326;POINT({lon} {lat})",
    }
    Building.objects.create(code="cut", shape=f"SRID=4326;POLYGON(({box}))", **facts)
    rows = found(draft, clerk)
    assert rows["building", S04].figure == rows["building", S13].figure == 1
    Building.objects.update(shape=None)
    assert not any(kind == "building" for kind, _code in found(draft, clerk))


def test_a_warning_holds_the_hand_in_until_its_reason_is_written_and_kept(draft: int, clerk: Actor) -> None:
    now = state(draft, clerk)
    with pytest.raises(ValidationError, match="Warnings without a reason") as refused:
        actions.submit_draft(draft_id=draft, version=now.version, actor=clerk)
    assert refused.value.code == "unexplained"
    explain(draft, clerk, "老城区待搬迁")
    rows = findings_of(state(draft, clerk))
    assert rows
    assert {row.reason.text for row in rows if row.reason} == {"老城区待搬迁"}
    assert all(row.reason is not None for row in rows)
    actions.submit_draft(draft_id=draft, version=state(draft, clerk).version, actor=clerk)
    entry = AuditEntry.objects.get(action="boundary.explained")
    assert entry.data["warnings"] == sorted(f"{row.kind}:{row.code}" for row in rows)


def test_a_reason_was_said_of_a_figure_and_does_not_cover_another(draft: int, clerk: Actor) -> None:
    explain(draft, clerk)
    (row,) = [row for row in findings_of(state(draft, clerk)) if row.kind in ("few", "many") and row.code == S13]
    Address.objects.create(
        code="new-house",
        text_zh="新楼",
        text_en="New house",
        kind="house",
        point=f"SRID=4326;POINT({row.lon} {row.lat})",
        division=Grid.objects.get(code=S04).division,
        households=7,
    )
    again = found(draft, clerk)[row.kind, S13]
    assert (again.figure, again.reason) == (row.figure + 7, None)
    assert WarningReason.objects.filter(draft=draft, kind=row.kind, code=S13).count() == 1


def test_after_the_hand_in_a_figure_that_moves_on_stops_no_publication(draft: int, clerk: Actor, town: Path) -> None:
    explain(draft, clerk)
    actions.submit_draft(draft_id=draft, version=state(draft, clerk).version, actor=clerk)
    Address.objects.filter(kind="house").update(households=1)
    chief = actor_of(person_with("chief", "grids.publish"))
    day = queries.today() + timedelta(days=3)
    actions.publish_draft(draft_id=draft, version=state(draft, chief).version, effective_from=day, actor=chief)
    assert state(draft, chief).row.stage == "published"


def test_a_code_that_is_wrong_or_taken_is_an_error_no_reason_helps(draft: int, clerk: Actor) -> None:
    parts = DraftPart.objects.filter(step__draft=draft, step__number=1, code=S13)
    parts.update(code=f"{VILLAGE}X1")
    now = state(draft, clerk)
    (row,) = [row for row in findings_of(now) if row.is_error]
    assert (row.kind, row.code) == ("code", f"{VILLAGE}X1")
    with pytest.raises(ValidationError, match="is no longer there"):
        reasons = {f"code:{row.code}": "就这样"}
        actions.explain_warnings(draft_id=draft, version=now.version, reasons=reasons, actor=clerk)
    explain(draft, clerk)
    with pytest.raises(ValidationError, match="finds errors") as refused:
        actions.submit_draft(draft_id=draft, version=state(draft, clerk).version, actor=clerk)
    assert refused.value.code == "errors"
    DraftPart.objects.filter(code=f"{VILLAGE}X1").update(code=S13)
    grid = Grid.objects.get(code=S04)
    grid.pk, grid.code = None, S13
    grid.save(force_insert=True)
    assert ("taken", S13) in found(draft, clerk)


def test_the_page_names_each_warning_and_takes_the_reasons(draft: int, registrar: User, client: Client) -> None:
    client.force_login(registrar)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    address, clerk = f"/desk/zoning/{draft}/", actor_of(registrar)
    html = client.get(address).content.decode()
    rows = findings_of(state(draft, clerk))
    for row in rows:
        assert f'name="reason-{row.kind}:{row.code}"' in html
    assert "warnings need a reason" in html
    body = {f"reason-{row.kind}:{row.code}": "按规划入住" for row in rows}
    version = state(draft, clerk).version
    kept = client.post(f"{address}explain/", {"version": version, **body}, follow=True).content.decode()
    assert kept.count("按规划入住") == len(rows)
    assert "The reasons are kept." in kept
    assert 'name="reason-' not in kept
    empty = client.post(f"{address}explain/", {"version": version + 1, "reason-few:x": " "}, follow=True)
    assert empty.status_code == 422
    assert "Say why." in empty.content.decode()
