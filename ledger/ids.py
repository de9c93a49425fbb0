"""Primary keys that the application makes itself, so that a sealed value can be bound to its row before it is saved;
and private links that lead to a row.
"""

import base64
import hmac
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


_ID_BYTES, _MAC_BYTES = 8, 16


def private_link(number: int, purpose: bytes, key: bytes) -> str:
    """39 characters of base32 that lead to one row and are stored nowhere: its id and a 128-bit MAC.

    The id is masked with a pad derived from the MAC, so links do not tell how many rows there are.

    Arguments:
        purpose: what the link is for; a link for one thing opens no other.
    """
    plain = number.to_bytes(_ID_BYTES, "big")
    mac = hmac.digest(key, purpose + plain, "sha256")[:_MAC_BYTES]
    return base64.b32encode(_masked(plain, mac, key) + mac).decode().rstrip("=").lower()


def claimed_number(link: str, key: bytes) -> int | None:
    """The id a link claims; nothing is proved yet. None for what is no link."""
    parts = _parts(link)
    return int.from_bytes(_masked(*parts, key), "big") if parts else None


def linked_number(link: str, purpose: bytes, key: bytes) -> int | None:
    """The id a link leads to, None for a wrong link; takes the same time for both."""
    parts = _parts(link)
    if parts is None:
        return None
    plain, mac = _masked(*parts, key), parts[1]
    right = hmac.digest(key, purpose + plain, "sha256")[:_MAC_BYTES]
    return int.from_bytes(plain, "big") if hmac.compare_digest(mac, right) else None


def _parts(link: str) -> tuple[bytes, bytes] | None:
    try:
        raw = base64.b32decode(link.upper() + "=" * (-len(link) % 8))
    except ValueError:
        return None
    return (raw[:_ID_BYTES], raw[_ID_BYTES:]) if len(raw) == _ID_BYTES + _MAC_BYTES else None


def _masked(number: bytes, mac: bytes, key: bytes) -> bytes:
    pad = hmac.digest(key, b"pad:" + mac, "sha256")
    return bytes(a ^ b for a, b in zip(number, pad, strict=False))
