"""Celery routes cases between departments: a new report promises "cases.route", a worker redeems it, and the case
stands
in the inbox of the department a published rule names.

Where: the promise is written by `cases.engine.opening`; the one Celery task is `ledger.tasks.run_promises` (queue
"route");
it calls `cases.actions.route_case`, which asks `cases.queries.best_rule` and moves the case with
`cases.engine.apply_all`.
With the broker away `manage.py relay` runs the same handler inline. Warnings ("cases.notify", "cases.deadline") and
closed
sub-matters ("cases.child_closed") travel the same way. There is no second task: a worker of another version would
throw an
unknown task name away, but an unknown promise kind waits.
"""

from ledger.tasks import run_promises

__all__ = ["run_promises"]
