"""A layer is read, and its datum guessed: from what the file says, and from where it lies beside known boundaries."""

from collections.abc import Sequence
from math import hypot
from statistics import fmean, median
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from grids import gateways
from grids.datum import to_wgs84
from grids.imports.layer_check import LABELS, SHAPE, in_china, label, offset_of, rings_of
from grids.queries.drafts import scheme_rows
from grids.queries.layer_places import METRES, Place, distances
from grids.queries.postings import today
from grids.rules.coverage import closed_degrees
from ledger.actions import first_rows, upload_sheet
from ledger.actors import Actor
from ledger.kinds import ImportChoice, Reading

KIND = "grids.layer"
SAMPLE = 300  # places of the layer that are compared
FITS = 5.0  # metres; a layer that lies nearer to what is known fits
STATED = {"EPSG:4326": "wgs84", "OGC:CRS84": "wgs84", "EPSG:4490": "cgcs2000"}
GAUSS = {"epsg4548": "EPSG:4548", "epsg4527": "EPSG:4527"}
SHIFTED = ("wgs84", "gcj02", "bd09")


def read_layer(data: bytes, *, choices: dict[str, str]) -> Reading:
    """Reader of the import "grids.layer" (ledger.kinds.register_import).

    Raises:
        ValidationError: the file as a whole is not taken.
    """
    asked = choices.get("datum", "")
    system = GAUSS.get(asked, "EPSG:4326") if asked else ""
    layer = gateways.read_layer(data, layer=choices.get("layer", ""), system=system)
    facts = layer.facts | _offsets(layer.rows, layer.facts["system"])
    datum = facts["chosen"] = asked or _guess(facts)
    names = [f"{name} " if name == SHAPE else name for name in layer.header]
    rows = [(number, cells) for number, cells in layer.rows]
    return Reading([*names, SHAPE], rows, facts, {**choices, "layer": facts["layer"], "datum": datum})


def _guess(facts: dict[str, Any]) -> str:
    """What the file says; where it says nothing, what fits best."""
    gauss = next((key for key, system in GAUSS.items() if system == facts["system"]), "")
    stated = STATED.get(facts["stated"], "")
    return gauss or stated or facts["best"] or "wgs84"


def _offsets(rows: Sequence[tuple[int, list[Any]]], system: str) -> dict[str, Any]:
    """How far the layer lies from known boundaries in each datum it may be stated in; `best` is "" if none fits.

    Of the best the mean distance of the nearest fifth of its vertices (inside a village all boundaries may be new); of
    the others how far they lie from the best.
    """
    places = _sample(rows)
    if not places:
        return {"offsets": [], "best": ""}
    gauss = next((key for key, name in GAUSS.items() if name == system), "")
    read = {gauss: places} if gauss else {name: [to_wgs84(*place, name) for place in places] for name in SHIFTED}
    scores = {name: _score(found) for name, found in read.items()}
    best = min(scores, key=lambda name: scores[name])
    metres = {name: scores[name] if name == best else _apart(read[best], found) for name, found in read.items()}
    if not gauss:
        metres["cgcs2000"] = metres["wgs84"]
    known = [
        {"datum": name, "label": label(name), "metres": round(metres[name], 1)} for name in LABELS if name in metres
    ]
    return {"offsets": known, "best": best if scores[best] <= FITS else "", "near": round(scores[best], 1)}


def _sample(rows: Sequence[tuple[int, list[Any]]]) -> list[Place]:
    texts = [cells[-1] for _number, cells in rows if cells[-1] and not cells[-1].startswith("!")]
    pairs = [pair for text in texts[:: max(1, len(texts) // SAMPLE)] for pair in text.split(",")]
    found = [(float(x), float(y)) for x, y in (pair.split(" ") for pair in pairs[:: max(1, len(pairs) // SAMPLE)])]
    return [place for place in found[:SAMPLE] if in_china(*place)]


def _score(places: Sequence[Place]) -> float:
    nearest = sorted(distances(places, on=today()))
    return fmean(nearest[: max(1, len(nearest) // 5)])


def _apart(one: Sequence[Place], two: Sequence[Place]) -> float:
    return median(hypot((a[0] - b[0]) * METRES[0], (a[1] - b[1]) * METRES[1]) for a, b in zip(one, two, strict=True))


def upload_layer(*, file_name: str, data: bytes, choices: dict[str, str], actor: Actor) -> UUID:
    """Keep a layer sealed and promise to read it; raises as ledger.actions.upload_sheet does.

    Arguments:
        choices: scheme, and title of the drafts.
    """
    return upload_sheet(kind=KIND, file_name=file_name, data=data, choices=choices, actor=actor)


def layer_preview(*, run_id: UUID, actor: Actor) -> dict[str, Any]:
    """The first sound shapes of a layer as a FeatureCollection in degrees WGS-84.

    Raises:
        PermissionDenied: not an import of the actor's department.
    """
    rows, choices = first_rows(run_id=run_id, actor=actor)
    rings = dict(rings_of(rows, choices.get("datum", ""), []))
    codes = {row.number: row["code"] for row in rows}
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": codes[number] or f"#{number}"},
                "geometry": {"type": "Polygon", "coordinates": [closed_degrees(ring)]},
            }
            for number, ring in rings.items()
        ],
    }


def layer_choices(facts: dict[str, Any], chosen: dict[str, str]) -> Sequence[ImportChoice]:
    """What is chosen for a whole layer: the layer, the datum, the scheme, what the drafts are called."""
    found = []
    names = facts.get("layers", [])
    if len(names) > 1:
        options = tuple((name, name) for name in names)
        found.append(ImportChoice("layer", _("Layer"), options, chosen.get("layer", "")))
    datums = tuple((key, _with_metres(key, facts)) for key in LABELS)
    found.append(ImportChoice("datum", _("Datum of the file"), datums, chosen.get("datum", "")))
    if offset_of(chosen.get("datum", ""), facts) is not None:
        sure = (("", _("No")), ("yes", _("Yes, the layer really lies there")))
        found.append(ImportChoice("sure", _("The datum is right all the same"), sure, chosen.get("sure", ""), False))
    schemes = tuple((code, _named(zh, en)) for code, zh, en in scheme_rows())
    found.append(ImportChoice("scheme", _("Scheme"), schemes, chosen.get("scheme", "")))
    found.append(ImportChoice("title", _("What it is for"), (), chosen.get("title", "")))
    return found


def _named(zh: str, en: str) -> str:
    return zh if (get_language() or "zh").startswith("zh") else en


def _with_metres(key: str, facts: dict[str, Any]) -> str:
    metres = next((item["metres"] for item in facts.get("offsets", ()) if item["datum"] == key), None)
    return label(key) if metres is None else _("%(datum)s: %(metres)s m off") % {"datum": label(key), "metres": metres}
