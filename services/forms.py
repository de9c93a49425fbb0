"""Shape of what comes in; rules and limits are the actions'."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PrivacyForm(forms.Form):
    """A request about one's own data."""

    ask = forms.ChoiceField(
        label=_("What do you ask for?"),
        choices=[
            ("erase_contacts", _("Erase the contacts I left with my reports")),
            ("correct_name", _("Correct my name")),
            ("close_account", _("Erase everything about me and close my account")),
        ],
        widget=forms.RadioSelect,
    )
    right_name = forms.CharField(
        required=False, max_length=40, label=_("The right name"), help_text=_("Only to correct it.")
    )
    words = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Anything we should know?"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submission_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
