"""Writes docs/performance.md from what was measured, beside the targets, the raw limits and the peer."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.node import HOME
from govplatform.runtime.paths import CHECKOUT

PAGE = CHECKOUT / "docs" / "performance.md"
SECTIONS = ("compiler", "territory")
KEPT = HOME / "figures.json"


@dataclass
class Figure:
    """One measured path.

    Arguments:
        value: per second, or what `unit` says. target: to be reached. worse_below: False where less is better.
        limit: name of the raw limit beside it.
        peer: the peer's figure with its own words, from reference measurements of Signalen 2.43.10 on the same machine.
    """

    name: str
    value: float
    target: float
    unit: str = "/s"
    more_is_better: bool = True
    p95: float | None = None  # milliseconds
    p95_target: float | None = None
    statements: int | None = None
    statements_target: int | None = None
    limit: str = ""
    cpu: tuple[float, float] | None = None  # milliseconds per answer: web, PostgreSQL
    peer: str = ""
    note: str = ""
    errors: dict[str, int] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        good = self.value >= self.target if self.more_is_better else self.value <= self.target
        if self.p95 is not None and self.p95_target is not None:
            good = good and self.p95 <= self.p95_target
        if self.statements is not None and self.statements_target is not None:
            good = good and self.statements <= self.statements_target
        return good and not self.errors

    def line(self) -> str:
        """The figure on the terminal."""
        parts = [f"{self.value:,.1f}{self.unit}"]
        if self.p95 is not None:
            parts.append(f"p95 {self.p95:.0f} ms")
        if self.statements is not None:
            parts.append(f"{self.statements} statements")
        if self.cpu is not None:
            parts.append(f"CPU {self.cpu[0]:.1f} + {self.cpu[1]:.1f} ms")
        met = "met" if self.met else "MISSED"
        return f"  {self.name}: {', '.join(parts)}: {met} {self.note} {self.errors or ''}".rstrip()


def keep(figures: list[Figure], limits: dict[str, float], facts: dict[str, str]) -> None:
    """Merge the figures of this run into those kept from earlier runs of other pieces."""
    known = json.loads(KEPT.read_text()) if KEPT.exists() else {"figures": {}, "limits": {}, "facts": {}}
    known["figures"].update({figure.name: asdict(figure) for figure in figures})
    known["limits"].update(limits)
    known["facts"].update(facts)
    KEPT.write_text(json.dumps(known, indent=1, ensure_ascii=False))


def keep_section(name: str, text: str) -> None:
    """Write the section of a piece that stands alone; the rest of the page stays as it is."""
    PAGE.write_text(_with_section(PAGE.read_text(), name, text))


def _with_section(page: str, name: str, text: str) -> str:
    """The page with what stands between the marks of a section replaced."""
    first, last = _marks(name)
    start, rest = page.split(first, 1)
    return f"{start}{first}\n{text}\n{last}{rest.split(last, 1)[1]}"


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name} -->", f"<!-- /{name} -->"


def _sections(page: str, old: str) -> str:
    """The page with the sections that the old page has."""
    for name in SECTIONS:
        first, last = _marks(name)
        if first in old:
            page = _with_section(page, name, old.split(first, 1)[1].split(last, 1)[0].strip())
    return page


def write() -> str:
    """docs/performance.md from the kept figures; returns the text."""
    known = json.loads(KEPT.read_text())
    figures = [Figure(**values) for values in known["figures"].values()]
    facts = "\n".join(f"| {name} | {value} |" for name, value in known["facts"].items())
    limits = "\n".join(f"| {name} | {value:,.0f}/s |" for name, value in known["limits"].items())
    rows = "\n".join(_row(figure, known["limits"]) for figure in figures)
    text = (Path(__file__).parent / "page.md").read_text()
    for mark, value in (("{facts}", facts), ("{limits}", limits), ("{figures}", rows)):
        text = text.replace(mark, value)
    text = _sections(text, PAGE.read_text() if PAGE.exists() else "")
    PAGE.write_text(text)
    return text


def _row(figure: Figure, limits: dict[str, float]) -> str:
    sign = "≥" if figure.more_is_better else "≤"
    value = f"**{figure.value:,.1f}**{figure.unit}".replace(".0**", "**")
    target = f"{sign} {figure.target:,.0f}{figure.unit}"
    if figure.p95_target is not None:
        target += f", p95 ≤ {figure.p95_target:.0f} ms"
    p95 = "" if figure.p95 is None else f"{figure.p95:,.0f} ms"
    count = "" if figure.statements is None else str(figure.statements)
    if figure.statements_target is not None:
        count += f" (≤ {figure.statements_target})"
    cpu = "" if figure.cpu is None else f"{figure.cpu[0]:.1f} + {figure.cpu[1]:.1f} ms"
    ratio = f"{figure.value / limits[figure.limit]:.0%} of {figure.limit}" if limits.get(figure.limit) else ""
    met = "yes" if figure.met else "**no**"
    note = figure.note + (f" errors: {figure.errors}" if figure.errors else "")
    cells = [figure.name, value, p95, cpu, count, target, met, ratio, figure.peer, note]
    return "| " + " | ".join(cells) + " |"
