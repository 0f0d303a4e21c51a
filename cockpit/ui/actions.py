"""The one registry of keys: bindings, footer, help, palette and `keymap` are all made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding

PANES = ("positions", "book", "delta", "suggestions", "orders")


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. `id` names it in a key map, `keys` are the default keys, comma-separated."""

    id: str
    keys: str
    words: str
    tooltip: str
    group: str
    """The heading in help, the prefix in the palette."""
    call: str = ""
    """Textual's name of the action; the id with underscores when empty."""
    acts: bool = False
    """It sends a command: it is off once the desk is gone."""
    footer: int = 0
    """Place in the footer, 0 for none: the higher, the sooner it is dropped; negative ones come last in the line."""
    replay: bool = False
    """Only during a replay."""
    palette: bool = True

    @property
    def action(self) -> str:
        """What a binding calls."""
        return self.call or self.id.replace("-", "_")


ACTIONS: tuple[Action, ...] = (
    Action("approve", "a", "Approve", "Open the dialog that sends the suggestion", "orders", "", True, 2),
    Action("dismiss", "d", "Dismiss", "Hide the suggestion until its pair changes", "orders", "hide", True, 5),
    Action("new-order", "n", "New order", "Fill in an order for the selected pair", "orders", "new('order')", True, 7),
    Action("split", "s", "Split", "Work a total quietly: TWAP, VWAP, iceberg", "orders", "new('split')", True, 9),
    Action("bid", "b", "Bid", "Keep an order at the top of the book", "orders", "new('bid')", True, 9),
    Action("enter", "i", "Enter", "Buy both legs of the selected pair for a profit", "orders", "new('entry')", True, 9),
    Action("amend", "r", "Change limit", "Change the limit of an open order of your own", "orders", "", True, 4),
    Action("cancel", "x", "Cancel", "Cancel the selected order; most ask first", "orders", "", True, 3),
    Action("cancel-all", "X", "Cancel all", "Cancel every order at once; new ones may follow", "orders", "", True, 8),
    Action("pause", "space", "Pause", "Pause the parent or entry, or resume it", "orders", "", True, 4),
    Action("fold", "o", "Fold", "Show or hide the orders of a parent", "orders", "", False, 11),
    Action("mode", "A", "Mode", "Suggest for the pair, act by itself, or nothing", "orders", "", True),
    Action("halt", "K", "HALT", "Cancel all, send nothing until released", "desk", "", True, -2),
    Action("stop-preview", "P", "Stop preview", "What a stop would do, what stays; choose which", "desk", "", False, 9),
    Action("everything", "E", "Stop everything", "End all orders of the account; asks for a word", "desk", "", True),
    Action("differences", "D", "Differences", "Numbers that are not the venue's; accept one", "desk", "", False, 1),
    Action("reconcile", "C", "Compare now", "Compare orders, fills, balances with the venue", "desk", "", True),
    Action("reduce", "e", "Reduce only", "Send only what lowers exposure, or all again", "desk", "", True),
    Action("release", "R", "Release", "Leave the halt; asks for the word RELEASE", "desk", "", True, 1),
    Action("quit", "q", "Quit", "Ask how to leave", "desk", "ask_to_quit", False, -1),
    Action(
        "quit-now",
        "ctrl+c",
        "Quit now",
        "Stop the desk and leave; press it twice",
        "desk",
        "app.interrupt",
        palette=False,
    ),
    *(
        Action(f"go-{name}", str(n), f"Go to {name}", f"Put the cursor into pane {n}, {name}", "go", f"go('{name}')")
        for n, name in enumerate(PANES, start=1)
    ),
    Action("next-pane", "tab", "Next pane", "Go to the next pane", "go"),
    Action("previous-pane", "shift+tab", "Previous pane", "Go to the pane before", "go"),
    Action("down", "j,down", "Down", "Move the cursor down", "go", "move(1)", palette=False),
    Action("up", "k,up", "Up", "Move the cursor up", "go", "move(-1)", palette=False),
    Action("page-down", "pagedown", "Page down", "Move down by what fits", "go", "page(1)", palette=False),
    Action("page-up", "pageup", "Page up", "Move up by what fits", "go", "page(-1)", palette=False),
    Action("top", "g,home", "First row", "Move to the first row", "go", palette=False),
    Action("bottom", "G,end", "Last row", "Move to the last row", "go", palette=False),
    Action("open", "enter", "Open", "Show everything about the selected row", "view", "", False, 13),
    Action("why", "w", "Why", "What blocks the row, what would change it", "view", "", False, 14),
    Action("zoom", "z", "Zoom", "Give the pane the whole screen; esc returns", "view", "", False, 11),
    Action("filter", "slash", "Filter", "Show only rows with a text; esc clears", "view", "", False, 12),
    Action("back", "escape", "Back", "Leave zoom, filter and messages", "view", palette=False),
    Action("theme", "t", "Next theme", "Read the theme files again and use the next one", "view"),
    Action("journal", "J", "Journal", "Show all that happened, newest first", "view"),
    Action("profit", "p", "P&L", "Profit and loss: over time, by pair, by day", "view"),
    Action("telemetry", "M", "Metrics", "Trades: latencies, rebalancing, losses avoided", "view"),
    Action("copy", "Y", "Copy row", "Copy the selected row to the clipboard", "view"),
    Action("mouse", "m", "Mouse on/off", "Off: the terminal can select text", "view"),
    Action("picture", "S", "Save picture", "Save the screen as an SVG, in this folder", "view"),
    Action("palette", "colon,ctrl+p", "Commands", "Find a command by its words", "view", palette=False),
    Action("help", "question_mark,f1", "Help", "Show keys, signs and colours", "view", "", False, -3),
    Action("faster", "plus,equals_sign", "Faster", "Double the replay's speed", "replay", "speed(1)", True, 7, True),
    Action("slower", "minus", "Slower", "Halve the replay's speed", "replay", "speed(-1)", True, 8, True),
    Action("hold", "full_stop", "Hold", "Pause the replay, or go on", "replay", "", True, 6, True),
)
BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}

_SHOWN = {
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "full_stop": ".",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
}
_NAMES = {shown: name for name, shown in _SHOWN.items() if name not in ("escape", "pagedown", "pageup")}


def bindings() -> list[Binding]:
    """Return what the main screen binds; ctrl+c belongs to the app, so that it works in dialogs too."""
    return [
        Binding(action.keys, action.action, action.words, id=action.id, show=False, tooltip=action.tooltip)
        for action in ACTIONS
        if not action.action.startswith("app.")
    ]


def shown_keys(action: Action, keymap: Mapping[str, str]) -> str:
    """Return the keys of an action as they are printed on a keyboard."""
    keys = keymap.get(action.id, action.keys)
    names = [key.strip() for key in keys.split(",") if key.strip()] or [keys.strip()]
    return " ".join(_SHOWN.get(name, name) for name in names)


def checked_keymap(keymap: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the entries that can be used, and a sentence for each that cannot."""
    good: dict[str, str] = {}
    problems = []
    taken = {key: a.id for a in ACTIONS if a.id not in keymap for key in a.keys.split(",")}
    for action_id, keys in keymap.items():
        names = [_NAMES.get(key.strip(), key.strip()) for key in keys.split(",") if key.strip()]
        clash = next((taken[name] for name in names if name in taken), None)
        if action_id not in BY_ID or BY_ID[action_id].action.startswith("app."):
            problems.append(f"keymap: there is no action {action_id!r}")
        elif not names:
            problems.append(f"keymap: {action_id} has no key")
        elif clash is not None:
            problems.append(f"keymap: {keys} is already the key of {clash}")
        else:
            good[action_id] = ",".join(names)
            taken |= dict.fromkeys(names, action_id)
    return good, problems
