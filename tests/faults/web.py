"""A browser without scripts: pages, their forms, cookies; and a kept line on which many sendings are timed."""

import http.client
import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import NamedTuple
from uuid import uuid4

TIMEOUT = 20.0  # seconds a browser waits for an answer
PASSWORD = "demo-govplatform"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CARRIED = ("csrfmiddlewaretoken", "submission_key", "edition", "notice")  # what a form brings back unseen
HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')
Files = Mapping[str, tuple[str, bytes]]  # name of the input → name and content of the file


class Answer(NamedTuple):
    """What a server answered; `place` is where it sends the browser, "" nowhere."""

    status: int
    place: str
    text: str


class Line:
    """A connection that is kept open; `seconds` says how long each answer took."""

    def __init__(self, address: tuple[str, int], timeout: float = TIMEOUT) -> None:
        self.connection = http.client.HTTPConnection(*address, timeout=timeout)
        self.seconds: list[float] = []

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request; a connection that broke is opened anew by the next one."""
        began = time.monotonic()
        try:
            self.connection.request(method, path, body, dict(headers or {}))
            answer = self.connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        self.seconds.append(time.monotonic() - began)
        return Answer(answer.status, urllib.parse.urlsplit(answer.headers.get("Location", "")).path, text)

    def taken(self) -> list[float]:
        """Seconds of the answers since the last time this was asked."""
        seconds, self.seconds = self.seconds, []
        return seconds

    def close(self) -> None:
        self.connection.close()


def encoded(fields: Mapping[str, str], files: Files) -> tuple[bytes, str]:
    """A form as a browser sends it, and its content type."""
    if not files:
        return urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
    edge = uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()
    ]
    for name, (file, content) in files.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"


class Web:
    """Somebody in front of pages.

    Arguments:
        base: "http://127.0.0.1:8000". said: headers of every request.
    """

    def __init__(self, base: str, said: Mapping[str, str] | None = None) -> None:
        self.base = base
        self.said = dict(said or {})
        self.token = ""
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        text = self._open(urllib.request.Request(self.base + path, headers=self.said))[1]  # noqa: S310
        self.token = found[1] if (found := TOKEN.search(text)) else self.token
        return text

    def carried(self, path: str) -> dict[str, str]:
        """What the form of a page brings back unseen."""
        return {name: value for name, value in HIDDEN.findall(self.get(path)) if name in CARRIED}

    def post(
        self,
        path: str,
        fields: Mapping[str, str],
        *,
        files: Files | None = None,
        page: str = "",
        token: bool = True,
    ) -> tuple[str, str]:
        """Address and text after the redirects. The form's page is asked first for what it carries unseen."""
        unseen = self.carried(page or path)
        if not token:
            unseen.pop("csrfmiddlewaretoken", None)
        body, kind = encoded({**unseen, **fields}, files or {})
        said = {**self.said, "Referer": self.base + path, "Content-Type": kind}
        return self._open(urllib.request.Request(self.base + path, body, said))  # noqa: S310

    def sign_in(self, username: str) -> "Web":
        self.post("/accounts/login/", {"login": username, "password": PASSWORD})
        assert "sessionid" in {cookie.name for cookie in self.jar}, f"{username} is not signed in"
        return self

    def send(
        self,
        line: Line,
        path: str,
        fields: Mapping[str, str],
        *,
        files: Files | None = None,
        said: Mapping[str, str] | None = None,
    ) -> Answer:
        """A form over a line, with the token of the page that was read last. Any number at once."""
        body, kind = encoded({"csrfmiddlewaretoken": self.token, **fields}, files or {})
        return line.ask("POST", path, body, {**self._headers(), **(said or {}), "Content-Type": kind})

    def look(self, line: Line, path: str) -> Answer:
        """A page over a line."""
        return line.ask("GET", path, None, self._headers())

    def _headers(self) -> dict[str, str]:
        return {**self.said, "Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)}

    def _open(self, request: urllib.request.Request) -> tuple[str, str]:
        try:
            with self.opener.open(request, timeout=TIMEOUT) as answer:
                return answer.geturl(), answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.geturl(), refused.read().decode()
