"""Editions of the routing rules: drafted by one, approved by another, published with an effective date."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import RoutingRule
from ledger import queries as ledger_queries
from ledger.actions import approve_edition, draft_edition, publish_edition
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


def _draft(edition_id: int, actor: Actor) -> Edition:
    if not actor.may("rules.draft"):
        raise PermissionDenied
    edition = Edition.objects.select_for_update().get(pk=edition_id, kind=KIND)
    if edition.state != Edition.State.DRAFT:
        raise ValidationError(_("Only a draft can be changed."))
    return edition


@transaction.atomic(durable=True)
def save_rule(*, edition_id: int, values: Mapping[str, Any], actor: Actor, rule_id: int | None = None) -> RoutingRule:
    """Write a rule of a draft; a tie is refused here, not met at run time.

    Arguments:
        values: columns of FIELDS.

    Raises:
        ValidationError: a tie names both rules; a code that is taken; not a draft.
    """
    edition = _draft(edition_id, actor)
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
    RoutingRule.objects.filter(pk=rule_id, edition=_draft(edition_id, actor)).delete()


@transaction.atomic(durable=True)
def approve_rules(*, edition_id: int, actor: Actor) -> Edition:
    """The second pair of eyes; see `ledger.actions.approve_edition`."""
    return approve_edition(edition_id=_routing(edition_id), actor=actor, now=app_now())


@transaction.atomic(durable=True)
def publish_rules(*, edition_id: int, effective_from: datetime | None, actor: Actor) -> Edition:
    """Put an approved edition in force; None means at once. See `ledger.actions.publish_edition`."""
    now = app_now()
    return publish_edition(edition_id=_routing(edition_id), effective_from=effective_from or now, actor=actor, now=now)


def _routing(edition_id: int) -> int:
    """The id, if it is an edition of routing rules."""
    return Edition.objects.values_list("pk", flat=True).get(pk=edition_id, kind=KIND)
