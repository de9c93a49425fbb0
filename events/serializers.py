"""Shapes of the API; plain serializers over what queries and actions return."""

from typing import Any

from rest_framework import serializers

from accounts.api import MomentField, NumberField, StrictIn, TextField
from events import rules
from grids.datum import Datum


class ContactIn(StrictIn):
    """How the reporter can be reached; optional, sealed at rest, erased 90 days after closing."""

    name = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    phone = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)


class ReportIn(StrictIn):
    """An incident. The point states its datum; the category is a key of the catalogue in force."""

    category = serializers.CharField(max_length=60, help_text="event/01/0112")
    lon = NumberField(help_text="degrees in datum")
    lat = NumberField(help_text="degrees in datum")
    datum = serializers.ChoiceField(choices=[str(datum) for datum in Datum], default="wgs84")
    accuracy = NumberField(
        required=False, default=None, allow_null=True, min_value=0, max_value=100_000, help_text="metres"
    )
    address = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    description = serializers.CharField(
        max_length=rules.DESCRIPTION_LIMIT, required=False, default="", allow_blank=True
    )
    condition = serializers.IntegerField(
        required=False,
        default=None,
        allow_null=True,
        min_value=1,
        max_value=99,
        help_text="number of the filing condition",
    )
    occurred_at = MomentField(allow_null=True, help_text="by the sender's clock; kept, not used")
    contact = ContactIn(required=False)


class ReceiptOut(serializers.Serializer[Any]):
    """What the sender keeps. `tracking` is the reporter's private page."""

    number = serializers.CharField()
    reported_at = serializers.DateTimeField()
    tracking = serializers.CharField()


class StepOut(serializers.Serializer[Any]):
    """A public step."""

    at = serializers.DateTimeField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    note = serializers.CharField()


class ReportOut(serializers.Serializer[Any]):
    """State of a report for who sent it."""

    number = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    state = serializers.CharField()
    state_zh = serializers.CharField()
    state_en = serializers.CharField()
    closed = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    result = serializers.CharField()
    steps = StepOut(many=True)


class ServiceRequestIn(serializers.Serializer[Any]):
    """A new request of Open311, as a form. Fields of the standard that are not kept are read and dropped."""

    service_code = TextField(required=True, allow_blank=False)
    lat = NumberField(required=False, default=None, allow_null=True)
    long = NumberField(required=False, default=None, allow_null=True)
    address_string = TextField(max_length=200)
    address_id = TextField()
    description = TextField(max_length=rules.DESCRIPTION_LIMIT)
    first_name = TextField(max_length=30)
    last_name = TextField(max_length=29)
    phone = TextField(max_length=30)
    media_url = TextField(max_length=2000)

    def to_internal_value(self, data: Any) -> Any:
        """An empty field of a form was not filled in."""
        return super().to_internal_value({name: value for name, value in data.items() if value != ""})
