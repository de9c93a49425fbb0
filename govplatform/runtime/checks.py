"""``make test``, ``make check``, ``make check-long``: what they run, in which order, and how they end.

pytest comes last and nothing is printed after it, so the run ends with pytest's own closing line. A static check
that fails does not stop the run; it is handed to a test (tests/runtime/test_static_checks.py), so that the closing
line tells of it too.
"""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govplatform.runtime.console import elapsed, say
from govplatform.runtime.packages import find_chromium
from govplatform.runtime.paths import Paths

FAILED_CHECKS = "GOVPLATFORM_FAILED_CHECKS"
SELECTIONS = {
    "test": "not long and not wide",
    "check": "not long",
    "check-long": "long or fault",  # tests/faults takes its sizes from this expression
}
TEMPLATES = "templates"


@dataclass(frozen=True)
class Check:
    """One static check: what it is about, and its command."""

    name: str
    argv: tuple[str, ...]


CHECKS = (
    Check("format", ("ruff", "format", "--check", ".")),
    Check("lint", ("ruff", "check", ".")),
    Check("templates", ("djlint", TEMPLATES, "--lint", "--quiet")),
    Check("types", ("mypy",)),
    Check("contracts", ("lint-imports",)),
    Check("migrations", ("python", "manage.py", "makemigrations", "--check", "--dry-run")),
    Check("translations", ("python", "manage.py", "check_translations")),
    Check("vendored files", ("python", "-m", "govplatform.runtime.vendor", "--check")),
)


def static_checks(paths: Paths, env: Mapping[str, str]) -> list[str]:
    """Run every static check, show the words of those that fail, and return their names."""
    failed = []
    for check in CHECKS:
        started = elapsed()
        done = subprocess.run(
            check.argv,
            cwd=paths.root,
            env=dict(env),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            failed.append(check.name)
            print(done.stdout.rstrip(), flush=True)
        say(f"{check.name}: {'FAILED' if done.returncode else 'ok'} ({elapsed() - started:.1f} s)")
    return failed


def run_pytest(paths: Paths, env: Mapping[str, str], selection: str, extra: Sequence[str]) -> int:
    """Run the selected tests in one pytest; its exit code."""
    given = {FAILED_CHECKS: "", **env}
    browser = find_chromium()
    if browser:
        given.setdefault("GOVPLATFORM_CHROMIUM", browser)
    # Which test goes to which of the processes: tests/conftest.py.
    spread = [] if {"-n", "-p"} & set(extra) else ["-n", "3", "--dist", "loadscope", "--no-loadscope-reorder"]
    argv = ["python", "-m", "pytest", "-m", selection, *spread, *extra]
    return subprocess.run(argv, cwd=paths.root, env=given, check=False, stdin=subprocess.DEVNULL).returncode


def run_tests(paths: Paths, env: Mapping[str, str], verb: str, extra: Sequence[str]) -> int:
    """Run one of the three test targets and return its exit code."""
    given = dict(env)
    failed: list[str] = []
    if verb == "check":
        failed = static_checks(paths, given)
        given[FAILED_CHECKS] = ", ".join(failed)
    say(f"pytest, {SELECTIONS[verb]}")
    code = run_pytest(paths, given, SELECTIONS[verb], extra)
    return code or int(bool(failed))
