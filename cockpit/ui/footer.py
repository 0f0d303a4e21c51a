"""The footer: the keys that do something now. What is offered is a pure function of the frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import events

from cockpit.core.frame import Frame
from cockpit.ui.actions import ACTIONS, Action, shown_keys
from cockpit.ui.lines import Lines
from cockpit.ui.panes.orders import may_amend
from cockpit.ui.rows import Row, Run

LAST_TO_GO = -1
"""The place of what is dropped only when nothing else is left; what comes after it is never dropped."""


def is_any_open(frame: Frame) -> bool:
    """Return whether a parent order is being worked or paused."""
    return any(parent.state.is_open for parent in frame.parents)


def is_offered(action: Action, frame: Frame | None) -> bool:
    """Return whether the footer names this action: it would do something to what the frame shows."""
    if frame is None:
        return action.id == "halt" or not (action.acts or action.id in ("differences", "fold"))
    head, feed = frame.header, frame.feed
    match action.id:
        case "approve" | "dismiss":
            is_any = any(row.id for row in frame.suggestions) or (action.id == "approve" and bool(frame.offers))
            return not head.halted and is_any
        case "cancel" | "pause":
            return not head.halted and is_any_open(frame)
        case "fold":
            return any(parent.children for parent in frame.parents)
        case "new-order" | "split" | "bid" | "enter":
            return not head.halted and any(not pair.ended for pair in frame.pairs)
        case "amend":
            return not head.halted and any(may_amend(parent) for parent in frame.parents)
        case "differences":
            return bool(head.differences or frame.differences)
        case "cancel-all":
            return is_any_open(frame) or head.orders_live > 0
        case "release":
            return bool(head.halted)
        case "faster" | "slower" | "hold":
            return feed is not None and not feed.is_finished
    return True


def footer_keys(
    keymap: Mapping[str, str], width: int, is_wanted: Callable[[Action], bool]
) -> list[tuple[int, int, Action]]:
    """Return (left, right, action) of what the footer shows: quit is the last to go, HALT and help never go."""
    kept = sorted((a for a in ACTIONS if a.footer and is_wanted(a)), key=lambda a: (a.footer < 0, abs(a.footer)))
    spare = sorted((action for action in kept if action.footer >= LAST_TO_GO), key=lambda a: a.footer)
    while spare and _footer_width(kept, keymap) > width:
        kept.remove(spare.pop())
    placed, x = [], 1
    for action in kept:
        end = x + len(_footer_text(action, keymap))
        placed.append((x, end, action))
        x = end + 2
    return placed


def _footer_text(action: Action, keymap: Mapping[str, str]) -> str:
    return f"{shown_keys(action, keymap).split()[0]} {action.words}"


def _footer_width(actions: list[Action], keymap: Mapping[str, str]) -> int:
    return 1 + sum(len(_footer_text(action, keymap)) + 2 for action in actions) - 2


def footer_row(placed: list[tuple[int, int, Action]], keymap: Mapping[str, str]) -> Row:
    """Return the footer as a row."""
    runs: list[Run] = [(" ", "")]
    for index, (_, _, action) in enumerate(placed):
        key = shown_keys(action, keymap).split()[0]
        gap = "  " if index < len(placed) - 1 else ""
        runs += [(key, "key"), (f" {action.words}{gap}", "bold" if action.id == "halt" else "dim")]
    return tuple(runs)


class Footer(Lines):
    """The keys. A click does what the key does."""

    def __init__(self, press: Callable[[Action], object]) -> None:
        super().__init__(id="footer")
        self.press = press
        self.placed: list[tuple[int, int, Action]] = []

    def on_click(self, event: events.Click) -> None:
        """Run the action under the pointer."""
        for left, right, action in self.placed:
            if left <= event.x < right:
                self.press(action)
