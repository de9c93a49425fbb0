"""The measured paths. Each takes the node, starts what it needs and returns its figures."""

import hashlib
import http.client
import json
import os
import random
import re
import time
import uuid
from dataclasses import dataclass
from typing import Any

import psutil
import redis

from bench.limits import random_tile
from bench.node import Node
from bench.report import Figure

CREATE_PEER = "23.8/s, p95 463 ms, 48 statements (39.9/s)"
MOVE_PEER = "21.7/s, 46 statements"
INBOX_PEER = "2.5/s, 514 statements"
POINTS = """
SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(boundary) AS p FROM grids_gridversion
  ORDER BY (id * 7919) %% 100003 LIMIT 2000) AS inside
"""
BACKLOG = "SELECT count(*) FROM ledger_promise WHERE kind = 'cases.route' AND done_at IS NULL AND dead_at IS NULL"
JSON = "application/json"
FAILED = ("4", "5")


def errors(answer: dict[str, Any]) -> dict[str, int]:
    """Answers that are no success, by status; broken connections under 0."""
    found = {status: count for status, count in answer["statuses"].items() if str(status).startswith(FAILED)}
    if answer["broken"]:
        found["0"] = answer["broken"]
    if found:
        print(f"    {answer['sample'][:600]}")
    return found


@dataclass(frozen=True)
class Sender:
    """An API client of the bench."""

    token: str
    id: int

    def stored(self, requests: list[dict[str, Any]]) -> list[str]:
        """Submission keys of reports as the API keeps them."""
        keys = [f"api\0{self.id}\0{request['headers']['Idempotency-Key']}" for request in requests]
        return [hashlib.sha256(key.encode()).hexdigest() for key in keys]


def figure(name: str, answer: dict[str, Any], target: float, limit: str, **more: Any) -> Figure:
    """A rate with what else the driver and the node saw."""
    return Figure(
        name,
        answer["per_second"],
        target,
        p95=answer["p95"],
        cpu=answer["cpu"],
        limit=limit,
        errors=errors(answer),
        **more,
    )


def sender(node: Node) -> Sender:
    return Sender(**node.inside("client"))


def places(node: Node) -> list[tuple[float, float]]:
    return [(float(lon), float(lat)) for lon, lat in node.rows(POINTS)]


def reports(node: Node, count: int, bearer: Sender) -> list[dict[str, Any]]:
    """Requests of different reports at different places and of different categories."""
    spots = places(node)
    categories = [
        row[0] for row in node.rows("SELECT key FROM events_category WHERE type = 'event' ORDER BY key LIMIT 40")
    ]
    return [
        {
            "method": "POST",
            "path": "/api/v1/reports",
            "headers": {
                "Authorization": f"Bearer {bearer.token}",
                "Content-Type": JSON,
                "Idempotency-Key": str(uuid.uuid4()),
            },
            "body": json.dumps(
                {
                    "category": categories[number % len(categories)],
                    "lon": round(spots[number % len(spots)][0], 7),
                    "lat": round(spots[number % len(spots)][1], 7),
                    "datum": "wgs84",
                    "description": f"bench {number}",
                }
            ),
        }
        for number in range(count)
    ]


def intake(node: Node) -> list[Figure]:
    """Reports of an API client: grid found, history and promise written; with nobody routing, then with everybody."""
    bearer = sender(node)
    first, second = reports(node, 2, bearer)
    counted = node.inside("statements", json.dumps({**first, "again": second}))
    limit = "INSERT and commit, 8 connections"
    with node.running("web"):
        off = node.load(reports(node, 4000, bearer), repeat=False)
        with node.running("worker"), node.running("beat"), node.running("relay"):
            wait_singing(node)
            settle(node, 120)
            on = node.load(reports(node, 4000, bearer), repeat=False)
            settle(node, 120)
    return [
        figure("intake, router off", off, 200, limit, p95_target=80, statements=counted["statements"],
               statements_target=15, peer=CREATE_PEER),
        figure("intake, router on", on, 120, limit, peer=CREATE_PEER),
    ]  # fmt: skip


def wait_singing(node: Node) -> None:
    """Wait until beat, broker and worker have carried two canaries: they have started and are at rest."""
    sung = "SELECT count(*) FROM ledger_promise WHERE kind = 'ledger.canary' AND done_at IS NOT NULL"
    before, deadline = node.number(sung), time.monotonic() + 120
    while node.number(sung) < before + 2:
        if time.monotonic() > deadline:
            raise TimeoutError("no canary in two minutes: beat, relay or worker does not run")
        time.sleep(0.2)


def settle(node: Node, seconds: float) -> None:
    """Wait until nothing is left to route."""
    deadline = time.monotonic() + seconds
    while node.number(BACKLOG) and time.monotonic() < deadline:
        time.sleep(0.3)


def member_of(node: Node, right: str, order: str = "count(a.id) DESC") -> tuple[str, int]:
    """The user with this right whose department has the most open work, and that department."""
    row = node.rows(
        "SELECT u.username, m.department_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id"
        " JOIN accounts_role r ON r.id = m.role_id"
        " LEFT JOIN cases_assignment a ON a.department_id = m.department_id AND a.open AND a.step_key = 'handle'"
        f" WHERE %s = ANY(r.rights) AND m.valid @> current_date GROUP BY 1, 2 ORDER BY {order}, 1 LIMIT 1",
        right,
    )[0]
    return str(row[0]), int(row[1])


def move(node: Node) -> list[Figure]:
    """A handler takes cases over in the browser: one form each, state changed, history and promises written."""
    username, department = member_of(node, "cases.handle")
    reset = (
        "UPDATE cases_case SET state = 'pending_handle' WHERE department_id = %s AND state = 'handling';"
        "UPDATE cases_assignment SET holder_id = NULL, claimed_at = NULL WHERE department_id = %s AND open"
    )
    node.rows(reset, department, department)
    signed = node.inside("session", username)
    ready = node.rows(
        "SELECT c.number, c.version, a.id FROM cases_case c JOIN cases_assignment a ON a.case_id = c.id AND a.open"
        " WHERE a.department_id = %s AND c.state = 'pending_handle' AND a.step_key = 'handle' ORDER BY c.id LIMIT 4000",
        department,
    )
    headers = {"Cookie": signed["Cookie"], "Content-Type": "application/x-www-form-urlencoded"}
    requests = [
        {
            "method": "POST",
            "path": f"/desk/cases/{number}/move/take/",
            "headers": headers,
            "body": f"csrfmiddlewaretoken={signed['csrf']}&expected_version={version}&assignment_id={assignment}",
        }
        for number, version, assignment in ready
    ]
    counted = node.inside("statements", json.dumps({**requests[0], "again": requests[-1]}))
    with node.running("web"):
        answer = node.load(requests[1:-1], repeat=False)
    limit = "UPDATE and commit, 8 connections"
    return [figure("state move by form", answer, 150, limit, statements=counted["statements"], peer=MOVE_PEER)]


def inbox(node: Node) -> list[Figure]:
    """The inbox of a coordinator: 100 rows, whole page of HTML, signed in."""
    username, _ = member_of(node, "cases.coordinate")
    signed = node.inside("session", username)
    path, headers = "/desk/?size=100", {"Cookie": signed["Cookie"]}
    request = {"path": path, "headers": headers}
    counted = node.inside("statements", json.dumps(request))
    with node.running("web"):
        status, body = node.get(path, headers)
        answer = node.load([request])
    rows = len(set(re.findall(rb"/desk/cases/(\w+)/", body)))
    note = f"{rows} rows, {len(body) / 1024:.0f} kB, answer {status}"
    return [
        figure("inbox page of 100", answer, 30, "empty view, 8 connections", statements=counted["statements"],
               statements_target=8, peer=INBOX_PEER, note=note)
    ]  # fmt: skip


def locate(node: Node) -> list[Figure]:
    """Point → grid by API token."""
    bearer = sender(node)
    requests = [
        {
            "path": f"/api/v1/grid-at?lon={lon:.7f}&lat={lat:.7f}&datum=wgs84",
            "headers": {"Authorization": f"Bearer {bearer.token}"},
        }
        for lon, lat in places(node)
    ]
    counted = node.inside("statements", json.dumps(requests[0]))
    with node.running("web"):
        answer = node.load(requests)
    limit = "ST_Covers, 8 connections"
    return [figure("point → grid by token", answer, 400, limit, statements=counted["statements"])]


def tiles(node: Node) -> list[Figure]:
    """Tiles of grids: cold (each asked once), from the cache, and from the cache with the tile cookie alone."""
    username, _ = member_of(node, "cases.coordinate")
    signed = node.inside("session", username)
    chance = random.Random(7)
    spots = list({random_tile(chance, zoom) for zoom in (13, 14) for _ in range(4000)})
    chance.shuffle(spots)
    requests = [{"path": f"/tiles/grids/{z}/{x}/{y}.mvt", "headers": {"Cookie": signed["Cookie"]}} for z, x, y in spots]
    counted = node.inside("statements", json.dumps(requests[-1]))
    with node.running("web"):
        empty_cache(node)
        cold = node.load(requests, repeat=False, warm_up=0.5, seconds=6)
        few = requests[:200]
        node.load(few, repeat=False, seconds=5)
        cached = node.load(few)
        cookie = tile_cookie(node, few[0])
        only = [{**request, "headers": {"Cookie": cookie, "Accept-Encoding": "gzip"}} for request in few]
        by_cookie = node.load(only)
    view = "empty view, 8 connections"
    return [
        figure("grid tile, cold", cold, 120, "ST_AsMVT z13, 8 connections", note=f"{cold['bytes'] / 1024:.1f} kB each",
               peer="45/s for GeoJSON of 1 % of the area"),
        figure("grid tile, cached, signed in", cached, 450, view, statements=counted["statements"]),
        figure("grid tile, cached, tile cookie", by_cookie, 1500, view),
    ]  # fmt: skip


def empty_cache(node: Node) -> None:
    redis.Redis(unix_socket_path=str(node.paths.redis_socket)).flushall()


def tile_cookie(node: Node, request: dict[str, Any]) -> str:
    """The scope-signed cookie that comes with a tile and is good for the tiles to come."""
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=30)
    connection.request("GET", request["path"], headers=request["headers"])
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return next(
        value.split(";")[0] for value in answer.headers.get_all("Set-Cookie") or [] if value.startswith("tiles=")
    )


def routing(node: Node) -> list[Figure]:
    """One worker process drains a backlog."""
    bearer = sender(node)
    settle_with_relay(node)
    with node.running("web"):
        node.load(reports(node, 3000, bearer), repeat=False, seconds=40, warm_up=0)
    backlog = node.number(BACKLOG)
    begin = node.rows("SELECT now()")[0][0]
    with node.running("worker", "--concurrency=1", "--queues=route"), node.running("relay"):
        settle(node, 150)
    done = node.rows(
        "SELECT count(*), extract(epoch FROM max(done_at) - min(done_at))::float FROM ledger_promise"
        " WHERE kind = 'cases.route' AND done_at > %s",
        begin,
    )[0]
    rate = done[0] / max(done[1], 0.001)
    return [
        Figure("routing, one worker process", rate, 200, limit="UPDATE and commit, 8 connections",
               note=f"{done[0]} of a backlog of {backlog:.0f}")
    ]  # fmt: skip


def settle_with_relay(node: Node) -> None:
    if node.number(BACKLOG):
        with node.running("worker"), node.running("relay"):
            settle(node, 300)


def visible(node: Node) -> list[Figure]:
    """From a report until its department sees it: at 10/s at rest, and while a backlog of 10,000 drains."""
    bearer = sender(node)
    settle_with_relay(node)
    backlog = int(10_000 * min(1.0, float(os.environ.get("SCALE", "1"))))
    with node.running("web"), node.running("worker"), node.running("beat"), node.running("relay"):
        wait_singing(node)
        quiet = waits(node, bearer, reports(node, 200, bearer))
    with node.running("web"):
        node.load(reports(node, backlog, bearer), repeat=False, seconds=150, warm_up=0, connections=8)
    waiting = node.number(BACKLOG)
    with node.running("web"), node.running("worker"), node.running("beat"), node.running("relay"):
        wait_draining(node, waiting)
        busy = waits(node, bearer, reports(node, 150, bearer))
        left = node.number(BACKLOG)
        settle(node, 60)
    return [
        Figure("report → department, p95 at 10/s", quiet, 3, unit=" s", more_is_better=False),
        Figure("report → department, p95 at 10/s, backlog draining", busy, 3, unit=" s", more_is_better=False,
               note=f"backlog {waiting:.0f} before, {left:.0f} left at the end"),
    ]  # fmt: skip


def wait_draining(node: Node, waiting: float) -> None:
    """Until the workers have started and the backlog shrinks."""
    deadline = time.monotonic() + 60
    while node.number(BACKLOG) > waiting - 20 and time.monotonic() < deadline:
        time.sleep(0.2)


def waits(node: Node, bearer: Sender, requests: list[dict[str, Any]]) -> float:
    """p95 in seconds from opening to the commit that shows the case to its department, at 10 reports per second."""
    watch = Watch(node, bearer.stored(requests))
    node.load(requests, repeat=False, rate=10, seconds=len(requests) / 10 + 2, warm_up=0)
    return watch.p95(30)


class Watch:
    """Which cases are open and not routed is asked afterwards: commits are stamped by the database itself."""

    def __init__(self, node: Node, keys: list[str]) -> None:
        self.node, self.keys = node, keys

    def p95(self, seconds: float) -> float:
        deadline = time.monotonic() + seconds
        sql = (
            "SELECT extract(epoch FROM p.done_at - c.opened_at)::float FROM cases_case c"
            " JOIN ledger_promise p ON p.kind = 'cases.route' AND p.dedupe_key = 'cases.route:' || c.id"
            " WHERE c.submission_key = ANY(%s)"
        )
        found: list[float] = []
        while time.monotonic() < deadline:
            found = [row[0] if row[0] is not None else seconds for row in self.node.rows(sql, self.keys)]
            if found and max(found) < seconds:
                break
            time.sleep(0.5)
        return sorted(found)[int(len(found) * 0.95)] if found else float("inf")


def memory(node: Node) -> list[Figure]:
    """Resident memory of an idle web worker, and of it after a page of each kind."""
    with node.running("web") as master:
        idle = steady(master) / 1024 / 1024
        node.load([{"path": "/healthz"}, {"path": "/accounts/login/"}], seconds=3)
        after = max(child.memory_info().rss for child in workers(master)) / 1024 / 1024
        shared = max(child.memory_full_info().pss for child in workers(master)) / 1024 / 1024
    return [
        Figure("web worker, idle, RSS", idle, 120, unit=" MB", more_is_better=False, peer="167 MB",
               note=f"{after:.0f} MB after some pages; {shared:.0f} MB of it its own share (PSS)")
    ]  # fmt: skip


def steady(master: psutil.Process) -> int:
    """Bytes of the larger worker, once it no longer grows."""

    def largest() -> int:
        return max(int(child.memory_info().rss) for child in workers(master))

    last, now = -1, largest()
    while now != last:
        time.sleep(0.5)
        last, now = now, largest()
    return now


def workers(master: psutil.Process) -> list[psutil.Process]:
    return list(master.children())


__all__ = ["inbox", "intake", "locate", "memory", "move", "routing", "tiles", "visible"]
