"""Pane 4: what would close each imbalance, and why it is offered or not."""

from __future__ import annotations

from cockpit.core.frame import Frame
from cockpit.core.frame_orders import OfferRow, SuggestionRow
from cockpit.core.market import Side
from cockpit.ui import words
from cockpit.ui.panes.capital import capital_cells, capital_key
from cockpit.ui.panes.positions import HOLDS_NOTHING, gain
from cockpit.ui.rows import Column, Entry, Rows, Run, table_head, table_row, widths

ROOMY = 96
WIDE_COLUMNS = 6
QUIET = ("hold", "dust")
AGAIN = "balanced - nothing to do (cockpit --new starts a fresh practice market)"


def rows(frame: Frame, width: int, height: int = 0, *, is_gone: bool = False) -> Rows:
    """Return one row per suggestion, in the frame's order."""
    columns = _columns(width)
    sizes = widths(columns, width)
    shown = [(key_of(row), _cells(row, len(columns))) for row in frame.suggestions]
    is_wide = len(columns) == WIDE_COLUMNS
    shown += [(capital_key(row), capital_cells(row, is_wide=is_wide)) for row in frame.capital]
    shown += [(offer_key(row), _offer_cells(row, len(columns))) for row in frame.offers]
    body = tuple(
        Entry(key, table_row(columns, sizes, [(str(index), "dim"), *cells]))
        for index, (key, cells) in enumerate(shown, start=1)
    )
    opened = sum(1 for row in frame.suggestions if row.id)
    how = "the desk has stopped" if is_gone else "halted" if frame.header.halted else "a approves"
    entries = f"{len(frame.offers)} {'entry' if len(frame.offers) == 1 else 'entries'}" if frame.offers else ""
    freed = sum(row.amount for row in frame.capital if row.asked_ms is None)
    free = f"{words.money(freed)} to free" if freed else ""
    counts = "  ".join(text for text in (f"{opened} open" if opened else "", free, entries) if text)
    note = f"{counts} - {how}" if counts else ""
    return Rows("suggestions", note, (table_head(columns, sizes),) if body else (), body, empty=_empty(frame))


def key_of(row: SuggestionRow) -> str:
    """Return what the cursor follows: the pair, so that a new suggestion for it keeps the cursor."""
    return row.market_id


def offer_key(row: OfferRow) -> str:
    """Return what the cursor follows on an entry that is possible: never the key of a suggestion."""
    return f"enter {row.market_id}"


def offer_of(frame: Frame, key: str) -> OfferRow | None:
    """Return the entry a row proposes."""
    return next((row for row in frame.offers if offer_key(row) == key), None)


def chosen_offer(frame: Frame, here: str, selected: str) -> OfferRow | None:
    """Return the entry to open: of the pair the cursor is `here` on, else the `selected` one, else the first."""
    pointed = next((row for row in frame.offers if row.market_id == here), None)
    return pointed or offer_of(frame, selected) or next(iter(frame.offers), None)


def action_words(row: SuggestionRow) -> str:
    """Return `buy 300 Yes <= 0.11`, or what the row is instead of an offer."""
    if row.state == "waiting":
        return f"waits for {row.parent_id}"
    if row.state == "working":
        return f"working as {row.parent_id}" if row.parent_id else "working"
    option = row.option
    if option is None or row.state in QUIET:
        return row.state
    side = "buy" if option.side is Side.BUY else "sell"
    return (
        f"{side} {words.shares(option.shares)} {words.clean(row.outcome)} {words.limit_words(option.side, row.limit)}"
    )


def why(row: SuggestionRow) -> str:
    """Return the reason without the state in front of it, which has a column of its own."""
    return words.clean(row.words).removeprefix(f"{row.state}: ")


def delta_words(row: SuggestionRow) -> str:
    """Return `-300 to 0`, and only what it is where nothing is offered."""
    if row.state in QUIET:
        return words.signed_shares(row.delta_before)
    return f"{words.signed_shares(row.delta_before)} to {words.signed_shares(row.delta_after)}"


def _columns(width: int) -> tuple[Column, ...]:
    end = (Column("GAIN", 8, is_right=True), Column("DELTA", 15, is_right=True))
    if width >= ROOMY:
        return (Column("#", 2, is_right=True), Column("PAIR", 18), Column("ACTION", 30), Column("WHY", 0), *end)
    return (Column("#", 2, is_right=True), Column("PAIR", 16), Column("ACTION", 0), *end)


def _cells(row: SuggestionRow, count: int) -> list[Run]:
    quiet = "" if row.id else "dim"
    action = action_words(row)
    is_wide = count == WIDE_COLUMNS
    if not is_wide and row.state in QUIET:
        action = f"{row.state}: {why(row)}"
    side = row.option.side if row.option is not None else None
    style = quiet or ("bid" if side is Side.BUY else "ask")
    cells: list[Run] = [(row.name, quiet or "bold"), (action, style)]
    if is_wide:
        cells.append((why(row) if why(row) != action else "", quiet))
    shows_gain = row.option is not None and row.state not in QUIET
    cells.append(gain(row.option.gain, quiet) if shows_gain and row.option else ("", ""))
    cells.append((delta_words(row), quiet))
    return cells


def _offer_cells(row: OfferRow, count: int) -> list[Run]:
    prices = " + ".join(words.price(price) for price in row.prices)
    cells: list[Run] = [(row.name, "bold"), (f"enter {words.shares(row.shares)} at {prices}", "key")]
    if count == WIDE_COLUMNS:
        cells.append((f"{row.kind}, costs {words.money(row.cost)}", ""))
    return [*cells, gain(words.whole_cents(row.result)), ("both legs", "dim")]


def _empty(frame: Frame) -> str:
    held = [pair for pair in frame.pairs if pair.is_held]
    if not held:
        return f"{HOLDS_NOTHING}, so none is out of balance"
    if frame.header.mode == "practice" and frame.parents and not any(pair.needs_rebalance for pair in held):
        return AGAIN
    if frame.delta is None or not frame.delta.worst_name:
        return "balanced - nothing to do"
    worst = words.signed_shares(frame.delta.worst_delta)
    soft = words.shares(frame.delta.soft_limit)
    return f"balanced: worst delta {worst} ({words.clean(frame.delta.worst_name)}), soft limit {soft}"


def chosen(frame: Frame, here: str, selected: str) -> SuggestionRow | None:
    """Return the row to approve: of the pair the cursor is `here` on, else the `selected` one, else the first open.

    A pair that is being worked is returned too: whoever points at it is told so, and not offered another one.
    """
    rows_ = {row.market_id: row for row in frame.suggestions}
    pointed = rows_.get(here)
    if pointed is not None and (pointed.id or pointed.parent_id):
        return pointed
    opened = [row for row in frame.suggestions if row.id]
    wanted = next((row for row in opened if row.market_id == selected), None)
    return wanted or next(iter(opened), pointed or rows_.get(selected))


def why_nothing(frame: Frame, row: SuggestionRow | None) -> str:
    """Return why there is nothing to approve."""
    if row is None:
        held = any(pair.is_held for pair in frame.pairs)
        return f"nothing to approve: {'all pairs are balanced' if held else HOLDS_NOTHING}"
    if row.parent_id:
        return f"already {action_words(row)}" if row.state == "working" else action_words(row)
    return f"nothing to approve: {words.clean(row.words)}"
