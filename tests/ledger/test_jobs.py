"""Long work: step by step, stopped when asked, carried on from where it was."""

from uuid import UUID

import pytest

from ledger.actions import cancel_job, redeem, redeem_due, resume_job, start_job
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Job, Promise
from ledger.queries import job_row

pytestmark = pytest.mark.django_db


def start(operator: Actor, **params: object) -> UUID:
    return start_job(kind="test.count", params=params, actor=operator, now=app_now())


def one_step() -> None:
    redeem([Promise.objects.get(done_at=None).pk])


def test_a_job_runs_to_its_end_and_shows_where_it_is(operator: Actor) -> None:
    job_id = start(operator)
    one_step()
    row = job_row(job_id)
    assert row is not None
    assert (row.state, row.done, row.total, row.percent, row.message) == ("running", 1, 3, 33, "line 1")
    redeem_due()
    assert Job.objects.get().state == Job.State.DONE
    assert Job.objects.get().checkpoint == {"at": 3}


def test_a_cancelled_job_stops_and_resumes_at_its_checkpoint(operator: Actor) -> None:
    job_id = start(operator)
    one_step()
    cancel_job(job_id=job_id, actor=operator)
    redeem_due()
    stopped = Job.objects.get()
    assert (stopped.state, stopped.checkpoint) == (Job.State.CANCELLED, {"at": 1})
    resume_job(job_id=job_id, actor=operator)
    redeem_due()
    assert Job.objects.get().state == Job.State.DONE
    assert Promise.objects.filter(kind="ledger.job.import").count() == 4


def test_input_that_cannot_be_used_ends_the_job_with_its_reason(operator: Actor) -> None:
    start(operator, refuse=True)
    redeem_due()
    job = Job.objects.get()
    assert (job.state, job.message) == (Job.State.FAILED, "line 7 is not a place")


def test_a_step_that_ran_already_is_not_run_by_an_old_promise(operator: Actor) -> None:
    start(operator)
    first = Promise.objects.get()
    redeem_due()
    Promise.objects.filter(pk=first.pk).update(done_at=None)
    redeem([first.pk])
    assert Job.objects.get().checkpoint == {"at": 3}
    assert Promise.objects.count() == 3
