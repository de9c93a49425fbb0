"""The SMS gateway against a real little server on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import override_settings

from accounts.gateways import deliver
from ledger.promises import Transient


class Provider(BaseHTTPRequestHandler):
    """Answers what the test tells it to."""

    status, headers_out, seen = 200, {}, []  # type: ignore[var-annotated]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        Provider.seen.append((dict(self.headers), json.loads(body)))
        self.send_response(Provider.status)
        for name, value in Provider.headers_out.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b'{"reference": "r-1"}')

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[str]:
    Provider.status, Provider.headers_out, Provider.seen = 200, {}, []
    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/send"
    server.shutdown()
    server.server_close()


def send(url: str) -> str:
    with override_settings(SMS_GATEWAY_URL=url, SMS_GATEWAY_TOKEN="made-up-token"):
        return deliver("sms", recipient="16100000321", body="text", idempotency_key="accounts.deliver:7")


def test_the_message_carries_our_key_and_the_answer_its_reference(provider: str) -> None:
    assert send(provider) == "r-1"
    headers, body = Provider.seen[0]
    assert headers["Idempotency-Key"] == "accounts.deliver:7"
    assert body == {"to": "16100000321", "text": "text"}


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_busy_provider_is_tried_again_later(provider: str, status: int) -> None:
    Provider.status = status
    with pytest.raises(Transient):
        send(provider)


def test_a_provider_that_is_away_is_tried_again_later(provider: str) -> None:
    with pytest.raises(Transient):
        send("http://127.0.0.1:9/")


def test_a_refusal_is_not_taken_for_an_outage(provider: str) -> None:
    Provider.status = 400
    with pytest.raises(ValueError, match="refuses"):
        send(provider)


def test_a_redirect_is_not_followed(provider: str) -> None:
    Provider.status, Provider.headers_out = 302, {"Location": provider}
    with pytest.raises(ValueError, match="refuses"):
        send(provider)
    assert len(Provider.seen) == 1
