"""Sizes (design: The house). A function counts without its docstring; migrations and vendored files do not count."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT, files, functions, length, modules

CODE_FILE, FUNCTION, VIEW, ACTION, TEMPLATE, TEST_FILE, SETTINGS, TEST_SETTINGS = 400, 50, 25, 30, 120, 400, 350, 25


def lines(path: Path) -> int:
    return (ROOT / path).read_text(encoding="utf-8").count("\n")


def over(paths: list[Path], cap: int) -> list[str]:
    return [f"{path}: {count} > {cap}" for path in paths if (count := lines(path)) > cap]


def test_no_code_file_is_longer_than_400_lines() -> None:
    assert not over([module.path for module in modules()], CODE_FILE)


def test_no_script_or_stylesheet_is_longer_than_400_lines() -> None:
    own = [path for path in files() if path.suffix in (".js", ".css") and "vendor" not in path.parts]
    assert not over(own, CODE_FILE)


def test_no_test_file_is_longer_than_400_lines() -> None:
    assert not over(
        [path for path in files() if path.suffix == ".py" and path.parts[0] in ("tests", "bench")], TEST_FILE
    )


def test_no_template_is_longer_than_120_lines() -> None:
    assert not over([path for path in files() if path.parts[0] == "templates"], TEMPLATE)


def test_settings_fit_on_some_screens() -> None:
    assert not over([Path("govplatform/settings.py")], SETTINGS)
    assert not over([Path("tests/settings.py")], TEST_SETTINGS)


def test_no_function_is_longer_than_50_lines() -> None:
    wrong = [
        f"{module.at(node)} {node.name}: {size}"
        for module in modules(tests=True)
        for node in functions(module)
        if (size := length(node)) > FUNCTION
    ]
    assert not wrong, "\n".join(wrong)


def test_no_view_is_longer_than_25_lines() -> None:
    wrong = [
        f"{module.at(node)} {node.name}: {size}"
        for module in modules()
        if module.drawer in ("views", "api")
        for node in functions(module)
        if node.args.args and node.args.args[0].arg == "request" and (size := length(node)) > VIEW
    ]
    assert not wrong, "\n".join(wrong)


def test_no_public_action_is_longer_than_30_lines() -> None:
    wrong = [
        f"{module.at(node)} {node.name}: {size}"
        for module in modules()
        if module.drawer == "actions"
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and (size := length(node)) > ACTION
    ]
    assert not wrong, "\n".join(wrong)


def test_no_function_is_more_complex_than_8() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select=C901", "--no-cache", "--output-format=concise", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
