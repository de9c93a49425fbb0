"""Every command of docs/api.md is answered with the status that stands behind it."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tests.edges.ask import call, make_token
from tests.events.town import Town

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
COMMAND = re.compile(r"^    (curl .*?)  # (\d{3})$", re.MULTILINE)


@dataclass
class Command:
    """What curl would send."""

    method: str = "GET"
    address: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    form: list[str] = field(default_factory=list)


def read(text: str) -> Command:
    found, words = Command(), iter(shlex.split(text)[1:])
    for word in words:
        if word == "-X":
            found.method = next(words)
        elif word == "-H":
            name, _colon, value = next(words).partition(": ")
            found.headers[name.lower().replace("-", "_")] = value
        elif word == "--data-urlencode":
            name, _equals, value = next(words).partition("=")
            found.form.append(urlencode({name: value}))
        elif word == "-d":
            found.form.append(next(words))
        else:
            found.address = word
    return found


def run(text: str) -> Any:
    command = read(text)
    command.headers.setdefault("content_type", "application/x-www-form-urlencoded")
    path = quote(command.address, safe="/?&=,.%:-")
    return call(command.method, path, "", "&".join(command.form), **command.headers)


def test_every_command_is_answered_as_it_says(town: Town) -> None:
    token, number = make_token(town), ""
    commands = COMMAND.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert len(commands) > 20
    for text, status in commands:
        said = text.replace("$GP", "").replace("$TOKEN", token).replace("$NUMBER", number)
        answer = run(said)
        assert answer.status_code == int(status), (text, answer.content[:300])
        if "/api/v1/reports" in text and status == "201":
            number = answer.json()["number"]


def test_every_curl_of_the_document_says_its_status() -> None:
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("    curl")]
    assert len(lines) == len(COMMAND.findall(DOCUMENT.read_text(encoding="utf-8")))
