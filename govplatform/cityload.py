"""Loading a city folder: published schema, then every registered part checks, then every part writes."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from jsonschema import Draft202012Validator

from ledger import kinds
from ledger.actions import audit
from ledger.actors import Actor
from ledger.cityfolder import Change, CityFolder, Fault
from ledger.models import AuditEntry

SCHEMA = settings.BASE_DIR / "docs" / "city-folder.schema.json"
AUDIT_ACTION, AUDIT_OBJECT = "city.loaded", "city"

Loader = Callable[..., Change]


class PartRefused(Exception):
    """A part was refused while writing: what its check could not see. Parts before it are written, it is not."""


def parts() -> list[kinds.CityPart]:
    """Registered parts in the order they load."""
    return sorted(kinds.city_parts.values(), key=lambda part: part.order)


def digest(folder: CityFolder) -> str:
    """Fingerprint of the files, the schema and the list of parts: equal means that loading again changes nothing."""
    return folder.digest(SCHEMA.read_text(encoding="utf-8") + " ".join(part.name for part in parts()))


def last_digest(city: str) -> str:
    """Fingerprint of the last complete load of this city; "" if there was none."""
    rows = AuditEntry.objects.filter(object_kind=AUDIT_OBJECT, object_id=city, action=AUDIT_ACTION)
    data = rows.order_by("-pk").values_list("data", flat=True).first()
    return str(data["digest"]) if data else ""


def schema_faults(folder: CityFolder) -> Iterator[Fault]:
    """Where the folder differs from docs/city-folder.schema.json: JSON files as a whole, CSV files line by line."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    present = {path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*") if path.is_file()}
    yield from (Fault(name, 0, "", "is missing") for name in schema["required"] if name not in present)
    for name, rule in schema["properties"].items():
        if name not in present:
            continue
        resolved = {**rule, "$defs": schema.get("$defs", {})}
        yield from (
            _csv_faults(folder, name, resolved) if name.endswith(".csv") else _json_faults(folder, name, resolved)
        )


def _json_faults(folder: CityFolder, name: str, rule: dict[str, Any]) -> Iterator[Fault]:
    for error in Draft202012Validator(rule).iter_errors(folder.json(name)):
        steps = list(error.absolute_path)
        line = int(steps[1]) + 2 if steps[:1] == ["features"] and len(steps) > 1 else 0
        yield Fault(name, line, ".".join(str(step) for step in steps), error.message[:200])


def _csv_faults(folder: CityFolder, name: str, rule: dict[str, Any]) -> Iterator[Fault]:
    items = {**rule["items"], "$defs": rule["$defs"]}
    validator = Draft202012Validator(items)
    for row in folder.rows(name, required=items.get("required", ())):
        for error in validator.iter_errors(row.values):
            column = str(error.absolute_path[0]) if error.absolute_path else ""
            yield Fault(name, row.number, column, error.message[:200])


def run_parts(
    folder: CityFolder, *, apply: bool, actor: Actor, now: datetime
) -> Iterator[tuple[kinds.CityPart, Change]]:
    """Run every part; with `apply` it writes. A checking run collects faults in the folder."""
    folder.known.clear()
    for part in parts():
        load: Loader = kinds.resolve(part.load)
        try:
            change = load(folder, apply=apply, actor=actor, now=now)
        except ValidationError as error:
            raise PartRefused(f"{part.name}: {' '.join(error.messages)}") from error
        yield part, change


def remember(city: str, fingerprint: str, changes: dict[str, str], *, actor: Actor, now: datetime) -> None:
    """Write the load to the audit; the next run compares with it."""
    data = {"digest": fingerprint, "changes": changes}
    audit(actor=actor, action=AUDIT_ACTION, object_kind=AUDIT_OBJECT, object_id=city, data=data, now=now)


def exported() -> dict[str, str]:
    """Every file of the folder as the database has it."""
    files: dict[str, str] = {}
    for part in parts():
        if part.export:
            files.update(kinds.resolve(part.export)())
    return files
