"""Forms as data: what a field is, whether it is asked, and whether an answer fits. The action asks this, whoever sends.

Types: text, long_text, number, date, choice, yes_no, person (name, citizen number, phone), organisation (name, unified
social credit code), file. A field with conditions is asked only if earlier answers say so; an answer to a field that is
not asked is dropped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from accounts import rules as identity
from ledger.masks import mask_text

TYPES = ("text", "long_text", "number", "date", "choice", "yes_no", "person", "organisation", "file")
PARTS = {"person": ("name", "id_number", "phone"), "organisation": ("name", "credit_code")}
LONGEST = {"text": 200, "long_text": 2000}
NAME_LONGEST = {"person": 60, "organisation": 200}
MOST_FILES = 4


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Arguments:
        when: ((key of an earlier field, value), …): asked only if all of them were answered so.
        minimum, maximum: of a number, inclusive.
        personal: sealed and shown as a mask; persons always are.
        on_licence: the answer stands on the licence; never a personal one.
    """

    key: str
    type: str
    label_zh: str
    label_en: str
    help_zh: str = ""
    help_en: str = ""
    required: bool = True
    when: tuple[tuple[str, str], ...] = ()
    options: tuple[Option, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    personal: bool = False
    on_licence: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the inputs of a field made of several; () for one input."""
        return PARTS.get(self.type, ())


@dataclass(frozen=True, slots=True)
class Material:
    """A paper that goes with the application."""

    key: str
    name_zh: str
    name_en: str
    note_zh: str = ""
    note_en: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers that fit, by field, and what is wrong, by input ("applicant.phone" for a part)."""

    answers: dict[str, Any]
    errors: dict[str, str]


def read_fields(rows: Any) -> tuple[tuple[Field, ...], list[str]]:
    """The fields written in a catalogue, and what is wrong with them."""
    fields: list[Field] = []
    faults: list[str] = []
    for row in rows if isinstance(rows, list) else []:
        try:
            field = _field(dict(row))
        except (TypeError, ValueError, KeyError, InvalidOperation) as error:
            faults.append(f"field {row}: {error}")
            continue
        faults += [f"field {field.key}: {fault}" for fault in _faults(field, fields)]
        fields.append(field)
    return tuple(fields), faults


def _field(row: dict[str, Any]) -> Field:
    limits: dict[str, Any] = {
        name: Decimal(str(row.pop(name))) for name in ("minimum", "maximum") if row.get(name) is not None
    }
    when = tuple(sorted((str(key), str(value)) for key, value in dict(row.pop("when", {})).items()))
    options = tuple(Option(**option) for option in row.pop("options", []))
    kind = row["type"]
    personal = bool(row.pop("personal", False)) or kind == "person"
    return Field(**row, when=when, options=options, personal=personal, **limits)


def _faults(field: Field, earlier: Sequence[Field]) -> list[str]:
    faults = []
    if field.type not in TYPES:
        faults.append(f"unknown type {field.type}")
    if not field.key.isidentifier() or field.key in {other.key for other in earlier}:
        faults.append("the key is no name, or is there twice")
    if not field.label_zh or not field.label_en:
        faults.append("a label is empty")
    if (field.type == "choice") != bool(field.options):
        faults.append("a choice has options, nothing else has")
    if field.personal and field.on_licence:
        faults.append("a personal answer does not stand on the licence")
    return faults + _condition_faults(field, earlier)


def _condition_faults(field: Field, earlier: Sequence[Field]) -> list[str]:
    faults = []
    known = {other.key: other for other in earlier}
    for key, value in field.when:
        if key not in known:
            faults.append(f"its condition asks for {key}, which does not come before it")
        elif value not in _coded(known[key]):
            faults.append(f"its condition asks for {key} = {value}, which cannot be answered")
    return faults


def _coded(field: Field) -> tuple[str, ...]:
    return ("yes", "no") if field.type == "yes_no" else tuple(option.value for option in field.options)


def read_materials(rows: Any) -> tuple[tuple[Material, ...], list[str]]:
    """The materials written in a catalogue, and what is wrong with them."""
    found: list[Material] = []
    faults: list[str] = []
    for row in rows if isinstance(rows, list) else []:
        try:
            material = Material(**row)
        except TypeError as error:
            faults.append(f"material {row}: {error}")
            continue
        if not material.key.isidentifier() or material.key in {other.key for other in found}:
            faults.append(f"material {material.key}: the key is no name, or is there twice")
        if not material.name_zh or not material.name_en:
            faults.append(f"material {material.key}: a name is empty")
        found.append(material)
    return tuple(found), faults


def is_asked(field: Field, answers: Mapping[str, Any]) -> bool:
    """Whether a field is asked, given the answers before it."""
    return all(str(answers.get(key, "")) == value for key, value in field.when)


def check_answers(fields: Sequence[Field], given: Mapping[str, Any], *, demo: bool) -> Checked:
    """Check what was filled in, field by field; keys nobody asked for are dropped.

    Arguments:
        given: text by field; for fields of several parts a mapping; for files a list of ids.
        demo: whether identities of the demo pass their checks.
    """
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        if not is_asked(field, answers):
            continue
        value = _trimmed(field, given.get(field.key))
        if _is_empty(value):
            if field.required:
                errors[_first(field)] = _("Please answer this.")
            continue
        faults = _CHECKS[field.type](field, value, demo)
        errors.update({f"{field.key}.{part}" if part else field.key: text for part, text in faults.items()})
        if not faults:
            answers[field.key] = value
    return Checked(answers, errors)


def _first(field: Field) -> str:
    return f"{field.key}.{field.parts[0]}" if field.parts else field.key


def _trimmed(field: Field, value: Any) -> Any:
    if field.parts:
        source = value if isinstance(value, Mapping) else {}
        return {part: _text(source.get(part)) for part in field.parts}
    if field.type == "file":
        return [_text(one) for one in value if _text(one)] if isinstance(value, list | tuple) else []
    return _text(value)


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int | float | Decimal | date) else ""


def _is_empty(value: Any) -> bool:
    return not any(value.values()) if isinstance(value, dict) else not value


def _check_text(field: Field, value: str, demo: bool) -> dict[str, str]:
    if len(value) > LONGEST[field.type]:
        return {"": _("At most %(n)s characters.") % {"n": LONGEST[field.type]}}
    return {"": _("This holds a character that cannot be stored.")} if "\0" in value else {}


def _check_number(field: Field, value: str, demo: bool) -> dict[str, str]:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return {"": _("This is not a number.")}
    if not number.is_finite() or len(value) > 20:
        return {"": _("This is not a number.")}
    if field.minimum is not None and number < field.minimum:
        return {"": _("At least %(n)s.") % {"n": field.minimum}}
    if field.maximum is not None and number > field.maximum:
        return {"": _("At most %(n)s.") % {"n": field.maximum}}
    return {}


def _check_date(field: Field, value: str, demo: bool) -> dict[str, str]:
    try:
        date.fromisoformat(value)
    except ValueError:
        return {"": _("This is not a date.")}
    return {} if len(value) == 10 else {"": _("This is not a date.")}


def _check_coded(field: Field, value: str, demo: bool) -> dict[str, str]:
    return {} if value in _coded(field) else {"": _("Please choose one of the answers.")}


def _check_person(field: Field, value: dict[str, str], demo: bool) -> dict[str, str]:
    faults = _missing_parts(field, value)
    if value["id_number"] and identity.citizen_id_fault(value["id_number"].upper(), demo=demo):
        faults["id_number"] = _("This is not a citizen number.")
    if value["phone"] and identity.phone_fault(identity.normal_phone(value["phone"]), demo=demo):
        faults["phone"] = _("This is not a mobile number.")
    return faults


def _check_organisation(field: Field, value: dict[str, str], demo: bool) -> dict[str, str]:
    faults = _missing_parts(field, value)
    if value["credit_code"] and identity.credit_code_fault(value["credit_code"].upper(), demo=demo):
        faults["credit_code"] = _("This is not a unified social credit code.")
    return faults


def _missing_parts(field: Field, value: dict[str, str]) -> dict[str, str]:
    faults = {part: _("Please answer this.") for part in field.parts if not value[part]}
    if len(value["name"]) > NAME_LONGEST[field.type] or "\0" in "".join(value.values()):
        faults["name"] = _("At most %(n)s characters.") % {"n": NAME_LONGEST[field.type]}
    return faults


def _check_file(field: Field, value: list[str], demo: bool) -> dict[str, str]:
    return {} if len(value) <= MOST_FILES else {"": _("At most %(n)s photos.") % {"n": MOST_FILES}}


_CHECKS: dict[str, Callable[[Field, Any, bool], dict[str, str]]] = {
    "text": _check_text,
    "long_text": _check_text,
    "number": _check_number,
    "date": _check_date,
    "choice": _check_coded,
    "yes_no": _check_coded,
    "person": _check_person,
    "organisation": _check_organisation,
    "file": _check_file,
}


def masked_answers(fields: Sequence[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """What may be stored beside the sealed answers: personal ones as masks."""
    shown: dict[str, Any] = {}
    for field in fields:
        value = answers.get(field.key)
        if value is None:
            continue
        if not field.personal:
            shown[field.key] = value
        elif isinstance(value, Mapping):
            shown[field.key] = {part: mask_text(part, str(text)) for part, text in value.items()}
        else:
            shown[field.key] = "***"
    return shown


def check_materials(materials: Sequence[Material], given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What is wrong with the papers, by material."""
    errors = {}
    for material in materials:
        files = given.get(material.key, ())
        if material.required and not files:
            errors[f"material_{material.key}"] = _("Please add a photo of this paper.")
        elif len(files) > MOST_FILES:
            errors[f"material_{material.key}"] = _("At most %(n)s photos.") % {"n": MOST_FILES}
    return errors
