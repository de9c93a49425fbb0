"""Redis as a cache that may vanish: reads miss, writes are dropped, and for some seconds nobody waits for it again."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
PAUSE_SECONDS = 5.0


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache behind a breaker; a cache failure costs speed, never an answer (promise P4)."""

    _broken_until = 0.0

    def _try(self, call: Callable[[], Any], missing: Any) -> Any:
        if time.monotonic() < ForgivingRedisCache._broken_until:
            return missing
        try:
            return call()
        except (RedisError, OSError) as error:
            ForgivingRedisCache._broken_until = time.monotonic() + PAUSE_SECONDS
            log.warning("cache away for %s s: %s", PAUSE_SECONDS, type(error).__name__)
            return missing

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self._try(lambda: super(ForgivingRedisCache, self).get_many(keys, version), {})
        return found

    def set(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        self._try(lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version), None)

    def add(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        return bool(self._try(lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version), True))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._try(lambda: super(ForgivingRedisCache, self).delete(key, version), False))

    def hit(self, key: str, seconds: int, calls: int = 1) -> tuple[int, int] | None:
        """Count calls in one round trip: how many in this window, seconds left of it; None while Redis is away."""
        return self._try(lambda: self._hit(self.make_and_validate_key(key), seconds, calls), None)  # type: ignore[no-any-return]

    def _hit(self, key: str, seconds: int, calls: int) -> tuple[int, int]:
        pipeline: Any = self._cache.get_client(key, write=True).pipeline(transaction=False)
        pipeline.set(key, 0, ex=seconds, nx=True).incrby(key, calls).ttl(key)
        _made, used, left = pipeline.execute()
        return int(used), int(left) if left > 0 else seconds
