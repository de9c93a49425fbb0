"""Shapes of the API; plain serializers over the public rows."""

from typing import Any

from rest_framework import serializers

from accounts.api import LimitField, TextField


class ProjectQuery(serializers.Serializer[Any]):
    """The filters of the list."""

    q = TextField(max_length=60)
    path = TextField()
    after = TextField()
    limit = LimitField()


class ProjectOut(serializers.Serializer[Any]):
    """The public side of a project: no worker, no finding that no official has confirmed."""

    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    industry = serializers.CharField()
    place_zh = serializers.CharField()
    place_en = serializers.CharField()
    path = serializers.CharField(help_text="territory of the site")
    lon = serializers.FloatField(help_text="degrees WGS-84")
    lat = serializers.FloatField(help_text="degrees WGS-84")
    contractor = serializers.CharField(help_text="general contractor")
    owner = serializers.CharField()
    level = serializers.CharField(help_text='red, yellow or "": open warnings an official has confirmed')
    account_opened = serializers.BooleanField(help_text="special account for wages")
    last_full_month = serializers.DateField(allow_null=True, help_text="newest month everybody was paid in full")


class ProjectPageOut(serializers.Serializer[Any]):
    """A page of the list."""

    results = ProjectOut(many=True)
    next = serializers.URLField(allow_null=True, help_text="address of the next page; null on the last")
    total = serializers.IntegerField()


class MonthOut(serializers.Serializer[Any]):
    """A month; sums only from ten workers on, in yuan."""

    month = serializers.DateField(help_text="its first day")
    state = serializers.CharField()
    due = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    paid = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    share = serializers.DecimalField(max_digits=6, decimal_places=1, allow_null=True, help_text="paid of due, per cent")


class ActOut(serializers.Serializer[Any]):
    """What the authority did."""

    on = serializers.DateTimeField()
    month = serializers.DateField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class DecisionOut(serializers.Serializer[Any]):
    """An order to pay that stands."""

    entity = serializers.CharField()
    month = serializers.DateField()
    ordered_on = serializers.DateField()
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    pay_until = serializers.DateField()
    authority_zh = serializers.CharField()
    authority_en = serializers.CharField()
    state_zh = serializers.CharField()
    state_en = serializers.CharField()


class ProjectFileOut(serializers.Serializer[Any]):
    """One project with its months and what the authority did."""

    project = ProjectOut()
    address = serializers.CharField()
    pay_day = serializers.IntegerField(help_text="day of the month")
    account_opened_on = serializers.DateField(allow_null=True)
    deposit_until = serializers.DateField(allow_null=True)
    months = MonthOut(many=True)
    acts = ActOut(many=True)
    decisions = DecisionOut(many=True)
