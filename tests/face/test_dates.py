"""A field for a day shows the day it begins with, in both languages: browsers read ISO 8601 and nothing else."""

from datetime import date

import pytest
from django.utils.module_loading import import_string
from django.utils.translation import override

from cases.forms import FactForm
from grids.forms import ExportForm


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("form", "field"), [(FactForm, "as_of"), (ExportForm, "date")])
def test_a_day_is_written_as_browsers_read_it(language: str, form: type, field: str) -> None:
    with override(language):
        assert 'value="2026-11-09"' in str(form(initial={field: date(2026, 11, 9)})[field])


def test_no_form_writes_a_day_by_the_language() -> None:
    wrong = []
    for name in ("accounts", "cases", "events", "grids", "wages", "services", "ledger"):
        try:
            forms = import_string(f"{name}.forms.forms").Form
        except ImportError:
            continue
        for form in forms.__subclasses__():
            fields = getattr(form, "base_fields", {})
            days = {key: row.widget for key, row in fields.items() if getattr(row.widget, "input_type", "") == "date"}
            wrong += [f"{form.__name__}.{key}" for key, widget in days.items() if widget.format != "%Y-%m-%d"]
    assert wrong == []
