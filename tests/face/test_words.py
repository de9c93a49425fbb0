"""Numbers of every page, in both languages."""

import pytest
from django.template import Context, Template
from django.utils import translation


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_numbers_stand_in_groups_of_three(language: str) -> None:
    source = '{{ n|floatformat:"0g" }} {{ m|floatformat:"2g" }}'
    with translation.override(language):
        assert Template(source).render(Context({"n": 1296000, "m": 12345.5})) == "1,296,000 12,345.50"
