"""Forms of the ledger's own screens."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.kinds import ImportChoice
from ledger.queries import ColumnRow

CHOICE = "choose-"  # keeps what is chosen for the whole file apart from the columns


class SheetForm(forms.Form):
    """A sheet to be imported."""

    file = forms.FileField(
        label=_("Sheet"),
        help_text=_("XLSX or CSV (UTF-8 or GB18030), at most 10 MB and 50,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        max_length=200,
    )


class ColumnsForm(forms.Form):
    """Which column of the file is which.

    Arguments:
        columns: of the kind, with the places proposed.
        header: texts of the header row of the file.
    """

    def __init__(
        self,
        *args: Any,
        columns: Sequence[ColumnRow],
        header: Sequence[str],
        chosen: Sequence[ImportChoice] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = [column.key for column in columns]
        for choice in chosen:
            self.fields[f"{CHOICE}{choice.key}"] = _choice_field(choice)
        choices = [("", _("not in this file")), *((str(place), text or "—") for place, text in enumerate(header))]
        for column in columns:
            self.fields[column.key] = forms.ChoiceField(
                label=column.label,
                choices=choices,
                required=column.required,
                initial="" if column.place is None else str(column.place),
                help_text=column.help,
            )

    def mapping(self) -> dict[str, int]:
        """Column key → place; columns that are not in the file are left out."""
        return {key: int(self.cleaned_data[key]) for key in self.columns if self.cleaned_data[key] != ""}

    def chosen(self) -> dict[str, str]:
        """What was chosen for the whole file."""
        keys = [key for key in self.cleaned_data if key not in self.columns]
        return {key.removeprefix(CHOICE): self.cleaned_data[key] for key in keys}


def _choice_field(choice: ImportChoice) -> forms.Field:
    texts: dict[str, Any] = {"label": choice.label, "required": choice.required, "initial": choice.value}
    if not choice.options:
        return forms.CharField(max_length=120, help_text=choice.help, **texts)
    return forms.ChoiceField(choices=list(choice.options), help_text=choice.help, **texts)
