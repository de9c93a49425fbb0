"""Heads of the audit chain, kept in a file outside the database: a cut tail or a chain written anew does not fit them.

One JSON line per anchor: database, id and hash of the last audit line, and an HMAC under a key the database does not
have. Copy the file to a place that can only be appended to (docs/operations.md).
"""

import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

FILE = "audit-anchors.jsonl"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last audit line at some moment; `database` tells a restored or reset database from this one."""

    database: str
    id: int
    hash: str

    def mac(self) -> str:
        said = f"audit-anchor|{self.database}|{self.id}|{self.hash}".encode()
        return hmac.digest(settings.KEYS.token, said, "sha256").hex()


def path() -> Path:
    """Where anchors are written."""
    return Path(settings.VAR_DIR) / FILE


def append(anchor: Anchor) -> None:
    """Add an anchor; it is on the disk when this returns."""
    line = json.dumps({"database": anchor.database, "id": anchor.id, "hash": anchor.hash, "mac": anchor.mac()})
    with path().open("a", encoding="ascii") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def kept() -> Iterator[Anchor]:
    """Anchors whose HMAC is right, oldest first; what is not ours or was cut off by a power failure is passed over."""
    if not path().exists():
        return
    for line in path().read_text(encoding="ascii", errors="replace").splitlines():
        try:
            data = json.loads(line)
            anchor = Anchor(str(data["database"]), int(data["id"]), str(data["hash"]))
            genuine = hmac.compare_digest(str(data["mac"]), anchor.mac())
        except (ValueError, KeyError, TypeError):
            continue
        if genuine:
            yield anchor
