"""Who may not install gets one line that says what to run; who may is asked once."""

import io
import os
import sys
from pathlib import Path

import pytest

from govplatform.runtime import packages
from govplatform.runtime.console import Refusal
from govplatform.runtime.environment import uses_own_database
from govplatform.runtime.packages import Need, ensure_packages
from govplatform.runtime.paths import here


@pytest.fixture(autouse=True)
def _a_machine_without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = Need("browser", ("a-browser", "a-font"), lambda: False)
    monkeypatch.setitem(packages.PURPOSES, "test", (absent,))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.delenv("YES", raising=False)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A path that holds apt-get and nothing else."""
    monkeypatch.setenv("PATH", str(tmp_path))
    _program(tmp_path / "apt-get", "exit 0")
    return tmp_path


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_user_without_sudo_reads_the_one_command(tools: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        ensure_packages("test", tools)
    assert str(refusal.value) == (
        "Missing: a-browser a-font. Run as root: "
        "apt-get update && apt-get install -y --no-install-recommends a-browser a-font"
    )


def test_nothing_is_installed_with_sudo_unless_somebody_says_yes(tools: Path) -> None:
    _program(tools / "sudo", f"echo used >{tools}/used")
    with pytest.raises(Refusal, match="Run as root"):
        ensure_packages("test", tools)
    assert not (tools / "used").exists()


def test_yes_answers_the_question_and_sudo_is_called_with_the_packages(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tools / "sudo", f'echo "$@" >{tools}/used')
    monkeypatch.setenv("YES", "1")
    with pytest.raises(Refusal, match="Run as root"):  # this sudo installs nothing, and that is noticed
        ensure_packages("test", tools)
    assert (tools / "used").read_text().split()[-2:] == ["a-browser", "a-font"]


def test_a_machine_with_everything_present_is_left_alone(monkeypatch: pytest.MonkeyPatch, tools: Path) -> None:
    monkeypatch.setitem(packages.PURPOSES, "test", (Need("browser", ("a-browser",), lambda: True),))
    ensure_packages("test", tools)


def test_a_given_database_needs_no_database_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "find_postgres", lambda: None)
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    assert "postgresql" not in packages.missing_packages("run")


def test_the_address_of_the_own_database_is_no_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", here().database_url())
    assert uses_own_database()


# Debian names a library by its interface (soname), which stays from release to release, never by its version
SONAMES = ("libpango", "libharfbuzz")


def test_no_package_name_carries_a_version() -> None:
    names = [name for needs in packages.PURPOSES.values() for need in needs for name in need.packages]
    named = [name for name in names if not name.startswith(SONAMES)]
    assert not [name for name in named if any(digit in name for digit in "0124567")]
