"""What is served to browsers is what the manifest says, and the check notices when it is not."""

import json
import re
import shutil
from pathlib import Path

import pytest

from govplatform.runtime import vendor


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    target = tmp_path / "vendor"
    shutil.copytree(vendor.TARGET, target)
    return target


def test_every_vendored_file_equals_the_manifest() -> None:
    assert vendor.differences(vendor.TARGET, vendor.ROOT / "package.json") == []


def test_a_changed_file_is_named(copy: Path) -> None:
    path = copy / "htmx.org" / "htmx.min.js"
    path.write_bytes(path.read_bytes() + b" ")
    assert vendor.differences(copy, vendor.ROOT / "package.json") == ["htmx.org/htmx.min.js was changed"]


def test_a_missing_and_a_foreign_file_are_named(copy: Path) -> None:
    (copy / "bootstrap" / "LICENSE").unlink()
    (copy / "stray.js").write_text("", encoding="utf-8")
    assert vendor.differences(copy, vendor.ROOT / "package.json") == [
        "bootstrap/LICENSE is missing",
        "stray.js is not in the manifest",
    ]


def test_another_version_in_package_json_is_a_difference(copy: Path, tmp_path: Path) -> None:
    wanted = json.loads((vendor.ROOT / "package.json").read_text(encoding="utf-8"))
    wanted["dependencies"]["bootstrap"] = "5.3.8"
    changed = tmp_path / "package.json"
    changed.write_text(json.dumps(wanted), encoding="utf-8")
    assert len(vendor.differences(copy, changed)) == 1


def test_every_package_brings_name_version_and_licence() -> None:
    manifest = json.loads((vendor.TARGET / vendor.MANIFEST).read_text(encoding="utf-8"))
    for entry in manifest:
        assert entry["name"] and entry["licence"]
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
        assert f"{entry['name']}/LICENSE" in entry["files"]
        assert all(f"{entry['name']}/{inner['licence_file']}" in entry["files"] for inner in entry["bundled"])


def test_no_vendored_file_names_a_map_that_is_not_there() -> None:
    for path in vendor.TARGET.rglob("*.*s"):
        assert b"sourceMappingURL" not in path.read_bytes(), path


def test_no_host_stands_in_the_lock_file() -> None:
    lock = (vendor.ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock


def test_licence_out_of_a_read_me_is_cut_out_of_it() -> None:
    text = (vendor.TARGET / "leaflet.vectorgrid" / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("## Legalese") and "BEER-WARE" in text
