"""Draw the invented demo town: its files in the city folder and the basemap. Deterministic; the result is committed."""

import csv
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from grids.town.basemap import write_basemap
from grids.town.duties import duties_csv
from grids.town.files import town_files
from grids.town.plan import build_town
from grids.town.things import thing_files
from ledger.cityfolder import city_path


class Command(BaseCommand):
    requires_system_checks = ()  # it needs neither views nor database
    help = "Write the invented town of the demo into the city folder, and its basemap into static/map."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=370902)
        parser.add_argument("--no-basemap", action="store_true", help="only the files of the city folder")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = city_path()
        town = build_town(seed=options["seed"])
        files = town_files(town) | thing_files(town)
        users = folder / "users.csv"
        if users.exists():
            files["town/duties.csv"] = duties_csv(town, users.read_text(encoding="utf-8"))
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{path.relative_to(settings.BASE_DIR)}: {len(text.encode())} bytes")
        if not options["no_basemap"]:
            target = settings.BASE_DIR / "static" / "map" / "town.pmtiles"
            write_basemap(town, _counties(), target)
            self.stdout.write(f"{target.relative_to(settings.BASE_DIR)}: {target.stat().st_size} bytes")


def _counties() -> dict[str, Any]:
    """County outlines with the names of the divisions list."""
    folder = city_path()
    with (folder / "divisions.csv").open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row for row in csv.DictReader(file) if row["level"] == "county"}
    found: dict[str, Any] = json.loads((folder / "counties.geojson").read_text(encoding="utf-8"))
    for item in found["features"]:
        row = names[item["properties"]["code"]]
        item["properties"].update(name_zh=row["name_zh"], name_en=row["name_en"])
    return found
