"""Words from outside cannot move a cursor, turn a line round or hide."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.venues.text import clean

HOSTILE = (
    "\x00\x07\x08\t\n\r\x1b\x7f\x80\x9b\x9c\xad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e"
    "\u2060\u2066\u2069\ufeff\ufff9\U000e0001\ue000"
)
ANY = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(HOSTILE)), max_size=300)


@given(ANY, st.integers(1, 80))
def test_nothing_that_steers_a_terminal_gets_through(text: str, limit: int) -> None:
    found = clean(text, limit)
    assert len(found) <= limit
    assert not set(found) & set(HOSTILE)
    assert all(character >= " " for character in found)
    assert all(unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for character in found)
    assert found == " ".join(found.split())
    assert clean(found, limit) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Will BTC close above 100,000?", "Will BTC close above 100,000?"),
        ("\x1b[2Jred\x1b[31m", "[2Jred[31m"),
        ("a\u202eb\u200bc", "abc"),
        ("  two\n\n lines\t", "two lines"),
        ("São Paulo – Übung 東京 🏒", "São Paulo – Übung 東京 🏒"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 4),
    ],
)
def test_words_people_use_stay(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_long_words_are_cut_with_an_ellipsis() -> None:
    assert clean("x" * 500, 10) == "x" * 9 + "…"
