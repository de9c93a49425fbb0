"""The verbs of the command line and what each brings up before it works."""

import argparse
import contextlib
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from govplatform.runtime import backup as backups
from govplatform.runtime import processes
from govplatform.runtime.checks import SELECTIONS, run_tests
from govplatform.runtime.commands import run_command
from govplatform.runtime.console import Refusal, say
from govplatform.runtime.database import recreate
from govplatform.runtime.environment import addresses, child_environment, uses_own_database, uses_own_redis
from govplatform.runtime.install import compile_messages, install
from govplatform.runtime.locks import lock_requirements
from govplatform.runtime.packages import PURPOSES, install_packages
from govplatform.runtime.paths import Paths, here
from govplatform.runtime.run import Run
from govplatform.runtime.running import stop_run
from govplatform.runtime.servers import keep_servers, servers_in_use, start_servers, stop_servers
from govplatform.runtime.stamps import Stamps

Arguments = argparse.Namespace
EMPTY_REDIS = "import os, redis; redis.Redis.from_url(os.environ['REDIS_URL']).flushdb()"


@contextlib.contextmanager
def _brought_up(paths: Paths, purpose: str) -> Iterator[dict[str, str]]:
    """Packages, environment and servers; gives the environment for commands of the platform."""
    install(paths, purpose)
    with servers_in_use(paths, database=uses_own_database(), redis=uses_own_redis()):
        yield child_environment(paths)


def _foreground(argv: Sequence[str], paths: Paths, env: dict[str, str]) -> int:
    """Run a command on this terminal; its exit code."""
    return subprocess.run(argv, cwd=paths.root, env=env, check=False).returncode


def _run(paths: Paths, arguments: Arguments) -> int:
    return Run(paths, arguments.host, arguments.port).go()


def _stop(paths: Paths, _: Arguments) -> int:
    ran = stop_run(paths)
    keep_servers(paths, False)
    say("stopped" if stop_servers(paths) or ran else "nothing was running")
    return 0


def _services(paths: Paths, arguments: Arguments) -> int:
    if arguments.action == "up":
        start_servers(paths)
    keep_servers(paths, arguments.action == "up")
    if arguments.action == "down":
        stop_servers(paths)
    return 0


def _env(paths: Paths, _: Arguments) -> int:
    for name, value in addresses(paths).items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _install(paths: Paths, arguments: Arguments) -> int:
    install(paths, arguments.purpose)
    return 0


def _packages(_: Paths, arguments: Arguments) -> int:
    if os.geteuid() != 0:
        raise Refusal("Packages are installed by root; run: sudo make run")
    install_packages(arguments.names)
    return 0


def _tests(paths: Paths, arguments: Arguments) -> int:
    with _brought_up(paths, "test") as env:
        return run_tests(paths, env, arguments.verb, arguments.rest)


def _bench(paths: Paths, arguments: Arguments) -> int:
    with _brought_up(paths, "test") as env:
        return _foreground(["python", "bench/run.py", *arguments.rest], paths, env)


def _screenshots(paths: Paths, arguments: Arguments) -> int:
    with _brought_up(paths, "test") as env:
        return _foreground(["python", "-m", "tests.screenshots", *arguments.rest], paths, env)


def _manage(paths: Paths, arguments: Arguments) -> int:
    with _brought_up(paths, "run") as env:
        return _foreground(["python", "manage.py", *arguments.rest], paths, env)


def _demo_reset(paths: Paths, _: Arguments) -> int:
    if not uses_own_database():
        raise Refusal("make demo-reset only empties the project's own database, never the one in DATABASE_URL.")
    with _brought_up(paths, "run") as env:
        say("emptying the database")
        recreate(env["DATABASE_URL"])
        shutil.rmtree(paths.media, ignore_errors=True)
        Stamps(paths).forget("data", "demo")
        steps = [
            ("emptying Redis", ("python", "-c", EMPTY_REDIS)),
            ("bringing the database to the current schema", processes.MIGRATE),
            ("loading the city", processes.LOAD_CITY),
            ("loading accounts and the first cases of the demo", processes.SEED_FIRST),
            ("loading the rest of the demo", processes.SEED_REST),
        ]
        for name, argv in steps:
            say(name)
            run_command(argv, cwd=paths.root, env=env, log=paths.logs / "reset.log", show="seed_demo" in argv)
    say("the demo is as new")
    return 0


def _backup(paths: Paths, _: Arguments) -> int:
    with _brought_up(paths, "run") as env:
        print(backups.backup(paths, env["DATABASE_URL"]))
    return 0


def _restore(paths: Paths, arguments: Arguments) -> int:
    with _brought_up(paths, "run") as env:
        backups.restore(paths, env["DATABASE_URL"], Path(arguments.file))
    say("restored")
    return 0


def _messages(paths: Paths, _: Arguments) -> int:
    with _brought_up(paths, "run") as env:
        collect = ["python", "manage.py", "makemessages", "--locale=zh_Hans", "--no-obsolete", "--no-location"]
        code = _foreground([*collect, "--ignore=.venv/*", "--ignore=var/*"], paths, env)
        compile_messages(paths.root)
        return code


def _vendor(paths: Paths, arguments: Arguments) -> int:
    install(paths, "run")
    command = ["python", "-m", "govplatform.runtime.vendor", *arguments.rest]
    return _foreground(command, paths, child_environment(paths))


def _lock(paths: Paths, arguments: Arguments) -> int:
    install(paths, "run")
    lock_requirements(paths, "--upgrade" in arguments.rest)
    return 0


_VERBS: dict[str, tuple[Callable[[Paths, Arguments], int], str]] = {
    "run": (_run, "everything up, in the foreground"),
    "stop": (_stop, "end the run of this checkout and its servers"),
    "services": (_services, "the project's own PostgreSQL and Redis: up or down"),
    "env": (_env, "print the addresses of the servers as shell exports"),
    "install": (_install, "packages, virtual environment, compiled messages"),
    "packages": (_packages, "as root: install these packages of the distribution"),
    **{verb: (_tests, f"pytest: {selection}") for verb, selection in SELECTIONS.items()},
    "bench": (_bench, "run bench/run.py"),
    "screenshots": (_screenshots, "make the pictures of the documentation"),
    "manage": (_manage, "manage.py with everything it needs"),
    "demo-reset": (_demo_reset, "throw the demo's data away and load it again"),
    "backup": (_backup, "database, files and keys into one file"),
    "restore": (_restore, "put a backup back"),
    "messages": (_messages, "collect and compile the interface texts"),
    "vendor": (_vendor, "fetch the browser libraries"),
    "lock": (_lock, "resolve the requirements anew"),
}
_PASS_ON = {*SELECTIONS, "bench", "screenshots", "manage", "vendor", "lock"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m govplatform.runtime", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    added = {verb: verbs.add_parser(verb, help=text) for verb, (_, text) in _VERBS.items()}
    added["run"].add_argument("--host", default="127.0.0.1")
    added["run"].add_argument("--port", default="")
    added["services"].add_argument("action", choices=("up", "down"))
    added["install"].add_argument("purpose", nargs="?", default="run", choices=sorted(PURPOSES))
    added["packages"].add_argument("names", nargs="+")
    added["restore"].add_argument("file")
    return parser


def main(argv: Sequence[str]) -> int:
    """Run one verb and return its exit code."""
    passed_on = bool(argv) and argv[0] in _PASS_ON
    arguments = _parser().parse_args(argv[:1] if passed_on else argv)
    arguments.rest = list(argv[1:]) if passed_on else []
    return _VERBS[arguments.verb][0](here(), arguments)
