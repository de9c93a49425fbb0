"""Browser libraries: copied from node_modules into static/vendor with a manifest; `--check` compares without npm.

npm ci --ignore-scripts && python3 -m govplatform.runtime.vendor
python3 -m govplatform.runtime.vendor --check
"""

import argparse
import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"
MANIFEST = "manifest.json"
# a comment naming a map that is not shipped aborts the hashed static storage
SOURCE_MAP = re.compile(rb"\n?(?://|/\*)# sourceMappingURL=\S+(?: \*/)?\s*$")
LICENCE_NAMES = ("LICENSE", "LICENCE.md", "LICENSE.txt", "LICENSE.md", "MIT-LICENCE.txt", "README.md")


@dataclass(frozen=True)
class Package:
    """One npm package and what is taken from it.

    Arguments:
        name: name on npm, and folder in static/vendor (without the scope's slash).
        files: paths inside the package, copied under their last two path parts' names as given in `flat`.
        bundled: packages inside its built file, whose licences travel with it (paths under node_modules).
    """

    name: str
    files: tuple[str, ...]
    bundled: tuple[str, ...] = ()


PACKAGES = (
    Package(
        "@geoman-io/leaflet-geoman-free",
        ("dist/leaflet-geoman.css", "dist/leaflet-geoman.min.js"),
        (
            "@turf/bbox",
            "@turf/boolean-contains",
            "@turf/helpers",
            "@turf/kinks",
            "@turf/line-intersect",
            "@turf/line-split",
            "lodash",
            "polyclip-ts",
            "bignumber.js",
            "splaytree-ts",
        ),
    ),
    Package("bootstrap", ("dist/css/bootstrap.min.css",)),
    Package(
        "bootstrap-icons",
        ("font/bootstrap-icons.min.css", "font/fonts/bootstrap-icons.woff2", "font/fonts/bootstrap-icons.woff"),
    ),
    Package("echarts", ("dist/echarts.common.min.js",), ("zrender", "tslib")),
    Package("htmx.org", ("dist/htmx.min.js",)),
    Package("leaflet.markercluster", ("dist/leaflet.markercluster.js",)),
    Package(
        "leaflet.vectorgrid",
        ("dist/Leaflet.VectorGrid.bundled.min.js",),
        ("vector-tile", "pbf", "ieee754", "topojson-client", "whatwg-fetch"),
    ),
    Package(
        "protomaps-leaflet",
        ("dist/protomaps-leaflet.js",),
        (
            "@mapbox/point-geometry",
            "@mapbox/vector-tile",
            "color2k",
            "fflate",
            "potpack",
            "quickselect",
            "rbush",
            "protomaps-leaflet/node_modules/pbf",
        ),
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Copy, or check; returns the exit status."""
    parser = argparse.ArgumentParser(prog="govplatform.runtime.vendor", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare static/vendor with its manifest; no npm needed")
    if parser.parse_args(arguments).check:
        faults = differences(TARGET, ROOT / "package.json")
        for fault in faults:
            print(f"vendor: {fault}", file=sys.stderr)
        print("vendor: " + ("differs" if faults else "every file equals the manifest"))
        return 1 if faults else 0
    if not MODULES.is_dir():
        print("vendor: node_modules is missing; run `npm ci --ignore-scripts` first", file=sys.stderr)
        return 1
    copy_all(MODULES, TARGET)
    return 0


def copy_all(modules: Path, target: Path) -> None:
    """Replace `target` by the dist files, their licences and the manifest."""
    shutil.rmtree(target, ignore_errors=True)
    manifest = [_copy(package, modules, target) for package in PACKAGES]
    (target / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"vendor: {sum(len(entry['files']) for entry in manifest)} files of {len(manifest)} packages")


def differences(target: Path, package_json: Path) -> list[str]:
    """What differs between the files, the manifest and package.json; empty when all agree."""
    manifest: list[dict[str, Any]] = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    wanted = json.loads(package_json.read_text(encoding="utf-8"))["dependencies"]
    listed = {entry["name"]: entry["version"] for entry in manifest}
    faults = [] if listed == wanted else [f"package.json says {wanted}, the manifest {listed}"]
    hashes = {path: digest for entry in manifest for path, digest in entry["files"].items()}
    present = {str(path.relative_to(target)): path for path in target.rglob("*") if path.is_file()}
    present.pop(MANIFEST)
    faults += [f"{path} is missing" for path in sorted(hashes.keys() - present.keys())]
    faults += [f"{path} is not in the manifest" for path in sorted(present.keys() - hashes.keys())]
    faults += [
        f"{path} was changed"
        for path in sorted(hashes.keys() & present.keys())
        if _sha256(present[path]) != hashes[path]
    ]
    return faults


def _copy(package: Package, modules: Path, target: Path) -> dict[str, Any]:
    source, folder = modules / package.name, target / package.name
    facts = json.loads((source / "package.json").read_text(encoding="utf-8"))
    written: list[Path] = []
    for name in package.files:
        # "dist/css/x.css" becomes "x.css"; what a style sheet names relative to itself keeps its folder
        goal = folder / Path(name).relative_to("font") if name.startswith("font/") else folder / Path(name).name
        goal.parent.mkdir(parents=True, exist_ok=True)
        goal.write_bytes(SOURCE_MAP.sub(b"\n", (source / name).read_bytes()))
        written.append(goal)
    written.append(_licence(source, folder / "LICENSE"))
    bundled = [_bundled(modules / path, folder) for path in package.bundled]
    written += [folder / entry["licence_file"] for entry in bundled]
    return {
        "name": facts["name"],
        "version": facts["version"],
        "licence": facts["license"],
        "bundled": bundled,
        "files": {str(path.relative_to(target)): _sha256(path) for path in written},
    }


def _bundled(source: Path, folder: Path) -> dict[str, str]:
    facts = json.loads((source / "package.json").read_text(encoding="utf-8"))
    goal = folder / f"LICENSE.{facts['name'].replace('/', '_').lstrip('@')}"
    _licence(source, goal)
    return {
        "name": facts["name"],
        "version": facts["version"],
        "licence": facts["license"],
        "licence_file": goal.name,
    }


def _licence(source: Path, goal: Path) -> Path:
    found = next(source / name for name in LICENCE_NAMES if (source / name).is_file())
    text = found.read_text(encoding="utf-8")
    if found.name == "README.md":  # the licence is a section of the read-me
        text = text[text.index("## Legalese") :]
    goal.write_text(text, encoding="utf-8")
    return goal


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
