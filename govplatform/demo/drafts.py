"""Drafts of rules and categories that wait for approval, so that those who try the demo find something to decide."""

from decimal import Decimal

from cases.actions import draft_rules, save_rule
from cases.queries import rules_of
from events.actions import draft_categories, save_category
from events.queries import category_draft
from govplatform.demo.cast import Cast
from ledger.actions import move_edition
from ledger.actors import Actor

RULES_TITLE = "示意：一条建议规则改为自动派遣"
CATEGORIES_TITLE = "示意：路灯处置时限缩短"
LAMP = "part/01/0137"


def drafts() -> None:
    """One draft of each, handed in by a dispatcher; a duty chief can approve them and is told so."""
    author = next((a for hats in Cast().by_user.values() for a in hats if a.may("rules.draft")), None)
    if author is not None:
        _rules(author)
        _categories(author)


def _rules(author: Actor) -> None:
    book = draft_rules(title=RULES_TITLE, actor=author)
    rule = next((rule for rule in rules_of(book.pk) if not rule.automatic), None)
    if rule is not None:
        save_rule(edition_id=book.pk, rule_id=rule.pk, values={"automatic": True}, actor=author)
    move_edition(kind=book.kind, number=book.number, move="hand-in", actor=author)


def _categories(author: Actor) -> None:
    book = draft_categories(title=CATEGORIES_TITLE, actor=author)
    found = category_draft(book.pk, LAMP)
    if found is not None:
        values, conditions = found
        shorter = [{**row, "budget": max(Decimal(1), row["budget"] / 2)} for row in conditions]
        save_category(edition_id=book.pk, key=LAMP, values=values, conditions=shorter, actor=author)
    move_edition(kind=book.kind, number=book.number, move="hand-in", actor=author)
