"""Which steps are done already: a stamp per step, holding a hash of everything the step depends on."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from govplatform.runtime.paths import Paths

_SOURCES = ("*.py", "*.json", "*.toml", "*.csv", "*.yml", "*.yaml", "*.geojson", "*.svg")
_ROOMS = ("govplatform", "events", "wages", "services", "cases", "grids", "accounts", "ledger")


def digest(parts: Iterable[bytes | str]) -> str:
    """One short hash over the parts, in order."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()[:20]


def files_digest(root: Path, files: Iterable[Path]) -> str:
    """Hash of the names below ``root`` and the contents of ``files``."""
    return digest(part for path in sorted(files) for part in (path.relative_to(root).as_posix(), path.read_bytes()))


def source_digest(root: Path) -> str:
    """Hash of all code and city data: when it changes, the idempotent preparation runs again."""
    found = (path for room in _ROOMS for pattern in _SOURCES for path in (root / room).rglob(pattern))
    return files_digest(root, (path for path in found if "__pycache__" not in path.parts))


class Stamps:
    """A small file of finished steps in ``var/state``; a damaged file only means that steps run again."""

    def __init__(self, paths: Paths) -> None:
        self._file = paths.state / "stamps.json"

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, stamps: dict[str, str]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_name(f"stamps.{os.getpid()}")
        fresh.write_text(json.dumps(stamps, indent=1, sort_keys=True))
        fresh.replace(self._file)

    def is_done(self, step: str, key: str) -> bool:
        """Whether ``step`` was finished with exactly this key."""
        return self._read().get(step) == key

    def get(self, step: str) -> str:
        """The key ``step`` was finished with, or an empty string."""
        return self._read().get(step, "")

    def done(self, step: str, key: str) -> None:
        """Remember that ``step`` is finished."""
        self._write({**self._read(), step: key})

    def forget(self, *steps: str) -> None:
        """Make steps run again."""
        self._write({step: key for step, key in self._read().items() if step not in steps})
