"""City part "rules": the routing rules of a folder become the next edition, if they differ from the one in force."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import Department, User
from cases import queries
from cases.imports import FILE, RuleLine, read_rules
from cases.models import RoutingRule
from ledger.actions import approve_edition, draft_edition, publish_edition
from ledger.actors import Actor, ActorKind
from ledger.cityfolder import Change, CityFolder

# whoever reviewed the folder drafted it; whoever loads it approves: never the same name (ledger's constraint)
DRAFTER = Actor(kind=ActorKind.CLIENT, id="city-folder", rights=frozenset({"rules.draft"}), label="city folder")


@transaction.atomic(durable=True)
def load_rules(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """Compare rules.csv with the edition in force; when they differ, draft, approve and publish a new one from now on.

    Arguments and answer: ledger.kinds.register_city_part.
    """
    change = Change()
    lines = {line.code: line for line in read_rules(folder)}
    here = {line.code: line for line in queries.rule_lines(now)}
    for code, line in lines.items():
        if code not in here:
            change.added += 1
            change.lines.append(f"+ rule {code}")
        elif here[code] != line:
            change.changed += 1
            change.lines.append(f"~ rule {code}")
        else:
            change.same += 1
    for code in here.keys() - lines.keys() if lines else ():
        change.ended += 1
        change.lines.append(f"- rule {code}")
    if apply and change:
        _publish(list(lines.values()), actor, now)
    return change


def _publish(lines: list[RuleLine], actor: Actor, now: datetime) -> None:
    edition = draft_edition(kind="routing", title=FILE, actor=DRAFTER, now=now)
    departments = dict(Department.objects.values_list("code", "pk"))
    owners = dict(User.objects.filter(username__in={line.owner for line in lines}).values_list("username", "pk"))
    RoutingRule.objects.bulk_create(
        RoutingRule(
            edition=edition,
            code=line.code,
            kind=line.kind,
            step_key=line.step,
            category=line.category,
            path=line.path,
            source=line.source,
            answers=line.answers,
            department_id=departments[line.department],
            needs_role=line.needs_role,
            automatic=line.automatic,
            priority=line.priority,
            owner_id=owners[line.owner],
            reason_zh=line.reason_zh,
            reason_en=line.reason_en,
        )
        for line in lines
    )
    approver = replace(actor, rights=actor.rights | {"rules.approve"})
    approve_edition(edition_id=edition.pk, actor=approver, now=now)
    publish_edition(edition_id=edition.pk, effective_from=now, actor=approver, now=now)
