"""Codes and names of new grids and villages: the next code that is free, named like the grids beside it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids import rules
from grids.queries.drafts import Part
from grids.rules.codes import DIVISIONS, PART_TYPES
from grids.rules.coverage import Ring

Place = tuple[float, float]
NUMBER = re.compile(r"\d+")


class Misplaced(ValidationError):
    """A refusal with the place it is about, for the map: longitude and latitude in degrees WGS-84, or None."""

    def __init__(self, message: str, code: str, place: Place | None = None) -> None:
        super().__init__(message, code=code)
        self.place = place


@dataclass(frozen=True, slots=True)
class Numbering:
    """Where new grids get their codes and names: a scheme in a village, and the grids that are there.

    For new villages the township, and the villages that are there.
    """

    scheme: str
    code: str
    name_zh: str
    name_en: str
    base: Mapping[str, Part]


def next_part(place: Numbering, ring: Ring, taken: Iterable[str]) -> Part:
    """A part with the next code that is not taken, of the usual type.

    Raises:
        Misplaced: there is none left.
    """
    code = rules.next_code(place.scheme, place.code, taken)
    if not code:
        message = (
            _("All codes of this township are used up.")
            if place.scheme == DIVISIONS
            else _("All codes of this village are used up.")
        )
        raise Misplaced(message, "codes")
    return Part(code, PART_TYPES[place.scheme][0], *_named_after(place, int(code[-3:].lstrip("S"))), ring)


def _named_after(place: Numbering, number: int) -> tuple[str, str]:
    """Names like those of the grids beside it with another number; after the village where none has a number."""
    if place.scheme == DIVISIONS:
        return f"{place.name_zh}新村（社区）{number:03d}", f"{place.name_en} New Village {number:03d}"
    unit = place.scheme == "management"
    text = f"{number:03d}" if unit else str(number)
    for part in place.base.values():
        zh, en = NUMBER.findall(part.name_zh), NUMBER.findall(part.name_en)
        if zh and en:
            return (text.join(part.name_zh.rsplit(zh[-1], 1)), text.join(part.name_en.rsplit(en[-1], 1)))
    if unit:
        return f"{place.name_zh}单元网格{text}", f"{place.name_en} Unit {text}"
    return f"{place.name_zh}第{text}网格", f"{place.name_en} Grid {text}"
