"""The workflow of a blind spot: found by the nightly report → taken by a person → closed when a later report finds it
no more. Nobody can close it by saying so; of one that somebody took, the machine only proposes the end.
"""

from decimal import Decimal

from cases.workflow import Link, Stage, State, Step, Transition, Workflow

__all__ = ["BLIND_SPOT"]

MEND = "grids.publish"
DESK = "call:events.queries.blind_spots.desk_of"

BLIND_SPOT = Workflow(
    kind="blind_spot",
    version=1,
    initial="found",
    links=(Link("found", "发现", "Found"), Link("mend", "消除", "Mend"), Link("end", "办结", "Close")),
    states=(
        State("found", "盲区待认领", "Blind spot, nobody has it", "found"),
        State("taken", "盲区处理中", "Blind spot being mended", "mend"),
        State("gone", "盲区已不再出现", "Blind spot no longer found", "mend"),
        State("closed", "盲区已消除", "Blind spot mended", "end", final=True),
    ),
    stages=(Stage("mend", "消除时限", "Mending", "working_day", Decimal(5)),),
    steps=(
        Step("mend", "消除盲区", "Mend the blind spot", "lead", DESK, stage="mend"),
    ),
    opens=("mend",),
    transitions=(
        Transition(
            "take", "认领", "Take it", "由您负责消除", "It is yours to mend",
            ("found",), "taken", "department", MEND, step=("mend",), sets_holder="actor", key="t", primary=True,
        ),
        Transition(
            "put_back", "放回", "Put it back", "写明原因，部门其他人可认领",
            "With a reason; others of the department may take it",
            ("taken",), "found", "holder", MEND, step=("mend",), requires=("note",), sets_holder="nobody", key="b",
            notifies=("department",),
        ),
        Transition(
            "confirm", "确认消除", "Confirm that it is mended", "案件办结", "The case closes",
            ("gone",), "closed", "holder", MEND, step=("mend",), closes="all", outcome="mended", key="y", primary=True,
        ),
        Transition(
            "vanish", "不再出现", "No longer found", "无人认领即已消除，案件办结",
            "Mended before anybody took it; the case closes",
            ("found",), "closed", "clock", closes="all", outcome="mended", hidden=True,
        ),
        Transition(
            "propose_end", "建议办结", "Propose the end", "报告中不再出现，请负责人确认",
            "The report finds it no more; who has it confirms",
            ("taken",), "gone", "clock", notifies=("holder",), hidden=True,
        ),
        Transition(
            "come_back", "再次出现", "Found again", "盲区再次出现，继续处理", "It is there again; the work goes on",
            ("gone",), "taken", "clock", notifies=("holder",), hidden=True,
        ),
    ),
)  # fmt: skip
