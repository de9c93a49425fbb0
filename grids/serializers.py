"""Shapes of the territory's API."""

from typing import Any

from rest_framework import serializers


class DivisionOut(serializers.Serializer[Any]):
    path = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class SchemeGridOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="id of the boundary version")
    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    path = serializers.CharField()


class GridAtOut(serializers.Serializer[Any]):
    lon = serializers.FloatField(help_text="degrees WGS-84")
    lat = serializers.FloatField(help_text="degrees WGS-84")
    division = DivisionOut()
    grids = serializers.DictField(child=SchemeGridOut(), help_text="scheme code (service, management) → grid")
