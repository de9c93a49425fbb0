"""The bench: `python bench/run.py [piece …]`; SCALE=0.1 takes a tenth of the volume. Writes docs/performance.md."""

import functools
import os
import platform
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import compiler, limits, paths, regrid, report, territory, volume
from bench.node import Node

PIECES = {
    "intake": paths.intake,
    "move": paths.move,
    "inbox": paths.inbox,
    "locate": paths.locate,
    "tiles": paths.tiles,
    "routing": paths.routing,
    "visible": paths.visible,
    "memory": paths.memory,
    "regrid": regrid.regrid,
}

# need no volume of cases; each writes its own section of the page
ALONE = {"compiler": compiler.measure, "territory": territory.measure}


def facts(node: Node) -> dict[str, str]:
    counts = {
        "cases": "cases_case",
        "history rows": "cases_historyentry",
        "grid boundaries": "grids_gridversion",
        "reports": "events_report",
    }
    volume_text = ", ".join(
        f"{node.number(f'SELECT count(*) FROM {table}'):,.0f} {name}" for name, table in counts.items()
    )
    size = node.rows("SELECT pg_size_pretty(pg_database_size(current_database()))")[0][0]
    server = node.rows("SELECT current_setting('server_version'), postgis_lib_version()")[0]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    python = sys.version.split()[0]
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}, Python {python}",
        "database": f"PostgreSQL {server[0].split()[0]}, PostGIS {server[1]}; {size}",
        "volume": volume_text,
        "run": f"{time.strftime('%Y-%m-%d %H:%M')} UTC; load average at its end {load}",
    }


def main(names: list[str]) -> int:
    unknown = set(names) - {"limits", *PIECES, *ALONE}
    if unknown:
        print(f"no such piece: {', '.join(sorted(unknown))}; there are limits, {', '.join((*PIECES, *ALONE))}")
        return 2
    names = names or ["limits", *PIECES, *ALONE]
    missed = 0
    for name in names:
        if name in ALONE:
            print(name, flush=True)
            missed += ALONE[name](functools.partial(report.keep_section, name))
    served = [name for name in names if name not in ALONE]
    missed += _served(served) if served else 0
    print(f"{missed} figures below their target; {report.PAGE}")
    return 0


def _served(names: list[str]) -> int:
    """Pieces that need a node and the volume; how many figures missed their target."""
    print("the volume", flush=True)
    node = volume.ensure(float(os.environ.get("SCALE", "1")))
    try:
        missed = 0
        for name in names:
            print(name, flush=True)
            raw = limits.measure(node) if name == "limits" else {}
            figures = PIECES[name](node) if name in PIECES else []
            for figure in figures:
                missed += not figure.met
                print(figure.line(), flush=True)
            report.keep(figures, raw, facts(node))
        report.write()
        return missed
    finally:
        node.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
