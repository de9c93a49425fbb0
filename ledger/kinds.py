"""Registries by which an upper app is reached from below: dotted names only, resolved by a system check.

**Promise handlers.** A handler is a plain function in `<app>.actions` (never `durable`: ledger owns the transaction):

    def handler(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None

It runs inside ledger's durable transaction, in a savepoint of its own, with the promise row locked; whatever it writes
is committed together with "done", so redeeming twice has one effect. It may call `promise()`. It does no network, no
rendering and no cache. Raise `ledger.promises.Transient` for "the other side is away" (retried for 72 h uncounted).

**External kinds** talk to another system and have three parts:

    prepare(payload, *, promise_id, now) -> dict | None       in a transaction; None: nothing to do any more, done
    send(prepared, *, idempotency_key) -> dict                outside every transaction; network lives here (gateways)
    handler(payload, *, promise_id, now, answer) -> None      in a transaction; writes the answer

`send` may run twice after a crash, with the same idempotency key; the receiver (or our stand-in) uses it once.

**Periodic jobs**: `handler(*, now) -> bool | None`, in ledger's transaction under a promise; a bounded piece of work
(some hundred rows); True means "there is more": it is called again at once in a new transaction.

**Jobs** (long work): `step(job, budget_seconds) -> StepResult`, see ledger.actions.jobs; **invariants**:
`() -> list[str]` (empty = holds); **city parts**: see `register_city_part`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.module_loading import import_string

QUEUES = ("route", "notify", "import", "geo", "document")


@dataclass(frozen=True, slots=True)
class Handler:
    """How promises of one kind are redeemed."""

    kind: str
    handler: str
    queue: str
    versions: tuple[int, ...] = (1,)
    prepare: str = ""
    send: str = ""
    batch: int = 50

    @property
    def external(self) -> bool:
        return bool(self.send)


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that runs once in every period of so many seconds of the database clock."""

    name: str
    handler: str
    seconds: int


@dataclass(frozen=True, slots=True)
class JobKind:
    """Long work in steps."""

    kind: str
    step: str
    name_zh: str
    name_en: str
    queue: str = "import"


@dataclass(frozen=True, slots=True)
class CityPart:
    """A part of a city folder and the functions that load and export it, in the order of `order`."""

    name: str
    load: str
    order: int
    export: str = ""


handlers: dict[str, Handler] = {}
periodics: dict[str, Periodic] = {}
jobs: dict[str, JobKind] = {}
invariants: dict[str, str] = {}
city_parts: dict[str, CityPart] = {}


def register_handler(
    kind: str,
    *,
    handler: str,
    queue: str,
    versions: tuple[int, ...] = (1,),
    prepare: str = "",
    send: str = "",
    batch: int = 50,
) -> None:
    """Say how promises of this kind are redeemed.

    Arguments:
        kind: "<app>.<verb>".
        handler, prepare, send: dotted names; see the top of this module.
        queue: one of QUEUES.
        versions: payload versions the handler understands (N and N-1); others wait.
        batch: promises per transaction, 1 to 50; 1 for work of seconds.
    """
    if queue not in QUEUES or bool(prepare) != bool(send) or not 1 <= batch <= 50:
        raise ValueError(f"{kind}: unknown queue, prepare without send, or batch outside 1-50")
    handlers[kind] = Handler(kind, handler, queue, versions, prepare, send, 1 if send else batch)


def register_periodic(name: str, *, handler: str, seconds: int) -> None:
    """Run `handler(now=…)` once in every period of `seconds`, whoever nudges and however often."""
    periodics[name] = Periodic(name, handler, seconds)


def register_job(kind: str, *, step: str, name_zh: str, name_en: str, queue: str = "import") -> None:
    """Long work: `step(job, budget_seconds) -> StepResult` is called until done, in promises of at most 60 s."""
    jobs[kind] = JobKind(kind, step, name_zh, name_en, queue)


def register_invariant(name: str, check: str) -> None:
    """`check() -> list[str]`: one line per breach, ids only. Names I1 to I8 are those of docs/reliability.md."""
    invariants[name] = check


def register_city_part(name: str, load: str, *, order: int, export: str = "") -> None:
    """A part of the city folder.

    Arguments:
        name: the part, for example "calendar".
        load: dotted name of `load(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change`
            (ledger.cityfolder): notes faults with file and row in the folder, applies idempotently if told to.
        order: parts with smaller numbers load first.
        export: dotted name of `export() -> dict[str, str]` (file name → content), or "".
    """
    city_parts[name] = CityPart(name, load, order, export)


@cache
def resolve(dotted: str) -> Callable[..., Any]:
    """The function behind a registered name.

    Raises:
        ImportError: there is none; the system check says so at start.
    """
    found = import_string(dotted)
    if not callable(found):
        raise ImportError(f"{dotted} is not callable")
    function: Callable[..., Any] = found
    return function


def dotted_names() -> Iterator[tuple[str, str]]:
    """Every registered name with what it was registered for."""
    for spec in handlers.values():
        yield from ((name, f"promise {spec.kind}") for name in (spec.handler, spec.prepare, spec.send) if name)
    for periodic in periodics.values():
        yield periodic.handler, f"periodic {periodic.name}"
    for job in jobs.values():
        yield job.step, f"job {job.kind}"
    for name, check in invariants.items():
        yield check, f"invariant {name}"
    for part in city_parts.values():
        yield from ((name, f"city part {part.name}") for name in (part.load, part.export) if name)
