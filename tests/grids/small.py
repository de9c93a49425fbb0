"""A small city in a folder: two villages of the invented town, in a county of its own outline."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from grids.actions import load_city_facts, load_divisions, load_duties, load_town
from grids.town.files import town_files
from grids.town.plan import build_town
from grids.town.records import Town
from ledger.actors import CLOCK
from ledger.cityfolder import Change, CityFolder
from ledger.clock import app_now

VILLAGES = ("370902900006", "370902900007")
INSIDE = (117.1741, 36.1899)  # in village 006
COUNTY_ONLY = (117.16, 36.165)  # in the county, outside the town
FACTS = {
    "code": "3709",
    "code_system": "TEST",
    "name_zh": "试城",
    "name_en": "Test City",
    "schemes": [
        {"code": "service", "name_zh": "服务网格", "name_en": "Service"},
        {"code": "management", "name_zh": "单元网格", "name_en": "Unit"},
    ],
    "map": {"center": [117.175, 36.19], "zoom": 14, "extent": [117.0, 36.0, 117.4, 36.4]},
}
DIVISIONS = (
    "code,name_zh,name_en,level,parent_code,valid_from\n"
    "3709,试城,Test City,city,,2023-06-30\n"
    "370902,泰山区,Taishan District,county,3709,2023-06-30\n"
    "370902001,甲街道,Jia Subdistrict,township,370902,2023-06-30\n"
)
COUNTY = [[117.05, 36.09], [117.33, 36.09], [117.33, 36.34], [117.05, 36.34], [117.05, 36.09]]


@cache
def full_town() -> Town:
    return build_town()


def part_of_town() -> Town:
    """Two villages with all service grids, unit grids of the first, and forty addresses."""
    town = full_town()
    divisions = [row for row in town.divisions if row.level == "township" or row.code in VILLAGES]
    service = [row for row in town.grids if row.division in VILLAGES and row.scheme == "service"]
    units = [row for row in town.grids if row.division == VILLAGES[0] and row.scheme == "management"]
    # the order of the whole file: by village, service grids first
    grids = [*(row for row in service if row.division == VILLAGES[0]), *units]
    grids += [row for row in service if row.division == VILLAGES[1]]
    addresses = [row for row in town.addresses if row.division in VILLAGES]
    return replace(town, divisions=divisions, grids=grids, addresses=addresses[:40], shapes=[])


def write(folder: Path) -> Path:
    """The small city as files."""
    (folder / "town").mkdir(parents=True)
    (folder / "city.json").write_text(json.dumps(FACTS), encoding="utf-8")
    (folder / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    outline = {"type": "Polygon", "coordinates": [COUNTY]}
    county = {"type": "Feature", "properties": {"code": "370902"}, "geometry": outline}
    text = json.dumps({"type": "FeatureCollection", "features": [county]})
    (folder / "counties.geojson").write_text(text, encoding="utf-8")
    for name, content in town_files(part_of_town()).items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def load(path: Path, *, apply: bool = True, users: tuple[str, ...] = ()) -> tuple[CityFolder, dict[str, Change]]:
    """Run the parts of this app as load_city does: check all, then write if nothing is wrong."""
    folder = CityFolder(path)
    now = app_now()
    loaders = (load_city_facts, load_divisions, load_town, load_duties)
    changes: dict[str, Change] = {}
    for writing in (False, True):
        if writing and (folder.faults or not apply):
            break
        folder.known.clear()
        folder.known["users"].update(users)
        changes = {item.__name__: item(folder, apply=writing, actor=CLOCK, now=now) for item in loaders}
    return folder, changes


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
