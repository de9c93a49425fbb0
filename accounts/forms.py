"""Forms of accounts: shape only; what is allowed is decided by the actions."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.imports import PATH
from accounts.kinds import LEVELS
from accounts.queries import department_choices, role_choices, scope_choices
from ledger.actors import Actor

LEVEL_LABELS = {"city": _("city"), "county": _("county"), "township": _("township"), "community": _("community")}
path_shape = RegexValidator(rf"^{PATH.pattern}$", _("Codes between slashes, for example /3709/370902/"))


class WithoutReset:
    """allauth's password forms without what we do not offer: no reset by mail, no words inside the fields."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in ("password", "oldpassword"):
                field.help_text = ""


class SignInForm(WithoutReset, LoginForm):  # type: ignore[misc]
    """Signing in by name and password."""


class ConfirmForm(WithoutReset, ReauthenticateForm):  # type: ignore[misc]
    """The password once more before something dangerous."""


class NewPasswordForm(WithoutReset, ChangePasswordForm):  # type: ignore[misc]
    """One's own new password."""


class PhoneForm(forms.Form):
    """First step of a resident's sign-in."""

    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean_phone(self) -> str:
        phone = rules.normal_phone(self.cleaned_data["phone"])
        if rules.phone_fault(phone, demo=settings.DEMO):
            raise ValidationError(_("This is not a mobile number."))
        return phone


class CodeForm(forms.Form):
    """Second step."""

    code = forms.RegexField(
        rf"^\s*\d{{{rules.CODE_DIGITS}}}\s*$",
        label=_("Code from the message"),
        error_messages={"invalid": _("Eight digits.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class UserForm(forms.Form):
    """Name and address of an official."""

    display_name = forms.CharField(label=_("Name"), max_length=60)
    display_name_en = forms.CharField(label=_("Name in Latin letters"), max_length=60, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)


class NewUserForm(UserForm):
    """A new official with a first password."""

    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{1,59}$", label=_("User name"), help_text=_("Small letters, digits, dot, dash.")
    )
    password = forms.CharField(label=_("First password"), widget=forms.PasswordInput, help_text=_("At least 12 signs."))
    field_order = ("username", "display_name", "display_name_en", "email", "password")


class PasswordForm(forms.Form):
    """A new password for somebody else."""

    password = forms.CharField(label=_("New password"), widget=forms.PasswordInput, help_text=_("At least 12 signs."))


class DepartmentForm(forms.Form):
    """A department."""

    code = forms.RegexField(r"^[0-9A-Za-z-]{2,40}$", label=_("Code"))
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    level = forms.ChoiceField(label=_("Level"), choices=[(code, LEVEL_LABELS[code]) for code in LEVELS])
    function = forms.RegexField(r"^[a-z_]{2,40}$", label=_("Function"), help_text=_("A code, for example water"))
    parent = forms.TypedChoiceField(label=_("Above it"), required=False, coerce=int, empty_value=None)
    territory = forms.CharField(label=_("Area of responsibility"), max_length=120, validators=[path_shape])
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    active = forms.BooleanField(label=_("In service"), required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        if isinstance(parent, forms.TypedChoiceField):
            parent.choices = [("", "—"), *department_choices(actor)]

    def values(self) -> dict[str, Any]:
        """The cleaned values without code and parent, as the action takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("code", "parent")}


class MembershipForm(forms.Form):
    """A hat for a user."""

    username = forms.CharField(label=_("User name"), max_length=60)
    department = forms.TypedChoiceField(label=_("Department"), coerce=int)
    role = forms.ChoiceField(label=_("Role"))
    territory = forms.CharField(
        label=_("Area of responsibility"),
        max_length=120,
        validators=[path_shape],
        help_text=_("Inside the department's area."),
    )
    start = forms.DateField(label=_("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    end = forms.DateField(
        label=_("Until before"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("department", department_choices(actor)), ("role", role_choices())):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


class ClientForm(forms.Form):
    """An API client."""

    name = forms.CharField(label=_("Name of the system"), max_length=80)
    department = forms.TypedChoiceField(label=_("Responsible department"), coerce=int)
    scopes = forms.MultipleChoiceField(label=_("Permissions"), widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label=_("Valid for days"), min_value=1, max_value=366, initial=180)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("department", department_choices(actor)), ("scopes", scope_choices())):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def expires_at(self, now: datetime) -> datetime:
        """End of the token's life, counted from `now`."""
        return now + timedelta(days=self.cleaned_data["days"])


class HoldForm(forms.Form):
    """A legal hold."""

    subject_kind = forms.ChoiceField(
        label=_("What is put on hold"), choices=[("case", _("Case")), ("person", _("Person"))]
    )
    subject_id = forms.RegexField(
        r"^[0-9a-f-]{1,64}$", label=_("Its id"), help_text=_("Of a case its internal number, of a person its UUID.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Authority and number of its letter; no names.")
    )
