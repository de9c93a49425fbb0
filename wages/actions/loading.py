"""City parts: projects and the rules on wages. And a draft of the rules, written by hand."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules import city_date
from ledger.actions import approve_edition, audit, change_edition, draft_edition, publish_edition
from ledger.actors import Actor, ActorKind
from ledger.cityfolder import Change, CityFolder
from ledger.clock import app_now
from ledger.models import Edition
from ledger.queries import edition_in_force
from wages import rules
from wages.actions.projects import write_project
from wages.imports import line_of, project_files, read_projects, read_wage_rules, rule_files, whole_projects
from wages.models import Project, WageRule
from wages.queries import KIND, parameters_of

# whoever reviewed the folder drafted it; whoever loads it approves: never the same name (ledger's constraint)
DRAFTER = Actor(kind=ActorKind.CLIENT, id="city-folder", rights=frozenset({"rules.draft"}), label="city folder")


@transaction.atomic(durable=True)
def load_projects(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """City part "wage_projects": new and changed projects; none is ever taken away. See register_city_part."""
    change = Change()
    here = {project.code: project for project in whole_projects()}
    for line in read_projects(folder, today=city_date(now)):
        project = here.get(line.code)
        if project is not None and line_of(project) == line:
            change.same += 1
            continue
        change.added += project is None
        change.changed += project is not None
        change.lines.append(f"{'~' if project else '+'} project {line.code}")
        if apply:
            write_project(project or Project(code=line.code, illustrative=True), line, now)
    if apply and change:
        audit(actor=actor, action="city.load", object_kind="wage_projects", data={"change": str(change)}, now=now)
    return change


def export_projects() -> dict[str, str]:
    """The file of the city folder."""
    return project_files()


@transaction.atomic(durable=True)
def load_wage_rules(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """City part "wage_rules": a difference makes a new edition. See register_city_part."""
    wanted = read_wage_rules(folder)
    current = edition_in_force(KIND, now)
    here = parameters_of(current.pk) if current else {}
    change = Change()
    for code in sorted(wanted.keys() | (here.keys() if wanted else set())):
        change.added += code not in here
        change.ended += code not in wanted
        differs = code in here and code in wanted and here[code] != wanted[code]
        change.changed += differs
        change.same += here.get(code) == wanted.get(code)
        if here.get(code) != wanted.get(code):
            change.lines.append(f"{'+' if code not in here else '-' if code not in wanted else '~'} wage rule {code}")
    if apply and change:
        _publish(wanted, actor, now)
    return change


def _publish(wanted: dict[str, rules.Parameters], actor: Actor, now: datetime) -> None:
    edition = draft_edition(kind=KIND, title="wage_rules.csv", actor=DRAFTER, now=now)
    _fill(edition, wanted)
    approver = replace(actor, rights=actor.rights | {"rules.approve"})
    approve_edition(edition_id=edition.pk, actor=approver, now=now)
    publish_edition(edition_id=edition.pk, effective_from=now, actor=approver, now=now)


def _fill(edition: Edition, wanted: dict[str, rules.Parameters]) -> None:
    names = ("code", "level", "months", "days", "share", "clause_zh", "clause_en")
    WageRule.objects.bulk_create(
        WageRule(edition=edition, **{name: getattr(rule, name) for name in names}) for rule in wanted.values()
    )


def export_wage_rules() -> dict[str, str]:
    """The file of the city folder from the edition in force."""
    current = edition_in_force(KIND, app_now())
    return rule_files(current.pk) if current else {}


@transaction.atomic(durable=True)
def draft_wage_rules(*, title: str, actor: Actor) -> Edition:
    """Begin an edition as a copy of the one in force; see ledger.kinds.register_edition.

    Raises:
        PermissionDenied: without the right "rules.draft".
    """
    now = app_now()
    edition = draft_edition(kind=KIND, title=title, actor=actor, now=now)
    current = edition_in_force(KIND, now)
    if current is not None:
        _fill(edition, parameters_of(current.pk))
    return edition


@transaction.atomic(durable=True)
def save_wage_rule(*, edition_id: int, code: str, values: dict[str, Any], actor: Actor) -> WageRule:
    """Write a rule of a draft.

    Arguments:
        values: level, months, days, share (percent), clause_zh, clause_en.

    Raises:
        ValidationError: keyed by field; an unknown rule; not a draft.
    """
    edition = change_edition(edition_id=edition_id, kind=KIND, actor=actor)
    if code not in rules.RULES:
        raise ValidationError(_("There is no such rule."))
    if not 0 < Decimal(str(values["share"])) <= 100:
        raise ValidationError({"share": _("A percentage above 0 and up to 100.")})
    rule, _made = WageRule.objects.update_or_create(edition=edition, code=code, defaults=values)
    rule.full_clean()
    return rule
