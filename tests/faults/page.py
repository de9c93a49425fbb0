"""Figures of the scenarios: kept under var, and written into docs/reliability.md by `python -m tests.faults.page`."""

import json
from pathlib import Path

from govplatform.runtime.paths import CHECKOUT

KEPT = CHECKOUT / "var" / "rig-figures.json"
PAGE = CHECKOUT / "docs" / "reliability.md"
PROMISES = {
    "P1": ("An acknowledged report is never lost", "test_acknowledged.py"),
    "P2": ("One submission is one case, for ever", "test_acknowledged.py"),
    "P3": ("Every case reaches a department or an incident", "test_acknowledged.py`, `test_hand_over.py"),
    "P4": ("Redis holds nothing that matters", "test_broker.py"),
    "P5": ("A killed worker does no harm", "test_killed_worker.py"),
    "P7": ("Every promise is redeemed once", "test_repeats.py"),
    "P8": ("Periodic jobs run once per period", "test_repeats.py"),
    "P9": ("Deadlines fire once, by the database clock", "test_time.py"),
    "P12": ("Two people, one task: one winner", "test_people.py"),
    "P13": ("No update is lost", "test_people.py"),
    "P14": ("The invariants hold after every fault", "every scenario, and test_time.py at the end"),
    "P15": (
        "Random moves of people and machines on all kinds of case break nothing",
        "tests/cases/test_random_moves.py",
    ),
    "P16": ("A restart of the database heals itself", "test_database.py"),
    "P28": ("No secret is found in clear in a log, the broker, an address, a browser or a dump", "test_canary.py"),
}


def note(promise: str, scenario: str, figure: str) -> None:
    """Keep the figure of a scenario."""
    known = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    known.setdefault(promise, {})[scenario] = figure
    KEPT.write_text(json.dumps(known, indent=1))


def write() -> None:
    known = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    rows = [
        f"| {code} {name} | `{test}` | {'; '.join(known.get(code, {}).values()) or 'not run yet'} |"
        for code, (name, test) in PROMISES.items()
    ]
    PAGE.write_text((Path(__file__).parent / "page.md").read_text().replace("{rows}", "\n".join(rows)))


if __name__ == "__main__":
    write()
