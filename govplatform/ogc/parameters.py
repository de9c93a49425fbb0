"""Query parameters of OGC API – Features, read as strictly as the standard demands (17-069r4, 7.15)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from govplatform.ogc.crs import USUAL, Crs, read_crs

LIMIT_USUAL, LIMIT_MOST = 50, 500
DEGREE_DIGITS = USUAL.digits
OF_ITEMS = ("f", "limit", "bbox", "bbox-crs", "crs", "datetime", "after")
CITY_ZONE = ZoneInfo("Asia/Shanghai")  # a day that is written without a zone is a day of the city
Box = tuple[float, float, float, float]
ID = re.compile(r"([0-9A-Za-z]{1,24})(?:\.(\d{1,8}))?", re.ASCII)  # code, or code and version
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
VALUE = re.compile(r"[^\x00-\x1f\x7f]{1,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsQuery:
    """What was asked of a collection.

    Arguments:
        box: in the order and units of box_crs. crs: what the answer is wanted in.
        timed: whether `datetime` was given; start, end: its closed interval, None is open.
        filters: property → value.
    """

    limit: int = LIMIT_USUAL
    box: Box | None = None
    box_crs: Crs = USUAL
    crs: Crs = USUAL
    timed: bool = False
    start: datetime | None = None
    end: datetime | None = None
    after: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)


def refuse_unknown(query: QueryDict, known: Collection[str]) -> None:
    """400 for a parameter that the description does not name (requirement query-param-unknown), or given twice."""
    for name in query:
        if name not in known:
            raise ValidationError({name[:60] or "?": _("There is no such parameter.")})
        if len(query.getlist(name)) > 1:
            raise ValidationError({name: _("This parameter was given twice.")})


def read_items_query(query: QueryDict, properties: Mapping[str, str]) -> ItemsQuery:
    """The parameters of /items.

    Arguments:
        properties: name → type of those that may be asked for.

    Raises:
        ValidationError: keyed by the parameter that is unknown or cannot be read.
    """
    refuse_unknown(query, {*OF_ITEMS, *properties})
    said: dict[str, str] = {name: str(query[name]) for name in query}
    box_crs = read_crs("bbox-crs", said["bbox-crs"]) if "bbox-crs" in said else USUAL
    start, end = read_datetime(said["datetime"]) if "datetime" in said else (None, None)
    return ItemsQuery(
        limit=read_limit(said.get("limit", str(LIMIT_USUAL))),
        box=read_bbox(said["bbox"], box_crs) if "bbox" in said else None,
        box_crs=box_crs,
        crs=read_crs("crs", said["crs"]) if "crs" in said else USUAL,
        timed="datetime" in said,
        start=start,
        end=end,
        after=_after(said["after"]) if "after" in said else "",
        filters={name: _value(name, said[name], kind) for name, kind in properties.items() if name in said},
    )


def _value(name: str, text: str, kind: str) -> str:
    if kind == "boolean" and text not in ("true", "false"):
        raise ValidationError({name: _("Write true or false.")})
    return _text(name, text)


def _text(name: str, text: str) -> str:
    if not VALUE.fullmatch(text):
        raise ValidationError({name: _("This value cannot be read.")})
    return text


def _after(text: str) -> str:
    """Id of the last feature of the page before: one that was made up would begin again at the first page."""
    if not ID.fullmatch(text):
        raise ValidationError({"after": _("Take it from the link rel=next of the page before.")})
    return text


def read_limit(text: str) -> int:
    """1 and more; what is above the most is answered with the most (requirement fc-limit-response-1)."""
    if not re.fullmatch(r"0*[1-9]\d{0,40}", text, re.ASCII):
        raise ValidationError({"limit": _("A whole number from 1 on is needed.")})
    return min(int(text), LIMIT_MOST)


def read_bbox(text: str, crs: Crs = USUAL) -> Box:
    """Four numbers, or six with heights that are not used: west, south, east, north.

    Arguments:
        crs: whose order of axes and units they are in (18-058r1, requirement bbox-crs-definition).
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(isfinite(number) for number in numbers):
        raise ValidationError({"bbox": _("Four numbers are needed: west, south, east, north in degrees.")})
    half = len(numbers) // 2
    west, south, east, north = numbers[0], numbers[1], numbers[half], numbers[half + 1]
    if crs.flipped:
        west, south, east, north = south, west, north, east
    if crs.digits < DEGREE_DIGITS:
        if west > east or south > north:
            raise ValidationError({"bbox": _("This box is not on the earth, or its south is above its north.")})
        return west, south, east, north
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise ValidationError({"bbox": _("This box is not on the earth, or its south is above its north.")})
    return west, south, east, north


def read_datetime(text: str) -> tuple[datetime | None, datetime | None]:
    """An instant, or an interval with "/" whose open end is ".." or nothing; as a closed interval."""
    parts = text.split("/")
    if len(parts) == 1:
        first, last = _moment(text)
        return first, last
    if len(parts) != 2 or not any(part not in ("", "..") for part in parts):
        raise _not_a_time()
    start = _moment(parts[0])[0] if parts[0] not in ("", "..") else None
    end = _moment(parts[1])[1] if parts[1] not in ("", "..") else None
    if start and end and start > end:
        raise ValidationError({"datetime": _("The interval ends before it begins.")})
    return start, end


def _moment(text: str) -> tuple[datetime, datetime]:
    """Beginning and end of what was written: a day is as long as it is."""
    try:
        if DAY.fullmatch(text) and (day := parse_date(text)) is not None and 1900 <= day.year <= 2200:
            begin = datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)
            return begin, begin.replace(hour=23, minute=59, second=59)
        found = parse_datetime(text.upper()) if MOMENT.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2200:
        raise _not_a_time()
    return found, found


def _not_a_time() -> ValidationError:
    return ValidationError({"datetime": _("Write 2026-11-25, 2026-11-25T08:00:00Z or an interval with a slash.")})
