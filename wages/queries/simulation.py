"""Rules on wages tried on the months that were reported: which warnings would be there by a draft, and which not."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import city_date
from cases.models import Case
from cases.queries.words import in_language
from ledger.queries import Finding, Piece, Simulation, SimulationLine, Told
from wages import rules
from wages.models import MonthFigure, Project, WageWarning
from wages.queries.public import as_month
from wages.queries.rulebook import parameters_of

BATCH = 500
Set = Mapping[str, rules.Parameters]
Warned = Mapping[tuple[int, date, str], int]


def simulate_wage_rules(simulation: Simulation, at: dict[str, Any], budget_seconds: float) -> Piece:
    """One piece: the newest months of projects first, as judged on the day it was begun; see register_simulation.

    What is compared is what the sums of the last sheets give by both editions, as `wages.actions.judge` would find it.
    """
    ends = time.monotonic() + budget_seconds
    day, history = city_date(simulation.until), _history(simulation)
    total = int(at["total"]) if at else history.count()
    sets = tuple(
        parameters_of(edition) if edition else {} for edition in (simulation.against_id, simulation.edition_id)
    )
    cursor, done = at.get("cursor"), int(at.get("done", 0))
    findings: list[Finding] = []
    tally: dict[str, tuple[int, int]] = {}
    while done < total:
        left = history.filter(pk__lt=cursor) if cursor else history
        batch = list(left[: min(BATCH, total - done)])
        if not batch:
            total = done
            break
        warned = _warned(batch)
        for figure in batch:
            findings += _compare(figure, sets, day, warned, tally)
        done, cursor = done + len(batch), batch[-1].pk
        if time.monotonic() > ends:
            break
    checkpoint = {"cursor": cursor, "done": done, "total": total}
    return Piece(tuple(findings), tally, checkpoint, done, total, finished=done >= total)


def _history(simulation: Simulation) -> QuerySet[MonthFigure]:
    """Months somebody worked in, of the last so many and the present one."""
    since = rules.add_months(rules.first_of(city_date(simulation.until)), -simulation.size)
    found = MonthFigure.objects.filter(month__gte=since, attending__gt=0)
    return found.select_related("project").order_by("-pk")


def _warned(batch: Sequence[MonthFigure]) -> Warned:
    """The case of the warning that stands on a month already."""
    found = WageWarning.objects.filter(
        project__in={figure.project_id for figure in batch}, month__in={figure.month for figure in batch}
    )
    rows = found.values_list("project_id", "month", "rule", "case_id")
    return {(project, month, rule): case for project, month, rule, case in rows}


def _compare(
    figure: MonthFigure, sets: Sequence[Set], day: date, warned: Warned, tally: dict[str, tuple[int, int]]
) -> list[Finding]:
    """Each rule of both sets on one month; sums are added to `tally`."""
    month = as_month(figure, figure.project)
    old, new = ({v.rule: v for v in rules.judge(month, set_, day)} for set_ in sets)
    findings = []
    for code in sorted(old.keys() | new.keys()):
        before, after = old.get(code), new.get(code)
        for place, verdict in enumerate((before, after)):
            if verdict is not None:
                pair = list(tally.get(_group(verdict), (0, 0)))
                pair[place] += 1
                tally[_group(verdict)] = (pair[0], pair[1])
        change = rules.difference(before, after)
        if change:
            data = {"project": figure.project_id, "month": figure.month.isoformat(), "rule": code,
                    "before": asdict(before) if before else {}, "after": asdict(after) if after else {}}  # fmt: skip
            case = warned.get((figure.project_id, figure.month, code))
            findings.append(Finding(f"{figure.pk}:{code}", change, _group(before), _group(after), case, data))
    return findings


def _group(verdict: rules.Verdict | None) -> str:
    return f"{verdict.rule}:{verdict.level}" if verdict else ""


def wage_rule_groups(codes: Collection[str]) -> dict[str, str]:
    """Rule and level by the code of a group; "" is nothing found."""
    names = {"": _("nothing found")}
    for code in filter(None, codes):
        rule, _colon, level = code.partition(":")
        names[code] = f"{rules.rule_name(rule)} · {rules.level_name(level)}"
    return names


def tell_wage_rules(rows: Sequence[SimulationLine]) -> dict[int, Told]:
    """Each finding by project and month, with level and figures before and after. Two statements."""
    projects = Project.objects.in_bulk({row.data["project"] for row in rows})
    numbers = dict(Case.objects.filter(pk__in=[row.case_id for row in rows]).values_list("pk", "number"))
    told = {}
    for row in rows:
        project, number = projects[row.data["project"]], numbers.get(row.case_id or 0, "")
        name = in_language(project.name_zh, project.name_en)
        told[row.id] = Told(
            subject=f"{name} {row.data['month'][:7]} · {rules.rule_name(row.data['rule'])}",
            before=_words(row.data["before"]),
            after=_words(row.data["after"]),
            url=reverse("cases:case_file", args=[number]) if number else reverse("wages_project", args=[project.code]),
        )
    return told


def _words(verdict: Mapping[str, Any]) -> str:
    if not verdict:
        return _("nothing found")
    return f"{rules.level_name(verdict['level'])} · {rules.measure(verdict['rule'], verdict['figures'])}"
