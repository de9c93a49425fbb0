"""Facts the kernel asks for: what guards look at, the limits of a case, who goes on site."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection

from cases.engine import by_function, on_duty
from cases.kinds import Target
from cases.models import Case
from events import rules
from events.models import FilingCondition, Report

_FACTS = """
SELECT r.condition_id, f.unit, f.budget, app_now() - c.closed_at <= %(window)s,
       ARRAY(SELECT a.step_key FROM cases_assignment a WHERE a.case_id = c.id AND a.open),
       (SELECT count(*) FROM cases_historyentry h WHERE h.case_id = c.id AND h.transition = 'grant_delay'
           AND h.at >= coalesce((SELECT max(f.at) FROM cases_historyentry f WHERE f.case_id = c.id
                                    AND f.transition = 'file'), h.at)),
       (SELECT h.transition FROM cases_historyentry h WHERE h.case_id = c.id
           AND h.transition IN ('check_passed', 'check_failed', 'confirm', 'reopen', 'reopen_by_order')
         ORDER BY h.sequence DESC LIMIT 1)
  FROM cases_case c JOIN events_report r ON r.case_id = c.id
  LEFT JOIN events_filingcondition f ON f.id = r.condition_id
 WHERE c.id = %(case)s
"""


def facts(case_id: int) -> dict[str, Any]:
    """What the guards of the workflow look at. One statement.

    Returns:
        condition: id of the filing condition or None; unit, budget: its limit; reopenable: closed within the window;
        open_steps: step keys; delays: granted since the last filing; last_check: "check_passed", "check_failed", or
        another transition if nothing was checked since.
    """
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"case": case_id, "window": rules.REOPEN_WINDOW}
        cursor.execute(_FACTS, values)
        row = cursor.fetchone()
    names = ("condition", "unit", "budget", "reopenable", "open_steps", "delays", "last_check")
    return dict(zip(names, row, strict=True)) if row else {}


@lru_cache(maxsize=4096)
def _limit(condition_id: int) -> tuple[str, Decimal]:
    return FilingCondition.objects.values_list("unit", "budget").get(pk=condition_id)


def deadline(case: Case, stage: str, data: Mapping[str, Any]) -> tuple[str, Decimal] | None:
    """Limit of a stage by the filing condition; None leaves the default. At most one statement per move."""
    if stage not in ("total", "handle", "dispatch", "check", "close"):
        return None
    condition_id = data.get("condition") or _condition_of(case)
    return rules.limit_of(stage, *_limit(int(condition_id))) if condition_id else None


def _condition_of(case: Case) -> int | None:
    return Report.objects.filter(case_id=case.pk).values_list("condition_id", flat=True).first()


def on_site(case: Case, now: datetime) -> Target | None:
    """Who goes on site: the worker on duty in the service grid; where no grid is drawn, the duty chief."""
    found = on_duty(case, "service", now)
    if found is not None:
        return found
    centre = by_function("supervision", case.path)
    return Target(centre.department_id, None, "duty_chief") if centre else None
