"""Once per period, whoever asks and however often."""

from datetime import timedelta

import pytest

from ledger import kinds
from ledger.actions import install_test_clock, redeem_due, tick
from ledger.clock import shifted
from ledger.models import PeriodRun, Promise
from tests.ledger.handlers import effects
from tests.ledger.test_redeem import at_once


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    each = kinds.Periodic("test.each", "tests.ledger.handlers.each_period", 3600)
    monkeypatch.setattr(kinds, "periodics", {"test.each": each})


@pytest.mark.django_db(transaction=True)
def test_four_beats_at_once_claim_one_period() -> None:
    at_once(4, tick)
    redeem_due()
    assert PeriodRun.objects.filter(name="test.each").count() == 1
    assert effects("period") == 1


@pytest.mark.django_db
def test_every_period_has_its_run_and_a_clock_set_back_has_none() -> None:
    install_test_clock()
    for hours in (0, 1, 2, 1, 0):
        with shifted(timedelta(hours=hours)):
            tick()
            redeem_due()
    assert PeriodRun.objects.count() == 3
    assert effects("period") == 3


@pytest.mark.django_db
def test_the_relay_waits_two_periods_before_it_steps_in() -> None:
    install_test_clock()
    tick()
    with shifted(timedelta(hours=2)):
        assert tick(late_by=2) == 0
    with shifted(timedelta(hours=3)):
        assert tick(late_by=2) == 1


@pytest.mark.django_db
def test_work_that_is_not_finished_is_carried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = kinds.Periodic("test.pieces", "tests.ledger.handlers.thrice", 3600)
    monkeypatch.setattr(kinds, "periodics", {"test.pieces": pieces})
    tick()
    redeem_due()
    assert effects("piece") == 3
    assert not Promise.objects.filter(done_at=None).exists()
