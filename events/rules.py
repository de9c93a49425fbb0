"""What an incident must fulfil. Pure: values in, verdict out; a guard answers "" or what is missing, for the person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

REOPEN_WINDOW = timedelta(days=15)
CONTACT_AT_MOST = timedelta(days=730)  # whatever becomes of the case
SIMILAR_METRES = 50  # same minor class within 50 m and 24 h: domain 1.5
SIMILAR_WINDOW = timedelta(hours=24)
DELAYS_PER_CASE = 2  # the second is asked for with a form of its own in the source of domain 1.9
PHOTOS_PER_REPORT = 6
DESCRIPTION_LIMIT = 2000  # characters
REPORTS_PER_NETWORK = 20  # accepted per hour from one /24 (IPv6: /64)
REPORTS_PER_PHONE = 10  # accepted per hour
SMALL_GROUP = 5  # a share of fewer cases says more about persons than about a place
SOURCES = ("gridworker", "public", "hotline", "api")

# what dispatch, check and closing may take on top of the handling limit, by its unit (local default, domain 1.8)
_ALLOWANCE = {
    "urgent_hour": Decimal(6),
    "urgent_day": Decimal(1),
    "working_hour": Decimal(4),
    "working_day": Decimal(2),
    "calendar_day": Decimal(2),
}
# an urgent case is not dispatched or checked by office hours
_URGENT_STAGE = {
    "dispatch": Decimal("0.5"),
    "check": Decimal(2),
    "close": Decimal(4),
}


def limit_of(stage: str, unit: str, budget: Decimal) -> tuple[str, Decimal] | None:
    """Limit of a stage for a case filed under a condition; None leaves the default of the workflow.

    Arguments:
        stage: code of the stage ("total", "handle", "dispatch", …).
        unit, budget: of the filing condition; the budget is the handling limit (domain 1.8).
    """
    if stage == "handle":
        return unit, budget
    if stage == "total":
        return unit, budget + _ALLOWANCE[unit]
    if unit == "urgent_hour" and stage in _URGENT_STAGE:
        return unit, _URGENT_STAGE[stage]
    return None


# guards: (case, facts, data) -> "" or what is missing


def may_file(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Filing is blocked unless a filing condition of the case's category is chosen (domain 1.6)."""
    if facts.get("condition") is None:
        return _("Choose the filing condition first.")
    return ""


def may_call_chief(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    return _("The duty chief already has this case.") if "chief" in facts.get("open_steps", ()) else ""


def may_request_delay(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """At most two per case, one at a time, never longer than the limit itself (domain 1.9)."""
    if "delay" in facts.get("open_steps", ()):
        return _("A delay has been asked for and is being decided.")
    if facts.get("delays", 0) >= DELAYS_PER_CASE:
        return _("This case has been extended twice; no further delay is possible.")
    return _extension_fault(data["extension"], facts.get("budget")) if "extension" in data else ""


def may_grant_delay(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """The duty chief may grant less than was asked for, never more than the limit itself."""
    return _extension_fault(data["extension"], facts.get("budget")) if "extension" in data else ""


def _extension_fault(extra: object, budget: Decimal | None) -> str:
    try:
        amount = Decimal(str(extra))
    except ArithmeticError:
        return _("Say how much more time is needed, as a number.")
    if not amount.is_finite() or amount <= 0 or (budget is not None and amount > budget):
        return _("The extra time must be more than nothing and not longer than the limit itself.")
    return ""


def may_request_suspension(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    if "suspension" in facts.get("open_steps", ()):
        return _("A suspension has been asked for and is being decided.")
    return ""


def may_close(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """No closing without a passed check on site after the last handling, nor without a condition (domain 1.6)."""
    if facts.get("condition") is None:
        return _("Choose the filing condition first.")
    if facts.get("last_check") != "check_passed":
        return _("The last check on site did not pass: send it back for rework or have it checked again.")
    return ""


def may_reopen(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Within 15 days of the closing."""
    if not facts.get("reopenable"):
        return _("Reopening is possible within 15 days of the closing. Please report it anew.")
    return ""


def reopenable(closed_at: datetime | None, now: datetime) -> bool:
    return closed_at is not None and now - closed_at <= REOPEN_WINDOW


def share(numerator: int, denominator: int) -> Decimal | None:
    """Percentage to one decimal; None below five cases: so few would speak of persons (design 6)."""
    if denominator < SMALL_GROUP:
        return None
    return (Decimal(numerator) * 100 / denominator).quantize(Decimal("0.1"))
