"""Drawings of workflows are made from the tables and kept up to date."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases import kinds
from cases.management.drawing import page
from tests.cases import made_up


def test_a_page_draws_every_state_and_lists_every_row() -> None:
    text = page(made_up.KIND, made_up.WORKFLOW)
    for state in made_up.WORKFLOW.states:
        assert f"    {state.code}: {state.name_en} {state.name_zh}" in text
    for transition in made_up.WORKFLOW.transitions:
        assert f"`{transition.name}`<br>{transition.label_zh}" in text
    assert "    joint --> waiting: supplement" in text


def test_checking_fails_until_the_drawings_are_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("draw_workflows", "--check", folder=tmp_path)
    call_command("draw_workflows", folder=tmp_path)
    call_command("draw_workflows", "--check", folder=tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == {kind.slug for kind in kinds.all_kinds()}
