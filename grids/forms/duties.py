"""Forms of the duty roster and of its catalogue."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grids.models import Grid
from grids.queries.roster import user_id_of
from grids.rules.codes import PART_TYPES

GRID_TYPES = {item: Grid.Type(item).label for item in PART_TYPES["service"]}


class UserField(forms.CharField):
    """An official by user name; becomes the user's id. People of the area are offered by the list `duty-people`."""

    def __init__(self, **values: Any) -> None:
        super().__init__(max_length=150, **values)
        self.widget.attrs |= {"list": "duty-people", "autocomplete": "off", "spellcheck": "false"}

    def clean(self, value: Any) -> int | None:
        name = super().clean(value).split("（")[0].strip()
        if not name:
            return None
        found = user_id_of(name)
        if found is None:
            raise forms.ValidationError(_("Nobody has this user name."))
        return found


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class _HandOverForm(forms.Form):
    hand_over = forms.BooleanField(label=_("Hand over open work on that day"), required=False, initial=True)


class AssignForm(_HandOverForm):
    """Who has a post of a grid from a day on."""

    grid = forms.CharField(label=_("Grid code"), max_length=20)
    kind = forms.ChoiceField(label=_("Duty"), required=False)
    post = forms.ChoiceField(label=_("Post"), choices=[("worker", _("grid worker")), ("deputy", _("deputy"))])
    user_id = UserField(
        label=_("User name"), required=False, help_text=_("empty: vacant, or back to worker and deputy of the grid")
    )
    day = _day(_("From"))

    field_order = ("grid", "kind", "post", "user_id", "day", "hand_over")


class TransferForm(_HandOverForm):
    """All posts of somebody to another."""

    user_id = UserField(label=_("From whom"))
    to_id = UserField(label=_("To whom"))
    day = _day(_("From"))

    field_order = ("user_id", "to_id", "day", "hand_over")


class AbsenceForm(_HandOverForm):
    """Days on which somebody is away. There is no field for a reason, on purpose."""

    user_id = UserField(label=_("Who is away"))
    first = _day(_("First day"))
    last = _day(_("Last day"))
    substitute_id = UserField(label=_("Substitute"), required=False)

    field_order = ("user_id", "first", "last", "substitute_id", "hand_over")


class SubstituteForm(forms.Form):
    """Who stands in from today on."""

    absence_id = forms.IntegerField(widget=forms.HiddenInput)
    substitute_id = UserField(label=_("Substitute"))


class EndAbsenceForm(forms.Form):
    """An absence that is over."""

    absence_id = forms.IntegerField(widget=forms.HiddenInput)


class _KindForm(forms.Form):
    """A duty of the catalogue: its names, its place, and the grids it is asked for in."""

    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("Latin letters, digits, - and _; never changed"))
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40)
    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=999, initial=0)
    grid_types = forms.MultipleChoiceField(
        label=_("Types of service grids"),
        help_text=_("none chosen: grids of every type"),
        required=False,
        choices=list(GRID_TYPES.items()),
        widget=forms.SelectMultiple(attrs={"size": len(GRID_TYPES)}),
    )


class AddKindForm(_KindForm):
    """A new duty."""

    day = _day(_("From"))


class ChangeKindForm(_KindForm):
    """Other names, another place, other grids; the code says which duty."""

    code = forms.SlugField(widget=forms.HiddenInput, max_length=30)


class EndKindForm(forms.Form):
    """The first day on which a duty is asked for no more."""

    code = forms.SlugField(widget=forms.HiddenInput, max_length=30)
    day = _day(_("No longer from"))
