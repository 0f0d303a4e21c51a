"""The lines around the panes: status, bar, events, footer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cockpit.core.frame import Frame
from cockpit.ui import words
from cockpit.ui.actions import ACTIONS, Action, shown_keys
from cockpit.ui.rows import Row, Run, filled, fitted, width_of

WELCOME = "practice market: press 4, then a, then y"
_LEVELS = {"alarm": "alarm", "warning": "warning"}
GAP: Run = ("  ", "")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the status line, in full and short; higher ranks give way first, 0 never does."""

    rank: int
    full: Row
    short: Row


def _part(rank: int, full: str, short: str, style: str = "") -> Part:
    return Part(rank, ((full, style),), ((short, style),))


def _joined(parts: list[Row]) -> Row:
    runs: list[Run] = []
    for row in parts:
        if row:
            runs += [GAP, *row] if runs else row
    return tuple(runs)


def fit(parts: list[Part], width: int) -> Row:
    """Return the parts in one line: first the least important are shortened, then they are left out."""
    rows = {index: part.full for index, part in enumerate(parts)}
    order = sorted((index for index, part in enumerate(parts) if part.rank), key=lambda i: -parts[i].rank)
    steps: list[tuple[int, Row]] = [(index, parts[index].short) for index in order]
    steps += [(index, ()) for index in order]
    for index, row in steps:
        if width_of(_joined(list(rows.values()))) <= width:
            break
        rows[index] = row
    for index in reversed(order):
        longer = rows | {index: parts[index].full}
        if rows[index] and width_of(_joined(list(longer.values()))) <= width:
            rows = longer
    return filled(fitted(_joined(list(rows.values())), width), width)


def status_row(frame: Frame | None, width: int) -> Row:
    """Return the status line: mode and desk state first, and never left out."""
    if frame is None:
        return filled(((" COCKPIT ", "mode"), ("  waiting for the desk", "dim")), width)
    head = frame.header
    is_replay = frame.feed is not None
    mode = f" {words.clean(head.mode).upper()} "
    chip: Run = (mode, "mode" if head.mode in ("practice", "replay") else "mode-live")
    if is_replay:
        chip = (mode.rstrip(), chip[1])
    parts = [Part(0, (chip, *_progress(frame)), ())]
    if head.halted:
        parts.append(_part(0, "HALTED", "HALTED", "alarm"))
    elif not is_replay or head.desk != "running":
        up = words.duration(frame.at_ms - head.started_ms) if head.started_ms else ""
        parts.append(_part(3, f"desk {words.clean(head.desk)} {up}".rstrip(), words.clean(head.desk)))
    latency = f" {head.latency_ms}ms" if head.latency_ms is not None else ""
    venue = words.clean(head.venue)
    if not is_replay or not head.venue_is_up:
        is_up = head.venue_is_up and venue == "ok"
        full = f"venue {venue}{latency if is_up else ''}"
        parts.append(_part(4 if is_up else 1, full, venue, "" if is_up else "stale bold"))
    parts.append(_part(5 if head.risk == "ok" else 1, f"risk {head.risk}", f"risk {head.risk}", _risk(head.risk)))
    parts.append(_part(7 if is_replay else 6, f"equity {words.money(head.equity)}", f"eq {words.money(head.equity)}"))
    day = words.signed_money(head.day_pnl)
    parts.append(_part(2, f"day {day}", day, "gain" if head.day_pnl > 0 else "loss" if head.day_pnl < 0 else ""))
    if head.orders_live:
        parts.append(_part(8, words.plural(head.orders_live, "live order"), f"{head.orders_live} live"))
    parts.append(_part(9, f"{words.clock(frame.at_ms)}Z", f"{words.clock(frame.at_ms)}Z", "dim"))
    return fit(parts, width)


def _risk(risk: str) -> str:
    return "" if risk == "ok" else "warning"


def _progress(frame: Frame) -> Row:
    """How far a replay is and what it has counted; nothing elsewhere."""
    feed = frame.feed
    if feed is None:
        return ()
    return (
        (f" {words.duration(feed.position_ms)} / {words.duration(feed.length_ms)}", "bold"),
        (f" {'ended' if feed.is_finished else words.speed(feed.speed)}", "key"),
        (f" frames {words.count(feed.frames)}", ""),
        (f" disagree {words.count(feed.disagreements)}", "warning" if feed.disagreements else ""),
        (f" unparsed {words.count(feed.unparsed)}", "warning" if feed.unparsed else ""),
    )


def bar_row(frame: Frame | None, closed: str | None, silent_s: int, width: int) -> Row | None:
    """Return the full-width bar for what matters most now, or None when nothing does."""
    if closed is not None:
        why = words.clean(closed) or "as asked"
        return filled(((f" the desk has stopped: {why}   q leaves", "alarm"),), width, "alarm")
    if silent_s:
        return filled(((f" no news from the desk for {silent_s} s", "mode-live"),), width, "mode-live")
    if frame is not None and frame.header.halted:
        alive = frame.header.orders_live
        orders = f"{words.plural(alive, 'order')} not proven dead" if alive else "no order is alive"
        text = f" HALTED {words.clean(frame.header.halted)} - nothing is sent, {orders}   R releases"
        return filled(((text, "alarm"),), width, "alarm")
    return None


def event_row(frame: Frame | None, width: int) -> Row:
    """Return the newest notices in one line, newest first; before the first order, what to press."""
    if frame is None:
        return ()
    runs: list[Run] = [(" ", "")]
    if frame.header.mode == "practice" and not frame.parents and not frame.header.halted:
        runs += [(WELCOME, "key"), ("    ", "")]
    for notice in reversed(frame.notices[-6:]):
        if width_of(tuple(runs)) >= width:
            break
        style = _LEVELS.get(notice.level, "")
        runs += [(f"{words.clock(notice.at_ms)} ", "dim"), (words.clean(notice.text), style), ("    ", "")]
    return fitted(tuple(runs), width)


def footer_keys(
    keymap: Mapping[str, str], width: int, is_possible: Callable[[Action], bool]
) -> list[tuple[int, int, Action]]:
    """Return (left, right, action) of what the footer shows; it drops from the right, but never HALT and help."""
    wanted = sorted((a for a in ACTIONS if a.footer and is_possible(a)), key=lambda a: (a.footer < 0, abs(a.footer)))
    kept = list(wanted)
    while kept and _footer_width(kept, keymap) > width:
        spare = [action for action in kept if action.footer > 0]
        if not spare:
            break
        kept.remove(spare[-1])
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
