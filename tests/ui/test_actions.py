"""One registry feeds bindings, footer, help and palette; the handbook matches it."""

from __future__ import annotations

from pathlib import Path

from textual.binding import BindingsMap

from cockpit.ui.actions import ACTIONS, BY_ID, bindings, checked_keymap, shown_keys
from cockpit.ui.main import MainScreen
from cockpit.ui.readers import HEADINGS

HANDBOOK = Path(__file__).parents[2] / "docs" / "screen.md"


def table() -> list[str]:
    """Return the table of keys as the handbook must have it."""
    return [f"| `{shown_keys(a, {})}` | `{a.id}` | {a.words} | {a.tooltip} |" for a in ACTIONS]


def test_no_two_actions_share_a_key_or_an_id() -> None:
    keys = [key for action in ACTIONS for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert len(BY_ID) == len(ACTIONS)


def test_keys_that_terminals_eat_are_not_used() -> None:
    keys = {key for action in ACTIONS for key in action.keys.split(",")}
    assert not keys & {"ctrl+q", "ctrl+s", "ctrl+z", "ctrl+a", "ctrl+b", "ctrl+j", "ctrl+m", "ctrl+i", "ctrl+h"}
    assert not any("alt+" in key for key in keys)


def test_every_action_exists_and_is_bound() -> None:
    bound = {binding.id for binding in bindings()}
    for action in ACTIONS:
        if not action.action.startswith("app."):
            assert hasattr(MainScreen, f"action_{action.action.split('(')[0]}"), action.id
            assert action.id in bound
    assert BindingsMap(bindings()).key_to_bindings["K"][0].id == "halt"


def test_every_action_is_in_help_and_its_line_fits_80_columns() -> None:
    for action in ACTIONS:
        assert action.group in HEADINGS
        assert len(shown_keys(action, {})) <= 10, action.id
        assert len(action.words) <= 17, action.id
        assert len(action.tooltip) <= 47, action.id


def test_what_sends_is_known_to_send() -> None:
    acting = {action.id for action in ACTIONS if action.acts}
    assert acting == {
        *("approve", "dismiss", "cancel", "cancel-all", "pause", "halt", "release"),
        *("new-order", "split", "bid", "enter", "amend", "everything", "reconcile", "reduce", "mode"),
        *("faster", "slower", "hold"),
    }


def test_a_key_map_is_checked() -> None:
    good, problems = checked_keymap({"approve": "f5", "help": "?,f2", "nothing": "x", "halt": "", "zoom": "q"})
    assert good == {"approve": "f5", "help": "question_mark,f2"}
    assert problems == [
        "keymap: there is no action 'nothing'",
        "keymap: halt has no key",
        "keymap: q is already the key of quit",
    ]


def test_the_handbook_has_the_same_keys() -> None:
    text = HANDBOOK.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `") and line.count("|") == 5]
    assert rows == table()
