"""A wrong table does not start: every contradiction is refused at import."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cases.workflow import Link, Routing, Stage, State, Step, Transition, Workflow, WorkflowError

GO = Transition("go", "去", "Go", "完成", "Done", ("a",), "b", "department", "cases.handle", step=("s",), closes="own")


def table(**changes: Any) -> Workflow:
    parts: dict[str, Any] = {
        "kind": "tiny",
        "version": 1,
        "initial": "a",
        "links": (Link("l", "环", "Link"),),
        "states": (State("a", "甲", "A", "l"), State("b", "乙", "B", "l", final=True)),
        "steps": (Step("s", "步", "Step", to="function:x"),),
        "opens": ("s",),
        "transitions": (GO,),
    }
    return Workflow(**{**parts, **changes})


def test_a_sound_table_starts() -> None:
    assert table().transition("go") is GO


WRONG: dict[str, Callable[[], Workflow]] = {
    "unknown initial state": lambda: table(initial="x"),
    "state twice": lambda: table(states=(State("a", "", "", "l"), State("a", "", "", "l"))),
    "dead end": lambda: table(states=(*table().states, State("c", "丙", "C", "l"))),
    "unknown link": lambda: table(states=(State("a", "", "", "x"), State("b", "", "", "l", final=True))),
    "nobody holds a new case": lambda: table(opens=()),
    "opens an unknown step": lambda: table(opens=("x",)),
    "transition twice": lambda: table(transitions=(GO, GO)),
    "from an unknown state": lambda: table(transitions=(replace(GO, from_states=("x",)),)),
    "to an unknown state": lambda: table(transitions=(replace(GO, to_state="x"),)),
    "starts nowhere": lambda: table(transitions=(GO, replace(GO, name="other", from_states=()))),
    "no who": lambda: table(transitions=(replace(GO, right=""),)),
    "unknown relation": lambda: table(transitions=(replace(GO, relation="friend"),)),
    "no effect line": lambda: table(transitions=(replace(GO, effect_zh=""),)),
    "no English label": lambda: table(transitions=(replace(GO, label_en=""),)),
    "unknown step": lambda: table(transitions=(replace(GO, step=("x",)),)),
    "unknown requirement": lambda: table(transitions=(replace(GO, requires=("luck",)),)),
    "opens unknown": lambda: table(transitions=(replace(GO, opens=("x",)),)),
    "closes unknown": lambda: table(transitions=(replace(GO, closes="x"),)),
    "joins unknown": lambda: table(transitions=(replace(GO, joins="x"),)),
    "starts an unknown limit": lambda: table(transitions=(replace(GO, starts=("x",)),)),
    "pauses and resumes": lambda: table(transitions=(replace(GO, pauses="p", resumes=True),)),
    "step scope sets the state": lambda: table(transitions=(replace(GO, scope="assignment"),)),
    "verb of the kernel": lambda: table(transitions=(replace(GO, name="claim"),)),
    "given department not asked for": lambda: table(
        steps=(Step("s", "步", "Step", to="given"),), transitions=(replace(GO, opens=("s",)),)
    ),
    "given holder not asked for": lambda: table(transitions=(replace(GO, sets_holder="given"),)),
    "unknown unit": lambda: table(stages=(Stage("t", "", "", "fortnight", Decimal(1)),)),
    "unknown target": lambda: table(steps=(Step("s", "", "", to="moon"),)),
    "unknown result type": lambda: table(steps=(Step("s", "", "", to="actor", result={"x": "colour"}),)),
    "routing by a member's move": lambda: table(routing=Routing("s", ("go",), "go", ("a",))),
    "routes what no hand-over describes": lambda: table(transitions=(replace(GO, routes=("s",)),)),
    "held in an unknown step": lambda: table(
        transitions=(replace(GO, relation="rule", right=""),), hand_overs=(Routing("s", ("go",), "go", ("a",), "x"),)
    ),
    "children close by a member's move": lambda: table(on_children_closed="go"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_contradiction_is_refused(what: str) -> None:
    with pytest.raises(WorkflowError):
        WRONG[what]()
