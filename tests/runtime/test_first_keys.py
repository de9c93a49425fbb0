"""The first keys of a production, made in processes of their own as an administrator does."""

import os
import subprocess
from pathlib import Path

from govplatform.runtime.paths import CHECKOUT, here


def manage(folder: Path, *line: str) -> subprocess.CompletedProcess[str]:
    """One command with the environment of a production that has no SMS gateway yet and whose database is away."""
    environment = {
        **os.environ,
        "GOVPLATFORM_PRODUCTION": "1",
        "GOVPLATFORM_DEMO": "0",
        "GOVPLATFORM_HOSTS": "city.example",
        "GOVPLATFORM_KEYS_DIR": str(folder),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    argv = [here().bin("python"), "manage.py", *line]
    return subprocess.run(argv, cwd=CHECKOUT, env=environment, check=False, capture_output=True, text=True)


def test_a_production_starts_only_after_its_keys_were_made(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    refused = manage(folder, "diffsettings")
    assert refused.returncode != 0
    assert "The first keys" in refused.stderr
    assert not folder.exists()
    made = manage(folder, "make_keys")
    assert (made.returncode, made.stderr) == (0, "")
    assert str(folder / "keys.json") in made.stdout
    assert (folder / "keys.json").stat().st_mode & 0o777 == 0o600
    assert manage(folder, "diffsettings").returncode == 0


def test_keys_that_exist_stay_as_they_are(tmp_path: Path) -> None:
    assert manage(tmp_path, "make_keys").returncode == 0
    before = (tmp_path / "keys.json").read_bytes()
    assert manage(tmp_path, "make_keys").returncode == 0
    assert (tmp_path / "keys.json").read_bytes() == before
