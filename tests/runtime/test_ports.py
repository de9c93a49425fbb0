"""The site takes the first free port and never one somebody else listens on."""

import socket

import pytest

from govplatform.runtime import ports
from govplatform.runtime.console import Refusal
from govplatform.runtime.paths import here
from govplatform.runtime.run import Run

HOST = "127.0.0.1"


def _free_pair(monkeypatch: pytest.MonkeyPatch) -> int:
    """A default port whose next one is free as well."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        if port < 65000:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port + 1)) != 0:
                    monkeypatch.setattr(ports, "DEFAULT_PORT", port)
                    return port
    pytest.fail("no two free ports beside each other")


def test_the_default_port_is_taken_when_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    port = _free_pair(monkeypatch)
    with ports.open_listener(HOST, "") as listener:
        assert listener.getsockname()[1] == port


def test_a_busy_default_port_gives_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    port = _free_pair(monkeypatch)
    with ports.open_listener(HOST, ""), ports.open_listener(HOST, "") as second:
        assert second.getsockname()[1] > port


def test_a_port_asked_for_and_busy_is_refused_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    port = _free_pair(monkeypatch)
    with ports.open_listener(HOST, str(port)), pytest.raises(Refusal, match=str(port)):
        ports.open_listener(HOST, str(port))


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_what_is_no_port_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="not a port number"):
        ports.open_listener(HOST, text)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "http://127.0.0.1:8000/"), ("0.0.0.0", "http://127.0.0.1:8000/"), ("::", "http://[::1]:8000/")],  # noqa: S104
)
def test_the_address_shown_opens_in_a_browser(host: str, shown: str) -> None:
    assert ports.site_address(host, 8000) == shown


def test_qr_codes_lead_to_the_port_that_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOVPLATFORM_PUBLIC_URL", "GOVPLATFORM_ORIGINS"):
        monkeypatch.delenv(name, raising=False)
    port = _free_pair(monkeypatch)
    with socket.create_server(("127.0.0.1", port)):
        run = Run(here(), "127.0.0.1", "")
        with run._open():
            assert run._env["GOVPLATFORM_PUBLIC_URL"] == f"http://127.0.0.1:{port + 1}"
    monkeypatch.setenv("GOVPLATFORM_ORIGINS", "https://city.example")
    run = Run(here(), "127.0.0.1", "")
    with run._open():
        assert "GOVPLATFORM_PUBLIC_URL" not in run._env
