"""Pure rules of the kernel: values in, verdict out."""

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any, Protocol

from django.utils.translation import gettext as _

from ledger.ids import linked_number, private_link

EARTH_RADIUS = 6371008.8  # metres, mean radius (IUGG)
SNAP_DEGREES = 20 / 111_320  # about 20 m of latitude: the lattice the public sees points on (design 6)


def metres_between(
    first: tuple[float | None, float | None] | None, second: tuple[float | None, float | None]
) -> float | None:
    """Great-circle distance in metres between two (lon, lat) in WGS-84 degrees; None if either is unknown."""
    if first is None or None in (*first, *second):
        return None
    lon1, lat1, lon2, lat2 = (radians(float(v)) for v in (*first, *second) if v is not None)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_RADIUS * asin(sqrt(half)), 1)


def answer_text(said: Any) -> str:
    """A coded answer as people write it: true, 1, yes."""
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def answer_value(text: str) -> bool | int | str:
    """What `answer_text` wrote."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isascii() and text.isdigit() else text


def snapped(lon: float, lat: float) -> tuple[float, float]:
    """A point as the public sees it: on a lattice of about 20 m (design 6). Degrees WGS-84."""
    step_lon = SNAP_DEGREES / max(cos(radians(round(lat, 1))), 0.01)
    return round(round(lon / step_lon) * step_lon, 6), round(round(lat / SNAP_DEGREES) * SNAP_DEGREES, 6)


def field_of(need: str) -> str:
    """The form field a requirement belongs to."""
    if need.startswith("photo_"):
        return "photos"
    if need.startswith("data:"):
        return need.removeprefix("data:")
    fields = {"department": "department_id", "holder": "holder_id", "assists": "__all__", "children": "__all__"}
    return fields.get(need, need)


def missing_text(need: str) -> str:
    """What is missing, as a sentence for the person who tries the move."""
    texts = {
        "note": _("Please write a reason or a short note."),
        "photo_before": _("A photo taken before the work is missing."),
        "photo_after": _("A photo taken after the work is missing."),
        "photo_check": _("A photo of the check on the spot is missing."),
        "department": _("Please choose a department."),
        "holder": _("Please choose a person."),
        "condition": _("Please choose the filing condition."),
        "result": _("Please fill in the result of this step."),
        "assists": _("A department that assists has not answered yet."),
        "children": _("A sub-matter is still open."),
    }
    return texts.get(need) or _("Something is missing: %(field)s.") % {"field": need.removeprefix("data:")}


def is_given(
    need: str, *, note: str, department_id: int | None, holder_id: int | None, data: Mapping[str, Any]
) -> bool:
    """Whether the mover gave what a requirement asks for."""
    if need == "note":
        return bool(note.strip())
    if need == "department":
        return department_id is not None
    if need == "holder":
        return holder_id is not None
    return bool(data.get(need))


class RuleLike(Protocol):
    """The columns of a routing rule that matching looks at."""

    category: str
    path: str
    source: str
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RoutedCase:
    """The facts of a case that routing looks at."""

    category: str
    path: str
    source: str
    answers: Mapping[str, Any]


def why_not(rule: RuleLike, case: RoutedCase) -> str:
    """The first reason a rule does not fit: "category" | "territory" | "source" | "answers"; "" if it fits.

    The same as the SQL of `cases.queries.routing.best_rule`, one column after the other; a test compares the two.
    """
    if not case.category.startswith(rule.category):
        return "category"
    if not case.path.startswith(rule.path):
        return "territory"
    if rule.source not in ("", case.source):
        return "source"
    if not contains(case.answers, rule.answers):
        return "answers"
    return ""


def contains(whole: Any, part: Any) -> bool:
    """JSON containment as PostgreSQL's @> has it, for objects, lists and scalars."""
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(k in whole and contains(whole[k], v) for k, v in part.items())
    if isinstance(part, Sequence) and not isinstance(part, str):
        return isinstance(whole, Sequence) and all(any(contains(w, p) for w in whole) for p in part)
    return bool(whole == part) and isinstance(whole, bool) == isinstance(part, bool)


def why_text(why: str) -> str:
    """The reason in the reader's language."""
    texts = {
        "category": _("another category"),
        "territory": _("another area"),
        "source": _("another source"),
        "answers": _("other answers"),
        "department": _("its department has been closed"),
        "priority": _("a rule with higher priority came first"),
    }
    return texts.get(why, why)


# tracking links


def tracking_token(case_id: int, key: bytes) -> str:
    """The private link of a case: see ledger.ids.private_link."""
    return private_link(case_id, b"track:", key)


def case_of_token(token: str, key: bytes) -> int | None:
    """The case a link leads to, None for a wrong link; takes the same time for both."""
    return linked_number(token, b"track:", key)


def network_of(address: str) -> str:
    """The network limits are counted for: /24 of IPv4, /64 of IPv6; "" when the address says nothing."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        found = mapped
    if found.is_loopback or found.is_unspecified:  # an unknown proxy: a whole city would share one limit
        return ""
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 64), strict=False))
