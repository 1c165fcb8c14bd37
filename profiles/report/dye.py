"""What an edition is drawn from, dyed, so that on the finished page each digit tells where it came
from.

In a dyed copy of the labels and of the page's facts every digit is another character that Python
takes for the same digit: 217 is written “𝟸𝟷𝟽”. Names that are looked up stay as they are. A
sentence, a table or an attribute that is drawn from a label is then dyed, whatever way the label
took to get there. A number that is not dyed came from somewhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from profiles.areas import Area, Ward
from profiles.areas.published import PublishedEntry
from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.page import Page
from profiles.figures.declared import Register
from profiles.figures.groups import Dimension

# Mathematical monospace digits: `int`, `str.isdigit` and `\d` take them for digits.
_DYES = {ord(str(digit)): chr(0x1D7F6 + digit) for digit in range(10)}
_PLAIN = {ord(dyed): chr(plain) for plain, dyed in _DYES.items()}
# A day is read as a date before it is written, which a dyed one could not be. The scan lets dates
# pass by their form.
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?)?")
# “{{ figure('at_risk') }}” in a commentary: the names in it are looked up.
_REFERENCE = re.compile(r"(\{\{.*?\}\})")


class DyedText(str):
    """A dyed text that stands in the order of the plain one: a dyed “5 Ways” would else come after
    “Acocks Green”, and the dyed page would be another page.
    """

    def __lt__(self, other: str) -> bool:
        return plain(self) < plain(other)

    def __gt__(self, other: str) -> bool:
        return plain(self) > plain(other)


def dyed(text: str) -> str:
    """The text with its digits dyed; a day stays as it is."""
    if _DAY.fullmatch(text):
        return text
    return DyedText(text.translate(_DYES))


def plain(text: str) -> str:
    """The text with its digits as they were."""
    return text.translate(_PLAIN)


class DyedFloat(float):
    """A number that is dyed where it is written. What is worked out from it is not: 0.5 × 10 is a
    plain 5.
    """

    def __format__(self, form: str) -> str:
        return dyed(super().__format__(form))

    def __str__(self) -> str:
        return dyed(super().__str__())


class DyedLabels(LabelStore):
    """An edition's labels, dyed; their numbers are multiplied by `scale`, so that a chart drawn at
    two scales shows which of its numbers are labels.
    """

    def __init__(self, labels: LabelStore, scale: float = 1.0) -> None:
        groups = [replace(group, label=dyed(group.label)) for group in labels.merged_groups]
        super().__init__(labels.as_table(), _dyed_register(labels.register), groups)
        for name, rows in self._rows.items():
            self._rows[name] = [_dyed_label(label, scale) for label in rows]

    def of_editions(self, editions: set[str]) -> LabelStore:
        """Itself: it is made from the labels of one edition."""
        return self


def _dyed_label(label: Label, scale: float) -> Label:
    return replace(
        label,
        text=dyed(label.text),
        denominator=dyed(label.denominator),
        note=dyed(label.note),
        value=_dyed_number(label.value, scale),
        lower=_dyed_number(label.lower, scale),
        upper=_dyed_number(label.upper, scale),
        low=_dyed_number(label.low, scale),
        high=_dyed_number(label.high, scale),
    )


def _dyed_number(number: float | None, scale: float) -> float | None:
    if number is None:
        return None
    return DyedFloat(number * scale)


class _DyedArea(Area):
    """The area, with the names and the deprivation of its wards and the declared constants dyed."""

    @property
    def wards(self) -> dict[str, Ward]:
        wards = super().wards
        dyed_wards = {}
        for code, ward in wards.items():
            dyed_wards[code] = replace(
                ward, name=dyed(ward.name), deprivation=DyedFloat(ward.deprivation)
            )
        return dyed_wards

    @property
    def published(self) -> tuple[PublishedEntry, ...]:
        return tuple(c.model_copy(update={"value": dyed(c.value)}) for c in super().published)


def _dyed_register(register: Register) -> Register:
    area = _DyedArea(register.area.key, register.area.file, register.area.folder)
    dimensions: dict[str, Dimension] = {}
    for name, dimension in register.dimensions.items():
        groups = []
        for group in dimension.groups:
            groups.append(replace(group, label=dyed(group.label), short=dyed(group.short)))
        dimensions[name] = replace(dimension, groups=tuple(groups))
    return Register(area, register.figures, dimensions)


def dyed_page(page: Page) -> Page:
    """The page's facts dyed, but for days, outlines of wards, and names that are looked up."""
    facts: dict[str, Any] = _dyed_leaves(page.as_dict())
    facts["shapes"] = page.shapes
    for shown, plain_one in zip(facts["recommendations"], page.recommendations, strict=True):
        # Names that are looked up; the words of a measure are dyed with the rest.
        names = plain_one.model_dump(mode="json", include={"measure", "findings"})
        if names["measure"]:
            names["measure"]["words"] = shown["measure"]["words"]
        shown |= names
    return Page.from_dict(facts)


def _dyed_leaves(value: Any) -> Any:
    if isinstance(value, str):
        parts = _REFERENCE.split(value)
        # Every second part is a reference.
        return "".join(dyed(part) if i % 2 == 0 else part for i, part in enumerate(parts))
    if isinstance(value, Mapping):
        return {name: _dyed_leaves(leaf) for name, leaf in value.items()}
    if isinstance(value, Sequence):
        return [_dyed_leaves(leaf) for leaf in value]
    return value
