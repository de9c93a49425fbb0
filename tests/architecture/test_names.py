"""What is registered by name exists; what is written down is true."""

import functools
import re
import tomllib
from importlib import metadata

import pytest
from django.core.checks import ERROR, run_checks
from django.core.management import get_commands
from django.utils.module_loading import import_string

from cases.kinds import all_kinds, workflow
from ledger import kinds
from tests.architecture.tree import ROOT, files

# written in two pieces: this file is searched as well
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("docker", "io"),
    )
]
FOREIGN_PLACES = ["/".join(("..", "shared")), "/".join(("work", "shared")), "/".join(("work", ".library"))]


@functools.cache
def texts() -> dict[str, str]:
    found = {}
    for path in files():
        if "vendor" in path.parts or path.name == "LICENSE":
            continue
        try:
            found[str(path)] = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_every_registered_name_resolves() -> None:
    names = [
        *kinds.dotted_names(),
        *((name, f"kind {kind.slug}") for kind in all_kinds() for name in kind.dotted_names()),
    ]
    assert len(names) > 20
    for name, purpose in names:
        assert import_string(name), purpose


def test_the_system_checks_find_no_error() -> None:
    assert [message for message in run_checks() if message.level >= ERROR] == []


def test_nothing_names_a_package_registry() -> None:
    wrong = [f"{path}: {host}" for path, text in texts().items() for host in REGISTRY_HOSTS if host in text]
    assert not wrong, wrong


def test_nothing_needs_a_folder_outside_the_project() -> None:
    wrong = [f"{path}: {place}" for path, text in texts().items() for place in FOREIGN_PLACES if place in text]
    assert not wrong, wrong


def runtime_packages() -> list[str]:
    """Those of the lock that this platform installs; the others are for other platforms by their markers."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    locked = [match[1] for line in lines if (match := re.match(r"^([A-Za-z0-9._-]+)==", line))]
    here = {re.sub(r"[-_.]+", "-", name).lower() for name in (found.name for found in metadata.distributions())}
    return [name for name in locked if re.sub(r"[-_.]+", "-", name).lower() in here]


@pytest.mark.parametrize("package", runtime_packages())
def test_no_runtime_package_is_under_the_agpl(package: str) -> None:
    facts = metadata.metadata(package)
    licence = " ".join(
        [
            facts.get("License-Expression") or "",
            (facts.get("License") or "")[:200],
            *(line for line in facts.get_all("Classifier") or [] if line.startswith("License")),
        ]
    )
    assert not re.search(r"AGPL|Affero", licence), licence


def documents() -> dict[str, str]:
    return {path: text for path, text in texts().items() if path.endswith(".md")}


def test_every_make_target_in_the_documents_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    wrong = [
        f"{path}: make {target}"
        for path, text in documents().items()
        for target in re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z][\w-]*)", text)
        + re.findall(r"^make ([a-z][\w-]*)", text, re.MULTILINE)
        if target not in targets
    ]
    assert not wrong, wrong


def test_every_management_command_in_the_documents_exists() -> None:
    known = set(get_commands())
    wrong = [
        f"{path}: {command}"
        for path, text in documents().items()
        for command in re.findall(r"manage\.py ([a-z_]+)", text)
        if command not in known
    ]
    assert not wrong, wrong


def test_the_lock_files_hold_what_pyproject_promises() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["license"] == "Apache-2.0"
    assert "--hash=sha256:" in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_the_glossary_names_every_state() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    tables = [workflow(kind.slug) for kind in all_kinds()]
    names = {state.name_zh for table in tables for state in table.states}
    missing = sorted(name for name in names if name not in glossary)
    assert not missing, missing
