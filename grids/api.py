"""Point → grid for other systems, by token."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import AccessRule, Gate
from grids import queries
from grids.datum import Datum
from grids.serializers import GridAtOut, PointIn

PARAMETERS = [
    OpenApiParameter("lon", float, required=True, description="longitude in degrees"),
    OpenApiParameter("lat", float, required=True, description="latitude in degrees"),
    OpenApiParameter("datum", str, enum=list(Datum), description="wgs84 if nothing is said"),
]


class GridAtView(APIView):
    """Division and grids at a point today."""

    access_rule = AccessRule(Gate.CLIENT, ("grids.read",))

    @extend_schema(responses={200: GridAtOut}, parameters=PARAMETERS, operation_id="grid_at")
    def get(self, request: Request) -> Response:
        """Division path and names, and the grid of each scheme; 400 names a coordinate that is not in the city."""
        point = PointIn(data=request.query_params)
        if not point.is_valid():
            raise serializers.ValidationError(point.errors)
        found = queries.locate(**point.validated_data, on=None)
        return Response(found.as_json())
