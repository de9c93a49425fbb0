"""Shape of what comes in at the desk; rules are the engine's."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cases import rules
from ledger import kinds
from ledger.kinds import SIMULATION_SIZES
from ledger.queries.editions import english

PURPOSES = [
    ("clarify", _("to clarify the report")),
    ("appointment", _("to arrange a visit")),
    ("answer", _("to give the result")),
]


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Put what an action refused beside the fields it names; the rest over the form."""
    fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, texts in fields.items():
        form.add_error(field if field in form.fields else None, [str(text) for text in texts])


def offer(form: forms.Form, name: str, options: Iterable[tuple[Any, str]]) -> None:
    """Fill a choice field with what the database offers."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(options)


class NoteForm(forms.Form):
    note = forms.CharField(max_length=1000, label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class CommentForm(forms.Form):
    text = forms.CharField(max_length=1000, label=_("Comment"), widget=forms.Textarea(attrs={"rows": 2}))


class ContactForm(forms.Form):
    """Why somebody wants to see a reporter's contact."""

    purpose = forms.ChoiceField(choices=PURPOSES, widget=forms.RadioSelect, label=_("Purpose"))


class FactForm(forms.Form):
    """A fact about the person of a case: where he lives, can be reached, works."""

    kind = forms.ChoiceField(label=_("What"), widget=forms.RadioSelect)
    text = forms.CharField(label=_("In words"), max_length=200)
    building = forms.CharField(
        label=_("Building"), max_length=40, required=False, help_text=_("code in the list of buildings")
    )
    premises = forms.CharField(
        label=_("Employer"), max_length=40, required=False, help_text=_("code in the list of organisations")
    )
    as_of = forms.DateField(label=_("As of"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, kinds: Iterable[tuple[str, str]] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(kinds)


class MoveForm(forms.Form):
    """One move, with just the fields its row of the workflow asks for.

    Arguments:
        requires: of the transition (cases.workflow.REQUIREMENTS, "data:<field>").
        departments, holders: choices (id, name).
        result: field → type of the step's typed result.
    """

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    assignment_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    department = forms.TypedChoiceField(coerce=int, label=_("Department"))
    holder = forms.TypedChoiceField(coerce=int, label=_("Handled by"))
    extension = forms.DecimalField(
        min_value=0, max_digits=7, decimal_places=2, label=_("More time"), help_text=_("in the unit of the limit")
    )
    note = forms.CharField(required=False, max_length=1000, label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self,
        *args: Any,
        requires: tuple[str, ...],
        departments: list[tuple[int, str]],
        holders: list[tuple[int, str]],
        result: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("department", requires, departments)
        self._choose("holder", requires, holders)
        if "data:extension" not in requires:
            del self.fields["extension"]
        if "note" in requires:
            self.fields["note"].required = True
            self.fields["note"].label = _("Reason")
        for name, kind in (result or {}).items():
            self.fields[f"result_{name}"] = result_field(name, kind)

    def _choose(self, name: str, requires: tuple[str, ...], choices: list[tuple[int, str]]) -> None:
        if name not in requires:
            del self.fields[name]
            return
        offer(self, name, [("", "—"), *choices])

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments of `cases.actions.move_case`."""
        data = self.cleaned_data
        coded: dict[str, Any] = {}
        if "extension" in data:
            coded["extension"] = str(data["extension"])
        results = {name.removeprefix("result_"): value for name, value in data.items() if name.startswith("result_")}
        if results:
            coded["result"] = results
        return {
            "expected_version": data["expected_version"],
            "assignment_id": data["assignment_id"],
            "department_id": data.get("department"),
            "holder_id": data.get("holder"),
            "note": data["note"],
            "data": coded,
        }


def result_field(name: str, kind: str) -> forms.Field:
    """A field for one value of a typed result ("text", "number", "date", "bool", "choice:a|b")."""
    label = name.replace("_", " ")
    if kind == "number":
        return forms.DecimalField(label=label)
    if kind == "date":
        return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    if kind == "bool":
        return forms.BooleanField(label=label, required=False)
    if kind.startswith("choice:"):
        options = kind.removeprefix("choice:").split("|")
        return forms.ChoiceField(label=label, choices=[(one, one) for one in options])
    return forms.CharField(label=label, max_length=1000)


class EditionForm(forms.Form):
    title = forms.CharField(max_length=200, label=_("What changes and why"))


class PublishForm(forms.Form):
    effective_from = forms.DateTimeField(
        required=False,
        label=_("In force from"),
        help_text=_("Empty means at once."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


class EditionMoveForm(PublishForm):
    """One step of an edition: the version that was read, a reason, a date; each step takes what it needs."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        required=False, max_length=500, label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2})
    )
    confirmed = forms.BooleanField(required=False)


def _size_words(scope: str, size: int, unit: str) -> str:
    if scope == "months":
        return ngettext("the last %(n)s month", "the last %(n)s months", size) % {"n": size}
    return f"{gettext('the newest %(n)s') % {'n': size}} {unit}"


class SimulationForm(forms.Form):
    """How much of the past is looked at.

    Arguments:
        kind: of the edition; it says what is offered.
    """

    size = forms.ChoiceField(label=_("How much of the past"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spec = kinds.simulations[kind]
        unit = spec.units[1 if english() else 0]
        sizes = [(scope, size) for scope in spec.scopes for size in SIMULATION_SIZES[scope]]
        offer(self, "size", [(f"{scope}:{size}", _size_words(scope, size, unit)) for scope, size in sizes])

    def chosen(self) -> dict[str, Any]:
        """Keyword arguments of `ledger.actions.start_simulation`."""
        scope, _colon, size = self.cleaned_data["size"].partition(":")
        return {"scope": scope, "size": int(size)}


class AtForm(forms.Form):
    """A moment in the past or the future."""

    at = forms.DateTimeField(
        label=_("At this date"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


class AnswersField(forms.CharField):
    """Coded answers a case must have, one a line: "condition = 1"."""

    widget = forms.Textarea(attrs={"rows": 2})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return "\n".join(f"{name} = {rules.answer_text(said)}" for name, said in sorted(value.items()))
        return value

    def to_python(self, value: Any) -> dict[str, Any]:  # type: ignore[override]  # a text becomes answers
        found: dict[str, Any] = {}
        for line in (super().to_python(value) or "").splitlines():
            name, equals, said = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (name.isidentifier() and equals and said):
                raise ValidationError(gettext("Write one condition a line: name = value."))
            found[name] = rules.answer_value(said)
        return found


class RuleForm(forms.Form):
    """A routing rule: what it fits, where it sends."""

    code = forms.CharField(max_length=40, label=_("Code"))
    target = forms.ChoiceField(label=_("Kind of case and step"))
    category = forms.CharField(
        required=False,
        max_length=60,
        label=_("Category begins with"),
        help_text=_("event/01 is the whole first class; empty is every one"),
    )
    path = forms.CharField(
        required=False,
        max_length=120,
        label=_("Territory begins with"),
        help_text=_("choose from the list, or type a path of division codes; empty is everywhere"),
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )
    source = forms.ChoiceField(required=False, label=_("Source"))
    answers = AnswersField(
        required=False,
        max_length=500,
        label=_("Only with these answers"),
        help_text=_("one a line, for example: condition = 1 (first filing condition); level = red (of a wage warning)"),
    )
    department_id = forms.TypedChoiceField(coerce=int, label=_("Department"))
    needs_role = forms.ChoiceField(required=False, label=_("Role that may take it"))
    automatic = forms.BooleanField(
        required=False, label=_("Automatic"), help_text=_("files and dispatches at once; otherwise it proposes")
    )
    priority = forms.IntegerField(
        min_value=1, label=_("Priority"), help_text=_("higher goes first; no two may be equal")
    )
    reason_zh = forms.CharField(max_length=200, label=_("Reason in Chinese"))
    reason_en = forms.CharField(max_length=200, label=_("Reason in English"))

    def __init__(self, *args: Any, choices: dict[str, list[tuple[Any, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = choices["path"]  # offered while typing
        for name, options in choices.items():
            offer(self, name, options)

    def values(self, owner: Any) -> dict[str, Any]:
        """Columns of a rule; who writes it owns it."""
        found = dict(self.cleaned_data)
        kind, _colon, step = found.pop("target").partition(":")
        return {**found, "kind": kind, "step_key": step, "owner_id": owner.user_id}


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photos of one input; each is checked when it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"accept": "image/jpeg,image/png,image/webp", "multiple": True}
        super().__init__(widget=ManyFilesInput(attrs=attributes), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> "list[File[bytes]]":
        if data and isinstance(data, (list, tuple)):
            return [super(PhotosField, self).clean(one, initial) for one in data]
        found = super().clean(data or None, initial)  # an empty list would pass for an answer
        return [found] if found else []


class ReceiptForm(forms.Form):
    """Tracking by receipt: the number alone opens nothing, numbers can be guessed."""

    receipt = forms.CharField(max_length=400, label=_("Tracking link or its code"))


class ReplyForm(forms.Form):
    text = forms.CharField(max_length=1000, label=_("Your message"), widget=forms.Textarea(attrs={"rows": 3}))
    photos = PhotosField(required=False, label=_("Photos"))


class WithdrawForm(forms.Form):
    """The reporter ends the own matter."""

    reason = forms.CharField(
        max_length=1000, label=_("Why do you withdraw it?"), widget=forms.Textarea(attrs={"rows": 2})
    )


class RatingForm(forms.Form):
    score = forms.TypedChoiceField(
        coerce=int,
        choices=[
            (5, _("5 – very satisfied")),
            (4, _("4 – satisfied")),
            (3, _("3 – fair")),
            (2, _("2 – dissatisfied")),
            (1, _("1 – very dissatisfied")),
        ],
        widget=forms.RadioSelect,
        label=_("How satisfied are you with the result?"),
    )
    comment = forms.CharField(
        required=False, max_length=1000, label=_("Anything to add?"), widget=forms.Textarea(attrs={"rows": 2})
    )


class ReopenForm(forms.Form):
    reason = forms.CharField(max_length=1000, label=_("What is still wrong?"), widget=forms.Textarea(attrs={"rows": 3}))
