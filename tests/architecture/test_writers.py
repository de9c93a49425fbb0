"""One way to write: a keyword-only action (design: The house).

The honest list of files that may change the database:
  actions             the only writer of the product;
  cases/engine        the part of `actions` that all kinds share (lock, compare, set the state, append history);
  ledger/promises     the part of `actions` that all apps share (insert, lease, redeem);
  imports             loaders of a city folder, called by the command `load_city` in one transaction;
  management          one-time commands on an empty or demo database;
  migrations          the schema.
"""

import ast
import re

from tests.architecture.tree import APPS, Module, calls, dotted_name, functions, modules, texts

WRITERS = {"actions", "imports", "management", "migrations"}
SHARED_WRITERS = {("cases", "engine"), ("ledger", "promises")}
ALWAYS_A_WRITE = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
A_WRITE_ON_ROWS = {"create", "update", "delete"}
ROWS = re.compile(r"objects|filter\(|exclude\(|\.all\(|select_for_update|queryset|_set\b")
WRITING_SQL = re.compile(
    r"^\s*(INSERT\s+INTO|UPDATE\s+[\w\".]+\s+SET|DELETE\s+FROM|TRUNCATE|COPY\s+\w+)", re.IGNORECASE
)
REVEALED = re.compile(r"(^|[^s])\.(reveal|_open)$|^(reveal|reseal)$")  # actions.reveal is the way to ask for it


def may_write(module: Module) -> bool:
    return module.drawer in WRITERS or (module.app, module.drawer) in SHARED_WRITERS


def is_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr in ALWAYS_A_WRITE:
        return not (call.func.attr == "save" and call.args)  # an image is saved to somewhere, a row just saved
    return call.func.attr in A_WRITE_ON_ROWS and bool(ROWS.search(ast.unparse(call.func.value)))


def app_modules() -> list[Module]:
    return [module for module in modules() if module.app in APPS]


def test_rows_are_written_by_actions_only() -> None:
    wrong = [
        f"{module.at(call)} {ast.unparse(call.func)}"
        for module in app_modules()
        if not may_write(module)
        for call in calls(module)
        if is_write(call)
    ]
    assert not wrong, "\n".join(wrong)


def test_writing_sql_stands_in_actions_only() -> None:
    wrong = [
        module.at(text)
        for module in app_modules()
        if not may_write(module)
        for text in texts(module)
        if WRITING_SQL.search(str(text.value))
    ]
    assert not wrong, wrong


def test_no_model_overrides_save_or_delete() -> None:
    wrong = [
        module.at(node)
        for module in app_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name in ("save", "delete", "save_base", "save_model")
    ]
    assert not wrong, wrong


def test_nothing_listens_to_signals() -> None:
    wrong = []
    for module in modules():
        for node in ast.walk(module.tree):
            imported = node.module if isinstance(node, ast.ImportFrom) else ""
            if imported and (imported.endswith(".signals") or imported == "django.dispatch"):
                wrong.append(module.at(node))
            if isinstance(node, ast.Attribute) and node.attr == "connect" and "signal" in dotted_name(node.value):
                wrong.append(module.at(node))
    assert not wrong, wrong


def test_personal_data_is_opened_in_actions_only() -> None:
    wrong = [
        module.at(call)
        for module in app_modules()
        if module.drawer not in ("actions", "sealed")
        for call in calls(module)
        if REVEALED.search(ast.unparse(call.func))
    ]
    assert not wrong, wrong


def test_the_state_of_a_case_is_assigned_in_one_place() -> None:
    places = [
        module.at(node)
        for module in modules()
        if module.app in ("cases", "events", "wages", "services", "grids")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "state"
    ]
    assert len(places) == 1, places
    assert places[0].startswith("cases/engine"), places


def test_what_an_actor_does_takes_keywords_only() -> None:
    wrong = [
        f"{module.at(node)} {node.name}"
        for module in app_modules()
        if module.drawer == "actions"
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if "actor" in {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
        # a loader of the city is called with its folder
        if [argument.arg for argument in node.args.args if argument.arg != "folder"] or node.args.vararg
    ]
    assert not wrong, "\n".join(wrong)


def test_edges_open_no_transaction() -> None:
    wrong = [
        module.at(node)
        for module in modules()
        if module.drawer in ("views", "api", "tasks", "queries", "rules", "forms", "serializers")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("atomic", "set_autocommit", "commit", "rollback")
    ]
    assert not wrong, wrong


def test_every_public_function_of_the_kernel_is_typed() -> None:
    wrong = [
        f"{module.at(node)} {node.name}" for module in modules() for node in functions(module) if node.returns is None
    ]
    assert not wrong, wrong
