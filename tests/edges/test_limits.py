"""How often a client may call: told in every answer, never refused because Redis is gone."""

import os
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from accounts.api import limits
from govplatform.caching import ForgivingRedisCache
from tests.edges.ask import get, make_token
from tests.events.town import Town


def test_every_answer_tells_how_far_one_is(town: Town, settings: Any) -> None:
    settings.API_PER_MINUTE = 2
    token = make_token(town)
    left = [get("/api/v1/cases", token).headers["RateLimit-Remaining"] for _n in range(2)]
    assert left == ["1", "0"]
    refused = get("/api/v1/cases", token)
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert get("/api/v1/cases", make_token(town, "two")).status_code == 200


def test_nothing_is_counted_without_a_limit(town: Town, settings: Any) -> None:
    settings.API_PER_MINUTE = 0
    assert "RateLimit-Limit" not in get("/api/v1/cases", make_token(town)).headers


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> ForgivingRedisCache:
    found = ForgivingRedisCache(os.environ["REDIS_URL"], {"OPTIONS": {"socket_timeout": 0.5}})
    found.clear()
    monkeypatch.setattr(ForgivingRedisCache, "_broken_until", 0.0)
    monkeypatch.setattr(limits, "cache", found)
    return found


def test_all_processes_count_together_in_redis(redis: ForgivingRedisCache) -> None:
    counts = [limits.hit("client:1", 5) for _n in range(3)]
    assert [count.used for count in counts] == [1, 2, 3]
    assert 1 <= counts[-1].reset <= 60
    limits.forget_counts()
    assert limits.hit("client:1", 5).used == 4
    redis.clear()
    assert limits.hit("client:1", 5).used == 1


def test_without_redis_each_process_counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForgivingRedisCache, "_broken_until", 0.0)
    away = ForgivingRedisCache("unix:///nowhere/redis.sock", {"OPTIONS": {"socket_connect_timeout": 0.2}})
    monkeypatch.setattr(limits, "cache", away)
    assert [limits.hit("client:1", 2).exceeded for _n in range(3)] == [False, False, True]


def test_a_process_remembers_a_bounded_number_of_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEPT_COUNTS", 3)
    for number in range(10):
        limits._hit_here(f"n{number}", 0.0)
        limits.hit(f"n{number}", 1000)
    assert len(limits._counts) == 3
    assert len(limits._lots) == 3


def test_a_high_limit_is_counted_in_lots_and_still_ends_where_it_says() -> None:
    limits.forget_counts()
    cache.clear()
    counts = [limits.hit("busy", 500) for _ in range(501)]
    assert [count.used for count in counts] == list(range(1, 502))
    assert [count.exceeded for count in counts].count(True) == 1


@override_settings(API_ORIGINS=["https://map.example"])
def test_a_named_site_may_call_from_a_browser_and_ask_first() -> None:
    client = Client()
    ask = {"origin": "https://map.example", "access-control-request-method": "POST"}
    first = client.options("/api/v1/reports", headers=ask)
    assert first.status_code == 204
    assert first.headers["Access-Control-Allow-Origin"] == "https://map.example"
    other = client.options("/api/v1/reports", headers={**ask, "origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Origin" in client.get("/api/v1/openapi.json").headers["Vary"]
