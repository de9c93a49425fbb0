"""Which rule routes a case: one statement finds the best rule and the ones that nearly fitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg2.extras import Json

NEAR_MISSES = 6

# why_not() of cases.rules in SQL, column by column; a test compares the two. jsonb @> is JSON containment. A department
# that has been closed since the edition was published gets nothing any more.
_BEST = """
WITH edition AS (
    SELECT id, number FROM ledger_edition
    WHERE kind = 'routing' AND state IN ('published', 'superseded') AND effective_from <= %(at)s
    ORDER BY effective_from DESC, number DESC LIMIT 1
), judged AS (
    SELECT r.*, e.number AS edition_number,
           CASE WHEN NOT starts_with(%(category)s, r.category) THEN 'category'
                WHEN NOT starts_with(%(path)s, r.path) THEN 'territory'
                WHEN r.source NOT IN ('', %(source)s) THEN 'source'
                WHEN NOT (%(answers)s::jsonb @> r.answers) THEN 'answers'
                WHEN NOT d.active THEN 'department'
                ELSE '' END AS why
    FROM cases_routingrule r JOIN edition e ON r.edition_id = e.id
    JOIN accounts_department d ON d.id = r.department_id
    WHERE r.kind = %(kind)s AND r.step_key = %(step)s
)
SELECT id, code, why, edition_id, edition_number, department_id, needs_role, automatic, owner_id, priority
FROM judged
ORDER BY why <> '', why = 'category', priority DESC
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule as routing sees it; `why` is "" for one that fits."""

    id: int
    code: str
    why: str
    edition_id: int
    edition_number: int
    department_id: int
    needs_role: str
    automatic: bool
    owner_id: int
    priority: int


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """The best rule (None: nothing fits) and the rules that nearly fitted, with the reason why not."""

    best: RuleMatch | None
    rejected: tuple[RuleMatch, ...]

    @property
    def explanation(self) -> list[dict[str, Any]]:
        """What is kept with the finding."""
        return [{"rule": rule.id, "code": rule.code, "why": rule.why or "priority"} for rule in self.rejected]


def best_rule(
    *, kind: str, step: str, category: str, path: str, source: str, answers: Mapping[str, Any], at: datetime
) -> RouteAnswer:
    """The rule of the edition in force that fits and has the highest priority. One statement.

    Arguments:
        category, path: full key path and territory path of the case; a rule's are prefixes of them.
        at: moment whose edition is asked for.
    """
    values: dict[str, Any] = {
        "kind": kind,
        "step": step,
        "category": category,
        "path": path,
        "source": source,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEST, {**values, "answers": Json(dict(answers)), "limit": NEAR_MISSES + 1})
        rows = [RuleMatch(*row) for row in cursor.fetchall()]
    fits = [row for row in rows if not row.why]
    return RouteAnswer(fits[0] if fits else None, tuple(row for row in rows if row is not (fits[0] if fits else None)))
