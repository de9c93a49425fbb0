"""A workflow as a page: a mermaid drawing and the table it was made from. Pure text, the same on every machine."""

from cases.kinds import CaseKind
from cases.workflow import Routing, Stage, Step, Transition, Workflow

HEAD = "<!-- made by `manage.py draw_workflows`; edit the workflow, not this file -->"
RELATIONS = {
    "holder": "holder of the step",
    "department": "department of the step",
    "territory": "in the territory",
    "reporter": "reporter",
    "any": "anyone",
    "rule": "published rule",
    "clock": "clock",
}


def page(kind: CaseKind, table: Workflow) -> str:
    """The whole page of a kind, in Markdown, ending with a line end."""
    parts = [
        HEAD,
        f"# {kind.name_en} ({kind.name_zh}), version {table.version}",
        _drawing(table),
        "## Transitions",
        _transitions(table),
        "## Steps",
        _steps(table),
        "## Limits",
        _limits(table),
    ]
    routings = [*([table.routing] if table.routing else []), *table.hand_overs]
    if routings:
        parts += ["## Routing", *(_routing(routing) for routing in routings)]
    return "\n\n".join(parts) + "\n"


def _routing(routing: Routing) -> str:
    held = f"; step `{routing.hold}` keeps it until then" if routing.hold else ""
    return (
        f"Rules are written for step `{routing.step}` and act while the case is {_codes(routing.waiting)}{held}. "
        f"An automatic rule applies {_codes(routing.automatic)} at once; nothing matched: `{routing.unrouted}`."
    )


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _drawing(table: Workflow) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {table.initial}"]
    lines += [f"    {state.code}: {state.name_en} {state.name_zh}" for state in table.states]
    arrows: dict[tuple[str, str], list[str]] = {}
    for transition in table.transitions:
        for start in transition.from_states:
            arrows.setdefault((start, transition.to_state or start), []).append(transition.name)
    lines += [f"    {start} --> {end}: {', '.join(names)}" for (start, end), names in arrows.items()]
    lines += [f"    {state.code} --> [*]" for state in table.states if state.final]
    return "\n".join([*lines, "```"])


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "/") or "–" for cell in cells) + " |"


def _table(heads: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([_row(*heads), _row(*["---"] * len(heads)), *rows])


def _transitions(table: Workflow) -> str:
    heads = ("transition", "from", "to", "who", "needs", "opens", "closes", "clock", "says")
    return _table(heads, [_transition(t) for t in table.transitions])


def _transition(t: Transition) -> str:
    return _row(
        f"`{t.name}`<br>{t.label_zh}<br>{t.label_en}",
        "<br>".join(t.from_states),
        t.to_state,
        _who(t),
        "<br>".join((*t.requires, *([t.guard.rpartition(".")[2]] if t.guard else []))),
        "<br>".join((*t.opens, *(f"{step} by promise" for step in t.routes))),
        t.closes,
        _clock(t),
        f"{t.effect_zh}<br>{t.effect_en}",
    )


def _who(t: Transition) -> str:
    lines = [RELATIONS[relation] for relation in t.relations]
    if t.right:
        lines[0] = f"`{t.right}`, {lines[0]}"
    if t.step:
        lines.append(f"step {', '.join(t.step)}{' as ' + t.role if t.role else ''}")
    return "<br>".join(lines)


def _clock(t: Transition) -> str:
    parts = [f"starts {stage}" for stage in t.starts] + [f"stops {stage}" for stage in t.stops]
    parts += [f"extends {stage}" for stage in t.extends]
    if t.pauses:
        parts.append(f"rests ({t.pauses})")
    if t.resumes:
        parts.append("runs on")
    if t.counts:
        parts.append(f"counts a {t.counts}")
    return "<br>".join(parts)


def _steps(table: Workflow) -> str:
    heads = ("step", "role", "goes to", "taken by", "limit", "only if", "result")
    return _table(heads, [_step(step) for step in table.steps])


def _step(step: Step) -> str:
    return _row(
        f"`{step.key}`<br>{step.name_zh}<br>{step.name_en}",
        step.role + (" with assists" if step.joint else ""),
        step.to,
        step.needs_role or "any member",
        step.stage,
        ", ".join(f"{name} = {value}" for name, value in step.when),
        ", ".join(f"{name}: {kind}" for name, kind in step.result.items()),
    )


def _limits(table: Workflow) -> str:
    if not table.stages:
        return "None."
    return _table(("limit", "default", "amber from"), [_limit(stage) for stage in table.stages])


def _limit(stage: Stage) -> str:
    amount = f"{stage.budget} {stage.unit.replace('_', ' ')}s" if stage.budget is not None else "by category"
    return _row(f"`{stage.code}`<br>{stage.name_zh}<br>{stage.name_en}", amount, f"{stage.soon_share:.0%} used")
