"""How many calls a client or an address may make in a minute.

Counted in Redis, in one round trip and by Redis' own clock. With Redis away each process counts for itself: the limit
is then as many times wider as there are processes, and nobody is refused because a cache is gone.
"""

import hashlib
import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from accounts.faults import problem_answer

View = TypeVar("View", bound=Callable[..., HttpResponse])
WINDOW_SECONDS = 60
KEPT_COUNTS = 4096  # of a process; beyond, the oldest go first
LOT = 50


@dataclass(frozen=True, slots=True)
class Count:
    """How far the caller is. `limit` 0: nothing is counted. `reset`: seconds until the window ends."""

    limit: int
    used: int = 0
    reset: int = WINDOW_SECONDS

    @property
    def exceeded(self) -> bool:
        return bool(self.limit) and self.used > self.limit


_lock = threading.Lock()
_counts: dict[str, tuple[float, int]] = {}
_lots: dict[str, "_Lot"] = {}


@dataclass(slots=True)
class _Lot:
    """Calls this process has reserved at once: asking Redis for each would cost more than many a call itself."""

    used: int  # of the window, with the whole lot
    left: int
    until: float  # end of the window, on the monotonic clock


def hit(name: str, limit: int) -> Count:
    """Count one call. Of a high limit a process reserves up to a hundredth at a time, so that much may go unused.

    Arguments:
        name: who calls, for example "client:17". limit: calls per minute; 0 counts nothing.
    """
    if not limit:
        return Count(0)
    now = time.monotonic()
    with _lock:
        lot = _lots.get(name)
        if lot is None or not lot.left or now >= lot.until:
            lot = _reserve(name, max(1, min(limit // 100, LOT)), now)
        lot.left -= 1
        used, reset = lot.used - lot.left, lot.until - now
    return Count(limit, used, max(int(reset), 1))


def _reserve(name: str, size: int, now: float) -> _Lot:
    """The next lot, from Redis where it is there, else from this process alone."""
    shared = getattr(cache, "hit", None)
    counted = shared(f"limit:{name}", WINDOW_SECONDS, size) if shared is not None else None
    if counted is None:
        size = 1
        counted = _hit_here(name, now)
    while len(_lots) >= KEPT_COUNTS:
        del _lots[next(iter(_lots))]
    _lots[name] = _Lot(counted[0], size, now + counted[1])
    return _lots[name]


def _hit_here(name: str, now: float) -> tuple[int, float]:
    start, used = _counts.pop(name, (now, 0))
    if now - start >= WINDOW_SECONDS:
        start, used = now, 0
    _counts[name] = (start, used + 1)
    while len(_counts) > KEPT_COUNTS:
        del _counts[next(iter(_counts))]
    return used + 1, WINDOW_SECONDS - (now - start)


def forget_counts() -> None:
    """For tests."""
    _counts.clear()
    _lots.clear()


def limit_headers(count: Count) -> dict[str, str]:
    """What the caller is told about the limit, with `Retry-After` when it is reached."""
    if not count.limit:
        return {}
    headers = {
        "RateLimit-Limit": str(count.limit),
        "RateLimit-Remaining": str(max(count.limit - count.used, 0)),
        "RateLimit-Reset": str(count.reset),
    }
    if count.exceeded:
        headers["Retry-After"] = str(count.reset)
    return headers


def caller(request: HttpRequest) -> str:
    """Who an anonymous caller is, hashed; "" when the address says nothing (a proxy nobody named)."""
    try:
        address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    except ValueError:
        return ""
    if address.is_loopback or address.is_unspecified:
        return ""
    return hashlib.blake2b(str(address).encode(), key=settings.KEYS.token[:64], digest_size=12).hexdigest()


def _refused(request: HttpRequest) -> HttpResponse:
    return problem_answer(request, 429)


def public_limit(view: View, refused: Callable[[HttpRequest], HttpResponse] = _refused) -> View:
    """Decorator of open data: at most GOVPLATFORM_PUBLIC_PER_MINUTE calls from one address.

    Arguments:
        refused: makes the answer 429 in the form of its standard.
    """

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = caller(request)
        count = hit(f"address:{name}", settings.PUBLIC_PER_MINUTE) if name else Count(0)
        answer = refused(request) if count.exceeded else view(request, *args, **kwargs)
        for header, value in limit_headers(count).items():
            answer[header] = value
        return answer

    return limited  # type: ignore[return-value]
