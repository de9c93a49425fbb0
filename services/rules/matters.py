"""Limits, guards and codes of applications."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from services.rules.forms import Field, Material

DAYS = {"accept": "accept_days", "promised": "promised_days", "statutory": "statutory_days"}
DAYS["supplement"] = "supplement_days"
REVIEWS: dict[str, dict[str, str]] = {
    "simple": {"first": "no", "beside": "no", "after": "no"},
    "serial": {"first": "yes", "beside": "no", "after": "yes"},
    "parallel": {"first": "yes", "beside": "yes", "after": "no"},
}
ITEM_TEXT_LIMIT = 300  # characters of one thing that is missing


def answers_for_routing(item_id: int, review: str, audience: str) -> dict[str, Any]:
    """Coded answers of a case: which reviews it passes, and what routing rules may look at."""
    return {"item": item_id, "applicant": audience, **REVIEWS[review]}


def own_limit(stage: str, days: Mapping[str, int]) -> tuple[str, Decimal] | None:
    """Limit of a stage for an item, in working days (行政许可法 82); None leaves the default of the workflow."""
    column = DAYS.get(stage)
    return ("working_day", Decimal(days[column])) if column else None


def may_ask(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """What is missing is named once and completely (行政许可法 32 (4))."""
    if facts.get("asked"):
        return _("It was asked for once already; the law allows no second time. Accept it, or refuse with reasons.")
    return ""


def may_send_back(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Only after the time to complete it has passed."""
    return "" if facts.get("supplement_over") else _("The applicant still has time to complete it.")


def read_supplement(
    rows: Sequence[Mapping[str, str]], fields: Sequence[Field], materials: Sequence[Material]
) -> list[dict[str, str]]:
    """The list of what is missing, as stored: which paper or field, and what is to be done.

    Raises:
        ValueError: it names nothing, or something the item does not ask for.
    """
    known = {f"field:{field.key}" for field in fields} | {f"material:{material.key}" for material in materials}
    found = []
    for row in rows:
        what, text = row.get("what", ""), row.get("text", "").strip()
        if not what and not text:
            continue
        if what not in known or not text or len(text) > ITEM_TEXT_LIMIT:
            raise ValueError(_("Every line names a paper or a field, and says what is missing."))
        found.append({"what": what, "text": text})
    if not found:
        raise ValueError(_("Name everything that is missing; this can be done only once."))
    return found


def query_code(case_id: int, key: bytes) -> str:
    """Six characters that open a matter's public facts together with its number (查询码); stored nowhere."""
    mac = hmac.digest(key, b"matter:" + case_id.to_bytes(8, "big"), "sha256")
    return base64.b32encode(mac).decode()[:6]
