"""Shape of what comes in; rules and limits are the actions'."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.forms import PhotosField
from wages.rules import month_of

MATTERS = [
    ("not_paid", _("My wages were not paid")),
    ("short", _("I was paid too little")),
    ("other", _("Something else")),
]


class MonthField(forms.CharField):
    """A month, "2026-09"; becomes its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=7, widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-09"}), **kwargs
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        month = month_of(text)
        if month is None:
            raise forms.ValidationError(_("Write the month like 2026-09."))
        return month


class ClaimForm(forms.Form):
    """A claim; everything about the person is optional."""

    project = forms.CharField(required=False, max_length=30, label=_("Project code, if you know it"))
    employer = forms.CharField(
        required=False, max_length=120, label=_("For whom did you work?"), help_text=_("Firm, team or site, and where.")
    )
    matter = forms.ChoiceField(choices=MATTERS, label=_("What is it about?"), widget=forms.RadioSelect)
    first = MonthField(label=_("From month"))
    last = MonthField(required=False, label=_("To month"), help_text=_("Empty: only the one month."))
    amount = forms.DecimalField(required=False, max_digits=12, decimal_places=2, label=_("Amount owed, yuan"))
    people = forms.IntegerField(required=False, initial=1, label=_("How many people does it concern?"))
    description = forms.CharField(
        required=False, max_length=2000, label=_("What happened?"), widget=forms.Textarea(attrs={"rows": 4})
    )
    photos = PhotosField(
        required=False, label=_("Photos"), help_text=_("Contract, attendance, messages. Up to 6 photos, 10 MB each.")
    )
    name = forms.CharField(
        required=False, max_length=40, label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        required=False,
        max_length=20,
        label=_("Mobile number"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    submission_key = forms.CharField(max_length=64, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """A worker's no to his own line."""

    matter = forms.ChoiceField(choices=MATTERS, label=_("What is wrong?"), widget=forms.RadioSelect)
    amount = forms.DecimalField(required=False, max_digits=12, decimal_places=2, label=_("How many yuan are missing?"))
    text = forms.CharField(
        required=False, max_length=2000, label=_("What happened?"), widget=forms.Textarea(attrs={"rows": 3})
    )
    submission_key = forms.CharField(max_length=64, widget=forms.HiddenInput)


class OrderForm(forms.Form):
    """The order to pay."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    assignment_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    amount = forms.DecimalField(max_digits=14, decimal_places=2, label=_("To be paid, yuan"))
    pay_until = forms.DateField(label=_("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    note = forms.CharField(
        max_length=1000,
        label=_("Reason"),
        help_text=_("Facts, clause and what the firm said; the firm reads it in the order."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PaymentForm(forms.Form):
    """The proof of payment."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    assignment_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    amount = forms.DecimalField(max_digits=14, decimal_places=2, label=_("Paid by the proof, yuan"))
    photos = PhotosField(label=_("Photos of the proof"), help_text=_("Bank slip or signed receipts; cover names."))
    note = forms.CharField(max_length=1000, label=_("What was looked at"), widget=forms.Textarea(attrs={"rows": 3}))


class BankForm(forms.Form):
    """What the bank tells of a month."""

    month = MonthField(label=_("Month"))
    agreed = forms.DecimalField(max_digits=14, decimal_places=2, label=_("Labour fee agreed, yuan"))
    arrived = forms.DecimalField(max_digits=14, decimal_places=2, label=_("Labour fee arrived, yuan"))
    arrived_on = forms.DateField(
        required=False, label=_("Arrived on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    balance = forms.DecimalField(max_digits=14, decimal_places=2, label=_("Balance at the end of the month, yuan"))


class WageRuleForm(forms.Form):
    """A rule of a draft."""

    level = forms.ChoiceField(
        choices=[("yellow", _("Yellow")), ("red", _("Red"))], label=pgettext_lazy("warning", "Level")
    )
    months = forms.IntegerField(min_value=0, max_value=12, label=_("Months after the one worked"))
    days = forms.IntegerField(min_value=0, max_value=60, label=_("Days after the pay date"))
    share = forms.DecimalField(max_digits=5, decimal_places=1, label=_("Share paid below, percent"))
    clause_zh = forms.CharField(max_length=200, label=_("Clause in Chinese"))
    clause_en = forms.CharField(max_length=300, label=_("Clause in English"))
