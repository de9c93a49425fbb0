"""Which rule routes a case: one statement finds the best rule and the ones that nearly fitted, for one case or many."""

from collections.abc import Mapping, Sequence
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
)
SELECT q.place, found.* FROM unnest(%(kinds)s::text[], %(steps)s::text[], %(categories)s::text[], %(paths)s::text[],
                                    %(sources)s::text[], %(answers)s::jsonb[])
       WITH ORDINALITY AS q(kind, step, category, path, source, answers, place)
CROSS JOIN LATERAL (
    SELECT id, code, why, edition_id, number, department_id, needs_role, automatic, owner_id, priority
    FROM (
        SELECT r.*, e.number,
               CASE WHEN NOT starts_with(q.category, r.category) THEN 'category'
                    WHEN NOT starts_with(q.path, r.path) THEN 'territory'
                    WHEN r.source NOT IN ('', q.source) THEN 'source'
                    WHEN NOT (q.answers @> r.answers) THEN 'answers'
                    WHEN NOT d.active THEN 'department'
                    ELSE '' END AS why
        FROM cases_routingrule r JOIN edition e ON r.edition_id = e.id
        JOIN accounts_department d ON d.id = r.department_id
        WHERE r.kind = q.kind AND r.step_key = q.step
    ) AS judged
    ORDER BY why <> '', why = 'category', priority DESC
    LIMIT %(limit)s
) AS found
ORDER BY q.place
"""


@dataclass(frozen=True, slots=True)
class RouteQuestion:
    """What a rule looks at.

    Arguments:
        category, path: full key path and territory path of the case; a rule's are prefixes of them.
    """

    kind: str
    step: str
    category: str
    path: str
    source: str
    answers: Mapping[str, Any]


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
    return best_rules([RouteQuestion(kind, step, category, path, source, answers)], at=at)[0]


def best_rules(questions: Sequence[RouteQuestion], *, at: datetime) -> list[RouteAnswer]:
    """An answer to each question, in their order; one statement for all.

    Arguments:
        at: moment whose edition is asked for.
    """
    values: dict[str, Any] = {
        "kinds": [q.kind for q in questions],
        "steps": [q.step for q in questions],
        "categories": [q.category for q in questions],
        "paths": [q.path for q in questions],
        "sources": [q.source for q in questions],
        "answers": [Json(dict(q.answers)) for q in questions],
        "at": at,
        "limit": NEAR_MISSES + 1,
    }
    found: list[list[RuleMatch]] = [[] for _ in questions]
    with connection.cursor() as cursor:
        cursor.execute(_BEST, values)
        for place, *row in cursor.fetchall():
            found[place - 1].append(RuleMatch(*row))
    return [_answer(rows) for rows in found]


def _answer(rows: list[RuleMatch]) -> RouteAnswer:
    best = next((row for row in rows if not row.why), None)
    return RouteAnswer(best, tuple(row for row in rows if row is not best))
