"""Registries of what is kept in editions and of how a draft is tried on history; part of `ledger.kinds`."""

from dataclasses import dataclass

# what a simulation can be asked for: the newest so many things, or those of so many months
SIMULATION_SIZES = {"last": (100, 1_000, 10_000), "months": (1, 3, 6, 12)}
# rights that draft or approve editions of some kind, or let one read them: the gate of /desk/editions/
EDITION_READERS = ("rules.draft", "rules.approve", "cases.read")


@dataclass(frozen=True, slots=True)
class EditionKind:
    """A rule set or catalogue kept in editions; see `register_edition`."""

    kind: str
    name_zh: str
    name_en: str
    rows: str
    fields: dict[str, tuple[str, str]]
    draft: str
    validate: str = ""
    about_zh: str = ""
    about_en: str = ""
    edit_url: str = ""
    row_url: str = ""
    new_url: str = ""
    draft_right: str = "rules.draft"
    approve_right: str = "rules.approve"


@dataclass(frozen=True, slots=True)
class SimulationKind:
    """How a draft of one kind is tried on history; see `register_simulation`."""

    kind: str
    run: str
    tell: str
    groups: str
    verdicts: dict[str, tuple[str, str]]
    name_zh: str
    name_en: str
    units: tuple[str, str]
    group: tuple[str, str]
    scopes: tuple[str, ...] = ("last", "months")


editions: dict[str, EditionKind] = {}
simulations: dict[str, SimulationKind] = {}


def register_edition(
    kind: str,
    *,
    name_zh: str,
    name_en: str,
    rows: str,
    fields: dict[str, tuple[str, str]],
    draft: str,
    validate: str = "",
    about_zh: str = "",
    about_en: str = "",
    edit_url: str = "",
    row_url: str = "",
    new_url: str = "",
    draft_right: str = "rules.draft",
    approve_right: str = "rules.approve",
) -> None:
    """A rule set or catalogue in editions. Its screens are under /desk/editions/<kind>/.

    The owner writes the content of a draft in its own actions, each of which first calls
    `ledger.actions.change_edition(edition_id=…, kind=…, actor=…)`: that locks the draft, checks the right, and counts
    the change, so that nobody approves what he did not read or what he wrote himself.

    Arguments:
        kind: `Edition.kind`, at most 40 of a-z, 0-9, "-": part of the address.
        rows: `(edition_id) -> dict[code, dict[field, text]]`: the content in the reader's language, with names and not
            ids, in the order it is shown in; the difference between two editions is made of it.
        fields: field → (Chinese, English) label, in the order of the columns.
        draft: `(*, title: str, actor: Actor) -> Edition`, durable: begins a draft (`ledger.actions.draft_edition`) and
            copies what is in force into it.
        validate: `(edition_id) -> list[str]`: reasons in the reader's language why it cannot be approved.
        about_zh, about_en: one sentence on what this decides.
        edit_url: name of a route with `edition` (id): an editor of the whole draft.
        row_url: name of a route with `edition` and `code`: the editor of one row.
        new_url: name of a route with `edition`: a new row.
        draft_right, approve_right: rights; each has to be one of EDITION_READERS.
    """
    if not {draft_right, approve_right} <= set(EDITION_READERS):
        raise ValueError(f"{kind}: add its rights to EDITION_READERS")
    editions[kind] = EditionKind(
        kind, name_zh, name_en, rows, fields, draft, validate, about_zh, about_en, edit_url, row_url, new_url,
        draft_right, approve_right,
    )  # fmt: skip


def register_simulation(
    edition_kind: str,
    *,
    run: str,
    tell: str,
    groups: str,
    verdicts: dict[str, tuple[str, str]],
    name_zh: str,
    name_en: str,
    units: tuple[str, str],
    group: tuple[str, str],
    scopes: tuple[str, ...] = ("last", "months"),
) -> None:
    """Try a draft of this kind on history: what would have been otherwise. Screens: …/<number>/simulations/.

    The values are in `ledger.queries.simulations`. History is only read; nothing of it changes.

    Arguments:
        edition_kind: a registered edition kind.
        run: `(simulation: Simulation, at: dict, budget_seconds: float) -> Piece`: one bounded piece of history from the
            checkpoint `at` ({} in the beginning), judged by `simulation.edition_id` and by `simulation.against_id` (in
            force when it was begun; None: nothing was). May run again from the same checkpoint after a crash.
        tell: `(rows: Sequence[SimulationLine]) -> dict[id, Told]`: a line of the list in the reader's language, with
            names; rows with a `case_id` are only those the reader may see.
        groups: `(codes: Collection[str]) -> dict[code, text]`: names of the groups in the reader's language.
        verdicts: code of a Finding → (Chinese, English), in the order shown: what hurts most first.
        units: what is replayed: (Chinese, English), for example ("件案件", "cases").
        group: what the summary is by: (Chinese, English), for example ("部门", "Department").
        scopes: "last" (newest N) and/or "months" (the last M months).
    """
    simulations[edition_kind] = SimulationKind(
        edition_kind, run, tell, groups, verdicts, name_zh, name_en, units, group, scopes
    )
