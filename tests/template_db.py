"""A database with the schema, made once for all processes and kept for later runs: each test database is a copy."""

import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.psycopg_any import sql

CHECKOUT = Path(__file__).resolve().parents[1]
PREFIX = "template_govplatform_"


def fingerprint() -> str:
    """Changes with every migration and every file that one of them reads."""
    digest = hashlib.sha256()
    for path in sorted((*CHECKOUT.glob("*/migrations/**/*"), CHECKOUT / "requirements.txt")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def template() -> str:
    """Name of the database to copy; the first process makes it while the others wait."""
    name = PREFIX + fingerprint()
    default = connections["default"]
    with (CHECKOUT / "var" / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with default._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
            there = {row[0] for row in cursor.fetchall()}
            if name in there:
                return name
            for old in there:
                cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(old)))
            draft = name.replace("template", "draft")
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(draft)))
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
        usual = default.settings_dict["NAME"]
        default.close()
        settings.DATABASES["default"]["NAME"] = default.settings_dict["NAME"] = draft
        try:
            call_command("migrate", verbosity=0)
        finally:
            default.close()
            settings.DATABASES["default"]["NAME"] = default.settings_dict["NAME"] = usual
        with default._nodb_cursor() as cursor:
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            cursor.execute(rename.format(sql.Identifier(draft), sql.Identifier(name)))
    return name
