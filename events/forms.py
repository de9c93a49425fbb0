"""Shape of what comes in; rules and limits are the actions'."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from cases.forms import PhotosField, offer

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")


class PlaceForm(forms.Form):
    """Where it is: a point from the map, the phone or a chosen address."""

    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    datum = forms.ChoiceField(choices=[(d, d) for d in DATUMS], required=False, widget=forms.HiddenInput)
    accuracy = forms.FloatField(required=False, widget=forms.HiddenInput)
    address = forms.CharField(
        required=False,
        max_length=120,
        label=_("Describe the place"),
        help_text=_("For example a house number, a shop, a bus stop."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("lon") is None or data.get("lat") is None:
            raise forms.ValidationError(_("Mark the place on the map, or search for an address and choose it."))
        data["datum"] = data.get("datum") or "wgs84"
        return data


class WhatForm(forms.Form):
    """What it is: a category of the catalogue in force."""

    category = forms.CharField(max_length=60, error_messages={"required": _("Choose what it is about.")})


class DetailForm(forms.Form):
    description = forms.CharField(
        required=False,
        max_length=2000,
        label=_("What is the matter?"),
        help_text=_("Size, danger, since when. Please name no persons."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = PhotosField(
        required=False,
        label=_("Photos"),
        help_text=_("Up to 6 photos, 10 MB each. Time and position inside the file are removed."),
    )


class ContactForm(forms.Form):
    """Optional: the report works without it."""

    name = forms.CharField(
        required=False, max_length=40, label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        required=False,
        max_length=20,
        label=_("Mobile number"),
        help_text=_("Only the officers who work on this case may see it. It is erased 90 days after closing."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )


class FileForm(forms.Form):
    """Filing: the condition decides the limit."""

    condition = forms.TypedChoiceField(coerce=int, label=_("Filing condition"), widget=forms.RadioSelect)
    note = forms.CharField(required=False, max_length=1000, label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, conditions: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "condition", conditions)


class ProofForm(forms.Form):
    """Work done: words and photos taken after it are the proof."""

    after = PhotosField(label=_("Photos after the work"))
    note = forms.CharField(max_length=1000, label=_("What was done or found"), widget=forms.Textarea(attrs={"rows": 3}))
    before = PhotosField(required=False, label=_("Photos before the work"))


class StepForm(forms.Form):
    """One move on the phone.

    Arguments:
        needs: what the move asks for, of `cases.queries.MoveRow.needs`.
    """

    note = forms.CharField(required=False, max_length=1000, label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, needs: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = "note" in needs


class VisitForm(StepForm):
    """What somebody found on site."""

    note = forms.CharField(
        required=False, max_length=1000, label=_("What you found"), widget=forms.Textarea(attrs={"rows": 3})
    )
    photos = PhotosField(required=False, label=_("Photos of the place now"))

    def __init__(self, *args: Any, needs: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, needs=needs, **kwargs)
        self.fields["photos"].required = any(need.startswith("photo_") for need in needs)


class FieldReportForm(PlaceForm):
    """The grid worker's report: one screen, sent in a few taps."""

    category = forms.CharField(max_length=60, error_messages={"required": _("Choose what it is about.")})
    description = forms.CharField(
        required=False, max_length=2000, label=_("Details"), widget=forms.Textarea(attrs={"rows": 2})
    )
    photos = PhotosField(required=False, label=_("Photos"))
    submission_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    place = forms.CharField(required=False, max_length=200)  # "lon|lat|text" of an address that was searched for
    client_time = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].widget.attrs["capture"] = "environment"

    def clean(self) -> dict[str, Any]:
        lon, lat, text = [*self.cleaned_data.get("place", "").split("|"), "", "", ""][:3]
        if lon and lat:
            try:
                self.cleaned_data |= {"lon": float(lon), "lat": float(lat), "datum": "wgs84"}
            except ValueError as error:
                raise forms.ValidationError(
                    _("Mark the place on the map, or search for an address and choose it.")
                ) from error
            self.cleaned_data["address"] = self.cleaned_data.get("address") or text
        return super().clean()


class RegisterForm(FieldReportForm):
    """A report somebody gave by phone or at the counter, entered by an officer."""

    name = forms.CharField(required=False, max_length=40, label=_("Name of the caller"))
    phone = forms.CharField(required=False, max_length=20, label=_("Phone of the caller"))


class ReleaseForm(forms.Form):
    """What the public may read and see of a report."""

    text = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Text for the public"),
        help_text=_("Leave names, plates and phone numbers out. Empty takes the text back."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = forms.TypedMultipleChoiceField(
        coerce=int, required=False, label=_("Photos for the public"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, photos: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "photos", photos)


UNIT_LABELS = (
    ("urgent_hour", _("urgent hours")),
    ("urgent_day", _("urgent days")),
    ("working_hour", _("working hours")),
    ("working_day", _("working days")),
    ("calendar_day", _("calendar days")),
)
TWO_DIGITS = RegexValidator(r"^[0-9]{2}$", _("Two digits."))


class CategoryForm(forms.Form):
    """One minor class of a draft of the catalogue.

    Arguments:
        systems: code systems on offer.
        new: a new row also has a code.
    """

    system = forms.ChoiceField(label=_("Standard and version"))
    type = forms.ChoiceField(label=_("Type"), choices=[("event", _("event")), ("part", _("part"))])
    major = forms.CharField(label=_("Code of the major class"), validators=[TWO_DIGITS], max_length=2)
    minor = forms.CharField(label=_("Code of the minor class"), validators=[TWO_DIGITS], max_length=2)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    major_zh = forms.CharField(
        label=_("Major class in Chinese"), max_length=60, help_text=_("A change applies to the whole major class.")
    )
    major_en = forms.CharField(label=_("Major class in English"), max_length=80)
    words = forms.CharField(
        label=_("What people call it"),
        max_length=200,
        required=False,
        help_text=_("Words for the search, with spaces."),
    )
    initials = forms.CharField(
        label=_("Pinyin initials"),
        max_length=200,
        required=False,
        validators=[RegexValidator(r"^[a-z0-9 ]*$", _("Small letters and digits."))],
        help_text=_("Of the name and of each word, for example sdlj wj."),
    )
    active = forms.BooleanField(
        label=_("Offered for new reports"), required=False, help_text=_("Otherwise only old cases show it.")
    )
    public = forms.BooleanField(label=_("Offered to residents"), required=False)

    def __init__(self, *args: Any, systems: list[tuple[str, str]], new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "system", systems)
        if not new:
            for name in ("system", "type", "major", "minor"):
                del self.fields[name]


class ConditionForm(forms.Form):
    """One filing condition with its limit; left empty it is taken out."""

    text_zh = forms.CharField(label=_("Filed when (Chinese)"), max_length=200)
    text_en = forms.CharField(label=_("Filed when (English)"), max_length=240)
    closing_zh = forms.CharField(label=_("Closed when (Chinese)"), max_length=200, required=False)
    closing_en = forms.CharField(label=_("Closed when (English)"), max_length=240, required=False)
    budget = forms.DecimalField(label=_("Limit"), min_value=Decimal("0.01"), max_digits=6, decimal_places=2)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNIT_LABELS)

    def has_changed(self) -> bool:
        """A row without words is no row, whatever its unit says."""
        if not self.is_bound:
            return super().has_changed()
        texts = ("text_zh", "text_en", "closing_zh", "closing_en", "budget")
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in texts)


ConditionFormSet = forms.formset_factory(ConditionForm, extra=1, max_num=9, validate_max=True)
