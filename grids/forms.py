"""What the territory's pages read from a URL."""

from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from grids.datum import Datum


class PointForm(forms.Form):
    """A point and the datum it is stated in; wgs84 if nothing is said, as browsers give it."""

    lon = forms.FloatField(label=_("Longitude"))
    lat = forms.FloatField(label=_("Latitude"))
    datum = forms.ChoiceField(label=_("Datum"), choices=[(item.value, item.value) for item in Datum], required=False)


class DayForm(forms.Form):
    """A day in the address of a tile; today if none or nothing readable is said."""

    on = forms.DateField(required=False)

    @classmethod
    def day(cls, data: QueryDict) -> date | None:
        if "on" not in data:
            return None
        form = cls(data)
        return form.cleaned_data["on"] if form.is_valid() else None


class GridListForm(forms.Form):
    """Filters of a list of grids; what cannot be read counts as not said."""

    q = forms.CharField(max_length=40, required=False)
    village = forms.RegexField(r"^\d{12}$", required=False)
    scheme = forms.ChoiceField(choices=[("service", ""), ("management", "")], required=False)
    on = forms.DateField(label=_("Boundaries of"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    after = forms.CharField(max_length=20, required=False)

    def values(self) -> dict[str, object]:
        """Cleaned values, empty where nothing valid was said."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
