"""Files and processes. Called outside transactions."""

from ledger.gateways.isolation import isolation_level
from ledger.gateways.photos import Picture, keep_picture

__all__ = ["Picture", "isolation_level", "keep_picture"]
