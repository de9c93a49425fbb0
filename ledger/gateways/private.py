"""Foreign files that may hold personal data: sealed, in a folder no route serves, each bound to its name."""

import gzip
from pathlib import Path

from django.conf import settings

from ledger.gateways.photos import write_whole
from ledger.sealed import open_bytes, seal_bytes

IMPORTS, EXPORTS = "imports", "exports"


def keep_private(name: str, data: bytes, *, folder: str = IMPORTS) -> None:
    """Store under a name of our own; what is there is replaced."""
    path = _folder(folder) / name
    path.unlink(missing_ok=True)
    write_whole(path, seal_bytes(gzip.compress(data, 5), name))


def read_private(name: str, *, folder: str = IMPORTS) -> bytes:
    """What was stored.

    Raises:
        FileNotFoundError: nothing was, or it has been erased. SealBroken: altered, or another key.
    """
    return gzip.decompress(open_bytes((_folder(folder) / name).read_bytes(), name))


def erase_private(stem: str, *, folder: str = IMPORTS) -> None:
    """Every part of what was stored under `stem`."""
    for path in _folder(folder).glob(f"{stem}.*"):
        path.unlink(missing_ok=True)


def private_stems(*, folder: str = IMPORTS) -> set[str]:
    """What is stored."""
    return {path.name.split(".")[0] for path in _folder(folder).glob("*.*") if not path.name.startswith(".")}


def _folder(name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / name
