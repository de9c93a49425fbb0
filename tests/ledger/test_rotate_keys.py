"""The four steps of a new key, on the file the processes start from."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from govplatform.keys import load_or_refuse, write_new
from tests.ledger.sealing import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(settings: Settings, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path
    write_new(tmp_path / "keys.json")
    settings.KEYS = load_or_refuse(tmp_path, create=False)
    return tmp_path / "keys.json"


def test_a_key_comes_into_use_in_two_steps_and_old_values_stay_readable(keys: Path, settings: Settings) -> None:
    row = person()
    row.save()
    call_command("rotate_keys", "--add")
    assert json.loads(keys.read_text())["current"] == "k1"
    call_command("rotate_keys", "--use", "k2")
    settings.KEYS = load_or_refuse(keys.parent, create=False)
    row.refresh_from_db()
    assert (settings.KEYS.current, str(row.phone)) == ("k2", "138****5678")
    assert keys.stat().st_mode & 0o777 == 0o600


def test_a_key_is_dropped_only_when_nothing_is_sealed_with_it(keys: Path, settings: Settings) -> None:
    person().save()
    call_command("rotate_keys", "--add")
    call_command("rotate_keys", "--use", "k2")
    settings.KEYS = load_or_refuse(keys.parent, create=False)
    with pytest.raises(CommandError, match="still has values under k1"):
        call_command("rotate_keys", "--drop", "k1")
    call_command("rotate_keys")
    call_command("rotate_keys", "--drop", "k1")
    assert list(json.loads(keys.read_text())["sealing"]) == ["k2"]


@pytest.mark.parametrize("option", ["--use", "--drop"])
def test_a_key_that_is_not_there_is_refused(keys: Path, option: str) -> None:
    before = keys.read_text()
    with pytest.raises(CommandError, match="k9"):
        call_command("rotate_keys", option, "k9")
    assert keys.read_text() == before
