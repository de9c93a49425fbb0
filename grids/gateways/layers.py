"""GeoJSON and GeoPackage files, and the second check of a draft: geopandas in a sandboxed subprocess, never in here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.rules.coverage import Ring, closed_degrees
from ledger.gateways import sandbox

TOOL = "layers"
BYTES_MOST = 10 * 1024 * 1024
FEATURES_MOST, VERTICES_MOST = 2000, 1000
# EPSG:4490 is CGCS2000; OGC:CRS84 is what GeoJSON means by WGS-84
DEGREES = {("EPSG", "4326"), ("EPSG", "4490"), ("OGC", "CRS84")}
LIMITS = sandbox.Limits(seconds=60, memory=2048, output=64, threads=True)


@dataclass(frozen=True, slots=True)
class Feature:
    """A polygon of a file: its number from 1, its columns, its closed ring as stated, or a fault with its place."""

    number: int
    properties: dict[str, Any]
    ring: tuple[tuple[float, float], ...]
    fault: str
    at: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Layer:
    features: list[Feature]


def _run(data: bytes, **options: Any) -> bytes:
    try:
        return sandbox.run(TOOL, data=data, options=options, limits=LIMITS)
    except sandbox.Refused as refusal:
        words = {
            "time": _("The file takes too long to read."),
            "memory": _("The file needs too much memory."),
            "size": _("The file is too large."),
        }.get(refusal.reason, _("The file cannot be read."))
        raise ValidationError(words, code=f"layer_{refusal.reason}") from refusal


def read_layer(data: bytes) -> Layer:
    """The single layer of a GeoJSON or GeoPackage file, as stated; nothing is converted.

    Raises:
        ValidationError: too large, unreadable, several layers, too many features, or not in degrees.
    """
    if len(data) > BYTES_MOST:
        raise ValidationError(_("The file is larger than 10 MB."), code="layer_size")
    answer = json.loads(_run(data, do="read", features=FEATURES_MOST, vertices=VERTICES_MOST))
    if "fault" in answer:
        raise ValidationError(_fault(answer), code=f"layer_{answer['fault']}")
    crs = answer["crs"]
    if crs is not None and tuple(crs) not in DEGREES:
        message = _("The layer is in %(crs)s. Send longitude and latitude in degrees (EPSG:4326 or EPSG:4490).")
        raise ValidationError(message % {"crs": ":".join(crs)}, code="layer_crs")
    return Layer(
        [
            Feature(
                number,
                item["properties"],
                tuple((x, y) for x, y in item["rings"]),
                item["fault"],
                tuple(item["at"][:2]) if item["at"] else None,
            )
            for number, item in enumerate(answer["features"], start=1)
        ]
    )


def _fault(answer: dict[str, Any]) -> str:
    words = {
        "layers": _("The file has %(count)s layers; send one with a single layer."),
        "features": _("The layer has %(count)s features; at most %(most)s are read."),
        "no_geometry": _("The layer holds no shapes."),
        "unreadable": _("This is neither GeoJSON nor a GeoPackage."),
    }[answer["fault"]]
    return words % {"count": answer.get("count", 0), "most": FEATURES_MOST}


def write_package(features: Sequence[tuple[dict[str, Any], Ring]]) -> bytes:
    """A GeoPackage with the layer "grids" (EPSG:4326) of columns and rings."""
    rows = [{"properties": properties, "ring": closed_degrees(ring)} for properties, ring in features]
    return _run(json.dumps({"features": rows}).encode(), do="write")


def second_check(parts: Mapping[str, Ring], outline: Ring) -> list[dict[str, Any]]:
    """What geopandas finds wrong with a set of boundaries: kind, codes, area in m², lon, lat of each place."""
    given = {
        "outline": closed_degrees(outline),
        "parts": {code: closed_degrees(ring) for code, ring in parts.items()},
    }
    found: list[dict[str, Any]] = json.loads(_run(json.dumps(given).encode(), do="check"))
    return found
