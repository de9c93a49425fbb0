"""A finished step is skipped exactly as long as nothing it depends on changes."""

import os
from pathlib import Path

import pytest

from govplatform.runtime.paths import Paths
from govplatform.runtime.stamps import Stamps, digest, source_digest


@pytest.fixture
def stamps(tmp_path: Path) -> Stamps:
    return Stamps(Paths(root=tmp_path, uid=os.geteuid()))


def test_a_finished_step_is_done_for_its_key_only(stamps: Stamps) -> None:
    stamps.done("data", "first")
    assert stamps.is_done("data", "first")
    assert not stamps.is_done("data", "second")


def test_a_forgotten_step_runs_again_and_the_others_stay(stamps: Stamps) -> None:
    stamps.done("data", "key")
    stamps.done("demo", "key")
    stamps.forget("demo")
    assert (stamps.is_done("data", "key"), stamps.is_done("demo", "key")) == (True, False)


def test_a_damaged_file_only_makes_steps_run_again(stamps: Stamps, tmp_path: Path) -> None:
    (tmp_path / "var/state").mkdir(parents=True)
    (tmp_path / "var/state/stamps.json").write_text("{half")
    assert not stamps.is_done("data", "key")
    stamps.done("data", "key")
    assert stamps.is_done("data", "key")


def test_parts_do_not_run_into_each_other() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])


def test_a_changed_source_file_changes_the_digest_and_a_compiled_one_does_not(tmp_path: Path) -> None:
    source = tmp_path / "ledger" / "models.py"
    source.parent.mkdir()
    source.write_text("one")
    before = source_digest(tmp_path)
    (source.parent / "__pycache__").mkdir()
    (source.parent / "__pycache__" / "models.py").write_text("cache")
    assert source_digest(tmp_path) == before
    source.write_text("two")
    assert source_digest(tmp_path) != before
