"""A tool that reads foreign files cannot outgrow its limits, and its end harms nobody."""

import os

import pytest

from ledger.gateways import sandbox
from ledger.gateways.sandbox import Limits, Refused, Way


def attempt(code: str, **limits: int) -> bytes:
    return sandbox.run("misbehave", data=code.encode(), limits=Limits(**{"seconds": 20, **limits}))


@pytest.fixture(autouse=True)
def misbehaving(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A tool that runs what it is given, beside the real start.py."""
    folder = tmp_path_factory.mktemp("inside")
    folder.chmod(0o755)
    start = sandbox.START.read_text(encoding="utf-8")
    (folder / "start.py").write_text(start, encoding="utf-8")
    for tool in ("probe",):
        (folder / f"{tool}.py").write_text((sandbox.START.parent / f"{tool}.py").read_text(), encoding="utf-8")
    (folder / "misbehave.py").write_text(
        "import os, socket, time, subprocess\ndef warm_up(options): pass\ndef main(options, source, target):\n"
        "    exec(source.read().decode(), {**globals(), 'target': target})\n"
    )
    monkeypatch.setattr(sandbox, "START", folder / "start.py")


def test_what_it_writes_comes_back() -> None:
    assert attempt("target.write(b'well')") == b"well"


@pytest.mark.parametrize(
    ("code", "limits", "reason"),
    [
        ("while True: pass", {"seconds": 1}, "time"),
        ("time.sleep(30)", {"seconds": 1}, "time"),
        ("x = bytearray(300 * 1024 * 1024)", {"memory": 200}, "memory"),
        ("raise ValueError('no')", {}, "crash"),
        ("os.kill(os.getpid(), 11)", {}, "crash"),
    ],
)
def test_it_is_ended_at_its_limit(code: str, limits: dict[str, int], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        attempt(code, **limits)
    assert refused.value.reason == reason


def test_what_it_writes_has_a_limit() -> None:
    with pytest.raises(Refused) as refused:
        attempt("target.write(b'x' * 3_000_000)", output=1)
    assert refused.value.reason == "size"


def test_it_starts_no_other_process() -> None:
    if os.geteuid() == 0 and "user" not in sandbox.isolation_level():
        pytest.fail("root is not bound by the limit of processes; another user is needed")
    with pytest.raises(Refused, match=r"BlockingIOError|Resource temporarily unavailable"):
        attempt("subprocess.run(['true'])")


def test_the_level_says_what_is_in_force() -> None:
    level = sandbox.isolation_level()
    interfaces = attempt("target.write(' '.join(n for _, n in socket.if_nameindex()).encode())").decode().split()
    uid = int(attempt("target.write(str(os.getuid()).encode())"))
    assert ("netns" in level) == (set(interfaces) <= {"lo"})
    assert ("user" in level) == (os.geteuid() == 0 and uid == sandbox.NOBODY)


def test_no_secret_of_the_site_is_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgis://secret")
    found = attempt("target.write(repr(sorted(os.environ)).encode())").decode()
    assert "DATABASE_URL" not in found
    assert "PATH" in found


def test_a_machine_without_namespaces_still_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_works", lambda candidate: False)
    assert sandbox.way.__wrapped__() == Way("limits")
