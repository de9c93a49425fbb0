"""Primary keys that the application makes itself, so that a sealed value can be bound to its row before it is saved."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): milliseconds, then random. The time orders index pages; no rule reads it."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
