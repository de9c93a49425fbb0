"""GDAL and GEOS from the pyogrio and shapely wheels: newer and safer than the distribution's, one copy a process."""

import importlib.util
from pathlib import Path


def _in_wheel(package: str, pattern: str) -> str | None:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]).parent / f"{package}.libs"
    return next((str(path) for path in sorted(folder.glob(pattern))), None)


def gdal_library() -> str | None:
    """Path of libgdal; None lets Django look for the system's."""
    return _in_wheel("pyogrio", "libgdal*.so*")


def geos_library() -> str | None:
    """Path of libgeos_c; None lets Django look for the system's."""
    return _in_wheel("shapely", "libgeos_c*.so*")
