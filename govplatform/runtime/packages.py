"""What has to come from the distribution: found by what is there, not by package lists, installed when missing."""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from govplatform.runtime.console import Refusal, say
from govplatform.runtime.environment import uses_own_database, uses_own_redis
from govplatform.runtime.servers import find_postgres, find_redis

CREATECLUSTER = Path("/etc/postgresql-common/createcluster.conf")
POLICY = Path("/usr/sbin/policy-rc.d")
_LISTS = Path("/var/lib/apt/lists")


def _has_venv() -> bool:
    return importlib.util.find_spec("venv") is not None and importlib.util.find_spec("ensurepip") is not None


def find_chromium() -> str | None:
    """The browser for journeys and screenshots."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _has_cjk_font() -> bool:
    return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))


def _has_pango() -> bool:
    names = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
    return all(ctypes.util.find_library(name) for name in names)


@dataclass(frozen=True)
class Need:
    """Something from the distribution: its packages (names without versions) and how to see that it is there."""

    name: str
    packages: tuple[str, ...]
    present: Callable[[], bool]


PYTHON = Need("python", ("python3-venv",), _has_venv)
GETTEXT = Need("gettext", ("gettext",), lambda: shutil.which("msgfmt") is not None)
POSTGRES = Need("postgres", ("postgresql", "postgresql-postgis"), lambda: find_postgres() is not None)
REDIS = Need("redis", ("redis-server",), lambda: find_redis() is not None)
CHROMIUM = Need("chromium", ("chromium",), lambda: find_chromium() is not None)
FONTS = Need("fonts", ("fonts-noto-cjk",), _has_cjk_font)
# what WeasyPrint draws documents with
PANGO = Need("pango", ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"), _has_pango)

PURPOSES = {
    "image": (PYTHON, GETTEXT, FONTS, PANGO),
    "run": (PYTHON, GETTEXT, POSTGRES, REDIS, FONTS, PANGO),
    "test": (PYTHON, GETTEXT, POSTGRES, REDIS, CHROMIUM, FONTS, PANGO),
}


def missing_packages(purpose: str) -> list[str]:
    """Packages that have to be installed for ``purpose`` (image, run, test) on this machine now."""
    needs = [need for need in PURPOSES[purpose] if not need.present()]
    if not uses_own_database():
        needs = [need for need in needs if need is not POSTGRES]
    if not uses_own_redis():
        needs = [need for need in needs if need is not REDIS]
    return [package for need in needs for package in need.packages]


def _apt(*words: str) -> None:
    # confold: createcluster.conf is written before the package that brings one.
    options = ("-o", "DPkg::Lock::Timeout=600", "-o", "Dpkg::Options::=--force-confold")
    command = ["apt-get", "-y", "-q", *options, *words]
    done = subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise Refusal(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")


def _no_default_cluster() -> None:
    """Without this the package makes and starts a cluster of its own on the usual port."""
    if CREATECLUSTER.exists():
        return
    CREATECLUSTER.parent.mkdir(parents=True, exist_ok=True)
    CREATECLUSTER.write_text("create_main_cluster = false\n")


def install_packages(packages: Sequence[str]) -> None:
    """As root: install ``packages`` from the distribution without starting any service of theirs.

    Raises:
        Refusal: apt failed; its last words are in the message.
    """
    if not any(_LISTS.glob("*Packages*")):
        say("reading the distribution's package lists")
        _apt("update")
    say(f"installing {' '.join(packages)}")
    _no_default_cluster()
    own_policy = not POLICY.exists()
    if own_policy:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        try:
            _apt("install", "--no-install-recommends", *packages)
        except Refusal:  # lists may be older than the mirror
            _apt("update")
            _apt("install", "--no-install-recommends", *packages)
    finally:
        if own_policy:
            POLICY.unlink()
    if "redis-server" in packages and Path("/run/systemd/system").exists():
        # The package enables a server on the usual port for the next boot; the project has its own.
        subprocess.run(["systemctl", "disable", "redis-server"], check=False, capture_output=True)


def _confirmed(packages: Sequence[str]) -> bool:
    if os.environ.get("YES") == "1":
        return True
    if not sys.stdin.isatty():
        return False
    print(f"To be installed from the distribution, with sudo: {' '.join(packages)}")
    return input("Continue? [y/N] ").strip().lower() in {"y", "yes"}


def ensure_packages(purpose: str, root: Path) -> None:
    """Install what is missing for ``purpose``, or refuse with the one command that would.

    Raises:
        Refusal: something is missing and this user cannot, or does not want to, install it.
    """
    packages = missing_packages(purpose)
    if not packages:
        return
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise Refusal(f"Missing on this system, and only Debian packages are known here: {names}")
    if os.geteuid() == 0:
        install_packages(packages)
        return
    by_hand = f"Missing: {names}. Run as root: apt-get update && apt-get install -y --no-install-recommends {names}"
    if shutil.which("sudo") is None or not _confirmed(packages):
        raise Refusal(by_hand)
    say(f"installing with sudo: {names}")
    quiet = [] if sys.stdin.isatty() else ["-n"]
    command = ["sudo", *quiet, sys.executable, "-m", "govplatform.runtime", "packages", *packages]
    if subprocess.run(command, cwd=root, check=False).returncode or missing_packages(purpose):
        raise Refusal(by_hand)
