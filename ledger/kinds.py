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
`() -> list[str]` (empty = holds); **city parts**, **documents**, **imports**, **editions** and **simulations**: see the
functions of their names.

**Personal data**: `register_notice` (what people are told where their data is collected) and `register_retention` (how
long it is kept); a check refuses a personal column without a row and a personal form field without a notice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.module_loading import import_string

from ledger import edition_kinds, export_kinds, personal

# registries of personal data, described there
NoticeKind = personal.NoticeKind
NoticeVersion = personal.NoticeVersion
Retention = personal.Retention
notices, register_notice, add_notice = personal.notices, personal.register_notice, personal.add_notice
retentions, register_retention, add_retention = personal.retentions, personal.register_retention, personal.add_retention
# registries of what is kept in editions, described there
EDITION_READERS, SIMULATION_SIZES = edition_kinds.EDITION_READERS, edition_kinds.SIMULATION_SIZES
EditionKind = edition_kinds.EditionKind
SimulationKind = edition_kinds.SimulationKind
editions, register_edition = edition_kinds.editions, edition_kinds.register_edition
exports, register_export = export_kinds.exports, export_kinds.register_export
simulations, register_simulation = edition_kinds.simulations, edition_kinds.register_simulation

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
    many: str = ""

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


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of PDF; see `register_document`."""

    key: str
    template: str
    context: str
    series: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an import.

    Arguments:
        key: name in `SheetRow.values`.
        zh, en: header of the template; either is recognised in a file, as are `aliases`.
        type: text, integer, decimal, date, month or code; what a cell becomes is told at `SheetRow`.
        example, help_zh, help_en: for the template and the screen.
        choices: the only values allowed, if any.
        max_length: of text and code, characters.
        personal: a cell that names a person is shown masked on screens.
        hidden: filled by the reader of the kind (its header is the key) and never shown or chosen.
    """

    key: str
    zh: str
    en: str
    type: str = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    example: str = ""
    help_zh: str = ""
    help_en: str = ""
    choices: tuple[str, ...] = ()
    max_length: int = 200
    personal: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a file with the number a spreadsheet shows for it.

    Arguments:
        values: by column key. text → str ("" if empty), code → str without blanks, upper case; integer → int,
            decimal → Decimal, date → date, month → date of its first day; None if empty or unreadable (which is a
            fault already).
    """

    number: int
    values: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values.get(key)


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell (column "" = with the row, row 0 = with the sheet); never quotes personal data.

    Arguments:
        place: longitude and latitude in degrees WGS-84, where the row is one on a map.
        warning: told, but not in the way of the commit.
    """

    row: int
    column: str
    message: str
    place: tuple[float, float] | None = None
    warning: bool = False


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """Something to be chosen for a whole file, beside its columns.

    Arguments:
        options: (value, label in the active language); empty for a text, for example a title.
        value: what is chosen or proposed now.
    """

    key: str
    label: str
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    required: bool = True
    help: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader of its own made of a file.

    Arguments:
        header: names of the columns; a hidden column is named by its key.
        rows: (number, cells) without the header.
        facts: for `choices`, `check` and the panel; values of JSON.
        choices: what was chosen, completed by what the file lets guess.
    """

    header: list[str]
    rows: list[tuple[int, list[Any]]]
    facts: dict[str, Any]
    choices: dict[str, str]


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A kind of import; see `register_import`."""

    key: str
    columns: str
    check: str
    commit: str
    right: str
    name_zh: str
    name_en: str
    changes: str = ""
    reader: str = ""
    choices: str = ""
    panel: str = ""
    url: str = ""
    suffixes: tuple[str, ...] = (".xlsx", ".csv")
    megabytes: int = 10


COLUMN_TYPES = ("text", "integer", "decimal", "date", "month", "code")


handlers: dict[str, Handler] = {}
periodics: dict[str, Periodic] = {}
jobs: dict[str, JobKind] = {}
invariants: dict[str, str] = {}
city_parts: dict[str, CityPart] = {}
documents: dict[str, DocumentKind] = {}
imports: dict[str, ImportKind] = {}


def register_handler(
    kind: str,
    *,
    handler: str,
    queue: str,
    versions: tuple[int, ...] = (1,),
    prepare: str = "",
    send: str = "",
    batch: int = 50,
    many: str = "",
) -> None:
    """Say how promises of this kind are redeemed.

    Arguments:
        kind: "<app>.<verb>".
        handler, prepare, send: dotted names; see the top of this module.
        queue: one of QUEUES.
        versions: payload versions the handler understands (N and N-1); others wait.
        batch: promises per transaction, 1 to 50; 1 for work of seconds.
        many: `(payloads, *, now) -> None`, all of them or an error; then each is redeemed alone by `handler`. For work
            whose statements are nearly as dear for one as for fifty.
    """
    if queue not in QUEUES or bool(prepare) != bool(send) or not 1 <= batch <= 50:
        raise ValueError(f"{kind}: unknown queue, prepare without send, or batch outside 1-50")
    handlers[kind] = Handler(kind, handler, queue, versions, prepare, send, 1 if send else batch, many)


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


def register_document(key: str, *, template: str, context: str, series: str, name_zh: str, name_en: str) -> None:
    """A kind of PDF that `ledger.actions.request_document` can be asked for.

    Arguments:
        key: "<app>.<document>", for example "cases.report".
        template: Django template below templates/documents/ that extends documents/base.html.
        context: dotted name of `(object_id: str, language: str) -> dict[str, Any]`, called in the language of the
            document; public-safe or masked values only, the PDF is stored in clear. Read by base.html:
            "title" (needed), "department" (who issues it), "path" (a page of this site: printed as a QR code).
            Raises Http404 or DoesNotExist when the object is gone: the render fails and becomes an incident.
        series: prefix of its numbers, gapless per year: "RPT" makes RPT-2026-000001.
    """
    documents[key] = DocumentKind(key, template, context, series, name_zh, name_en)


def register_import(
    key: str,
    *,
    columns: str,
    check: str,
    commit: str,
    right: str,
    name_zh: str,
    name_en: str,
    changes: str = "",
    reader: str = "",
    choices: str = "",
    panel: str = "",
    url: str = "",
    suffixes: tuple[str, ...] = (".xlsx", ".csv"),
    megabytes: int = 10,
) -> None:
    """A kind of sheet that members with `right` import under /desk/imports/.

    Arguments:
        key: "<app>.<import>", for example "grids.divisions".
        columns: dotted name of `() -> Sequence[Column]`.
        check: dotted name of `(rows: Sequence[SheetRow], *, actor, now) -> list[RowError]`; reads only. Cells that are
            empty, too long or of the wrong type are refused before it is asked; its messages are written in the
            language that is active (gettext).
        commit: dotted name of `(*, rows: Sequence[SheetRow], run_id: UUID, actor, now) -> dict[str, int]`: writes all
            rows in the caller's transaction (so it is not durable) and returns counts for the screen and the audit. It
            is never called for a sheet with a fault, nor twice for one file.
        right: a right of accounts.kinds.RIGHTS.
        changes: dotted name of `(rows, *, actor, now) -> ledger.cityfolder.Change`, shown before the commit; or "".
        reader: dotted name of `(data: bytes, *, choices: dict[str, str]) -> Reading`, instead of the reader of
            sheets; it runs in a worker, reads the file in the sandbox and raises ValidationError with a sentence for
            who sent it. It is asked again whenever something else is chosen. With it come:
        choices: dotted name of `(facts, chosen) -> Sequence[ImportChoice]`, of what is chosen for the whole
            file; `check`, `changes` and `commit` then get `choices` and `facts` too, `check` may write into `facts`.
        panel: template that says on the page of the run what `facts` hold.
        url: path of the page where such files are uploaded, instead of the common one with its template.
        suffixes, megabytes: which files are taken, and how large.
    """
    texts = (key, columns, check, commit, right, name_zh, name_en, changes, reader, choices, panel, url)
    imports[key] = ImportKind(*texts, suffixes, megabytes)


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


@cache
def attribute(dotted: str) -> Any:
    """The value behind a registered name.

    Raises:
        ImportError: there is none; the system check says so at start.
    """
    return import_string(dotted)


def dotted_names() -> Iterator[tuple[str, str]]:
    """Every registered name with what it was registered for."""
    named: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
        ("promise", handlers, ("handler", "prepare", "send")),
        ("periodic", periodics, ("handler",)),
        ("job", jobs, ("step",)),
        ("city part", city_parts, ("load", "export")),
        ("document", documents, ("context",)),
        ("export", exports, ("write",)),
        ("import", imports, ("columns", "check", "commit", "changes", "reader", "choices")),
        ("edition", editions, ("rows", "draft", "validate")),
        ("retention", retentions, ("rows", "handler")),
        ("simulation", simulations, ("run", "tell", "groups")),
    )
    for word, registry, fields in named:
        for key, spec in registry.items():
            yield from ((getattr(spec, field), f"{word} {key}") for field in fields if getattr(spec, field))
    for name, check in invariants.items():
        yield check, f"invariant {name}"
