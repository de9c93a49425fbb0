"""Who may import whom. The contracts are in pyproject.toml; here they run, with what they cannot see."""

import ast
import subprocess
import sys

from tests.architecture.tree import PACKAGES, ROOT, functions, modules

HEAVY = (
    "pandas",
    "geopandas",
    "pyogrio",
    "shapely",
    "sklearn",
    "weasyprint",
    "pypinyin",
    "pyhanko",
    "openpyxl",
    "xlsxwriter",
    "libpysal",
    "matplotlib",
)


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_every_import_contract_is_kept() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_our_own_code_is_imported_at_the_top_of_a_file_only() -> None:
    late = [
        module.at(node)
        for module in modules(migrations=True)
        for function in functions(module)
        for node in ast.walk(function)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES)
        or (isinstance(node, ast.Import) and any(name.name.split(".")[0] in PACKAGES for name in node.names))
    ]
    assert not late, late


def test_a_web_worker_loads_no_heavy_library() -> None:
    loaded = run_python(
        "import sys, govplatform.wsgi\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert loaded.strip() == "[]"


def test_nothing_below_imports_the_tests() -> None:
    wrong = [
        module.at(node)
        for module in modules(migrations=True)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("tests", "bench")
    ]
    assert not wrong, wrong


def test_apps_files_hold_registration_only() -> None:
    wrong = [
        module.at(node)
        for module in modules()
        if module.drawer == "apps"
        for node in functions(module)
        if node.name != "ready"
    ]
    assert not wrong, wrong
