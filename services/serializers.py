"""Shapes of the API; plain serializers over the public rows."""

from typing import Any

from rest_framework import serializers

from accounts.api import TextField


class ServiceQuery(serializers.Serializer[Any]):
    """The filters of the catalogue."""

    q = TextField(max_length=60)
    audience = serializers.ChoiceField(choices=["person", "organisation"], required=False, default="")


class ServiceOut(serializers.Serializer[Any]):
    """An item of the catalogue in force; limits in working days, the fee in yuan."""

    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    type = serializers.CharField()
    audience = serializers.CharField(help_text="person, organisation or both")
    accepting_zh = serializers.CharField()
    accepting_en = serializers.CharField()
    issuing_zh = serializers.CharField()
    issuing_en = serializers.CharField()
    who_zh = serializers.CharField(help_text="who may apply")
    who_en = serializers.CharField()
    basis_zh = serializers.CharField(help_text="legal basis")
    basis_en = serializers.CharField()
    accept_days = serializers.IntegerField()
    promised_days = serializers.IntegerField()
    statutory_days = serializers.IntegerField()
    fee = serializers.DecimalField(max_digits=10, decimal_places=2)
    review = serializers.CharField(help_text="simple, serial or parallel: how departments take part")
    edition = serializers.IntegerField(help_text="number of the edition of the catalogue")
    in_force_from = serializers.DateTimeField(allow_null=True)


class ServiceListOut(serializers.Serializer[Any]):
    """The catalogue in force."""

    results = ServiceOut(many=True)


class MatterOut(serializers.Serializer[Any]):
    """How a matter stands: no person, no answer, no reason."""

    number = serializers.CharField()
    code = serializers.CharField(help_text="of the service")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    state = serializers.CharField()
    state_zh = serializers.CharField()
    state_en = serializers.CharField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed = serializers.BooleanField()
