"""``make run`` of a second checkout, beside whatever runs in this one: up, killed at, down without a trace."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from govplatform.runtime.paths import CHECKOUT, Paths, here
from govplatform.runtime.running import marked_processes
from govplatform.runtime.stamps import Stamps

READY_SECONDS = 180.0
STOP_SECONDS = 60.0
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", "tests")

pytestmark = pytest.mark.wide


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paths]:
    """A copy of this checkout that shares its virtual environment."""
    folder = tmp_path_factory.mktemp("second") / "checkout"
    shutil.copytree(CHECKOUT, folder, ignore=_LEFT_OUT)
    (folder / ".venv").symlink_to(CHECKOUT / ".venv")
    paths = Paths(root=folder, uid=os.geteuid())
    for step in ("venv-runtime", "venv-dev"):
        key = Stamps(here()).get(step)
        if key:
            Stamps(paths).done(step, key)
    yield paths
    runtime(paths, "stop")
    if paths.as_root:
        shutil.rmtree(paths.servers)
    shutil.rmtree(paths.run)


def environment() -> dict[str, str]:
    """Nothing that would lead the second checkout to the servers of the first."""
    leading = ("DATABASE_URL", "REDIS_URL", "GOVPLATFORM_", "DJANGO_", "PYTEST")
    return {name: value for name, value in os.environ.items() if not name.startswith(leading)}


def runtime(paths: Paths, verb: str) -> None:
    command = [sys.executable, "-m", "govplatform.runtime", verb]
    subprocess.run(command, cwd=paths.root, env=environment(), check=True, capture_output=True)


def started(paths: Paths) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "govplatform.runtime", "run"],
        cwd=paths.root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def ready_address(run: subprocess.Popen[str]) -> str:
    """Read the output up to the line that says where the site is."""
    seen = []
    deadline = time.monotonic() + READY_SECONDS
    assert run.stdout is not None
    for line in run.stdout:
        seen.append(line)
        found = re.fullmatch(r"Ready: (http://127\.0\.0\.1:\d+/)\n", line)
        if found:
            return found[1]
        assert time.monotonic() < deadline, "".join(seen)
    pytest.fail("".join(seen))


def test_a_run_comes_up_and_an_interrupt_leaves_no_process(checkout: Paths) -> None:
    with started(checkout) as run:
        address = ready_address(run)
        with urllib.request.urlopen(address) as page:  # noqa: S310 - the address just read
            assert "<html" in page.read().decode()
        run.send_signal(signal.SIGINT)
        rest = run.communicate(timeout=STOP_SECONDS)[0]
    assert (run.returncode, rest.splitlines()[-1].split("] ")[1]) == (0, "stopped")
    assert marked_processes(checkout) == []
    assert not checkout.pg_socket.exists()
    assert not checkout.redis_socket.exists()


def test_make_stop_ends_a_run_whose_supervisor_was_killed(checkout: Paths) -> None:
    with started(checkout) as run:
        ready_address(run)
        run.kill()
    runtime(checkout, "stop")
    assert marked_processes(checkout) == []
    assert not checkout.pg_socket.exists()


def test_a_second_run_of_the_same_checkout_says_where_the_first_is(checkout: Paths) -> None:
    with started(checkout) as run:
        address = ready_address(run)
        with started(checkout) as second:
            said = second.communicate(timeout=STOP_SECONDS)[0]
        runtime(checkout, "stop")
        run.communicate(timeout=STOP_SECONDS)
    assert (second.returncode, f"Already running at {address}" in said) == (2, True)
