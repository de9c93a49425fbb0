"""The basemap file that is shipped."""

from pathlib import Path

import pyogrio
from django.conf import settings

FILE = Path(settings.BASE_DIR) / "static" / "map" / "town.pmtiles"
LAYERS = {"building", "county", "label", "land", "park", "rail", "road", "water"}


def test_it_has_all_layers_and_is_small_enough_to_carry() -> None:
    assert {name for name, _ in pyogrio.list_layers(FILE)} == LAYERS
    assert FILE.stat().st_size < 1_500_000


def test_streets_have_invented_names_in_both_languages() -> None:
    rows = features("road")
    assert {row["kind"] for row in rows} <= {"primary", "secondary", "lane"}
    assert all(row["name"] and row["name_en"] for row in rows)


def test_counties_have_their_names_in_both_languages() -> None:
    assert ("肥城市", "Feicheng City") in {(row["name"], row["name_en"]) for row in features("county")}


def features(layer: str) -> list[dict[str, str]]:
    """Some features of a layer at the largest zoom: reading all of them takes long."""
    meta, _, _, columns = pyogrio.raw.read(FILE, layer=layer, read_geometry=False, max_features=200)
    return [dict(zip(meta["fields"], row, strict=True)) for row in zip(*columns, strict=True)]
