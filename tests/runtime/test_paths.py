"""Two checkouts never meet, and no socket path is too long."""

import os
import stat
from pathlib import Path

import pytest

from govplatform.runtime.console import Refusal
from govplatform.runtime.paths import SOCKET_PATH_LIMIT, Paths, check_socket_length, private_directory


@pytest.mark.parametrize("uid", [0, 1000], ids=["root", "user"])
def test_two_checkouts_share_no_directory(uid: int) -> None:
    one, two = (Paths(root=Path(f"/srv/{name}"), uid=uid) for name in ("one", "two"))
    assert not {one.run, one.pgdata, one.redis_data, one.state} & {two.run, two.pgdata, two.redis_data, two.state}


def test_two_users_of_one_checkout_share_no_socket() -> None:
    assert Paths(root=Path("/srv/one"), uid=1000).run != Paths(root=Path("/srv/one"), uid=1001).run


@pytest.mark.parametrize("uid", [0, 4_294_967_294], ids=["root", "user"])
def test_a_deep_checkout_still_has_short_socket_paths(uid: int) -> None:
    deep = Paths(root=Path("/" + "/".join(["a-rather-long-folder-name"] * 12)), uid=uid)
    check_socket_length(deep)
    assert len(os.fsencode(deep.pg_socket)) < SOCKET_PATH_LIMIT


def test_a_socket_path_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Paths, "run", property(lambda _: Path("/tmp") / ("x" * 100)))
    with pytest.raises(Refusal, match="longer than 107 bytes"):
        check_socket_length(Paths(root=Path("/srv"), uid=1000))


def test_root_keeps_its_database_where_the_service_user_can_reach_it() -> None:
    assert Paths(root=Path("/root/checkout"), uid=0).pgdata.is_relative_to("/var/lib")


def test_a_private_directory_is_open_to_its_owner_only(tmp_path: Path) -> None:
    private_directory(tmp_path / "run")
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700


def test_a_private_directory_laid_by_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refusal, match="belongs to somebody else"):
        private_directory(tmp_path / "run")
