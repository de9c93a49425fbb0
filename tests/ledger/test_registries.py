"""Names are resolved at start, and the command checks what was registered."""

import inspect
from dataclasses import replace

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ledger import kinds
from ledger.actions import redeem_due, run_periodic
from ledger.checks import broker_options, document_templates, registered_names
from ledger.models import Promise
from tests.ledger.paper import SLIP


def breach() -> list[str]:
    return ["case 17 has no way on"]


def holds() -> list[str]:
    return []


def test_a_name_that_leads_nowhere_is_a_check_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert registered_names(None) == []
    monkeypatch.setitem(kinds.invariants, "I0", "ledger.queries.no_such_thing")
    assert [error.id for error in registered_names(None)] == ["ledger.E001"]
    assert any(error.id == "ledger.E001" for error in run_checks())


def test_a_page_of_the_site_as_the_template_of_a_pdf_is_a_check_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert document_templates(None) == []
    monkeypatch.setitem(kinds.documents, SLIP.key, replace(SLIP, template="services/licence.html"))
    assert [error.id for error in document_templates(None)] == ["ledger.E005"]


def test_a_task_that_outlives_its_message_is_a_check_error(settings: Settings) -> None:
    assert broker_options(None) == []
    settings.CELERY_TASK_TIME_LIMIT = 900
    assert [error.id for error in broker_options(None)] == ["ledger.E002"]


@pytest.mark.parametrize(
    "options", [{"queue": "fast"}, {"queue": "route", "batch": 51}, {"queue": "route", "prepare": "x"}]
)
def test_a_handler_that_cannot_work_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"test\.bad"):
        kinds.register_handler("test.bad", handler="x", **options)  # type: ignore[arg-type]


def test_the_command_names_every_breach_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"I1": "tests.ledger.test_registries.breach", "I2": "tests.ledger.test_registries.holds"}
    monkeypatch.setattr(kinds, "invariants", names)
    with pytest.raises(CommandError, match="1 breaches of I1"):
        call_command("check_invariants")
    assert "I1: case 17 has no way on" in capsys.readouterr().out
    call_command("check_invariants", "I2")
    with pytest.raises(CommandError, match="unknown: I9"):
        call_command("check_invariants", "I9")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(kinds.periodics))
def test_every_periodic_job_of_the_platform_runs_in_the_ledgers_transaction(name: str) -> None:
    run_periodic(name=name)
    redeem_due()
    row = Promise.objects.get(kind="ledger.periodic", payload__name=name)
    assert (row.last_error, row.attempts) == ("", 0)
    assert row.done_at is not None


@pytest.mark.parametrize("kind", sorted(kinds.handlers))
def test_every_handler_takes_what_it_is_given(kind: str) -> None:
    spec = kinds.handlers[kind]
    given: dict[str, object] = {"promise_id": 1, "now": None}
    answer: dict[str, object] = {"answer": {}} if spec.external else {}
    inspect.signature(kinds.resolve(spec.handler)).bind({}, **given, **answer)
    if spec.external:
        inspect.signature(kinds.resolve(spec.prepare)).bind({}, **given)
        inspect.signature(kinds.resolve(spec.send)).bind({}, idempotency_key="k")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(kinds.invariants))
def test_every_invariant_holds_on_an_empty_site(name: str) -> None:
    assert kinds.resolve(kinds.invariants[name])() == []
