"""Another system that submits reports over HTTP, remembers every acknowledged answer and tries again without one."""

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

PATH = "/api/v1/reports"
TIMEOUT = 10.0  # seconds a client waits for an answer
ACKNOWLEDGED = (200, 201)


@dataclass
class Book:
    """What was acknowledged, how long it took and what else was answered. Filled by several threads."""

    acked: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0  # no answer at all
    seconds: list[float] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)  # keys whose replay got another answer
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, status: int, body: dict[str, Any], took: float) -> None:
        with self.lock:
            self.statuses[status] += 1
            self.seconds.append(took)
            if status in ACKNOWLEDGED:
                known = self.acked.setdefault(key, body)
                if known["number"] != body["number"]:
                    self.differing.append(key)

    def note_broken(self) -> None:
        with self.lock:
            self.broken += 1


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else 0.0


class Driver:
    """Arguments: host and port of the web server, bearer token, body of a report by its key."""

    def __init__(self, address: tuple[str, int], token: str, body: Any) -> None:
        self.address = address
        self.token = token
        self.body = body

    def submit(
        self, keys: list[str], *, threads: int = 4, give_up: float = 60.0, rate: float = 0.0, book: Book | None = None
    ) -> Book:
        """Send every key until it is acknowledged or refused for good.

        Arguments:
            threads: clients working side by side, each with its own connection.
            give_up: seconds after which a key without an answer is left alone.
            rate: keys per second over all threads; 0 means as fast as they come.
        """
        book = book or Book()
        queue: SimpleQueue[tuple[int, str]] = SimpleQueue()
        for item in enumerate(keys):
            queue.put(item)
        start = time.monotonic()
        workers = [
            threading.Thread(target=self._work, args=(queue, book, start, rate, start + give_up))
            for _ in range(threads)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return book

    def _work(self, queue: "SimpleQueue[tuple[int, str]]", book: Book, start: float, rate: float, until: float) -> None:
        connection = http.client.HTTPConnection(*self.address, timeout=TIMEOUT)
        while True:
            try:
                index, key = queue.get_nowait()
            except Empty:
                connection.close()
                return
            if rate:
                time.sleep(max(0.0, start + index / rate - time.monotonic()))
            self._until_answered(connection, key, book, until)

    def _until_answered(self, connection: http.client.HTTPConnection, key: str, book: Book, until: float) -> None:
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                status, body = self.once(connection, key)
            except (OSError, http.client.HTTPException):
                connection.close()
                book.note_broken()
                time.sleep(0.05)
                continue
            book.note(key, status, body, time.monotonic() - began)
            if status < 500 and status != 429 and body.get("code") != "in_flight":
                return
            time.sleep(0.1)

    def once(self, connection: http.client.HTTPConnection, key: str) -> tuple[int, dict[str, Any]]:
        """One request and its answer."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        connection.request("POST", PATH, json.dumps(self.body(key)), headers)
        answer = connection.getresponse()
        raw = answer.read()
        try:
            body = json.loads(raw)
        except ValueError:
            body = {"raw": raw[:300].decode(errors="replace")}
        return answer.status, body
