"""What every child process finds in its environment."""

import os

from govplatform.runtime.paths import Paths, here


def uses_own_database() -> bool:
    """Whether this checkout starts its own PostgreSQL: no other ``DATABASE_URL`` was given."""
    return os.environ.get("DATABASE_URL", "") in {"", here().database_url()}


def uses_own_redis() -> bool:
    """Whether this checkout starts its own Redis: no other ``REDIS_URL`` was given."""
    return os.environ.get("REDIS_URL", "") in {"", here().redis_url()}


def addresses(paths: Paths) -> dict[str, str]:
    """The two server addresses: the given ones, else those of the project's own servers."""
    return {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or paths.database_url(),
        "REDIS_URL": os.environ.get("REDIS_URL") or paths.redis_url(),
    }


def child_environment(paths: Paths) -> dict[str, str]:
    """Environment of every process and command of the platform on this machine."""
    return {
        **os.environ,
        **addresses(paths),
        "PATH": f"{paths.venv / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(paths.venv),
        "PYTHONUNBUFFERED": "1",
        "GOVPLATFORM_DEMO": os.environ.get("GOVPLATFORM_DEMO", "1"),
        "GOVPLATFORM_VAR_DIR": str(paths.var),
        "GOVPLATFORM_KEYS_DIR": str(paths.keys),
        "GOVPLATFORM_MEDIA_DIR": str(paths.media),
    }
