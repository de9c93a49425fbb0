"""Nothing personal is asked for without a notice, and what a notice said is never changed afterwards."""

import ast
import hashlib
import importlib
import inspect
import json
from collections.abc import Iterator

from django import forms
from rest_framework import serializers

from cases.forms import PURPOSES as CASE_PURPOSES
from ledger import kinds
from services.forms import PURPOSES as SERVICE_PURPOSES
from services.templatetags.privacy import WORDS
from tests.architecture.tree import APPS, ROOT, calls, modules

# names of form fields by which one says who one is
IDENTITY = {
    "name",
    "phone",
    "mobile",
    "id_number",
    "email",
    "contact",
    "applicant",
    "applicant_name",
    "bank_account",
    "right_name",
    "right_phone",
    "right_id",
}
# these ask for no resident's data: officials, systems, and words that happen to have such a name
OTHERWISE = {
    "accounts.forms.UserForm": "an official, entered by the system administrator",
    "accounts.forms.NewUserForm": "an official, entered by the system administrator",
    "accounts.forms.DepartmentForm": "the department's own number",
    "accounts.forms.ClientForm": "name of a system",
    "events.serializers.ReportIn": "its contact is ContactIn",
    "grids.serializers": "names of places",
}
WRITES_A_PERSON = {"create_person", "create_organisation"}
PUBLISHED = ROOT / "tests" / "architecture" / "notices.json"


def form_classes() -> Iterator[tuple[str, set[str]]]:
    """Every form and every incoming serializer of the house with the names of its own and inherited fields."""
    for module in modules():
        if module.app in APPS and module.drawer in ("forms", "serializers"):
            found = importlib.import_module(module.dotted)
            for name, value in vars(found).items():
                if not inspect.isclass(value) or value.__module__ != found.__name__:
                    continue
                if issubclass(value, forms.BaseForm):
                    yield f"{module.dotted}.{name}", set(value.base_fields)
                elif issubclass(value, serializers.Serializer) and not name.endswith("Out"):
                    yield f"{module.dotted}.{name}", set(value._declared_fields)


def test_every_form_that_asks_who_one_is_stands_under_a_notice() -> None:
    covered = {name for notice in kinds.notices.values() for name in notice.forms}
    asking = {name: fields & IDENTITY for name, fields in form_classes() if fields & IDENTITY}
    assert covered <= set(asking), covered - set(asking)
    wrong = {
        name: fields
        for name, fields in asking.items()
        if name not in covered and name not in OTHERWISE and name.rpartition(".")[0] not in OTHERWISE
    }
    assert not wrong, f"register_notice(…, forms=…) in apps.py, or a reason in OTHERWISE: {wrong}"


def test_every_template_of_a_notice_shows_it() -> None:
    wrong = [
        f"{notice.key}: {name}"
        for notice in kinds.notices.values()
        for name in notice.templates
        if f'{{% notice "{notice.key}" %}}' not in (ROOT / "templates" / name).read_text(encoding="utf-8")
    ]
    assert not wrong, wrong


def test_whoever_stores_a_person_says_under_which_notice() -> None:
    wrong = [
        module.at(call)
        for module in modules()
        for call in calls(module)
        if isinstance(call.func, ast.Name | ast.Attribute)
        and ast.unparse(call.func).rpartition(".")[2] in WRITES_A_PERSON
        if "notice" not in {keyword.arg for keyword in call.keywords}
    ]
    assert not wrong, wrong


def test_every_code_of_provenance_and_access_has_its_words() -> None:
    """Under "My data" residents read where a value came from and what it was looked at for."""
    codes = {
        (keyword.value.value, module.at(call))
        for module in modules()
        for call in calls(module)
        if ast.unparse(call.func).rpartition(".")[2] in {*WRITES_A_PERSON, "reveal"}
        for keyword in call.keywords
        if keyword.arg in ("source", "purpose", "basis") and isinstance(keyword.value, ast.Constant)
    }
    chosen = {(str(code), "cases.forms") for code, _label in (*CASE_PURPOSES, *SERVICE_PURPOSES)}
    wrong = sorted((code, where) for code, where in codes | chosen if code not in WORDS)
    assert len(codes) > 10 and not wrong, wrong


def fingerprints() -> dict[str, str]:
    found = {}
    for notice in kinds.notices.values():
        for number, text in enumerate(kinds.attribute(notice.versions), start=1):
            assert text.version == number, f"{notice.key}: versions count 1, 2, 3, …"
            assert all(all(pair) for pair in (text.short, text.purpose, text.basis, text.retention, text.recipients))
            assert text.fields
            found[f"{notice.key}/{number}"] = hashlib.sha256(repr(text).encode()).hexdigest()[:16]
    return found


def test_a_published_notice_is_never_changed() -> None:
    """A changed text is a new version; a new version is added to notices.json with the digest this test prints."""
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert fingerprints() == published
