"""Content of an edition of the routing rules; its way to being in force is ledger's (`move_edition`)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import RoutingRule
from ledger import queries as ledger_queries
from ledger.actions import change_edition, draft_edition
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Edition

KIND = "routing"
FIELDS = (
    "code", "kind", "step_key", "category", "path", "source", "answers", "department_id", "needs_role", "automatic",
    "priority", "owner_id", "reason_zh", "reason_en",
)  # fmt: skip


@transaction.atomic(durable=True)
def draft_rules(*, title: str, actor: Actor) -> Edition:
    """Begin a new edition as a copy of the one in force.

    Raises:
        PermissionDenied: without the right "rules.draft".
    """
    now = app_now()
    edition = draft_edition(kind=KIND, title=title, actor=actor, now=now)
    current = ledger_queries.edition_in_force(KIND, now)
    if current is not None:
        rules = RoutingRule.objects.filter(edition=current).values(*FIELDS)
        RoutingRule.objects.bulk_create(RoutingRule(edition=edition, **rule) for rule in rules)
    return edition


@transaction.atomic(durable=True)
def save_rule(*, edition_id: int, values: Mapping[str, Any], actor: Actor, rule_id: int | None = None) -> RoutingRule:
    """Write a rule of a draft; a tie is refused here, not met at run time.

    Arguments:
        values: columns of FIELDS.

    Raises:
        ValidationError: a tie names both rules; a code that is taken; not a draft.
    """
    edition = change_edition(edition_id=edition_id, kind=KIND, actor=actor)
    rule = RoutingRule.objects.get(pk=rule_id, edition=edition) if rule_id else RoutingRule(edition=edition)
    for name, value in values.items():
        if name not in FIELDS:
            raise ValidationError({name: _("This answer is not asked for here.")})
        setattr(rule, name, value)
    _refuse_tie(rule)
    rule.full_clean(validate_constraints=True)
    rule.save()
    return rule


def _refuse_tie(rule: RoutingRule) -> None:
    others = RoutingRule.objects.filter(edition=rule.edition, kind=rule.kind, step_key=rule.step_key).exclude(
        pk=rule.pk
    )
    tied = others.filter(priority=rule.priority).first()
    if tied is not None:
        names = {"first": tied.code, "second": rule.code, "priority": rule.priority}
        message = _("Rules %(first)s and %(second)s both have priority %(priority)s; one of them must go first.")
        raise ValidationError({"priority": message % names})


@transaction.atomic(durable=True)
def remove_rule(*, edition_id: int, rule_id: int, actor: Actor) -> None:
    """Take a rule out of a draft; published editions keep theirs for ever."""
    edition = change_edition(edition_id=edition_id, kind=KIND, actor=actor)
    RoutingRule.objects.filter(pk=rule_id, edition=edition).delete()
