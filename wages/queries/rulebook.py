"""The rules on wages that are in force, and an edition of them as people read it."""

from datetime import datetime

from django.utils.translation import gettext as _

from cases.queries.words import in_language
from ledger.queries import edition_in_force
from wages import rules
from wages.models import WageRule

KIND = "wage-rules"


def parameters_of(edition_id: int) -> dict[str, rules.Parameters]:
    """The rules of an edition by code."""
    names = ("code", "level", "months", "days", "share", "clause_zh", "clause_en")
    found = WageRule.objects.filter(edition=edition_id).order_by("code").values_list(*names)
    return {row[0]: rules.Parameters(*row) for row in found}


def rules_in_force(now: datetime) -> tuple[int, dict[str, rules.Parameters]]:
    """Edition and rules that apply at a moment; (0, {}) before the first edition. Two statements."""
    edition = edition_in_force(KIND, now)
    return (edition.pk, parameters_of(edition.pk)) if edition else (0, {})


def wage_rule_rows(edition_id: int) -> dict[str, dict[str, str]]:
    """The rules of an edition in words; see ledger.kinds.register_edition."""
    return {
        code: {
            "name": rules.rule_name(code),
            "level": rules.level_name(rule.level),
            "months": str(rule.months) if code == rules.NO_PAYROLL else "–",
            "days": str(rule.days) if code == rules.PAID_SHARE else "–",
            "share": f"{rule.share} %" if code == rules.PAID_SHARE else "–",
            "clause": in_language(rule.clause_zh, rule.clause_en),
        }
        for code, rule in parameters_of(edition_id).items()
    }


def wage_rule_faults(edition_id: int) -> list[str]:
    """Why an edition cannot be approved."""
    found = parameters_of(edition_id)
    if not found:
        return [_("There is no rule in it: nothing would be found any more.")]
    return [
        _("%(rule)s: a share above 100 %% can never be reached.") % {"rule": rules.rule_name(code)}
        for code, rule in found.items()
        if rule.share > 100
    ]
