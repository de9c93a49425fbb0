"""Sequences of drawing, publishing, transfer and leave: after every step of them the same things hold."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import User
from grids.models import Division
from ledger.actions import install_test_clock
from ledger.actors import Actor
from tests.accounts.world import department, hat, role
from tests.events.town import load_catalogue
from tests.grids.test_blind_spots import AREA, crew, without_limits, worker
from tests.grids.village_machine import Village
from tests.grids.zoning_world import actor_of, person_with

__all__ = ["crew", "without_limits"]
pytestmark = pytest.mark.django_db
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
People = tuple[Actor, Actor, Actor]


@pytest.fixture
def people(town: Path, crew: tuple[User, User, User], monkeypatch: pytest.MonkeyPatch) -> People:
    install_test_clock()
    Division.objects.filter(level="township").update(outline=None)  # two of its villages only
    # the check of the database decides; that geopandas agrees is shown in test_zoning_random
    monkeypatch.setattr("grids.gateways.second_check", lambda *_rings: [])
    worker("sun")
    department("370902-jd", AREA, function="supervision")
    load_catalogue()
    clerk, chief = actor_of(person_with("registrar", "grids.edit")), person_with("chief", "grids.publish")
    hat(chief, role("chief2"), department("chief2", AREA))
    return clerk, actor_of(chief), actor_of(person_with("reader", "cases.read", "cases.supervise"))


def run(people: People, examples: int, steps: int, *, derandomize: bool) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=QUIET,
        derandomize=derandomize,
        database=None,
        print_blob=True,
        phases=[Phase.generate],  # a step here costs a twentieth of a second: shrinking takes minutes
    )
    run_state_machine_as_test(lambda: Village(*people), settings=chosen)


def test_whatever_is_drawn_published_or_transferred_nothing_is_left_without_grid_or_person(people: People) -> None:
    run(people, 5, 12, derandomize=True)


@pytest.mark.long
def test_the_same_over_long_histories(people: People) -> None:
    run(people, 100, 40, derandomize=False)
