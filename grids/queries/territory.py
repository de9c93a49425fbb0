"""Divisions and names of territory paths."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.gis.db.models import Extent
from django.db.models import F

from grids.models import Division, Grid


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """A division as lists show it; `{% coded %}` reads the two names."""

    code: str
    level: str
    name_zh: str
    name_en: str
    path: str
    illustrative: bool


_FIELDS = ("code", "level", "name_zh", "name_en", "path", "illustrative")


def division_by_path(path: str, *, on: date) -> DivisionRow | None:
    """The division with exactly this path on a date; None if there is none."""
    found = Division.objects.filter(path=path, valid__contains=on).values_list(*_FIELDS).first()
    return DivisionRow(*found) if found else None


def division_by_code(code: str, *, on: date) -> DivisionRow | None:
    """The division with this code on a date; None if there is none."""
    found = Division.objects.filter(code=code, valid__contains=on).values_list(*_FIELDS).first()
    return DivisionRow(*found) if found else None


def children_of(path: str, *, on: date) -> list[DivisionRow]:
    """Divisions directly below a path, by code; "" gives the root."""
    rows = Division.objects.filter(valid__contains=on)
    rows = rows.filter(parent__path=path) if path else rows.filter(parent=None)
    return [DivisionRow(*row) for row in rows.order_by("code").values_list(*_FIELDS)]


def townships(*, on: date) -> list[DivisionRow]:
    """All townships and subdistricts by code."""
    rows = Division.objects.filter(level=Division.Level.TOWNSHIP, valid__contains=on)
    return [DivisionRow(*row) for row in rows.order_by("code").values_list(*_FIELDS)]


def villages_with_grids(*, on: date) -> list[DivisionRow]:
    """Divisions that are divided into grids, by code: what a list of grids is filtered with."""
    rows = Division.objects.filter(valid__contains=on, grids__retired_at=None, grids__isnull=False).distinct()
    return [DivisionRow(*row) for row in rows.order_by("code").values_list(*_FIELDS)]


def names_of_paths(paths: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Chinese and pinyin name of every division or grid path that exists. Two statements whatever the number."""
    wanted = sorted(set(filter(None, paths)))
    if not wanted:
        return {}
    names: dict[str, tuple[str, str]] = {}
    # the newest version of a division comes last and stays
    for model, order in ((Division, F("valid").asc()), (Grid, F("id").asc())):
        rows = model._default_manager.filter(path__in=wanted).order_by(order).values_list("path", "name_zh", "name_en")
        names.update({path: (zh, en) for path, zh, en in rows})
    return names


def territory_extent(path: str, *, on: date) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees of what is drawn under a path; None if nothing is."""
    rows = Division.objects.filter(path__startswith=path, valid__contains=on, outline__isnull=False)
    extent: tuple[float, float, float, float] | None = rows.aggregate(box=Extent("outline"))["box"]
    return extent
