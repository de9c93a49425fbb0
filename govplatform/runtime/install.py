"""Packages of the distribution, the virtual environment and the compiled messages: the one installation script.

``make run``, ``make test`` and the container file run this and nothing else.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from govplatform.runtime.console import Refusal, say
from govplatform.runtime.packages import ensure_packages
from govplatform.runtime.paths import Paths
from govplatform.runtime.stamps import Stamps, files_digest

UV_LOCK = Path(__file__).with_name("uv.txt")
LOCKS = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}


def _quiet(command: Sequence[str], cwd: Path) -> tuple[int, str]:
    # Without the setting uv would look for another Python on the network.
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


def _python_key() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _usable(paths: Paths) -> bool:
    """Whether the environment's Python still runs and is of the version that makes it."""
    code, output = _quiet([paths.bin("python"), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], paths.root)
    return code == 0 and output.strip() == _python_key()


def _make_venv(paths: Paths) -> None:
    if (paths.venv / "bin/python").exists() and _usable(paths):
        return
    say("making the virtual environment")
    if paths.venv.exists():
        shutil.rmtree(paths.venv)
    code, output = _quiet([sys.executable, "-m", "venv", str(paths.venv)], paths.root)
    if code:
        raise Refusal(f"python3 -m venv failed: {output.strip()[-1000:]}")


def _install_locked(paths: Paths, lock: Path) -> None:
    """Install exactly the locked set with uv, or with pip where uv has no build for this machine."""
    python = paths.bin("python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--require-hashes", "-r"]
    have_uv = (paths.venv / "bin/uv").exists() or _quiet([*pip, str(UV_LOCK)], paths.root)[0] == 0
    if have_uv:
        code, output = _quiet(
            [paths.bin("uv"), "pip", "sync", "-q", "--python", python, "--require-hashes", str(lock)], paths.root
        )
        if code == 0:
            return
        say("uv did not finish, trying pip")
    code, output = _quiet([*pip, str(lock)], paths.root)
    if code:
        raise Refusal(f"Installing {lock.name} failed: {output.strip()[-2000:]}")


def ensure_venv(paths: Paths, level: str) -> None:
    """Bring the virtual environment to the locked packages of ``level`` (runtime or dev; dev holds runtime)."""
    stamps = Stamps(paths)
    keys = {name: f"{_python_key()} {files_digest(paths.root, [paths.root / lock])}" for name, lock in LOCKS.items()}
    dev_there = stamps.get("venv-dev") != ""
    wanted = "dev" if level == "dev" or dev_there else "runtime"
    if (paths.venv / "bin/python").exists() and stamps.is_done(f"venv-{wanted}", keys[wanted]):
        return
    _make_venv(paths)
    say(f"installing Python packages ({LOCKS[wanted]})")
    _install_locked(paths, paths.root / LOCKS[wanted])
    stamps.done(f"venv-{wanted}", keys[wanted])


def compile_messages(root: Path) -> None:
    """Compile every message catalogue that is newer than its compiled form."""
    for source in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        code, output = _quiet(["msgfmt", "--check-format", "-o", str(compiled), str(source)], root)
        if code:
            raise Refusal(f"{source}: {output.strip()}")


def install(paths: Paths, purpose: str) -> None:
    """Everything that is installed once: ``purpose`` is image, run or test."""
    ensure_packages(purpose, paths.root)
    ensure_venv(paths, "dev" if purpose == "test" else "runtime")
    compile_messages(paths.root)
