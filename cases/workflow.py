"""A workflow is a table read at import: states, steps, limits, transitions. Plain Python; a wrong table does not start.

One row per transition says from, to, who, what is required, what opens and closes, which clock starts or rests.
`cases.engine` is the only reader that acts on it; screens, drawings and tests read the same rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeVar

Relation = Literal["holder", "department", "territory", "reporter", "any", "rule", "clock"]
StepRole = Literal["intake", "lead", "assist", "step"]
Counts = Literal["", "return", "rework"]
Scope = Literal["case", "assignment"]
Item = TypeVar("Item")

RELATIONS = ("holder", "department", "territory", "reporter", "any", "rule", "clock")
ROLES = ("intake", "lead", "assist", "step")
UNITS = ("urgent_hour", "urgent_day", "working_hour", "working_day", "calendar_day")
RESULT_TYPES = ("text", "number", "date", "bool")  # or "choice:a|b"
REQUIREMENTS = ("note", "photo_before", "photo_after", "photo_check", "department", "holder", "condition", "result")
REQUIREMENTS_OF_OTHERS = ("assists", "children")  # no open assist in the step; no open child case
VERBS = (
    "open", "claim", "hand_over", "urge", "comment", "attach", "release", "withdraw_release", "soon", "overdue",
    "exempt", "answer", "rate", "child_opened", "child_closed", "linked", "proposed", "supervise",
)  # fmt: skip
PLAIN_TARGETS = ("given", "actor", "lead", "reporter")
WITHOUT_RIGHT = frozenset({"reporter", "rule", "clock"})


class WorkflowError(Exception):
    """The table of a workflow contradicts itself; raised at import."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain shown over a case file (domain 1.6: collect, file, dispatch, …)."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class State:
    """A state; `link` is the code of the link of the chain it stands in; `public_*` is what the reporter reads."""

    code: str
    name_zh: str
    name_en: str
    link: str
    final: bool = False
    public_zh: str = ""
    public_en: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A limit. "total" runs on the case, every other one on the assignment of the step that names it.

    Arguments:
        unit: one of the five units of domain 1.8.
        budget: default amount in that unit; a kind's `deadline` may give another for a case; None: no limit by itself.
        soon_share: share of the budget after which the lamp is amber.
        of_reporter: runs for the reporter, not for the authority: it goes on while the case rests (补正期限), and
            passing it makes nobody in the authority late.
    """

    code: str
    name_zh: str
    name_en: str
    unit: str = "working_hour"
    budget: Decimal | None = None
    soon_share: Decimal = Decimal("0.75")
    of_reporter: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Something a department has to do: opened and closed by transitions as an assignment.

    Arguments:
        role: intake | lead | assist | step. At most one open lead per (case, step).
        to: how the department is found: "given" (argument of the move), "actor" (the mover's own), "lead" (the case's
            lead), "reporter" (the member who reported, else the duty person of the grid), "function:<f>" (the active
            department of that function with the longest territory covering the place), "duty:<scheme>" (who is on duty
            in the case's grid) or "call:<dotted name>" of `(case, now) -> cases.kinds.Target`.
        needs_role: role code that may take it; "" any member of the department.
        stage: limit that starts with it; "" none.
        when: ((answer, value), …): opened only if all of the case's answers (or the move's data) say so; () always.
        joint: opened with assists of further departments (argument `assist_ids`).
        result: field → type, the typed result asked for at closing ("text", "number", "date", "bool", "choice:a|b").
    """

    key: str
    name_zh: str
    name_en: str
    role: StepRole = "step"
    to: str = "given"
    needs_role: str = ""
    stage: str = ""
    when: tuple[tuple[str, str], ...] = ()
    joint: bool = False
    result: Mapping[str, str] = field(default_factory=dict)

    def applies(self, answers: Mapping[str, object]) -> bool:
        """Whether a conditional step is opened for these answers."""
        return all(str(answers.get(name)) == value for name, value in self.when)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Arguments:
        label_*, effect_*: the button and the one line under it that says what will happen.
        from_states: where it may be done; to_state "" leaves the state (parallel steps, pauses).
        relation: how the actor must stand to the case. holder: holds (or may take) the assignment; department: is a
            member of its department; territory: his territory covers the place; reporter; any: the right alone;
            rule, clock: machinery. `also` lists further relations that may do it without the right ("rule", "clock",
                "reporter").
        right: right code of a member, asked for by holder, department, territory, any.
        step: step keys whose open assignment the relation looks at; () any open one.
        role: role of that assignment, where a joint step has a lead and assists; "" any.
        requires: of REQUIREMENTS, "assists", "children" or "data:<field>".
        sets_holder: who holds the assignment it was made on afterwards: "given" (argument of the move), "actor",
            "nobody"; "" leaves it. A return (`counts`) that stays in the department marks the assignment returned.
        opens: step keys; "back" (the assignment closed last), "back:<step>" (who did that step last).
        closes: "" | "own" | "all" | "step:<key>".
        joins: transition applied in the same transaction when no assignment but those of `joins_ignore` is open.
        starts: stages started on the case ("total"); stops: stages stopped on the case.
        pauses: reason code: every running clock of the case rests; resumes: they run on.
        extends: stages whose limit grows by the move's data "extension", in their own unit (延期).
        counts: "return" or "rework" adds one to the case and marks the history line amber.
        outcome: written on the assignments it closes; on the case when to_state is final.
        public: the reporter sees the line. notifies: "department", "holder", "reporter".
        guard: dotted name of `(case, facts, data) -> str`: "" or what is missing, in the reader's language.
        scope: which version is compared: "case" or "assignment".
        promises: further promise kinds written with {"case": id, "history": sequence}.
        routes: step keys handed over by the promise "cases.route", one promise each, if the step applies to the case.
        done_*: the history line; the label when empty.
    """

    name: str
    label_zh: str
    label_en: str
    effect_zh: str
    effect_en: str
    from_states: tuple[str, ...]
    to_state: str
    relation: Relation
    right: str = ""
    also: tuple[Relation, ...] = ()
    step: tuple[str, ...] = ()
    role: Literal["", "intake", "lead", "assist", "step"] = ""
    requires: tuple[str, ...] = ()
    sets_holder: Literal["", "given", "actor", "nobody"] = ""
    opens: tuple[str, ...] = ()
    closes: str = ""
    joins: str = ""
    joins_ignore: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pauses: str = ""
    resumes: bool = False
    extends: tuple[str, ...] = ()
    counts: Counts = ""
    outcome: str = ""
    public: bool = False
    notifies: tuple[str, ...] = ()
    guard: str = ""
    scope: Scope = "case"
    key: str = ""
    primary: bool = False
    promises: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    done_zh: str = ""
    done_en: str = ""
    hidden: bool = False  # never a button: machinery, or a screen of its own

    @property
    def relations(self) -> tuple[Relation, ...]:
        return (self.relation, *self.also)


@dataclass(frozen=True, slots=True)
class Routing:
    """How the promise "cases.route" treats a case of this kind.

    Arguments:
        step: step key routing rules are written for.
        automatic: transitions an automatic rule applies in one transaction, the last with the rule's department.
        unrouted: transition applied when nothing matched; its opened step is the duty chief's.
        waiting: states in which routing still has something to do; elsewhere a person was first.
        hold: step in which the case is kept while it is handed over; the moves are made on it, and only who takes it in
            hand is a person who was first. "": any open step.
    """

    step: str
    automatic: tuple[str, ...]
    unrouted: str
    waiting: tuple[str, ...]
    hold: str = ""


@dataclass(frozen=True)
class Workflow:
    """The whole table of a kind. `opens` are the steps opened with the case, `starts` its clocks.

    Arguments:
        routing: of a new case. hand_overs: of later steps, one row per step that some transition `routes`.
        on_children_closed: transition the clock applies when the last child with the rule "all_closed" is closed.
    """

    kind: str
    version: int
    initial: str
    links: tuple[Link, ...]
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    transitions: tuple[Transition, ...]
    opens: tuple[str, ...]
    stages: tuple[Stage, ...] = ()
    starts: tuple[str, ...] = ()
    routing: Routing | None = None
    hand_overs: tuple[Routing, ...] = ()
    on_children_closed: str = ""
    _states: dict[str, State] = field(init=False, repr=False, compare=False, default_factory=dict)
    _steps: dict[str, Step] = field(init=False, repr=False, compare=False, default_factory=dict)
    _stages: dict[str, Stage] = field(init=False, repr=False, compare=False, default_factory=dict)
    _transitions: dict[str, Transition] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._states.update(_by_code("state", ((s.code, s) for s in self.states)))
        self._steps.update(_by_code("step", ((s.key, s) for s in self.steps)))
        self._stages.update(_by_code("stage", ((s.code, s) for s in self.stages)))
        self._transitions.update(_by_code("transition", ((t.name, t) for t in self.transitions)))
        _check_workflow(self)

    def state(self, code: str) -> State:
        return self._states[code]

    def step(self, key: str) -> Step:
        return self._steps[key]

    def stage(self, code: str) -> Stage:
        return self._stages[code]

    def transition(self, name: str) -> Transition | None:
        return self._transitions.get(name)

    def routing_of(self, step: str) -> Routing | None:
        """How a step is routed; "" asks for the routing of a new case."""
        return next((row for row in self.hand_overs if row.step == step), None) if step else self.routing

    def from_state(self, code: str) -> tuple[Transition, ...]:
        """Transitions that start in a state, in the order of the table."""
        return tuple(t for t in self.transitions if code in t.from_states)


def _by_code(what: str, pairs: Iterable[tuple[str, Item]]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for code, item in pairs:
        if not code or code in found:
            raise WorkflowError(f"{what} {code!r} is empty or there twice")
        found[code] = item
    return found


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise WorkflowError(message)


def _check_workflow(w: Workflow) -> None:
    _by_code("link", ((link.code, link) for link in w.links))
    _check(w.initial in w._states, f"initial state {w.initial!r} is unknown")
    _check(bool(w.opens) or w._states[w.initial].final, "nobody would hold a new case: `opens` is empty")
    for state in w.states:
        _check(state.link in {link.code for link in w.links}, f"state {state.code}: unknown link {state.link!r}")
        _check(state.final or bool(w.from_state(state.code)), f"state {state.code} has no way out and is not final")
    for stage in w.stages:
        _check(stage.unit in UNITS, f"stage {stage.code}: unknown unit {stage.unit!r}")
    for step in w.steps:
        _check_step(w, step)
    for key in w.opens:
        _check(key in w._steps, f"opens unknown step {key!r}")
    for transition in w.transitions:
        _check_way(w, transition)
        _check_who(w, transition)
        _check_effects(w, transition)
        _check_clocks(w, transition)
    _check_machinery(w)


def _check_step(w: Workflow, s: Step) -> None:
    name = f"step {s.key}"
    _check(s.role in ROLES, f"{name}: unknown role {s.role!r}")
    _check(
        s.to in PLAIN_TARGETS or s.to.split(":")[0] in ("function", "duty", "call"), f"{name}: unknown target {s.to!r}"
    )
    _check(not s.stage or s.stage in w._stages, f"{name}: unknown stage {s.stage!r}")
    for field_name, kind in s.result.items():
        _check(
            kind in RESULT_TYPES or kind.startswith("choice:"), f"{name}: result {field_name} has unknown type {kind!r}"
        )


def _check_way(w: Workflow, t: Transition) -> None:
    name = f"transition {t.name}"
    _check(t.name not in VERBS, f"{name}: the name is a verb of the kernel")
    _check(bool(t.from_states), f"{name}: starts nowhere")
    for code in (*t.from_states, *([t.to_state] if t.to_state else [])):
        _check(code in w._states, f"{name}: unknown state {code!r}")
    for text in ("label_zh", "label_en", "effect_zh", "effect_en"):
        _check(bool(getattr(t, text)), f"{name}: {text} is empty")
    _check(t.scope in ("case", "assignment"), f"{name}: unknown scope {t.scope!r}")
    _check(
        not (t.scope == "assignment" and t.to_state), f"{name}: a move of one assignment cannot set the case's state"
    )


def _check_who(w: Workflow, t: Transition) -> None:
    name = f"transition {t.name}"
    for relation in t.relations:
        _check(relation in RELATIONS, f"{name}: unknown relation {relation!r}")
    needs_right = t.relation not in WITHOUT_RIGHT
    _check(bool(t.right) or not needs_right, f"{name}: nobody is named who may do it (right)")
    _check(t.role in ("", *ROLES), f"{name}: unknown role {t.role!r}")
    for key in t.step:
        _check(key in w._steps, f"{name}: unknown step {key!r}")


def _check_effects(w: Workflow, t: Transition) -> None:
    name = f"transition {t.name}"
    for need in t.requires:
        known = need in REQUIREMENTS or need in REQUIREMENTS_OF_OTHERS or need.startswith("data:")
        _check(known, f"{name}: unknown requirement {need!r}")
    for opened in t.opens:
        key = opened.removeprefix("back").removeprefix(":")
        _check(key in w._steps or opened == "back", f"{name}: opens unknown step {opened!r}")
    closed = t.closes.removeprefix("step:")
    _check(t.closes in ("", "own", "all") or closed in w._steps, f"{name}: closes unknown {t.closes!r}")
    for key in t.routes:
        _check(w.routing_of(key) is not None, f"{name}: routes {key!r}, which no hand-over describes")
    _check(not t.joins or t.joins in w._transitions, f"{name}: joins unknown transition {t.joins!r}")
    for key in t.joins_ignore:
        _check(key in w._steps, f"{name}: ignores unknown step {key!r}")
    _check(set(t.notifies) <= {"department", "holder", "reporter"}, f"{name}: unknown reader in {t.notifies}")
    _check(t.sets_holder in ("", "given", "actor", "nobody"), f"{name}: unknown holder {t.sets_holder!r}")
    _check(t.sets_holder != "given" or "holder" in t.requires, f"{name}: names a holder without requiring one")
    given = any(w.step(k).to == "given" for k in t.opens if k in w._steps)
    _check(not given or "department" in t.requires, f"{name}: opens a step for a given department without requiring it")


def _check_clocks(w: Workflow, t: Transition) -> None:
    name = f"transition {t.name}"
    for code in (*t.starts, *t.stops, *t.extends):
        _check(code in w._stages, f"{name}: unknown stage {code!r}")
    _check(not (t.pauses and t.resumes), f"{name}: pauses and resumes at once")


def _check_machinery(w: Workflow) -> None:
    for code in w.starts:
        _check(code in w._stages, f"starts unknown stage {code!r}")
    if w.on_children_closed:
        found = w.transition(w.on_children_closed)
        _check(found is not None and "clock" in found.relations, "on_children_closed is no transition of the clock")
    for routing in (*([w.routing] if w.routing else []), *w.hand_overs):
        _check_routing(w, routing)


def _check_routing(w: Workflow, routing: Routing) -> None:
    for key in (routing.step, *([routing.hold] if routing.hold else [])):
        _check(key in w._steps, f"routing: unknown step {key!r}")
    for name in (*routing.automatic, routing.unrouted):
        found = w.transition(name)
        _check(found is not None and "rule" in found.relations, f"routing: {name!r} is no transition a rule may apply")
    for code in routing.waiting:
        _check(code in w._states, f"routing: unknown state {code!r}")
