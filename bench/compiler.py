"""The grid compiler on invented towns, beside PySAL spopt and k-means + Voronoi; no server is needed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from bench.towns import KINDS, town
from govplatform.runtime.paths import CHECKOUT
from grids.rules.coverage import exact, ring_of

SMALL, MIDDLE, LARGE = 300, 5_000, 100_000  # spopt takes no more than the small one in a minute or two
VILLAGE = 80  # households a grid in the small ribbon town, which would be two grids of 400
TARGETS = {MIDDLE: 5.0, LARGE: 120.0}  # seconds for all three alternatives
MEMORY = 4096.0  # MB
LIMIT = 75.0  # seconds another method may take
SLOW = ("Max-P", "SKATER", "RegionKMeans")
OURS = "compiler"
HEAD = (
    "| town | buildings | way | grids | within ±15 % | spread | worst | compactness | barrier inside, m | loose | cut |"
    " seconds | CPU s | MB |\n|" + " --- |" * 14
)


@dataclass
class Row:
    """One way on one town.

    Arguments:
        figures: parts, within, spread, worst, compactness, barriers_crossed, loose (pieces beyond the first of a
            grid), cut (buildings a border runs through).
        wrong: what must not be and is.
    """

    kind: str
    size: int
    way: str
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    note: str = ""
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        start = f"| {self.kind} | {self.size:,} | {self.way} |"
        if not self.figures:
            return f"{start} {self.note} |" + " |" * 10
        f = self.figures
        shape = f"{f['spread']:.3f} | {f['worst']:.2f} | {f['compactness']:.3f} | {f['barriers_crossed']:,.0f}"
        cost = f"{self.seconds:.1f} | {self.cpu:.1f} | {self.memory:,.0f}"
        return f"{start} {f['parts']} | {f['within']:.1%} | {shape} | {f['loose']} | {f['cut']} | {cost} |"


def measure(keep: Callable[[str], None]) -> int:
    """How many figures miss what they should be; the text for the page is handed over after every town."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        for kind in KINDS:
            for size in (MIDDLE, SMALL, LARGE):
                rows += _town(kind, size, Path(name))
                keep(_text(rows))
    return sum(not good for good, _ in _verdicts(rows))


def _text(rows: list[Row]) -> str:
    table = "\n".join([HEAD, *(row.line() for row in rows)])
    verdicts = "\n".join(f"- {'met' if good else '**missed**'}: {text}" for good, text in _verdicts(rows))
    run = f"{time.strftime('%Y-%m-%d %H:%M')} UTC; load average at its end {os.getloadavg()[0]:.1f}"
    return f"Run {run}.\n\n{verdicts}\n\n{table}"


def _town(kind: str, size: int, folder: Path) -> list[Row]:
    data = town(kind, size)
    if (kind, size) == ("ribbon", SMALL):
        data["target"] = VILLAGE
    (folder / "in.json").write_text(json.dumps(data))
    rows = _ours(kind, size, data, folder)
    for method in (*SLOW, "k-means + Voronoi"):
        if method in SLOW and (size == LARGE or (size == MIDDLE and kind != KINDS[0])):
            continue
        rows += _theirs(kind, size, method, folder)
    for row in rows:
        print(row.line(), *row.wrong, flush=True)
    return rows


def _process(argv: list[str], limit: float) -> tuple[int, float, float, float]:
    """Run to the end or the limit: exit code, seconds, CPU seconds, most memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *argv], cwd=CHECKOUT, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": "."}
    )
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.perf_counter() - began > limit:
            process.send_signal(signal.SIGKILL)
        time.sleep(0.05)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    return process.returncode, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _ours(kind: str, size: int, data: dict[str, Any], folder: Path) -> list[Row]:
    argv = ["grids.compiler", str(folder / "in.json"), str(folder / "out.json")]
    code, seconds, cpu, memory = _process(argv, 900)
    if code:
        return [Row(kind, size, OURS, note=f"exit code {code}", wrong=["no answer"])]
    found = json.loads((folder / "out.json").read_text())
    rows = []
    for alternative in found["alternatives"]:
        wrong, cut = _faults(data, alternative)
        figures = alternative["scores"] | {"loose": 0, "cut": cut}
        rows.append(Row(kind, size, f"{OURS}: {alternative['name']}", figures, seconds, cpu, memory, wrong=wrong))
    return rows


def _faults(data: dict[str, Any], alternative: dict[str, Any]) -> tuple[list[str], int]:
    """What the answer must not have: measured here, not taken from the answer."""
    parts = alternative["parts"]
    rings = {str(number): ring_of(part["ring"]) for number, part in enumerate(parts)}
    wrong = [] if exact(rings, ring_of(data["parents"][0]["ring"])) else ["not exact"]
    shapes = shapely.polygons([shapely.linearrings(row["shape"]) for row in data["buildings"]])
    borders = shapely.linearrings([node for part in parts for node in part["ring"]], indices=_index(parts))
    cut = len(set(shapely.STRtree(shapes).query(borders, predicate="crosses")[1].tolist()))
    inner = shapely.buffer(shapely.polygons(borders), -2e-5)
    hard = [shapely.LineString(row["line"]) for row in data["barriers"] if row["strength"] >= 0.8]
    inside = sum(float(shapely.length(shapely.intersection(line, inner)).sum()) for line in hard)
    if cut:
        wrong.append(f"{cut} buildings cut")
    if inside > 1e-4:
        wrong.append("a barrier inside a grid")
    return wrong, cut


def _index(parts: list[dict[str, Any]]) -> list[int]:
    return [number for number, part in enumerate(parts) for _ in part["ring"]]


def _theirs(kind: str, size: int, method: str, folder: Path) -> list[Row]:
    answer = folder / "theirs.json"
    argv = ["bench.baselines", method, str(folder / "in.json"), str(answer)]
    code, seconds, cpu, memory = _process(argv, LIMIT)
    if code:
        note = f"stopped after {seconds:.0f} s" if code < 0 else f"failed, exit code {code}"
        return [Row(kind, size, method, note=note)]
    found = json.loads(answer.read_text())
    return [
        Row(kind, size, f"{method}{words}", found[key], seconds, cpu, memory)
        for key, words in (("found", ""), ("repaired", ", repaired"))
    ]


def _verdicts(rows: list[Row]) -> list[tuple[bool, str]]:
    """What the compiler has to reach."""
    ours = [row for row in rows if row.way.startswith(OURS)]
    found = [(not any(row.wrong for row in ours), "exact, whole buildings, no barrier inside a grid, in every answer")]
    for size, limit in TARGETS.items():
        mine = [row for row in ours if row.size == size]
        clock, cpu = (max((getattr(row, name) for row in mine), default=0.0) for name in ("seconds", "cpu"))
        # one thread: the time on a core is what it takes on a machine that does nothing else
        words = f"{size:,} buildings take {cpu:.1f} s of one core at most (≤ {limit:.0f} s), {clock:.1f} s by the clock"
        found.append((cpu <= limit, words))
    most = max(row.memory for row in ours)
    found.append((most <= MEMORY, f"memory {most:,.0f} MB at most (≤ {MEMORY:,.0f} MB)"))
    least = min((row.figures.get("within_allowed", 0.0) for row in ours), default=0.0)
    found.append((least >= 0.95, f"grids whose component allows it within ±15 %, fewest: {least:.1%} (≥ 95 %)"))
    for text, better in (("balance (within, then spread)", _balanced), ("compactness", _compact)):
        worse = [pair for pair in _pairs(rows) if not better(*pair)]
        names = ", ".join(f"{a.way} after {b.way} on {a.kind} {a.size:,}" for a, b in worse)
        words = "better than" if better is _balanced else "not worse than"
        found.append(
            (not worse, f"{text}: every alternative {words} every repaired baseline{': not ' * bool(names)}{names}")
        )
    return found


def _pairs(rows: list[Row]) -> list[tuple[Row, Row]]:
    theirs = [row for row in rows if row.way.endswith(", repaired")]
    return [
        (mine, other)
        for mine in rows
        for other in theirs
        if mine.way.startswith(OURS) and mine.figures and (mine.kind, mine.size) == (other.kind, other.size)
    ]


def _balanced(mine: Row, other: Row) -> bool:
    one, two = mine.figures, other.figures
    return (one["within"], -one["spread"]) > (two["within"], -two["spread"]) or one["within"] == 1 > two["within"]


def _compact(mine: Row, other: Row) -> bool:
    return bool(mine.figures["compactness"] >= other.figures["compactness"])
