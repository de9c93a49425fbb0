"""Loading grids with their boundaries, and addresses."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from itertools import chain

from django.contrib.gis.geos import Point, Polygon
from django.db import connection, transaction

from grids import rules
from grids.actions.periods import close, since
from grids.imports import AddressEntry, GridEntry, read_addresses, read_grids
from grids.imports.town import GRIDS
from grids.models import Address, Division, Grid, GridVersion, Scheme
from grids.queries import boundary_faults, city_day
from grids.queries.drafts import redrawn_codes, redrawn_divisions
from grids.queries.points import locate_all
from ledger.actors import Actor
from ledger.cityfolder import Change, CityFolder

BATCH = 1000


@transaction.atomic(durable=True)
def load_town(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """Bring schemes, grids, boundaries and addresses to what the folder says.

    A boundary that changes needs a later `valid_from` and becomes a new version; a grid that is gone is retired today.
    Grids of one scheme may not overlap, and service grids fill their village exactly. A village that was redrawn here
    follows the platform until the folder states a later day.
    """
    stated, redrawn = read_grids(folder), redrawn_codes()
    entries = {code: entry for code, entry in stated.items() if not _overtaken(entry, redrawn)}
    rows = {row.code: row for row in Grid.objects.filter(retired_at=None).select_related("division", "scheme")}
    versions = {row.grid_id: row for row in GridVersion.objects.filter(valid__upper_inf=True)}
    new = [entry for code, entry in entries.items() if code not in rows]
    moved = [entry for code, entry in entries.items() if code in rows and _moved(versions.get(rows[code].pk), entry)]
    named = [entry for code, entry in entries.items() if code in rows and _renamed(rows[code], entry)]
    newest = max((entry.valid_from for entry in stated.values()), default=date.min)
    gone = (
        sorted(code for code in rows if code not in stated and redrawn.get(code, date.min) < newest) if stated else []
    )
    if not apply:  # a writing run follows a checking run without faults
        _check_boundaries(folder, entries, new, moved, {code: versions.get(row.pk) for code, row in rows.items()})
    touched = {entry.code for entry in (*moved, *named)}
    change = Change(len(new), len(touched), len(gone), len(stated) - len(new) - len(touched))
    change.lines += [f"+ {entry.code} {entry.name_zh}" for entry in new]
    change.lines += [f"~ {code} boundary or facts" for code in sorted(touched)] + [f"- {code}" for code in gone]
    if apply and change:
        _write_grids(folder, new, named, rows)
        _write_versions([*new, *moved])
        _retire([rows[code] for code in gone], now)
        _count()
    addresses = _load_addresses(folder, apply=apply)
    change.added, change.changed = change.added + addresses.added, change.changed + addresses.changed
    change.ended, change.same = change.ended + addresses.ended, change.same + addresses.same
    return change


def _overtaken(entry: GridEntry, redrawn: dict[str, date]) -> bool:
    return entry.code in redrawn and entry.valid_from <= redrawn[entry.code]


def _moved(version: GridVersion | None, entry: GridEntry) -> bool:
    return version is None or version.boundary.coords[0] != entry.ring


def _renamed(row: Grid, entry: GridEntry) -> bool:
    old = (row.type, row.name_zh, row.name_en, row.households, row.division.code)
    return old != (entry.type, entry.name_zh, entry.name_en, entry.households, entry.division)


def _check_boundaries(
    folder: CityFolder,
    entries: dict[str, GridEntry],
    new: list[GridEntry],
    moved: list[GridEntry],
    versions: dict[str, GridVersion | None],
) -> None:
    for entry in moved:
        version = versions[entry.code]
        if version is not None and entry.valid_from <= version.valid.lower:
            message = f"{entry.code}: a changed boundary needs a valid_from after {version.valid.lower}"
            folder.refuse_file(GRIDS, message, row=entry.line, column="valid_from")
    if new or moved:
        _check_geometry(folder, entries)


def _check_geometry(folder: CityFolder, entries: dict[str, GridEntry]) -> None:
    for code, message in boundary_faults([(e.code, e.scheme, bytes(Polygon(e.ring).wkb)) for e in entries.values()]):
        folder.refuse_file(GRIDS, message, row=entries[code].line, column="geometry")
    rings: defaultdict[str, list[GridEntry]] = defaultdict(list)
    for entry in entries.values():
        if entry.scheme == "service":
            rings[entry.division].append(entry)
    for code, outline in _outlines(folder).items():
        if code in rings and not rules.covers_exactly([entry.ring for entry in rings[code]], outline):
            message = f"the service grids do not fill village {code} exactly"
            folder.refuse_file(GRIDS, message, row=rings[code][0].line, column="geometry")


def _outlines(folder: CityFolder) -> dict[str, list[rules.Coordinate]]:
    """Village code → outline, as the same folder states it."""
    items = folder.json("town/divisions.geojson").get("features", [])
    return {
        item["properties"]["code"]: rules.counter_clockwise(item["geometry"]["coordinates"][0])
        for item in items
        if item["properties"].get("level") == "village"
    }


def _write_grids(folder: CityFolder, new: list[GridEntry], named: list[GridEntry], rows: dict[str, Grid]) -> None:
    schemes = {}
    for item in folder.json("city.json").get("schemes", []):
        texts = {"name_zh": item["name_zh"], "name_en": item["name_en"]}
        schemes[item["code"]] = Scheme.objects.update_or_create(code=item["code"], defaults=texts)[0]
    codes = {entry.division for entry in chain(new, named)}
    divisions = {row.code: row for row in Division.objects.filter(code__in=codes, valid__upper_inf=True)}
    fresh = [_fill(Grid(code=e.code, scheme=schemes[e.scheme]), e, divisions[e.division]) for e in new]
    Grid.objects.bulk_create(fresh, batch_size=BATCH)
    changed = [_fill(rows[entry.code], entry, divisions[entry.division]) for entry in named]
    Grid.objects.bulk_update(
        changed, ["type", "name_zh", "name_en", "households", "division", "path"], batch_size=BATCH
    )


def _fill(row: Grid, entry: GridEntry, division: Division) -> Grid:
    row.type, row.name_zh, row.name_en = entry.type, entry.name_zh, entry.name_en
    row.households, row.division, row.path = entry.households, division, f"{division.path}{entry.code}/"
    return row


def _write_versions(entries: list[GridEntry]) -> None:
    codes = [entry.code for entry in entries]
    grids = {row.code: row for row in Grid.objects.filter(code__in=codes, retired_at=None)}
    last: dict[int, GridVersion] = {}
    for version in GridVersion.objects.filter(grid__code__in=codes).order_by("number"):
        last[version.grid_id] = version
    fresh = []
    for entry in entries:
        grid, before = grids[entry.code], last.get(grids[entry.code].pk)
        if before is not None:
            close(GridVersion, [before.pk], entry.valid_from)
        boundary = Polygon(entry.ring, srid=4326)
        number = before.number + 1 if before else 1
        fresh.append(
            GridVersion(
                grid=grid,
                scheme_id=grid.scheme_id,
                number=number,
                boundary=boundary,
                area=0.0,
                valid=since(entry.valid_from),
            )
        )
    made = GridVersion.objects.bulk_create(fresh, batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE grids_gridversion SET area = ST_Area(boundary::geography) WHERE id = ANY(%s)",
            [[row.pk for row in made]],
        )


def _retire(rows: list[Grid], now: datetime) -> None:
    ids = [row.pk for row in rows]
    open_versions = GridVersion.objects.filter(grid_id__in=ids, valid__upper_inf=True).values_list("pk", flat=True)
    close(GridVersion, list(open_versions), city_day(now))
    Grid.objects.filter(pk__in=ids).update(retired_at=now)


def _count() -> None:
    """Tell the planner what there is now: a session that planned for empty tables would go on reading them whole, and
    the next part of the folder asks for the grid of every building.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE grids_division, grids_grid, grids_gridversion, grids_scheme")


def _load_addresses(folder: CityFolder, *, apply: bool) -> Change:
    """Addresses have no history: they are replaced by code."""
    entries = _where_they_lie(read_addresses(folder))
    rows = {row.code: row for row in Address.objects.select_related("division")}
    new = [entry for code, entry in entries.items() if code not in rows]
    changed = [entry for code, entry in entries.items() if code in rows and _address_differs(rows[code], entry)]
    gone = set(rows) - set(entries) if entries else set()
    if apply:
        codes = {entry.division for entry in chain(new, changed)}
        divisions = {row.code: row for row in Division.objects.filter(code__in=codes, valid__upper_inf=True)}
        fresh = [_address(entry, divisions[entry.division]) for entry in chain(new, changed)]
        columns = ["text_zh", "text_en", "kind", "point", "division", "households", "illustrative"]
        Address.objects.bulk_create(
            fresh, batch_size=BATCH, update_conflicts=True, unique_fields=["code"], update_fields=columns
        )
        Address.objects.filter(code__in=gone).delete()
    return Change(len(new), len(changed), len(gone), len(entries) - len(new) - len(changed))


def _where_they_lie(entries: dict[str, AddressEntry]) -> dict[str, AddressEntry]:
    """Where villages were changed here, the place of a house number decides, not the village the folder names."""
    redrawn = redrawn_divisions()
    moved = [entry for entry in entries.values() if entry.division in redrawn]
    places = locate_all([(entry.lon, entry.lat) for entry in moved]) if moved else []
    codes = {
        entry.code: place.division_path.strip("/").split("/")[-1] for entry, place in zip(moved, places, strict=True)
    }
    return {code: replace(entry, division=codes.get(code) or entry.division) for code, entry in entries.items()}


def _address(entry: AddressEntry, division: Division) -> Address:
    return Address(
        code=entry.code,
        text_zh=entry.text_zh,
        text_en=entry.text_en,
        kind=entry.kind,
        point=Point(entry.lon, entry.lat, srid=4326),
        division=division,
        households=entry.households,
        illustrative=division.illustrative,
    )


def _address_differs(row: Address, entry: AddressEntry) -> bool:
    old = (row.text_zh, row.text_en, row.kind, row.households, row.division.code, row.point.coords)
    new = (entry.text_zh, entry.text_en, entry.kind, entry.households, entry.division, (entry.lon, entry.lat))
    return old != new
