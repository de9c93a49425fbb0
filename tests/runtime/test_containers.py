"""The container files say what ``make run`` does; no container engine is needed to compare them."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from govplatform.runtime.paths import CHECKOUT, here
from govplatform.runtime.processes import PROCESSES, SETUP, Process

COMPOSE = CHECKOUT / "docker-compose.yml"
DOCKERFILE = CHECKOUT / "Dockerfile"
ROLES = {"db", "redis", "setup", "web", "worker", "beat", "relay"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    # As an engine does it: variables first, with their defaults, then YAML's merge keys.
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", COMPOSE.read_text())
    loaded: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{(\w+):\?[^}]*\}", r"\1", text))
    return loaded


def test_the_compose_file_follows_the_specification(compose: dict[str, Any]) -> None:
    PyCompose.from_yaml(yaml.safe_dump(compose))


def test_the_checker_of_the_compose_file_sees_a_misspelt_key(compose: dict[str, Any]) -> None:
    broken = {**compose, "services": {"web": {**compose["services"]["web"], "comand": ["true"]}}}
    with pytest.raises(ValueError, match="comand"):
        PyCompose.from_yaml(yaml.safe_dump(broken))


def test_the_compose_file_has_every_service_and_no_other(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == ROLES


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_container_runs_the_line_that_make_run_runs(compose: dict[str, Any], process: Process) -> None:
    assert tuple(compose["services"][process.name]["command"]) == process.argv


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_container_gets_as_long_to_stop_as_a_process(compose: dict[str, Any], process: Process) -> None:
    assert compose["services"][process.name]["stop_grace_period"] == f"{process.stop_seconds:.0f}s"


def test_the_setup_container_runs_the_preparation_of_make_run(compose: dict[str, Any]) -> None:
    expected = " && ".join(" ".join(line) for line in SETUP)
    assert compose["services"]["setup"]["command"] == ["sh", "-c", expected]


def test_whoever_is_waited_for_exists(compose: dict[str, Any]) -> None:
    waited_for = {name for service in compose["services"].values() for name in service.get("depends_on", {})}
    assert waited_for <= set(compose["services"])


def test_every_variable_of_the_compose_file_is_explained(compose: dict[str, Any]) -> None:
    handed_on = {name for name, value in compose["services"]["web"]["environment"].items() if value is None}
    used = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text())) | handed_on
    explained = set(re.findall(r"^(?:# )?([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))
    assert used == explained


def test_every_variable_of_the_settings_is_in_the_table_and_reaches_a_container(compose: dict[str, Any]) -> None:
    read = set(re.findall(r"env\.\w+\(\s*\"(\w+)\"", (CHECKOUT / "govplatform" / "settings.py").read_text()))
    table = re.findall(r"^\| (`[A-Z].*?) \|", (CHECKOUT / "docs" / "operations.md").read_text(), re.MULTILINE)
    assert read == set(re.findall(r"`(\w+)`", " ".join(table)))
    inside = {"GOVPLATFORM_DEBUG", *(f"GOVPLATFORM_{folder}_DIR" for folder in ("VAR", "KEYS", "MEDIA"))}
    assert read - inside <= set(compose["services"]["web"]["environment"])


def test_every_foreign_image_has_a_tag(compose: dict[str, Any]) -> None:
    images = [service["image"] for service in compose["services"].values() if "build" not in service]
    assert all(re.fullmatch(r"[\w/]+:[\w.-]+", image) and not image.endswith(":latest") for image in images)


def test_mounted_files_exist(compose: dict[str, Any]) -> None:
    mounts = [volume for service in compose["services"].values() for volume in service.get("volumes", [])]
    local = [Path(mount.split(":")[0]) for mount in mounts if mount.startswith("./")]
    assert local
    assert all((CHECKOUT / path).exists() for path in local)


def test_the_image_is_made_by_the_installation_script_of_make_run() -> None:
    assert "RUN python3 -m govplatform.runtime install image" in DOCKERFILE.read_text()


def test_hadolint_has_nothing_to_say_about_the_image() -> None:
    ignored = ["--ignore", "DL3008"]  # package names carry no version here on purpose
    said = subprocess.run([here().bin("hadolint"), *ignored, DOCKERFILE], check=False, capture_output=True, text=True)
    assert said.stdout + said.stderr == ""
