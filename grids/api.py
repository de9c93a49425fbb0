"""Point → grid for other systems, by token."""

from math import isfinite, nan

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import AccessRule, Gate
from accounts.api import ApiView, problems, refuse_unknown
from grids import queries
from grids.datum import Datum
from grids.serializers import GridAtOut

PARAMETERS = [
    OpenApiParameter("lon", float, required=True, description="longitude in degrees"),
    OpenApiParameter("lat", float, required=True, description="latitude in degrees"),
    OpenApiParameter("datum", str, enum=list(Datum), description="wgs84 if nothing is said"),
]


class GridAtView(ApiView):
    """Division and grids at a point today."""

    access_rule = AccessRule(Gate.CLIENT, ("grids.read",))

    @extend_schema(responses={200: GridAtOut, **problems(400)}, parameters=PARAMETERS, operation_id="grid_at")
    def get(self, request: Request) -> Response:
        """Division path and names, and the grid of each scheme; 400 names a coordinate that is not in the city."""
        said = request.query_params
        refuse_unknown(request, ("lon", "lat", "datum"))
        lon, lat = _degrees(said.get("lon", ""), "lon"), _degrees(said.get("lat", ""), "lat")
        datum = said.get("datum", Datum.WGS84)
        if datum not in list(Datum):
            raise ValidationError({"datum": _("Write one of: %(names)s.") % {"names": ", ".join(Datum)}})
        found = queries.locate(lon=lon, lat=lat, datum=datum, on=None)
        return Response(found.as_json())


def _degrees(text: str, field: str) -> float:
    """A serializer would do the same for four times the work; this is the most called address of the API."""
    try:
        found = float(text)
    except ValueError:
        found = nan
    if not isfinite(found):
        raise ValidationError({field: _("Longitude and latitude must be numbers.")})
    return found
