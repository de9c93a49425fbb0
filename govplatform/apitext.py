"""An OpenAPI description as rows of a page for people: what can be asked, with what, and what comes back."""

from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, or a field of a body."""

    name: str
    where: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer."""

    status: str
    text: str
    media_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a program may ask."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    scopes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    answers: tuple[Answer, ...]


def operations(document: Document) -> list[Operation]:
    """All operations of a description, in its order."""
    return [
        _operation(document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and "responses" in operation
    ]


def _operation(document: Document, path: str, method: str, operation: Document) -> Operation:
    parameters = [_parameter(row) for row in operation.get("parameters", ())]
    return Operation(
        id=operation.get("operationId", ""),
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        text=operation.get("description", ""),
        scopes=tuple(operation.get("x-scopes", ())),
        parameters=(*parameters, *_fields(document, operation)),
        answers=tuple(
            Answer(status, answer.get("description", ""), tuple(answer.get("content", {})))
            for status, answer in sorted(operation["responses"].items())
        ),
    )


def _parameter(row: Document) -> Parameter:
    text = row.get("description", "") or ""
    return Parameter(row["name"], row["in"], _kind(row.get("schema", {})), bool(row.get("required")), text)


def _fields(document: Document, operation: Document) -> list[Parameter]:
    """Fields of the body, those of the first media type."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = next((_resolved(document, media.get("schema", {})) for media in content.values()), {})
    needed = set(schema.get("required", ()))
    return [
        Parameter(name, "body", _kind(field), name in needed, field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]


def _resolved(document: Document, schema: Document) -> Document:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Document = document["components"]["schemas"][name] if name else schema
    return found


def _kind(schema: Document) -> str:
    choices = schema.get("enum")
    if choices:
        return " | ".join(str(choice) for choice in choices if choice not in (None, ""))
    return str(schema.get("format") or schema.get("type") or "object")
