"""Start-up checks: every registered name resolves, and the broker's options are those the promises rest on."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from ledger import kinds
from ledger.sealed import SealedField

# column names that hold, or may hold, what says something about a person
PERSONAL = frozenset(
    {"address", "bank_account", "birth", "body", "caption", "comment", "contact", "decision", "description", "detail",
     "display_name", "display_name_en", "email", "employer", "first_name", "id_number", "ip", "ip_address", "last_name",
     "note", "phone", "public_text", "recipient", "result_text", "revoke_reason", "supplement_answer", "taken_lat",
     "taken_lon", "user_agent"}
)  # fmt: skip
PERSON = "accounts.Person"


def registered_names(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A handler that cannot be imported would let its promises wait for ever."""
    found: list[CheckMessage] = []
    for dotted, purpose in kinds.dotted_names():
        try:
            kinds.resolve(dotted)
        except ImportError as error:
            found.append(Error(f"{purpose}: {dotted} does not resolve ({error})", id="ledger.E001"))
    for notice in kinds.notices.values():
        for dotted in (notice.versions, *notice.forms):
            try:
                kinds.attribute(dotted)
            except ImportError as error:
                found.append(Error(f"notice {notice.key}: {dotted} ({error})", id="ledger.E001"))
    return found


def document_templates(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A page of the site given as the template of a PDF would fail when somebody waits for the document."""
    wrong = [spec for spec in kinds.documents.values() if not spec.template.startswith("documents/")]
    text = "document %s: %s is not below templates/documents/"
    return [Error(text % (spec.key, spec.template), id="ledger.E005") for spec in wrong]


def broker_options(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A hung task must end before the broker hands it to somebody else."""
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    if visibility <= settings.CELERY_TASK_TIME_LIMIT or not settings.CELERY_TASK_ACKS_LATE:
        return [Error("Celery: time limit must be below the visibility timeout, with late acks", id="ledger.E002")]
    return []


def personal_columns(model: type[models.Model]) -> list[str]:
    """Columns of a model that hold personal data: sealed, of a telling name, or leading to a person."""
    found = []
    for column in model._meta.concrete_fields:
        target = column.related_model._meta.label if isinstance(column.related_model, type) else ""
        if isinstance(column, SealedField) or column.name in PERSONAL or target == PERSON:
            found.append(column.name)
    return found


def retention_rows(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every personal column stands in the retention table (PIPL 19, 47), and the table names real columns only."""
    answered: dict[str, set[str]] = {}
    for row in kinds.retentions.values():
        answered.setdefault(row.model, set()).update(row.fields)
    found: list[CheckMessage] = []
    for model in apps.get_models():
        label = model._meta.label
        missing = [name for name in personal_columns(model) if name not in answered.get(label, set())]
        if missing:
            text = f"{label}: personal columns without a row in the retention table: {', '.join(missing)}"
            hint = "ledger.kinds.register_retention(…, model=…, fields=…) in the app's apps.py says how long they stay"
            found.append(Error(text, hint=hint, id="ledger.E003"))
        unknown = answered.pop(label, set()) - {column.name for column in model._meta.concrete_fields}
        if unknown:
            found.append(Error(f"{label}: the retention table names {', '.join(sorted(unknown))}", id="ledger.E004"))
    found += [Error(f"the retention table names the model {label}", id="ledger.E004") for label in answered]
    return found + [
        Error(f"{row.key}: {row.owner} does not lead from {row.model} to a person", id="ledger.E004")
        for row in kinds.retentions.values()
        if row.owner and row.model not in answered and not _leads_to_a_person(row.model, row.owner)
    ]


def _leads_to_a_person(label: str, owner: str) -> bool:
    model: Any = apps.get_model(label)
    for name in owner.split("__"):
        try:
            model = model._meta.get_field(name).related_model
        except (FieldDoesNotExist, AttributeError):
            return False
    return model is not None and model._meta.label == PERSON
