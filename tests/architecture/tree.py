"""The project's own files, read and parsed once for all checks of this folder."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("events", "wages", "services", "cases", "grids", "accounts", "ledger")
PACKAGES = ("govplatform", *APPS)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file of the project."""

    path: Path  # relative to the root
    source: str
    tree: ast.Module

    @property
    def app(self) -> str:
        return self.path.parts[0]

    @property
    def drawer(self) -> str:
        """`actions` for events/actions.py and for events/actions/report.py alike."""
        return self.path.parts[1].removesuffix(".py") if len(self.path.parts) > 1 else ""

    @property
    def dotted(self) -> str:
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}"


@functools.cache
def files() -> tuple[Path, ...]:
    """What version control holds or would hold, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    names = listed.stdout.decode().split("\0")
    return tuple(sorted(Path(name) for name in names if name and (ROOT / name).is_file()))


@functools.cache
def modules(*, migrations: bool = False, tests: bool = False) -> tuple[Module, ...]:
    """Python of the house; on request also migrations, and tests with the bench."""
    wanted = (*PACKAGES, *(("tests", "bench") if tests else ()))
    return tuple(
        Module(path, source := (ROOT / path).read_text(encoding="utf-8"), ast.parse(source))
        for path in files()
        if path.suffix == ".py" and path.parts[0] in wanted and (migrations or "migrations" not in path.parts)
    )


def functions(module: Module) -> Iterator[Function]:
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def dotted_name(node: ast.AST) -> str:
    """`a.b.c` of an attribute chain; the part that is no plain name is left out."""
    if isinstance(node, ast.Attribute):
        return f"{dotted_name(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def length(node: Function) -> int:
    """Lines of a function without its decorators and its docstring: the docstring is the contract, not the code."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def texts(module: Module) -> Iterator[ast.Constant]:
    """String constants that are not docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | Function) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node
