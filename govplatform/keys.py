"""Secrets live in files of mode 0600 under one folder: the web secret and the sealing keys, oldest first."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Keys:
    """secret_key: Django's; sealing: key id → 32 bytes; current: id to seal with; index: 32 bytes for blind indexes;
    token: 32 bytes for tracking links and tile cookies."""

    secret_key: str
    sealing: dict[str, bytes]
    current: str
    index: bytes
    token: bytes


def load_or_refuse(folder: Path, *, create: bool) -> Keys:
    """Read the keys; make them on first start unless in production.

    Raises:
        ImproperlyConfigured: the file is missing in production, or others can read it.
    """
    path = folder / "keys.json"
    if not path.exists():
        if not create:
            raise ImproperlyConfigured(f"no keys at {path}: docs/operations.md, The first keys")
        write_new(path)
    if path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"{path} must be readable by its owner only (chmod 600)")
    data = json.loads(path.read_text())
    return Keys(
        secret_key=data["secret_key"],
        sealing={key: bytes.fromhex(value) for key, value in data["sealing"].items()},
        current=data["current"],
        index=bytes.fromhex(data["index"]),
        token=bytes.fromhex(data["token"]),
    )


def write_new(path: Path) -> None:
    """Two processes may start at once: the first link wins, the other reads what it finds."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    data = {
        "secret_key": secrets.token_urlsafe(50),
        "sealing": {"k1": secrets.token_hex(32)},
        "current": "k1",
        "index": secrets.token_hex(32),
        "token": secrets.token_hex(32),
    }
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(data, file, indent=1)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
