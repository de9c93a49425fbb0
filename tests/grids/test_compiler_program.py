"""The grid compiler as a program: faults with code and place, progress, an end on request without an answer."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grids.compiler.given import Wrong, read
from tests.architecture.tree import ROOT
from tests.grids import compiler_world as world
from tests.grids.compiler_world import Data, question, rows

LINE = [sys.executable, "-m", "grids.compiler"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def start(folder: Path, data: Any) -> "subprocess.Popen[str]":
    (folder / "in.json").write_text(data if isinstance(data, str) else json.dumps(data))
    paths = [str(folder / "in.json"), str(folder / "out.json")]
    return subprocess.Popen([*LINE, *paths], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def two_parents(data: Data) -> None:
    data["parents"].append({"code": "370902900002", "ring": world.box(5000, 0, 500, 500)})


def set_in(*path: Any, to: Any) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = to

    return change


BOW = [world.place(*node) for node in ((0, 0), (900, 900), (900, 0), (0, 700), (0, 0))]
FAULTS: list[tuple[Callable[[Data], None], str, str]] = [
    (set_in("buildings", 3, "place", to=world.place(90000, 0)), "building_outside", "buildings[3].place"),
    (set_in("buildings", 2, "parent", to="000"), "parent_unknown", "buildings[2].parent"),
    (two_parents, "parent_empty", "parents[1]"),
    (set_in("weights", to={"activity": 1}), "parent_weightless", "parents[0]"),
    (set_in("parents", 0, "ring", to=BOW), "ring_crosses", "parents[0].ring"),
    (set_in("buildings", 1, "shape", to=BOW), "ring_crosses", "buildings[1].shape"),
    (set_in("parents", 0, "ring", to=BOW[:2]), "ring_short", "parents[0].ring"),
    (set_in("buildings", 4, "households", to=-1), "number", "buildings[4].households"),
    (set_in("buildings", 4, "place", to=[None, 3]), "number", "buildings[4].place"),
    (set_in("barriers", to=[{"kind": "road", "line": [[117, 36]]}]), "missing", "barriers[0].line"),
    (set_in("target", to=0), "target", "target"),
    (set_in("parents", to=[]), "missing", "parents"),
]


@pytest.mark.parametrize(("change", "code", "at"), FAULTS, ids=[f"{code} {at}" for _, code, at in FAULTS])
def test_a_fault_in_the_question_is_named(change: Callable[[Data], None], code: str, at: str) -> None:
    data = json.loads(json.dumps(question(rows(3, 2), 1000, 800)))
    change(data)
    with pytest.raises(Wrong) as caught:
        read(data)
    assert (caught.value.code, caught.value.at) == (code, at)


@pytest.mark.parametrize(
    ("data", "code", "at"),
    [("{", "unreadable", "in.json"), (question(rows(3, 2), 1000, 800) | {"target": 0}, "target", "target")],
)
def test_the_program_answers_a_fault_with_code_and_place(data: Any, code: str, at: str, tmp_path: Path) -> None:
    process = start(tmp_path, data)
    process.communicate()
    assert process.returncode == 2
    assert json.loads((tmp_path / "out.json").read_text()) == {"error": {"code": code, "at": at}}


def test_the_program_tells_its_progress_and_answers(tmp_path: Path) -> None:
    process = start(tmp_path, question(rows(6, 4), 1800, 1300))
    told = [json.loads(line) for line in process.communicate()[0].splitlines()]
    assert process.returncode == 0
    assert next(row["step"] for row in told) == "cells"
    assert {row["step"] for row in told} == {"cells", "split", "balance", "draw"}
    assert all(set(row) == {"step", "alternative", "done", "of"} and row["done"] <= row["of"] for row in told)
    found = json.loads((tmp_path / "out.json").read_text())
    assert [row["name"] for row in found["alternatives"]] == ["balance", "compact", "barriers"]
    assert found["seconds"] > 0


def test_what_is_ended_leaves_no_answer(tmp_path: Path) -> None:
    process = start(tmp_path, question(rows(60, 40), 15400, 10400))
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["step"] == "cells"
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == -signal.SIGTERM
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.json"]
