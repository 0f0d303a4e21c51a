"""A form as a value: its fields, what stands in them, and which one is being filled in. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from cockpit.ui import words
from cockpit.ui.rows import Row, Run

TYPED = {**{digit: digit for digit in "0123456789"}, "full_stop": ".", "comma": ",", "minus": "-"}
"""What a number may be typed with; a wrong one is taken and named, so that nothing is changed behind one's back."""
LONGEST = 16
LABEL = 12


@dataclass(frozen=True, slots=True)
class Field:
    """One line: a number to type, or one of several choices."""

    name: str
    label: str
    choices: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields and values in the same order; the value of a choice is its number."""

    fields: tuple[Field, ...]
    values: tuple[str, ...]
    at: int = 0
    is_selected: bool = False
    """The whole number is selected: what is typed takes its place."""

    @property
    def field(self) -> Field:
        """The field that is being filled in."""
        return self.fields[self.at]

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        return next(value for field, value in zip(self.fields, self.values, strict=True) if field.name == name)

    def pick(self, name: str) -> int:
        """Return the number of the choice that is made in a field."""
        return int(self.text(name))

    def moved(self, step: int) -> Form:
        """Return the form with the next field to fill in, the first after the last."""
        return replace(self, at=(self.at + step) % len(self.fields), is_selected=True)

    def at_field(self, name: str) -> Form:
        """Return the form with this field to fill in."""
        return replace(self, at=[field.name for field in self.fields].index(name), is_selected=True)

    def turned(self, step: int) -> Form:
        """Return the form with the next choice made; a number stays as it is."""
        count = len(self.field.choices)
        return self._with(str((int(self.values[self.at]) + step) % count)) if count else self

    def typed(self, text: str) -> Form:
        """Return the form with this behind what stands in the field, or in its place; a choice stays as it is."""
        more = words.clean(text)
        if self.field.choices or not more:
            return self
        before = "" if self.is_selected else self.values[self.at]
        return self._with((before + more)[:LONGEST])

    def erased(self) -> Form:
        """Return the form without the last character of a number."""
        return self if self.field.choices else self._with(self.values[self.at][:-1])

    def cleared(self) -> Form:
        """Return the form without the number."""
        return self if self.field.choices else self._with("")

    def _with(self, value: str) -> Form:
        values = (*self.values[: self.at], value, *self.values[self.at + 1 :])
        return replace(self, values=values, is_selected=False)

    def rows(self, *, is_open: bool = True, unused: Collection[str] = ()) -> list[Row]:
        """Return a line for each field: the choice that is made stands in brackets, `_` is where typing goes."""
        lines: list[Row] = []
        for index, (field, value) in enumerate(zip(self.fields, self.values, strict=True)):
            is_here = is_open and index == self.at
            start: Row = (
                ("> " if is_here else "  ", "key"),
                (words.left(field.label, LABEL), "bold" if is_here else ""),
            )
            if field.name in unused:
                lines.append((*start, ("not used", "dim")))
            elif field.choices:
                lines.append((*start, *_choices(field.choices, int(value))))
            else:
                unit = (f" {field.unit}" if field.unit else "", "dim")
                style = "button" if is_here and self.is_selected else "bold"
                lines.append((*start, (" ", ""), (value, style), ("_" if is_here else "", "key"), unit))
        return lines


def _choices(choices: tuple[str, ...], made: int) -> list[Run]:
    runs: list[Run] = []
    for index, choice in enumerate(choices):
        text = words.cut(choice, 16)
        runs.append((f"[{text}]", "bold") if index == made else (f" {text} ", "dim"))
        runs.append((" ", ""))
    return runs
