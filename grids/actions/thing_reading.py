"""Files of things are read: any kind of layer, or a table with a place a row."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from grids import gateways
from grids.actions.layer_reading import GAUSS, STATED
from grids.imports.layer_check import LABELS, SHAPE, label
from ledger.kinds import ImportChoice, Reading


def read_thing_file(data: bytes, *, choices: dict[str, str]) -> Reading:
    """Reader of the imports of things (ledger.kinds.register_import).

    The datum is what the file says, else WGS-84; single places cannot be laid against known boundaries, so what was
    taken is shown to be chosen otherwise.

    Raises:
        ValidationError: the file as a whole is not taken.
    """
    asked = choices.get("datum", "")
    system = GAUSS.get(asked, "EPSG:4326") if asked else ""
    layer = gateways.read_layer(data, layer=choices.get("layer", ""), system=system, any_kind=True)
    gauss = next((key for key, name in GAUSS.items() if name == layer.facts["system"]), "")
    datum = asked or gauss or STATED.get(layer.facts["stated"], "") or "wgs84"
    facts = layer.facts | {"chosen": datum}
    names = [f"{name} " if name == SHAPE else name for name in layer.header]
    rows = [(number, cells) for number, cells in layer.rows]
    return Reading([*names, SHAPE], rows, facts, {**choices, "layer": facts["layer"], "datum": datum})


def thing_choices(facts: dict[str, Any], chosen: dict[str, str]) -> Sequence[ImportChoice]:
    """What is chosen for a whole file: layer, datum, and where and of when it is for rows that do not say."""
    found = []
    names = facts.get("layers", [])
    if len(names) > 1:
        found.append(ImportChoice("layer", _("Layer"), tuple((name, name) for name in names), chosen.get("layer", "")))
    datums = tuple((key, label(key)) for key in LABELS)
    found.append(ImportChoice("datum", _("Datum of the file"), datums, chosen.get("datum", "")))
    found.append(ImportChoice("source", _("Source"), (), chosen.get("source", ""), False))
    found.append(ImportChoice("as_of", _("Data of the day (2026-01-31)"), (), chosen.get("as_of", ""), False))
    return found
