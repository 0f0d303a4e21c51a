"""The one door for words that come from outside: titles, outcome names, slugs, reasons."""

from __future__ import annotations

import unicodedata

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode classes nobody should see: controls (ESC among them), format characters (bidi, zero width), surrogates,
private and unassigned ones, and the line and paragraph separators."""
_MAX_MARKS = 4
"""Combining marks in a row; more only serve to paint over the neighbouring rows."""


def clean(text: str, limit: int = 200) -> str:
    """Return `text` fit for a terminal: one line, no control, bidi or zero-width character, at most `limit` long.

    White space is collapsed to single spaces; what had to be cut ends in an ellipsis.
    """
    kept: list[str] = []
    marks = 0
    for character in text[: 20 * limit]:
        if character.isspace():
            character = " "
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category not in _DROPPED and marks <= _MAX_MARKS:
            kept.append(character)
    joined = " ".join("".join(kept).split())
    return joined if len(joined) <= limit else joined[: limit - 1].rstrip() + "…"
