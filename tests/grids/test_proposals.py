"""The grid compiler at work for a draft: asked, followed, compared, taken, edited on, undone."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from accounts.models import User
from grids import actions, gateways
from grids.models import Address, Building, Proposal
from grids.queries.boundaries import boundary_defects, households_in
from grids.queries.change_sets import drafts_of_set, set_version
from grids.queries.proposals import ProposalRow, ground, proposal
from grids.rules.coverage import exact, ring_of, twice_area
from grids.rules.grouping import joined
from ledger.actions import JobView, cancel_job, install_test_clock, redeem_due
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Job
from tests.grids import small
from tests.grids.zoning_world import S04, VILLAGE, across, actor_of, edit, person_with, state

pytestmark = pytest.mark.django_db
SETTINGS = {
    "target": 60,
    "tolerance": 0.15,
    "weights": {"households": 1, "residents": 0, "activity": 0},
    "keep": 0.0,
    "seed": 1,
}


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
    return actions.begin_draft(village=VILLAGE, scheme="service", title="自动划分", actor=clerk)


def asked(draft: int, clerk: Actor, **more: object) -> ProposalRow:
    """A proposal with its answer, computed by the real program."""
    version = state(draft, clerk).version
    made = actions.propose(draft_id=draft, version=version, settings={**SETTINGS, **more}, actor=clerk)
    row = Proposal.objects.get(pk=made)
    job = Job.objects.get(pk=row.job_id)
    reached = actions.propose_step(JobView(job.pk, job.kind, job.params, 0, {}, 0, 0), 50)
    assert (reached.finished, reached.message) == (True, "")
    found = proposal(draft, made)
    assert found is not None
    return found


def test_every_house_of_the_base_grids_is_asked_about_once_and_special_grids_are_left_alone(
    draft: int, clerk: Actor
) -> None:
    now = state(draft, clerk)
    found = ground(now, SETTINGS)
    special = {code for code, part in now.parts.items() if part.type != "base"}
    assert special <= set(found.kept)
    held = households_in({code: part.ring for code, part in now.parts.items() if part.type == "base"})
    asked_for = sum(row["households"] for row in found.question["buildings"])
    assert asked_for == sum(households for households, _houses in held.values()) > 0
    areas = sum(twice_area(ring_of(row["ring"])) for row in found.question["parents"])
    divided = [part.ring for code, part in now.parts.items() if code not in found.kept]
    assert areas == sum(twice_area(ring) for ring in divided)


def test_parts_around_something_else_make_more_than_one_ring() -> None:
    def box(x: int, y: int) -> tuple[tuple[int, int], ...]:
        return ((x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1))

    around = {f"{x}{y}": box(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)}
    groups = joined(around)
    assert sorted(code for _ring, codes in groups for code in codes) == sorted(around)
    assert sum(twice_area(ring) for ring, _codes in groups) == 16
    assert len(groups) == 2
    assert len(joined({**around, "11": box(1, 1)})) == 1


def test_an_alternative_becomes_a_step_that_fits_exactly_and_can_be_undone(draft: int, clerk: Actor) -> None:
    row = asked(draft, clerk)
    assert [alternative["name"] for alternative in row.alternatives][:2] == ["balance", "compact"]
    before = state(draft, clerk)
    actions.take_alternative(draft_id=draft, proposal_id=row.id, number=0, version=before.version, actor=clerk)
    after = state(draft, clerk)
    assert exact(after.rings, after.outline)
    assert boundary_defects(after.rings, after.outline) == []
    kept = {code for code, part in before.parts.items() if part.type != "base"}
    assert all(after.parts[code].ring == before.parts[code].ring for code in kept)
    held = households_in({code: part.ring for code, part in after.parts.items() if code not in kept})
    proposed = sorted(part["households"] for part in row.alternatives[0]["parts"])
    assert sorted(households for households, _houses in held.values() if households) == [n for n in proposed if n]
    new = [code for kind, code in after.changes() if kind == "new"]
    longitudes = [sum(lon for lon, _ in after.parts[c].ring) / len(after.parts[c].ring) for c in sorted(new)]
    assert longitudes == sorted(longitudes)
    actions.step_draft(draft_id=draft, version=after.version, forward=False, actor=clerk)
    assert state(draft, clerk).rings == before.rings


def test_a_grid_that_goes_on_keeps_its_code_and_name(draft: int, clerk: Actor) -> None:
    row = asked(draft, clerk, keep=1.0, target=400)
    going_on = {part["of"] for alternative in row.alternatives for part in alternative["parts"]} - {None}
    assert going_on
    number = next(n for n, one in enumerate(row.alternatives) if any(part["of"] for part in one["parts"]))
    before = state(draft, clerk)
    actions.take_alternative(draft_id=draft, proposal_id=row.id, number=number, version=before.version, actor=clerk)
    after = state(draft, clerk)
    for code in going_on & after.parts.keys():
        assert after.parts[code].name_zh == before.parts[code].name_zh
        assert after.parts[code].version_id == before.parts[code].version_id


def test_what_cannot_be_asked_says_why(draft: int, clerk: Actor) -> None:
    units = actions.begin_draft(village=VILLAGE, scheme="management", title="单元", actor=clerk)
    with pytest.raises(ValidationError, match="service grids") as refused:
        actions.propose(draft_id=units, version=0, settings=SETTINGS, actor=clerk)
    assert refused.value.code == "scheme"
    actions.propose(draft_id=draft, version=0, settings=SETTINGS, actor=clerk)
    with pytest.raises(ValidationError, match="being computed"):
        actions.propose(draft_id=draft, version=0, settings=SETTINGS, actor=clerk)
    Address.objects.update(households=0)
    other = actions.begin_draft(village=small.VILLAGES[1], scheme="service", title="空", actor=clerk)
    with pytest.raises(ValidationError, match="no households"):
        actions.propose(draft_id=other, version=0, settings=SETTINGS, actor=clerk)


def test_a_draft_that_was_cut_meanwhile_takes_nothing_that_does_not_fit(draft: int, clerk: Actor) -> None:
    row = asked(draft, clerk)
    special = next((code for code, part in state(draft, clerk).parts.items() if part.type != "base"), S04)
    edit(draft, clerk, "rename", grid=special, name_zh="改名", name_en="Renamed", type="base")
    edit(draft, clerk, "rename", grid=S04, name_zh="广场", name_en="Square", type="special")
    now = state(draft, clerk)
    with pytest.raises(ValidationError, match="Ask for a new proposal"):
        actions.take_alternative(draft_id=draft, proposal_id=row.id, number=0, version=now.version, actor=clerk)
    with pytest.raises(ValidationError, match="no such alternative"):
        actions.take_alternative(draft_id=draft, proposal_id=row.id, number=9, version=now.version, actor=clerk)
    assert state(draft, clerk).version == now.version


@pytest.mark.parametrize("code", ["time", "memory", "crash"])
def test_no_answer_ends_the_job_with_its_reason(
    draft: int, clerk: Actor, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(question: object, *, seconds: float, progress: Callable[[int], bool]) -> None:
        raise gateways.NoAnswer(code)

    monkeypatch.setattr(gateways, "compile_grids", fails)
    made = actions.propose(draft_id=draft, version=0, settings=SETTINGS, actor=clerk)
    job = Job.objects.get(kind="grids.compile")
    reached = actions.propose_step(JobView(job.pk, job.kind, job.params, 0, {}, 0, 0), 50)
    assert (reached.finished, reached.message) == (True, code)
    assert Proposal.objects.get(pk=made).fault == code


def test_a_computation_is_stopped_from_inside(draft: int, clerk: Actor) -> None:
    made = actions.propose(draft_id=draft, version=0, settings=SETTINGS, actor=clerk)
    job = Job.objects.get(kind="grids.compile")
    cancel_job(job_id=job.pk, actor=clerk)
    reached = actions.propose_step(JobView(job.pk, job.kind, job.params, 0, {}, 0, 0), 50)
    assert (reached.finished, reached.message) == (False, "stopped")
    assert Proposal.objects.get(pk=made).answer is None


def test_an_answer_that_takes_too_long_or_is_wrong_is_named(draft: int, clerk: Actor) -> None:
    question = ground(state(draft, clerk), SETTINGS).question
    with pytest.raises(gateways.NoAnswer) as late:
        gateways.compile_grids(question, seconds=0.01, progress=lambda percent: False)
    assert late.value.code == "time"
    question["buildings"][0]["place"] = (0.0, 0.0)
    with pytest.raises(gateways.NoAnswer) as wrong:
        gateways.compile_grids(question, seconds=50, progress=lambda percent: False)
    assert (wrong.value.code, wrong.value.at) == ("building_outside", "buildings[0].place")


def test_the_pages_show_the_alternatives_side_by_side(draft: int, registrar: User, client: Client) -> None:
    client.force_login(registrar)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    address = f"/desk/zoning/{draft}/proposals/"
    page = client.get(address).content.decode()
    assert "How a proposal comes about" in page
    wrong = client.post(address, {"version": 0, "target": 5, "tolerance": 15, "keep": 0, "seed": 1})
    assert wrong.status_code == 422
    begun = client.post(address, {"version": 0, "target": 60, "tolerance": 15, "keep": 0, "seed": 1}, follow=True)
    shown = begun.redirect_chain[-1][0]
    assert "<progress" in begun.content.decode()
    while redeem_due():
        pass
    html = client.get(shown).content.decode()
    assert html.count("<svg viewBox") == 3
    assert "Even load" in html
    assert "Grids within the allowed deviation" in html
    version = state(draft, actor_of(registrar)).version
    taken = client.post(f"{shown}take/", {"version": version, "number": 1}, follow=True)
    assert taken.redirect_chain[-1][0] == f"/desk/zoning/{draft}/"
    assert "Taken into the draft" in taken.content.decode()
    assert "Proposal taken" in taken.content.decode()
    again = client.post(f"{shown}take/", {"version": version, "number": 1})
    assert again.status_code == 422
    stop = client.post(f"{shown}stop/")
    assert stop.status_code == 422
    assert "has ended already" in stop.content.decode()


def test_a_cut_grid_is_divided_anew_from_what_is_drawn(draft: int, clerk: Actor) -> None:
    edit(draft, clerk, "split", grid=S04, line=across(state(draft, clerk), S04))
    row = asked(draft, clerk)
    version = state(draft, clerk).version
    actions.take_alternative(draft_id=draft, proposal_id=row.id, number=2, version=version, actor=clerk)
    after = state(draft, clerk)
    assert exact(after.rings, after.outline)


def computed(set_id: int) -> None:
    """What the worker does with every proposal of a change, by the real program."""
    for row in Proposal.objects.filter(draft__change_set=set_id, answer__isnull=True):
        job = Job.objects.get(pk=row.job_id)
        assert actions.propose_step(JobView(job.pk, job.kind, job.params, 0, {}, 0, 0), 50).finished
        Job.objects.filter(pk=job.pk).update(state="done")


def test_all_villages_of_a_change_are_asked_about_and_take_one_kind_together_or_not_at_all(
    registrar: User, clerk: Actor, client: Client
) -> None:
    villages = small.VILLAGES[:2]
    several = actions.begin_change_set(villages=villages, scheme="service", title="两个社区", actor=clerk)
    client.force_login(registrar)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = f"/desk/zoning/sets/{several}/proposals/"
    assert "not asked for" in client.get(page).content.decode()
    nothing = client.post(f"{page}take/", {"version": set_version(drafts_of_set(several, clerk)), "kind": "balance"})
    assert (nothing.status_code, "Nothing has been computed yet." in nothing.content.decode()) == (422, True)
    form = {"target": 60, "tolerance": 15, "keep": 0, "residents": 0, "activity": 0, "seed": 1}
    assert client.post(page, {**form, "target": 3, "version": 0}).status_code == 422
    assert not Proposal.objects.exists()
    answer = client.post(page, {**form, "version": set_version(drafts_of_set(several, clerk))})
    assert (answer.status_code, Proposal.objects.count()) == (302, 1)  # nobody lives in the other one
    assert 'hx-trigger="every 2s"' in client.get(page).content.decode()
    computed(several)
    shown = client.get(page)
    assert 'hx-trigger="every 2s"' not in shown.content.decode()
    numbers = {one["name"]: one["text"] for one in shown.context["totals"]}
    for name, said in numbers.items():
        answers = [row.answer["alternatives"] for row in Proposal.objects.all()]
        parts = sum(len(one["parts"]) for found in answers for one in found if one["name"] == name)
        assert said.startswith(f"{parts} ·")
    version = set_version(drafts_of_set(several, clerk))
    absent = client.post(f"{page}take/", {"version": version, "kind": "nothing"})
    assert absent.status_code == 422
    assert drafts_of_set(several, clerk)[0].row.division_en in absent.content.decode()
    assert client.post(f"{page}take/", {"version": version, "kind": "balance"})["Location"].endswith(f"/{several}/")
    states = drafts_of_set(several, clerk)
    assert all(exact({code: part.ring for code, part in one.parts.items()}, one.outline) for one in states)
    answers = [row.answer["alternatives"] for row in Proposal.objects.all()]
    wanted = sum(len(one["parts"]) for found in answers for one in found if one["name"] == "balance")
    assert sum(part.type == "base" for part in states[0].parts.values()) == wanted
    assert states[1].changes() == []
    late = client.post(f"{page}take/", {"version": version, "kind": "balance"})
    assert late.status_code == 422


def test_weights_of_people_keep_the_target_a_number_of_households(draft: int, clerk: Actor) -> None:
    code = (
        Address.objects.filter(kind="house", division__code=VILLAGE).order_by("code").values_list("code", flat=True)[0]
    )
    house = Address.objects.get(code=code)
    facts = {"source": "普查", "as_of": date(2026, 1, 1), "updated_at": app_now(), "point": house.point}
    Building.objects.create(code="B1", house=house, residents=40, activity=900, use="market", **facts)
    now = state(draft, clerk)
    plain = ground(now, SETTINGS).question
    busy = ground(now, {**SETTINGS, "weights": {"households": 1, "residents": 1, "activity": 0.5}}).question

    def weight(question: dict[str, Any]) -> float:
        return sum(
            row[name] * question["weights"][name] for row in question["buildings"] for name in question["weights"]
        )

    assert plain["weights"] == {"households": 1, "residents": 0, "activity": 0}
    one = next(row for row in busy["buildings"] if row["id"] == "B1")
    assert (one["residents"], one["activity"]) == (40, 900)
    assert weight(busy) == pytest.approx(weight(plain))
    share = sum(one[name] * busy["weights"][name] for name in busy["weights"])
    assert share > 2 * one["households"]
