"""Vector tiles: content, scope, stamp, and the short way."""

import gzip
from collections.abc import Callable, Iterable
from datetime import date
from math import asinh, pi, radians, tan
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from django.test import Client

from accounts.models import Membership
from govplatform.tilepath import TilePath
from grids import tilecookie, tiles
from grids.models import Grid, GridVersion
from tests.accounts.world import browser, department, hat, role, user
from tests.grids import small

pytestmark = pytest.mark.django_db


def address(z: int) -> tuple[int, int, int]:
    lon, lat = small.INSIDE
    row = (1 - asinh(tan(radians(lat))) / pi) / 2 * 2**z
    return z, int((lon + 180) / 360 * 2**z), int(row)


def url(layer: str, z: int) -> str:
    return "/tiles/{}/{}/{}/{}.mvt".format(layer, *address(z))


def decoded(body: bytes) -> dict[str, list[dict[str, Any]]]:
    layers = mapbox_vector_tile.decode(body)
    return {name: [feature["properties"] for feature in layer["features"]] for name, layer in layers.items()}


def official() -> Client:
    member = user()
    hat(member, role("reader", "grids.read"), department("d", "/3709/"))
    return browser(member)


def test_a_tile_of_grids_carries_code_and_both_names_of_the_service_scheme(town: Path, client: Client) -> None:
    found = decoded(client.get(url("grids", 15)).content)["grids"]
    assert "晨光社区第6网格" in {item["name_zh"] for item in found}
    assert {len(item["code"]) for item in found} == {15}
    assert all("S" in item["code"] for item in found)
    assert set(found[0]) == {"id", "code", "name_zh", "name_en"}


def test_unit_grids_are_a_layer_of_their_own(town: Path, client: Client) -> None:
    found = decoded(client.get(url("units", 16)).content)["units"]
    assert all(item["code"].isdigit() for item in found)


def test_far_out_there_are_counties_and_close_by_what_lies_in_them(town: Path, client: Client) -> None:
    levels = [
        {item["level"] for item in decoded(client.get(url("divisions", z)).content)["divisions"]} for z in (9, 14)
    ]
    assert levels[0] == {"county"}
    assert {"township", "village"} <= levels[1]


def test_the_outlines_of_a_tile_meet_those_of_its_neighbour(town: Path) -> None:
    z, x, y = address(15)
    bodies = [tiles.draw(tiles.TileKey("grids", "public", "s", z, x + step, y), None) for step in (0, 1)]
    names = [{item["code"] for item in decoded(body).get("grids", [])} for body in bodies]
    assert names[0] & names[1]


def test_simplifying_makes_far_tiles_smaller_without_losing_a_grid(town: Path) -> None:
    near, far = (decoded(tiles.draw(tiles.TileKey("grids", "public", "s", *address(z)), None)) for z in (13, 11))
    assert {item["code"] for item in far["grids"]} >= {item["code"] for item in near["grids"]}


def test_members_get_the_columns_of_the_desk_and_others_do_not(town: Path, client: Client) -> None:
    assert "households" in decoded(official().get(url("grids", 15)).content)["grids"][0]
    assert "households" not in decoded(client.get(url("grids", 15)).content)["grids"][0]


def test_a_burst_of_tiles_asks_once_who_is_asking(town: Path, django_assert_num_queries: Any) -> None:
    member = official()
    member.get(url("grids", 15))
    with django_assert_num_queries(0):
        member.get(url("grids", 15))


def test_a_member_who_lost_his_hat_is_seen_as_such_when_it_is_asked_again(town: Path) -> None:
    member = official()
    member.get(url("grids", 15))
    Membership.objects.all().delete()
    tiles.forget()
    assert "households" not in decoded(member.get(url("grids", 15)).content)["grids"][0]


def test_an_unchanged_tile_is_answered_with_304(town: Path, client: Client) -> None:
    first = client.get(url("grids", 15))
    again = client.get(url("grids", 15), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "private, max-age=60"


def test_a_tile_is_packed_for_those_who_take_it(town: Path, client: Client) -> None:
    plain = client.get(url("grids", 15))
    packed = client.get(url("grids", 15), headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content


@pytest.mark.django_db(transaction=True)
def test_a_changed_name_is_seen_without_anybody_clearing_a_cache(town: Path, client: Client) -> None:
    before = client.get(url("grids", 15))
    Grid.objects.filter(code="370902900006S06").update(name_zh="新名网格")
    tiles.forget()
    after = client.get(url("grids", 15), headers={"if-none-match": before["ETag"]})
    assert "新名网格" in {item["name_zh"] for item in decoded(after.content)["grids"]}


def test_the_boundaries_of_another_day_are_another_tile(town: Path, client: Client) -> None:
    assert client.get(url("grids", 15)).content
    assert client.get(url("grids", 15), {"on": "2025-01-01"}).content == b""
    assert client.get(url("grids", 15), {"on": "nonsense"}).content


@pytest.mark.parametrize("path", ["/tiles/people/15/1/1.mvt", "/tiles/grids/15/99999/1.mvt", "/tiles/grids/31/1/1.mvt"])
def test_what_cannot_be_a_tile_is_not_there(db: None, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_second_look_asks_the_database_for_nothing_but_who_asks(
    town: Path, client: Client, django_assert_num_queries: Any
) -> None:
    client.get(url("grids", 15))
    with django_assert_num_queries(0):
        client.get(url("grids", 15))


class Server:
    """A WSGI server of one call: says what the short way answered, or that it passed the request on."""

    def __init__(self) -> None:
        self.application = TilePath(self._long_way)
        self.status, self.headers = "", dict[str, str]()

    def _long_way(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("299 Long way", [])
        return [b""]

    def get(self, path: str, note: str, **extra: str) -> bytes:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_COOKIE": f"a=b; tiles={note}", **extra}
        return b"".join(self.application(environ, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status[:3], dict(headers)


def test_the_note_of_the_first_tile_opens_the_short_way(
    town: Path, client: Client, django_assert_num_queries: Any
) -> None:
    first = client.get(url("grids", 15))
    note = client.cookies[tilecookie.NAME]
    assert (note["path"], note["httponly"], note["samesite"]) == ("/tiles/", True, "Lax")
    assert int(note["max-age"]) <= 300
    server = Server()
    with django_assert_num_queries(0):
        assert server.get(url("grids", 15), note.value) == first.content
    assert (server.status, server.headers["ETag"]) == ("200", first["ETag"])
    assert server.get(url("grids", 15), note.value, HTTP_IF_NONE_MATCH=first["ETag"]) == b""
    assert server.status == "304"
    packed = server.get(url("grids", 15), note.value, HTTP_ACCEPT_ENCODING="gzip, br")
    assert gzip.decompress(packed) == first.content


def test_a_note_reaches_only_the_tiles_of_its_scope(town: Path) -> None:
    staff = official()
    staff.get(url("grids", 15))
    public = tilecookie.sign("public", tiles.stamp())
    server = Server()
    server.get(url("grids", 15), public)
    assert server.status == "299"
    server.get(url("grids", 15), staff.cookies[tilecookie.NAME].value)
    assert server.status == "200"


@pytest.mark.parametrize("change", ["forge", "expire", "other day", "other method", "garbage"])
def test_what_is_not_plain_goes_the_long_way(town: Path, client: Client, change: str, monkeypatch: Any) -> None:
    client.get(url("grids", 15))
    note = client.cookies[tilecookie.NAME].value
    extra = {}
    if change == "forge":
        note = note.replace("public", "staff")
    elif change == "expire":
        monkeypatch.setattr(tilecookie, "SECONDS", -1)
        note = tilecookie.sign("public", tiles.stamp())
    elif change == "other day":
        extra = {"QUERY_STRING": "on=2025-01-01"}
    elif change == "other method":
        extra = {"REQUEST_METHOD": "POST"}
    else:
        note = "ü.a.b"
    server = Server()
    server.get(url("grids", 15), note, **extra)
    assert server.status == "299"


@pytest.mark.parametrize(
    "path", ["/tiles/grids/15/a/1.mvt", "/tiles/grids/15/1.mvt", "/tiles/grids/15/-1/1.mvt", "/tiles/"]
)
def test_a_strange_path_goes_the_long_way(db: None, path: str) -> None:
    server = Server()
    server.get(path, tilecookie.sign("public", "x"))
    assert server.status == "299"


def test_the_memory_of_a_process_is_bounded() -> None:
    memory = tiles.Memory(100)
    keys = [tiles.TileKey("grids", "public", "s", 15, n, 1) for n in range(9)]
    for key in keys:
        memory.put(key, tiles.Tile("e", b"x" * 40))
    assert memory.bytes <= 100
    assert memory.get(keys[0]) is None
    assert memory.get(keys[-1]) is not None


def test_an_ended_boundary_leaves_the_tile(town: Path) -> None:
    key = tiles.TileKey("grids", "public", "s", *address(15))
    before = decoded(tiles.draw(key, None))["grids"]
    for version in GridVersion.objects.filter(grid__code="370902900006S06"):
        version.valid = type(version.valid)(version.valid.lower, date(2026, 2, 1), "[)")
        version.save()
    assert len(decoded(tiles.draw(key, None))["grids"]) == len(before) - 1
