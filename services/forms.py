"""Forms made of data: what an item asks is drawn and read here; whether it fits is asked of `services.rules`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cases.forms import PhotosField
from services import rules
from services.privacy import CORRECTS
from services.queries import ItemRow

PURPOSES = [
    ("review", gettext_lazy("to check the conditions")),
    ("clarify", gettext_lazy("to ask the applicant something")),
    ("licence", gettext_lazy("to make the licence")),
]
OPINIONS = [("agree", gettext_lazy("agrees")), ("disagree", gettext_lazy("does not agree"))]
REMEDY = gettext_lazy(
    "You may ask for administrative reconsideration within 60 days, or go to the people's court within six months."
)


def _said(row: Any, attribute: str) -> str:
    english = not (get_language() or "zh").startswith("zh")
    return str(getattr(row, f"{attribute}_en" if english else f"{attribute}_zh"))


def _part_labels(kind: str) -> dict[str, str]:
    return {
        "name": _("Name of the organisation") if kind == "organisation" else _("Full name"),
        "id_number": _("Citizen number"),
        "phone": _("Mobile number"),
        "credit_code": _("Unified social credit code"),
    }


@dataclass(frozen=True, slots=True)
class Group:
    """One field of the item as it is drawn: legend, help, the condition in words, its inputs."""

    label: str
    help: str
    condition: str
    radio: bool
    inputs: list[forms.BoundField]
    needed: bool  # where its condition holds; a draft may lack it
    kept: int = 0


class ApplicationForm(forms.Form):
    """The form of an item.

    Arguments:
        item: whose form. counter: a clerk files for somebody and says why.
        kept: how many photos of each paper are stored already.
    """

    submission_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    edition = forms.IntegerField(widget=forms.HiddenInput)
    kept = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, item: ItemRow, counter: bool = False, stored: Mapping[str, Sequence[UUID]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.item, self.stored, self.counter = item, stored, counter
        for field in item.fields:
            for name, made in _inputs(field):
                self.fields[name] = made
        for paper in item.materials:
            label = _said(paper, "name")
            self.fields[f"material_{paper.key}"] = PhotosField(
                required=False, label=label, help_text=_said(paper, "note")
            )
        if counter:
            self.fields["purpose"] = forms.CharField(
                max_length=200,
                label=_("Why it is filed at the counter"),
                help_text=_("For example: came in person, has no phone. The applicant can read it."),
            )

    def groups(self) -> Iterator[Group]:
        """The fields of the item, in order, as they are drawn."""
        for field in self.item.fields:
            names = [name for name, _made in _inputs(field)]
            yield Group(
                label=_said(field, "label"),
                help=_said(field, "help"),
                condition=self._condition(field),
                radio=field.type in ("choice", "yes_no"),
                inputs=[self[name] for name in names],
                needed=field.required,
            )

    def papers(self) -> Iterator[Group]:
        """The papers, with how many photos are stored already."""
        for paper in self.item.materials:
            bound = self[f"material_{paper.key}"]
            optional = "" if paper.required else _("only if you have it")
            yield Group(
                str(bound.label), "", optional, False, [bound], paper.required, len(self.stored.get(paper.key, ()))
            )

    def _condition(self, field: rules.Field) -> str:
        known = {one.key: one for one in self.item.fields}
        parts = []
        for key, value in field.when:
            option = next((option for option in known[key].options if option.value == value), None)
            answer = _option(option) if option else _yes_no(value)
            parts.append(_("only if “%(question)s” is “%(answer)s”") % {
                "question": _said(known[key], "label"), "answer": answer,
            })  # fmt: skip
        return "; ".join(parts)

    def raw(self) -> dict[str, Any]:
        """What was typed, by field of the item, unchecked: for a draft."""
        return {field.key: self._given(field) for field in self.item.fields}

    def _given(self, field: rules.Field) -> Any:
        if field.parts:
            return {part: self.data.get(f"{field.key}.{part}", "") for part in field.parts}
        return self.data.get(field.key, "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        checked = rules.check_answers(self.item.fields, self.raw(), demo=settings.DEMO)
        for name, text in checked.errors.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, text)
        return cleaned


def _option(option: rules.Option) -> str:
    return option.zh if (get_language() or "zh").startswith("zh") else option.en


def _yes_no(value: str) -> str:
    return _("yes") if value == "yes" else _("no")


def _inputs(field: rules.Field) -> list[tuple[str, forms.Field]]:
    """Names and form fields of one field of an item; whether an answer fits is not asked here."""
    required = field.required and not field.when
    common: dict[str, Any] = {"required": required, "label": _said(field, "label"), "help_text": _said(field, "help")}
    if field.parts:
        labels = _part_labels(field.type)
        return [
            (f"{field.key}.{part}", forms.CharField(required=required, max_length=400, label=labels[part]))
            for part in field.parts
        ]
    if field.type in ("choice", "yes_no"):
        choices = [(option.value, _option(option)) for option in field.options] or [
            (value, _yes_no(value)) for value in ("yes", "no")
        ]
        return [(field.key, forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common))]
    widgets = {
        "long_text": forms.Textarea(attrs={"rows": 3}),
        "number": forms.TextInput(attrs={"inputmode": "decimal"}),
        "date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    }
    return [(field.key, forms.CharField(max_length=4000, widget=widgets.get(field.type, forms.TextInput()), **common))]


def initial_of(item: ItemRow, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a draft by name of the input."""
    found: dict[str, Any] = {}
    for field in item.fields:
        value = answers.get(field.key)
        if isinstance(value, Mapping):
            found.update({f"{field.key}.{part}": text for part, text in value.items()})
        elif value is not None:
            found[field.key] = value
    return found


class SupplyForm(forms.Form):
    """The answer to what was asked for: a photo for every paper named, and words."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        required=False, max_length=1000, label=gettext_lazy("Message"), widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, asked: Sequence[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label, text in asked:
            self.fields[f"material_{key}"] = PhotosField(required=True, label=label, help_text=text)
        self.order_fields([f"material_{key}" for key, _label, _text in asked])


class WithdrawForm(forms.Form):
    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        required=False, max_length=500, label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 2})
    )


class SupplementForm(forms.Form):
    """One line for every paper and field of the item; what stays empty is complete."""

    def __init__(self, *args: Any, item: ItemRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(f"material:{paper.key}", _said(paper, "name")) for paper in item.materials]
        rows += [(f"field:{field.key}", _said(field, "label")) for field in item.fields]
        for what, label in rows:
            self.fields[what] = forms.CharField(required=False, max_length=300, label=label)

    def rows(self) -> list[dict[str, str]]:
        return [{"what": name, "text": text} for name, text in self.cleaned_data.items() if text]


class OpinionForm(forms.Form):
    opinion = forms.ChoiceField(choices=OPINIONS, widget=forms.RadioSelect, label=gettext_lazy("Opinion"))
    note = forms.CharField(max_length=1000, label=gettext_lazy("Grounds"), widget=forms.Textarea(attrs={"rows": 3}))


class GrantForm(forms.Form):
    reason = forms.CharField(max_length=1000, label=gettext_lazy("Grounds"), widget=forms.Textarea(attrs={"rows": 3}))
    valid_from = forms.DateField(
        required=False,
        label=gettext_lazy("Valid from"),
        help_text=gettext_lazy("Empty means today."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class RefuseForm(forms.Form):
    reason = forms.CharField(max_length=1000, label=gettext_lazy("Reasons"), widget=forms.Textarea(attrs={"rows": 4}))
    remedy = forms.CharField(
        max_length=500, label=gettext_lazy("Remedy"), initial=REMEDY, widget=forms.Textarea(attrs={"rows": 2})
    )


class RevokeForm(forms.Form):
    reason = forms.CharField(
        max_length=1000,
        label=gettext_lazy("Reasons"),
        help_text=gettext_lazy("The holder reads them; the verification page says at once that it is revoked."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PersonalForm(forms.Form):
    """Why somebody wants to see personal answers in clear."""

    purpose = forms.ChoiceField(choices=PURPOSES, widget=forms.RadioSelect, label=gettext_lazy("Purpose"))


class VerifyForm(forms.Form):
    """A licence checked by hand."""

    number = forms.CharField(max_length=100, label=gettext_lazy("Number of the licence"))
    proof = forms.CharField(
        max_length=200,
        label=gettext_lazy("Six digits on the holder's screen, or the holder's full name"),
        help_text=gettext_lazy("So that nobody looks up a stranger's licence."),
    )


class PrivacyForm(forms.Form):
    """A request about one's own data."""

    ask = forms.ChoiceField(
        label=gettext_lazy("What do you ask for?"),
        choices=[
            ("correct_name", gettext_lazy("Correct my name")),
            ("correct_phone", gettext_lazy("Correct my mobile number")),
            ("correct_id", gettext_lazy("Correct my citizen number")),
            ("erase_contacts", gettext_lazy("Erase the contacts I left with my reports")),
            ("close_account", gettext_lazy("Erase everything about me and close my account")),
            ("other", gettext_lazy("Something else about my data")),
        ],
        widget=forms.RadioSelect,
    )
    right_name = forms.CharField(
        required=False, max_length=40, label=gettext_lazy("The right name"),
        help_text=gettext_lazy("Only to correct it."),
    )  # fmt: skip
    right_phone = forms.CharField(
        required=False, max_length=20, label=gettext_lazy("The right mobile number"),
        help_text=gettext_lazy("Only to correct it. A code sent to it proves that it is yours."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip
    code = forms.CharField(
        required=False, max_length=12, label=gettext_lazy("The code sent to the new number"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip
    right_id = forms.CharField(
        required=False, max_length=20, label=gettext_lazy("The right citizen number"),
        help_text=gettext_lazy("Only to correct it. You show your document at a counter before it is granted."),
    )  # fmt: skip
    words = forms.CharField(
        required=False,
        max_length=1000,
        label=gettext_lazy("Anything we should know?"),
        help_text=gettext_lazy("Needed if you ask for something else."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submission_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def arguments(self) -> dict[str, str]:
        """Keyword arguments of `ask_about_my_data`; of the values the one that is asked for."""
        said = self.cleaned_data
        field = CORRECTS.get(said["ask"], ("", ""))[1]
        kept = {name: said[name] for name in ("ask", "words", "code", "submission_key")}
        return {**kept, "right": said.get(field, "")}


class ItemForm(forms.Form):
    """What may be changed of an item in a draft of the catalogue."""

    name_zh = forms.CharField(max_length=120, label=gettext_lazy("Name in Chinese"))
    name_en = forms.CharField(max_length=160, label=gettext_lazy("Name in English"))
    who_zh = forms.CharField(label=gettext_lazy("Who may apply, in Chinese"), widget=forms.Textarea(attrs={"rows": 2}))
    who_en = forms.CharField(label=gettext_lazy("Who may apply, in English"), widget=forms.Textarea(attrs={"rows": 2}))
    accept_days = forms.IntegerField(min_value=1, max_value=5, label=gettext_lazy("Acceptance"))
    promised_days = forms.IntegerField(min_value=1, max_value=200, label=gettext_lazy("Promised limit"))
    statutory_days = forms.IntegerField(min_value=1, max_value=200, label=gettext_lazy("Statutory limit"))
    supplement_days = forms.IntegerField(min_value=1, max_value=200, label=gettext_lazy("Time to complete"))
    fee = forms.DecimalField(min_value=0, max_digits=9, decimal_places=2, label=gettext_lazy("Fee"))
    words = forms.CharField(required=False, max_length=200, label=gettext_lazy("Everyday words"))
