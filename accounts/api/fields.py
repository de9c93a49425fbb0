"""Fields of the API that let nothing through what the database or the answer could not hold."""

from datetime import date, datetime
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LIMIT_USUAL, LIMIT_MOST = 50, 200
CITY_ZONE = ZoneInfo("Asia/Shanghai")


class StrictIn(serializers.Serializer[Any]):
    """A body whose fields are all known: a misspelt one is refused by name, for what it says would be lost."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError({name[:60]: [_("There is no such field.")] for name in unknown[:10]})
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """A short text of a query; no control characters."""

    def __init__(self, **options: Any) -> None:
        usual = {} if options.get("required") else {"required": False, "default": ""}
        super().__init__(**{"max_length": 120, "allow_blank": True, **usual, **options})


class FlagField(serializers.ChoiceField):
    """`true` or `false`; not said is None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=["true", "false"], **{"required": False, "default": None, **options})

    def to_internal_value(self, data: Any) -> Any:
        return bool(super().to_internal_value(data) == "true")


class LimitField(serializers.IntegerField):
    """How many rows a page has at most."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"min_value": 1, "max_value": LIMIT_MOST, "required": False, "default": LIMIT_USUAL, **options}
        )


@extend_schema_field({"type": "string", "format": "date-time"})
class MomentField(serializers.Field[Any, Any, Any, Any]):
    """A moment of ISO 8601, or a day (then its beginning)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "default": None, **options})

    def to_internal_value(self, data: Any) -> datetime:
        found = read_moment(str(data))
        if found is None:
            raise serializers.ValidationError(_("Write a moment like 2026-11-25T08:00:00Z or a day like 2026-11-25."))
        return found

    def to_representation(self, value: Any) -> Any:
        return value


def read_moment(text: str) -> datetime | None:
    """A moment (without a zone: the city's), or the beginning of a day in the city; None if it is neither, or in no
    year people use.
    """
    try:
        found: datetime | date | None = parse_datetime(text) if "T" in text or " " in text else parse_date(text)
    except ValueError:
        return None
    if found is None or not 1900 <= found.year <= 2200:
        return None
    if not isinstance(found, datetime):
        return datetime(found.year, found.month, found.day, tzinfo=CITY_ZONE)
    return found if found.tzinfo else found.replace(tzinfo=CITY_ZONE)


class NumberField(serializers.FloatField):
    """A number that is one: neither infinite nor "not a number"."""

    def to_internal_value(self, data: Any) -> float:
        found = super().to_internal_value(data)
        if not isfinite(found):
            self.fail("invalid")
        return found
