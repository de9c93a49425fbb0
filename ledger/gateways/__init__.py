"""Files and processes. Called outside transactions."""

from ledger.gateways.pdf import keep_pdf
from ledger.gateways.photos import Picture, keep_picture
from ledger.gateways.sandbox import isolation_level

__all__ = ["Picture", "isolation_level", "keep_pdf", "keep_picture"]
