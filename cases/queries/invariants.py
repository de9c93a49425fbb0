"""What must hold of all cases at any moment: `[]`, or one line of ids per breach."""

from django.db import connection

SHOWN = 20

# I1: an open case is in somebody's inbox, or work on it is promised, or an incident waits for a person.
_I1 = """
SELECT c.number FROM cases_case c
WHERE NOT c.closed
  AND NOT EXISTS (SELECT FROM cases_assignment a WHERE a.case_id = c.id AND a.open)
  AND NOT EXISTS (SELECT FROM ledger_promise p WHERE p.dedupe_key = 'cases.route:' || c.id AND p.done_at IS NULL)
LIMIT %(shown)s
"""
# I2: the history of a case is 1..n without a gap, and n is the case's own count.
_I2 = """
SELECT c.number FROM cases_case c
LEFT JOIN (SELECT case_id, count(*) n, max(sequence) last FROM cases_historyentry GROUP BY 1) h ON h.case_id = c.id
WHERE coalesce(h.n, 0) <> c.history_count OR coalesce(h.last, 0) <> c.history_count
LIMIT %(shown)s
"""
# I3: the case stands where its last history line left it.
_I3 = """
SELECT c.number FROM cases_case c
JOIN cases_historyentry h ON h.case_id = c.id AND h.sequence = c.history_count
WHERE h.to_state <> c.state
LIMIT %(shown)s
"""
# I4: no open step is with somebody who cannot sign in any more.
_I4 = """
SELECT c.number || ' ' || a.id FROM cases_assignment a
JOIN accounts_user u ON u.id = a.holder_id JOIN cases_case c ON c.id = a.case_id
WHERE a.open AND NOT u.is_active
LIMIT %(shown)s
"""
# I8: every open case counts in exactly one department, one that exists in an open step of it.
_I8 = """
SELECT c.number FROM cases_case c
WHERE NOT c.closed AND NOT EXISTS (
    SELECT FROM cases_assignment a WHERE a.case_id = c.id AND a.open AND a.department_id = c.department_id)
  AND EXISTS (SELECT FROM cases_assignment a WHERE a.case_id = c.id AND a.open)
LIMIT %(shown)s
"""


def _breaches(sql: str, text: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"shown": SHOWN})
        return [f"{text}: {row[0]}" for row in cursor.fetchall()]


def invariant_i1() -> list[str]:
    """Every open case has an open step or promised routing."""
    return _breaches(_I1, "nobody has the open case")


def invariant_i2() -> list[str]:
    """Every history is gapless."""
    return _breaches(_I2, "history has a gap")


def invariant_i3() -> list[str]:
    """A case's state is the last history line's."""
    return _breaches(_I3, "state and history differ")


def invariant_i4() -> list[str]:
    """No open step is with a disabled user."""
    return _breaches(_I4, "step with a disabled user")


def invariant_i8() -> list[str]:
    """Open cases counted by department add up to all open cases."""
    return _breaches(_I8, "open case counts in no department that has it")
