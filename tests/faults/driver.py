"""People and systems who submit over HTTP, remember every acknowledged answer and try again without one."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from tests.faults.doors import Door
from tests.faults.web import Line

TIMEOUT = 10.0  # seconds a client waits for an answer
ACKNOWLEDGED = frozenset((200, 201, 302))
TAKEN = ACKNOWLEDGED | {202}  # what is answered when nothing is wrong; 202: a worker has it


@dataclass
class Book:
    """What was acknowledged, how long it took and what else was answered. Filled by several threads."""

    acked: dict[str, str] = field(default_factory=dict)  # key → number, private link or place
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0  # no answer at all
    seconds: list[float] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)  # keys whose replay got another answer
    over: threading.Event = field(default_factory=threading.Event)  # everything was answered or given up
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, status: int, what: str) -> None:
        with self.lock:
            self.statuses[status] += 1
            if status in ACKNOWLEDGED and self.acked.setdefault(key, what) != what:
                self.differing.append(key)

    def note_broken(self) -> None:
        with self.lock:
            self.broken += 1

    def note_seconds(self, seconds: list[float]) -> None:
        with self.lock:
            self.seconds += seconds


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else 0.0


class Driver:
    """Arguments: host and port of the web server, doors by the first word of a key."""

    def __init__(self, address: tuple[str, int], doors: Mapping[str, Door]) -> None:
        self.address = address
        self.doors = doors

    def door(self, key: str) -> Door:
        return self.doors[key.partition("-")[0]]

    def line(self) -> Line:
        return Line(self.address, TIMEOUT)

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
        book.over.set()
        return book

    def _work(self, queue: "SimpleQueue[tuple[int, str]]", book: Book, start: float, rate: float, until: float) -> None:
        line = self.line()
        while True:
            try:
                index, key = queue.get_nowait()
            except Empty:
                line.close()
                return
            if rate:
                time.sleep(max(0.0, start + index / rate - time.monotonic()))
            self._until_answered(line, key, book, until)

    def _until_answered(self, line: Line, key: str, book: Book, until: float) -> None:
        while time.monotonic() < until:
            try:
                told = self.door(key).send(line, key)
            except (OSError, http.client.HTTPException):
                book.note_broken()
                time.sleep(0.05)
                continue
            finally:
                book.note_seconds(line.taken())
            book.note(key, told.status, told.what)
            if not told.again and told.status < 500 and told.status != 429:
                return
            time.sleep(0.2 if told.again else 0.1)
