"""rules.csv of a city folder: routing rules, read and checked line by line."""

import json
from dataclasses import dataclass
from typing import Any

from cases import kinds
from ledger.cityfolder import CityFolder, Row

FILE = "rules.csv"
COLUMNS = (
    "code", "kind", "step", "category", "path", "source", "answers", "department", "needs_role", "automatic",
    "priority", "owner", "reason_zh", "reason_en",
)  # fmt: skip
REQUIRED = ("code", "kind", "step", "department", "priority", "owner", "reason_zh", "reason_en")
YES = frozenset({"1", "yes", "true", "y"})
NO = frozenset({"", "0", "no", "false", "n"})


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One routing rule as the folder names it: department by code, owner by username, prefixes as text."""

    code: str
    kind: str
    step: str
    category: str
    path: str
    source: str
    answers: dict[str, Any]
    department: str
    needs_role: str
    automatic: bool
    priority: int
    owner: str
    reason_zh: str
    reason_en: str

    def cells(self) -> tuple[object, ...]:
        """The line as a row of the file."""
        answers = json.dumps(self.answers, ensure_ascii=False, sort_keys=True) if self.answers else ""
        head = (self.code, self.kind, self.step, self.category, self.path, self.source, answers, self.department)
        automatic = "yes" if self.automatic else "no"
        tail = (self.needs_role, automatic, self.priority, self.owner, self.reason_zh, self.reason_en)
        return head + tail


def read_rules(folder: CityFolder) -> list[RuleLine]:
    """The rules of a folder; what is wrong is refused with file, line and column, and left out."""
    lines: list[RuleLine] = []
    codes: set[str] = set()
    priorities: dict[tuple[str, str, int], str] = {}
    for row in folder.rows(FILE, required=REQUIRED):
        line = _line(folder, row)
        if line is None:
            continue
        if line.code in codes:
            folder.refuse(row, "code", f"rule {line.code} is there twice")
            continue
        slot = (line.kind, line.step, line.priority)
        if slot in priorities:
            other = priorities[slot]
            folder.refuse(row, "priority", f"rules {other} and {line.code} have the same priority {line.priority}")
            continue
        codes.add(line.code)
        priorities[slot] = line.code
        lines.append(line)
    return lines


def _line(folder: CityFolder, row: Row) -> RuleLine | None:
    before = len(folder.faults)
    _check_names(folder, row)
    answers = _answers(folder, row)
    automatic = row["automatic"].lower()
    if automatic not in YES | NO:
        folder.refuse(row, "automatic", f"not yes or no: {row['automatic']}")
    if not row["priority"].isdigit():
        folder.refuse(row, "priority", f"not a number: {row['priority']}")
    if len(folder.faults) > before:
        return None
    return RuleLine(
        code=row["code"],
        kind=row["kind"],
        step=row["step"],
        category=row["category"],
        path=row["path"],
        source=row["source"],
        answers=answers,
        department=row["department"],
        needs_role=row["needs_role"],
        automatic=automatic in YES,
        priority=int(row["priority"]),
        owner=row["owner"],
        reason_zh=row["reason_zh"],
        reason_en=row["reason_en"],
    )


def _check_names(folder: CityFolder, row: Row) -> None:
    for column in REQUIRED:
        if not row[column]:
            folder.refuse(row, column, "is empty")
    steps = {k.slug: {s.key for s in kinds.workflow(k.slug).steps} for k in kinds.all_kinds()}
    if row["kind"] not in steps:
        folder.refuse(row, "kind", f"no such kind of case: {row['kind']}")
    elif row["step"] not in steps[row["kind"]]:
        folder.refuse(row, "step", f"no such step: {row['step']}")
    for column, what in (("department", "departments"), ("owner", "users"), ("needs_role", "roles")):
        if row[column] and folder.known[what] and row[column] not in folder.known[what]:
            folder.refuse(row, column, f"unknown: {row[column]}")


def _answers(folder: CityFolder, row: Row) -> dict[str, Any]:
    try:
        answers = json.loads(row["answers"] or "{}")
    except ValueError:
        answers = None
    if not isinstance(answers, dict):
        folder.refuse(row, "answers", "is not a JSON object")
        return {}
    return answers
