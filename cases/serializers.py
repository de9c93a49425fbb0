"""Shapes of the API; plain serializers over what queries return."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api import FlagField, LimitField, MomentField, TextField
from cases.queries.rows import read_key


class CaseQuery(serializers.Serializer[Any]):
    """The filters of the list."""

    kind = TextField()
    state = TextField()
    category = TextField()
    path = TextField()
    grid = TextField()
    closed = FlagField()
    since = MomentField()
    until = MomentField()
    after = TextField()
    limit = LimitField()

    def validate_after(self, key: str) -> str:
        """One that was made up would begin again at the first page."""
        if key and read_key(key) is None:
            raise serializers.ValidationError(_("Take it from `next` of the page before."))
        return key


class CaseOut(serializers.Serializer[Any]):
    """The public side of a case: no free text, no photo, nobody's name."""

    number = serializers.CharField()
    kind = serializers.CharField()
    kind_zh = serializers.CharField()
    kind_en = serializers.CharField()
    category = serializers.CharField(help_text="key of the catalogue of its kind")
    category_zh = serializers.CharField()
    category_en = serializers.CharField()
    state = serializers.CharField()
    state_zh = serializers.CharField()
    state_en = serializers.CharField()
    closed = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="nearest limit; null while paused or without one")
    closed_at = serializers.DateTimeField(allow_null=True)
    path = serializers.CharField(help_text="territory: divisions, then the service grid")
    grid = serializers.CharField(help_text='code of the service grid, "" where none is drawn')
    place_zh = serializers.CharField()
    place_en = serializers.CharField()
    department = serializers.CharField(help_text='code of the department that has the lead, "" before dispatch')
    department_zh = serializers.CharField()
    department_en = serializers.CharField()
    lon = serializers.FloatField(allow_null=True, help_text="degrees WGS-84, on a lattice of 20 m")
    lat = serializers.FloatField(allow_null=True, help_text="degrees WGS-84, on a lattice of 20 m")


class CaseStepOut(serializers.Serializer[Any]):
    """A public step."""

    at = serializers.DateTimeField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    state = serializers.CharField(help_text='the state it led to; "" if the state stayed')
    state_zh = serializers.CharField()
    state_en = serializers.CharField()


class CaseFileOut(CaseOut):
    """One case with its public steps, the oldest first."""

    steps = CaseStepOut(many=True)


class CasePageOut(serializers.Serializer[Any]):
    """A page of the list."""

    results = CaseOut(many=True)
    next = serializers.URLField(allow_null=True, help_text="address of the next page; null on the last")
