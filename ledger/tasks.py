"""The only Celery task of the platform. The broker carries ids; what they mean is read from the database.

Celery routes cases between departments by this task: kind "cases.route", see cases/tasks.py.
"""

from celery import shared_task

from ledger import actions


@shared_task(name="ledger.tasks.run_promises")
def run_promises(ids: list[int]) -> None:
    """Redeem promises; without ids this is beat's tick, which claims the periodic jobs that are due.

    Arguments:
        ids: 1 to 50 promises of one kind, or none.
    """
    if ids:
        actions.redeem(ids, top_up=True)
    else:
        actions.tick()
