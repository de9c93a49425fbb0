"""The rules look at months: a finding opens a warning, routed like every case; a healed one proposes closing."""

from datetime import date, datetime
from typing import Any

from cases.engine import Ask, NewCase, apply_all, lock, open_case, submission_hash
from grids.queries import today
from ledger.actors import Actor, ActorKind
from wages import rules
from wages.actions.sheets import ask_judgement
from wages.models import MonthFigure, Project, WageWarning
from wages.queries import as_month, rules_in_force

SOURCE = "wage_rule"
MONTHS_BACK = 24  # older months are settled one way or the other


def judge(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise "wages.judge", in ledger's transaction: look at some months of a project.

    Arguments:
        payload: {"project": primary key, "months": [ISO dates of first days]}.
    """
    project = Project.objects.select_for_update().get(pk=payload["project"])
    edition_id, parameters = rules_in_force(now)
    if not edition_id:
        return
    months = [date.fromisoformat(text) for text in payload["months"]]
    figures = MonthFigure.objects.filter(project=project, month__in=months).order_by("month")
    warnings = {(w.month, w.rule): w for w in WageWarning.objects.filter(project=project, month__in=months)}
    for figure in figures:
        verdicts = {v.rule: v for v in rules.judge(as_month(figure, project), parameters, today())}
        for code in rules.RULES:
            _settle(project, figure.month, warnings.get((figure.month, code)), verdicts.get(code), edition_id, now)


def _settle(
    project: Project,
    month: date,
    warning: WageWarning | None,
    verdict: rules.Verdict | None,
    edition_id: int,
    now: datetime,
) -> None:
    """What becomes of one rule in one month."""
    if warning is None:
        if verdict is not None:
            _raise(project, month, verdict, edition_id, now)
        return
    if verdict is None and warning.healed_at is None:
        warning.healed_at = now
        warning.save(update_fields=["healed_at"])
        _note(warning, "propose_closing", now)
    elif verdict is not None:
        _still_there(warning, verdict, now)


def _still_there(warning: WageWarning, verdict: rules.Verdict, now: datetime) -> None:
    if warning.now_figures == verdict.figures and warning.healed_at is None:
        return
    relapsed = warning.healed_at is not None
    warning.now_figures, warning.healed_at = verdict.figures, None
    warning.save(update_fields=["now_figures", "healed_at"])
    if relapsed:
        _note(warning, "relapse", now)


def _raise(project: Project, month: date, verdict: rules.Verdict, edition_id: int, now: datetime) -> None:
    """Open the warning: the case stands at the receiving centre, the promise "cases.route" finds the inspectorate."""
    new = NewCase(
        kind="wage_warning",
        title=f"{project.name_zh} {month:%Y-%m}"[:200],
        category=f"wage_warning/{verdict.rule}",
        source=SOURCE,
        path=project.path,
        point=(project.point.x, project.point.y),
        address=project.address,
        urgent=verdict.level == "red",
        answers={"level": verdict.level, "industry": project.industry},
        data={"project": project.code, "month": f"{month:%Y-%m}", "rule": verdict.rule, "edition": edition_id},
    )
    key = f"wage-warning:{project.pk}:{month:%Y-%m}:{verdict.rule}"
    actor = Actor(kind=ActorKind.RULE, id=verdict.rule, label="wage rules")
    opened = open_case(new, actor=actor, now=now, submission_key=key, submission_hash=submission_hash(key))
    if opened.replayed:
        return
    WageWarning.objects.create(
        case=opened.case, project=project, month=month, rule=verdict.rule, level=verdict.level,
        edition_id=edition_id, figures=verdict.figures, now_figures=verdict.figures,
    )  # fmt: skip


def _note(warning: WageWarning, transition: str, now: datetime) -> None:
    """Tell those who have the warning; the machine only proposes. A closed one that comes back goes to who had it."""
    actor = Actor(kind=ActorKind.RULE, id=warning.rule, label="wage rules")
    move = lock(warning.case_id, actor=actor, now=now)
    if move.case.closed and transition == "relapse" and move.case.state == "closed":
        transition = "come_back"
    elif move.case.closed:
        return
    ask = Ask(transition, data={"rule": warning.rule})
    apply_all(case_id=warning.case_id, asks=[ask], actor=actor, now=now, expected_version=None, move=move)


def judge_due(*, now: datetime) -> bool:
    """Periodic, once a day: time alone makes findings (a pay date has passed), so months not yet in order are looked
    at again. Promises only; the judging follows in their transactions.

    Returns:
        False: all projects are asked for at once, some thousand short rows.
    """
    day = today()
    since = rules.add_months(rules.first_of(day), -MONTHS_BACK)
    waiting = MonthFigure.objects.filter(month__gte=since, attending__gt=0).order_by("project_id", "month")
    months: dict[int, list[date]] = {}
    for project_id, month, attending, paid in waiting.values_list("project_id", "month", "attending", "paid_workers"):
        if paid < attending:
            months.setdefault(project_id, []).append(month)
    for project_id, found in months.items():
        ask_judgement(project_id=project_id, months=found, key=f"day-{day.isoformat()}", now=now)
    return False
