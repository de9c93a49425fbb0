"""Registers dotted names only."""

from typing import Any

from django.apps import AppConfig

from grids.kinds import FACT_RETENTION
from ledger import kinds

ABSENCE: dict[str, Any] = {
    "model": "grids.Absence",
    "fields": ("user", "substitute", "valid"),
    "basis": ("个人信息保护法第十九条：最短必要时间", "PIPL 19: the shortest time that is needed"),
    "after": ("最后一天之后；不记录原因", "after the last day; no reason is kept"),
    "action": "delete",
    "days": 730,
    "rows": "grids.queries.roster.old_absences",
}
PREMISES: dict[str, Any] = {
    "model": "grids.Premises",
    "fields": ("address",),
    "basis": (
        "市场主体登记管理条例第三十六条：登记信息向社会公示",
        "registered particulars of organisations are public",
    ),
    "after": (
        "单位场所的地址，不是住所；停业后随历史保留",
        "a place of business, no home; kept with its history when closed",
    ),
    "action": "keep",
}
THINGS = (
    ("buildings", "building", "建筑", "Buildings"),
    ("parts", "part", "城市部件", "City parts"),
    ("equipment", "equipment", "设备", "Equipment"),
    ("premises", "premises", "单位场所", "Premises of organisations"),
    ("barriers", "barrier", "屏障线（道路、河流、铁路、围墙）", "Barriers (roads, rivers, railways, walls)"),
)


IMPORTS: dict[str, dict[str, Any]] = {
    f"grids.{key}": {
        "columns": f"grids.imports.{one}_columns",
        "reader": "grids.actions.read_thing_file",
        "choices": "grids.actions.thing_choices",
        "check": f"grids.imports.check_{key}",
        "changes": f"grids.imports.{one}_changes",
        "commit": f"grids.actions.commit_{key}",
        "suffixes": (".geojson", ".json", ".gpkg", ".zip", ".kml", ".csv", ".xlsx"),
        "megabytes": 64,
        "right": "grids.edit",
        "name_zh": name_zh,
        "name_en": name_en,
    }
    for key, one, name_zh, name_en in THINGS
} | {
    "grids.divisions": {
        "columns": "grids.imports.division_columns",
        "check": "grids.imports.check_divisions",
        "changes": "grids.imports.division_changes",
        "commit": "grids.actions.commit_divisions",
        "right": "grids.edit",
        "name_zh": "行政区划",
        "name_en": "Divisions",
    }
}
EXPORTS: dict[str, dict[str, Any]] = {
    "grids.layer": {
        "write": "grids.actions.write_boundaries",
        "rights": ("grids.edit", "grids.publish"),
        "name_zh": "网格边界文件",
        "name_en": "Boundaries as files",
        "url": "/desk/zoning/files/",
    },
    "grids.things": {
        "write": "grids.actions.write_things",
        "rights": ("grids.edit", "grids.publish"),
        "name_zh": "网格内要素",
        "name_en": "Things in the grids",
        "url": "/desk/things/buildings/",
    },
}
THINGS_JOB: dict[str, Any] = {
    "step": "grids.actions.things_step",
    "name_zh": "网格内要素随边界调整",
    "name_en": "Things follow a change of boundaries",
    "queue": "geo",
}


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = "grids"

    def ready(self) -> None:
        kinds.register_import(
            "grids.layer",
            columns="grids.imports.layer_columns",
            reader="grids.actions.read_layer",
            choices="grids.actions.layer_choices",
            check="grids.imports.check_layer",
            commit="grids.actions.commit_layer",
            panel="grids/_layer_panel.html",
            url="/desk/zoning/files/",
            suffixes=(".geojson", ".json", ".gpkg", ".zip", ".kml", ".csv", ".xlsx"),
            megabytes=64,
            right="grids.edit",
            name_zh="网格边界图层",
            name_en="Layer of boundaries",
        )
        kinds.register_job(
            "grids.compile", step="grids.actions.propose_step", name_zh="网格划分方案", name_en="Division", queue="geo"
        )
        for key, spec in IMPORTS.items():
            kinds.register_import(key, **spec)
        kinds.register_job("grids.things", **THINGS_JOB)
        for key, export in EXPORTS.items():
            kinds.register_export(key, **export)
        kinds.register_city_part("things", "grids.actions.load_things", order=26, export="grids.imports.export_things")
        kinds.register_city_part(
            "city", "grids.actions.load_city_facts", order=1, export="grids.imports.export_city_facts"
        )
        kinds.register_city_part(
            "divisions", "grids.actions.load_divisions", order=10, export="grids.imports.export_divisions"
        )
        kinds.register_city_part("town", "grids.actions.load_town", order=12, export="grids.imports.export_town")
        kinds.register_city_part("duties", "grids.actions.load_duties", order=25, export="grids.imports.export_duties")
        kinds.register_city_part(
            "duty_kinds", "grids.actions.load_duty_kinds", order=13, export="grids.imports.export_duty_kinds"
        )
        kinds.register_retention("grids.absence", **ABSENCE)
        kinds.register_retention("grids.premises", **PREMISES)
        kinds.add_retention(FACT_RETENTION)
        kinds.register_periodic("grids.boundaries", handler="grids.actions.bring_into_force", seconds=60)
