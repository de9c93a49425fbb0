"""What the territory's pages read from a URL."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from grids.actions.exporting import demand_metres
from grids.actions.operations import OPERATIONS, Edit
from grids.datum import Datum
from grids.imports import LABELS
from ledger.kinds import Column


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
    on = forms.DateField(
        label=_("Boundaries of"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    after = forms.CharField(max_length=20, required=False)

    def values(self) -> dict[str, object]:
        """Cleaned values, empty where nothing valid was said."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


def places(text: str, *, least: int = 1) -> tuple[tuple[float, float], ...]:
    """Places written one a line or separated by semicolons: longitude, latitude in degrees WGS-84.

    Raises:
        ValidationError: names the line that is no place.
    """
    found = []
    lines = [line.strip() for line in re.split(r"[;\n；]", text) if line.strip()]
    for number, line in enumerate(lines, start=1):
        words = [word for word in re.split(r"[,，\s]+", line) if word]
        try:
            lon, lat = (float(word) for word in words)
        except ValueError:
            message = _(
                "Line %(number)s is not a place: write longitude, latitude in degrees, for example 117.175, 36.19."
            )
            raise forms.ValidationError(message % {"number": number}) from None
        if not (73 <= lon <= 136 and 3 <= lat <= 54):
            message = _("Line %(number)s: %(lon)s, %(lat)s is not longitude, latitude in China.")
            raise forms.ValidationError(message % {"number": number, "lon": lon, "lat": lat})
        found.append((lon, lat))
    if len(found) < least:
        raise forms.ValidationError(_("At least %(least)s places are needed.") % {"least": least})
    return tuple(found)


TOOLS = ("select", "draw", "split", "merge", "border")
LEAST_PLACES = {"split": 2, "draw": 3, "border": 3}
PLACES_MOST = 1000


class EditForm(forms.Form):
    """One edit of a draft. Every tool of the map fills these fields, and so can whoever has only a keyboard."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    operation = forms.ChoiceField(choices=[(name, name) for name in OPERATIONS], widget=forms.HiddenInput)
    state = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    grid = forms.ChoiceField(label=_("Grid"), required=False)
    other = forms.ChoiceField(label=_("Other grid"), required=False)
    line = forms.CharField(
        label=_("Places"),
        required=False,
        max_length=PLACES_MOST * 30,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "num"}),
        help_text=_("one a line: longitude, latitude in degrees; drawing on the map fills them in"),
    )
    at = forms.CharField(label=_("Vertex"), required=False, max_length=60)
    to = forms.CharField(label=_("New place"), required=False, max_length=60, help_text=_("longitude, latitude"))
    snap = forms.FloatField(label=_("Snap within, m"), required=False, min_value=0, max_value=50, initial=10)
    follow = forms.BooleanField(label=_("Neighbours give way to what is drawn"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    code = forms.CharField(label=_("Code"), required=False, max_length=12, help_text=_("as the authority gives it"))
    name_zh = forms.CharField(label=_("Name"), required=False, max_length=80)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=120)

    def __init__(
        self,
        *args: Any,
        grids: Sequence[tuple[str, str]] = (),
        types: Sequence[tuple[str, Any]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        new = [("new", _("a new grid"))]
        for name, choices in (
            ("grid", [("", "–"), *grids, *new]),
            ("other", [("", "–"), *grids, *new]),
            ("type", types),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = list(choices)

    def clean_line(self) -> tuple[tuple[float, float], ...]:
        text = self.cleaned_data["line"]
        least = LEAST_PLACES.get(self.data.get("operation", ""), 0)
        found = places(text, least=least) if text.strip() or least else ()
        if len(found) > PLACES_MOST:
            raise forms.ValidationError(_("At most %(most)s places.") % {"most": PLACES_MOST})
        return found

    def _place(self, name: str) -> tuple[float, float] | None:
        text = self.cleaned_data[name]
        return places(text)[0] if text.strip() else None

    def clean_at(self) -> tuple[float, float] | None:
        return self._place("at")

    def clean_to(self) -> tuple[float, float] | None:
        return self._place("to")

    def edit(self) -> Edit:
        """The edit that was asked for."""
        names = ("operation", "grid", "other", "line", "at", "to", "follow", "type", "code", "name_zh", "name_en")
        return Edit(**{name: self.cleaned_data[name] for name in names}, snap=self.cleaned_data["snap"] or 0.0)


class BeginForm(forms.Form):
    """A new change of boundaries, in one village or in several."""

    village = forms.MultipleChoiceField(
        label=_("Villages or communities"),
        help_text=_("Several make one change, published together; a township stands for all of its villages."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    scheme = forms.ChoiceField(label=_("Scheme"))
    title = forms.CharField(label=_("What it is for"), max_length=120)


class ProposeForm(forms.Form):
    """What the grid compiler is asked."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    target = forms.IntegerField(label=_("Households of a grid"), min_value=20, max_value=5000, initial=400)
    tolerance = forms.IntegerField(
        label=_("Allowed deviation, percent"), min_value=5, max_value=50, initial=15, help_text=_("15 is usual")
    )
    keep = forms.IntegerField(
        label=_("Change as little as possible, percent"),
        min_value=0,
        max_value=100,
        initial=0,
        help_text=_("0 draws anew, 100 moves a border only where a grid is far from the target"),
    )
    residents = forms.FloatField(
        label=_("Weight of residents"),
        min_value=0,
        max_value=10,
        required=False,
        initial=0,
        help_text=_("beside households, which weigh 1; the target stays in households"),
    )
    activity = forms.FloatField(
        label=_("Weight of people at work or visiting"), min_value=0, max_value=10, required=False, initial=0
    )
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, max_value=9999, initial=1, help_text=_("the same number gives the same proposal")
    )

    def settings(self) -> dict[str, Any]:
        """As the compiler takes them: shares, not percent."""
        given = self.cleaned_data
        return {
            "target": given["target"],
            "tolerance": given["tolerance"] / 100,
            "weights": {"households": 1, "residents": given["residents"] or 0, "activity": given["activity"] or 0},
            "keep": given["keep"] / 100,
            "seed": given["seed"],
        }


class TakeNamedForm(forms.Form):
    """Which kind of alternative every village of a change takes, and the change as it was seen."""

    version = forms.IntegerField()
    kind = forms.CharField(max_length=20)

    def given(self) -> dict[str, Any]:
        """What the action takes.

        Raises:
            ValidationError: a number is missing.
        """
        if not self.is_valid():
            raise forms.ValidationError(_("There is no such alternative."), code="absent")
        return dict(self.cleaned_data)


class TakeForm(forms.Form):
    """Which alternative of a proposal is taken, and the draft as it was seen."""

    version = forms.IntegerField()
    number = forms.IntegerField(min_value=0)

    def given(self) -> dict[str, int]:
        """Both numbers.

        Raises:
            ValidationError: keyed by field.
        """
        if not self.is_valid():
            raise forms.ValidationError(self.errors.as_data())
        return {"version": self.cleaned_data["version"], "number": self.cleaned_data["number"]}


class VersionForm(forms.Form):
    """What every button of a draft sends: the draft as it was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    effective_from = forms.DateField(
        label=_("In force from"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def given(self, names: Iterable[str]) -> dict[str, Any]:
        """The version and what else a button needs; "reasons" of warnings by "kind:code", "choices" by code.

        Raises:
            ValidationError: keyed by field.
        """
        self.fields["effective_from"].required = "effective_from" in names
        if not self.is_valid():
            raise forms.ValidationError(self.errors.as_data())
        known = self.cleaned_data | {"reasons": self._said("reason-"), "choices": self._said("choice-")}
        return {name: known[name] for name in ("version", *names)}

    def _said(self, prefix: str) -> dict[str, str]:
        found = {key.removeprefix(prefix): text for key, text in self.data.items() if key.startswith(prefix)}
        return {key: text[:1000] for key, text in found.items()}


class ZoningForm(forms.Form):
    """State of the zoning page in its URL; what cannot be read counts as not said."""

    date = forms.DateField(
        label=_("Boundaries of"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    since = forms.DateField(
        label=_("Compared with"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    scheme = forms.ChoiceField(choices=[("service", ""), ("management", "")], required=False)
    over = forms.BooleanField(required=False)
    tool = forms.ChoiceField(choices=[(name, name) for name in TOOLS], required=False)
    grid = forms.CharField(max_length=20, required=False)
    show = forms.ChoiceField(choices=[("now", ""), ("draft", ""), ("both", "")], required=False)
    at = forms.RegexField(r"^-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?,\d{1,2}(\.\d+)?$", max_length=60, required=False)

    def values(self) -> dict[str, Any]:
        """Cleaned values, empty where nothing valid was said."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


FORMATS = [
    ("geojson", "GeoJSON"),
    ("gpkg", "GeoPackage"),
    ("shp", _("Shapefile (zip, UTF-8)")),
    ("shp_gbk", _("Shapefile (zip, GB 18030, for older programs)")),
    ("kml", "KML"),
    ("csv", _("CSV with WKT")),
    ("xlsx", _("XLSX with WKT")),
]


class LayerForm(forms.Form):
    """A layer that becomes drafts; everything else is chosen when it has been read."""

    file = forms.FileField(
        label=_("Layer"),
        help_text=_("GeoJSON, GeoPackage, zipped Shapefile, KML, CSV or XLSX; at most 64 MB and 50,000 features."),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,.gpkg,.zip,.kml,.csv,.xlsx"}),
        max_length=200,
    )
    scheme = forms.ChoiceField(label=_("Scheme"))
    title = forms.CharField(label=_("What it is for"), max_length=120)


class FileForm(forms.Form):
    """What a file is written in."""

    datum = forms.ChoiceField(label=_("Datum"), choices=list(LABELS.items()))
    format = forms.ChoiceField(label=_("Format"), choices=FORMATS)

    def clean(self) -> dict[str, Any]:
        """Refuse metres in a format that cannot say so."""
        given = super().clean() or {}
        demand_metres(given.get("datum", ""), given.get("format", ""))
        return given


class ExportForm(FileForm):
    """Boundaries of a day as a file."""

    division = forms.ChoiceField(label=_("Territory"), required=False)
    scheme = forms.ChoiceField(label=_("Scheme"))
    date = forms.DateField(label=_("Boundaries of"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class ThingExportForm(FileForm):
    """Things of the actor's area as a file."""

    grid = forms.RegexField(r"^[0-9A-Z]{12,20}$", required=False, widget=forms.HiddenInput)


class RosterForm(forms.Form):
    """State of the roster and of the report in the URL; what cannot be read counts as not said."""

    on = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    village = forms.RegexField(r"^\d{12}$", required=False)
    kind = forms.CharField(max_length=20, required=False)
    scheme = forms.ChoiceField(choices=[("service", ""), ("management", "")], required=False)
    after = forms.CharField(max_length=20, required=False)
    grid = forms.CharField(max_length=20, required=False)

    def values(self) -> dict[str, Any]:
        """Cleaned values, empty where nothing valid was said."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class ThingForm(forms.Form):
    """One thing at the desk: the columns of its file, each as text or choice. What was not sent keeps what is there."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, columns: Iterable[Column], *args: Any, placed: bool, english: bool, **values: Any) -> None:
        super().__init__(*args, **values)
        for column in columns:
            label, hint = (column.en, column.help_en) if english else (column.zh, column.help_zh)
            kind: dict[str, Any] = {"label": label, "required": False, "help_text": "" if column.choices else hint}
            if column.choices:
                options = [("", "–"), *((value, value) for value in column.choices)]
                self.fields[column.key] = forms.ChoiceField(choices=options, **kind)
            elif column.type == "date":
                widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
                self.fields[column.key] = forms.CharField(max_length=10, widget=widget, **kind)
            else:
                self.fields[column.key] = forms.CharField(max_length=column.max_length, **kind)
        if placed:
            self.fields["place"] = forms.CharField(
                label=_("Longitude, latitude (WGS-84)"), required=False, max_length=40
            )

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        known = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        return {"seen": known.pop("seen"), "place": known.pop("place", ""), "values": known}
