"""Pane 1: every pair, what each leg holds, how far it is out of balance and what it has earned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from cockpit.core.frame import Frame, LegRow, PairRow
from cockpit.core.units import PRICE_ONE
from cockpit.ui import words
from cockpit.ui.rows import Column, Entry, Row, Rows, Run, table_head, table_row, widths

EMPTY = "no markets yet - the desk is asking the venue for them"
HOLDS_NOTHING = "no pair is held"
ROOMY = 106
"""From this width on legs show their average and the last column is words."""


def rows(frame: Frame, width: int, height: int = 0) -> Rows:
    """Return one row per pair, held ones first as the frame has them, and the totals."""
    is_roomy = width >= ROOMY
    columns = _columns(is_roomy)
    sizes = widths(columns, width)
    held = [pair for pair in frame.pairs if pair.is_held]
    body = tuple(Entry(p.market_id, _row(p, frame.at_ms, columns, sizes, is_roomy)) for p in frame.pairs)
    note = words.plural(len(held), "pair") + " held" if held else HOLDS_NOTHING if frame.pairs else ""
    return Rows(
        title="positions",
        note=note,
        head=(table_head(columns, sizes),),
        body=body,
        foot=_total(frame, columns, sizes, [pair.market_id for pair in frame.pairs]),
        foot_of=partial(_total, frame, columns, sizes),
        empty=EMPTY,
    )


def _columns(is_roomy: bool) -> tuple[Column, ...]:
    leg = 20 if is_roomy else 11
    return (
        Column("PAIR", 0),
        Column("FIRST LEG", leg),
        Column("SECOND LEG", leg),
        Column("DELTA", 7, is_right=True),
        Column("COST", 6 if is_roomy else 5, is_right=True),
        Column("LOCKED", 8, is_right=True),
        Column("P&L", 8, is_right=True),
        Column("", 14 if is_roomy else 1),
    )


def _row(pair: PairRow, now: int, columns: tuple[Column, ...], sizes: tuple[int, ...], is_roomy: bool) -> Row:
    quiet = "" if pair.is_held else "dim"
    if pair.ended:
        quiet = "dim"
    state = state_of(pair, now)
    end: Run = (state[1] if is_roomy else state[0], state[2])
    if not pair.is_held and not is_unproven(pair):
        asks = [(ask_text(leg, width, pair.tick), quiet) for leg, width in zip(pair.legs, sizes[1:3], strict=True)]
        nothing: Run = ("", "")
        earned = gain(pair.pnl, quiet) if pair.pnl else nothing
        return table_row(columns, sizes, [(pair.name, quiet), *asks, nothing, nothing, nothing, earned, end])
    cells: list[Run] = [
        (pair.name, quiet or "bold"),
        (leg_text(pair.legs[0], sizes[1], is_roomy), quiet or "yes"),
        (leg_text(pair.legs[1], sizes[2], is_roomy), quiet or "no"),
        (words.signed_shares(pair.delta), quiet or ("warning" if pair.needs_rebalance else "")),
        (words.price(pair.pair_cost, pair.tick) if pair.pair_cost else words.NOTHING, quiet),
        gain(pair.locked, quiet),
        gain(pair.pnl, quiet),
        end,
    ]
    if pair.proven_delta != pair.delta:
        columns, sizes, cells = _with_proven(pair, columns, sizes, cells)
    return table_row(columns, sizes, cells)


def _with_proven(
    pair: PairRow, columns: tuple[Column, ...], sizes: tuple[int, ...], cells: list[Run]
) -> tuple[tuple[Column, ...], tuple[int, ...], list[Run]]:
    """Return the row with the proven delta behind the claimed one, in the place of the cost while they differ."""
    room = sizes[3] + sizes[4] + 1
    both = f"{words.signed_shares(pair.delta)} ~{words.signed_shares(pair.proven_delta)}"
    text = both if len(both) <= room else f"{words.signed_shares(pair.delta)} ~"
    columns = (*columns[:3], Column("", room, is_right=True), *columns[5:])
    return columns, (*sizes[:3], room, *sizes[5:]), [*cells[:3], (text, "warning"), *cells[5:]]


def is_unproven(pair: PairRow) -> bool:
    """Return whether some of what a pair is said to hold could still be taken back."""
    return pair.proven_delta != pair.delta or any(leg.proven != leg.shares for leg in pair.legs)


def ask_text(leg: LegRow, width: int, tick: int) -> str:
    """Return `Yes  @ 0.46`, what a share of a leg that is not held costs now; the outcome is cut, never the price."""
    price = words.price(leg.ask, tick) if 0 < leg.ask < PRICE_ONE else words.NOTHING
    number = f"@ {price}"
    name = words.left(leg.outcome, min(width - len(number) - 1, 10))
    return name + number.rjust(min(width, 20) - len(name))


def leg_text(leg: LegRow, width: int, with_average: bool) -> str:
    """Return `Yes   400`, with `@ 0.46` behind it where there is room; the outcome is cut, never the number."""
    number = words.short_shares(leg.shares, 7)
    behind = f" @ {words.price(leg.average)}" if with_average and leg.shares else ""
    behind = behind.ljust(9) if with_average else ""
    room = width - len(behind)
    name = words.left(leg.outcome, min(room - len(number) - 1, 10 if with_average else 4))
    return name + number.rjust(room - len(name)) + behind


def gain(amount: int, quiet: str = "") -> Run:
    """Return money that was won or lost."""
    return words.signed_money(amount), quiet or ("gain" if amount > 0 else "loss" if amount < 0 else "dim")


def state_of(pair: PairRow, now: int) -> Run3:
    """Return (sign, words, style) of the first thing to know about a pair."""
    if pair.claim:
        return "=", f"owes {words.money(pair.claim)}", "key"
    if pair.ended:
        return "=", words.clean(pair.ended), "dim"
    if pair.halted:
        return "H", "HALTED", "alarm"
    if pair.book_age_ms is None:
        return "?", "no book yet", "stale"
    if pair.is_crossed:
        return "X", "CROSSED", "stale"
    if pair.is_stale:
        return "S", f"STALE {words.age(pair.book_age_ms)}", "stale"
    if pair.needs_rebalance:
        return "!", "! rebalance", "warning"
    if is_unproven(pair):
        return "~", "~ not proven", "warning"
    if pair.is_held and not pair.is_marked:
        return "~", "~ no bids", "dim"
    if pair.stage:
        return "=", pair.stage, "dim"
    if pair.is_held and pair.mode != "suggest":
        return "A" if pair.mode == "auto" else "-", pair.mode, "key" if pair.mode == "auto" else "dim"
    if pair.closes_at_ms is not None and pair.closes_at_ms - now < 3_600_000:
        return "", f"ends in {words.age(pair.closes_at_ms - now)}", "dim"
    return "", "", ""


Run3 = tuple[str, str, str]


def _total(frame: Frame, columns: tuple[Column, ...], sizes: tuple[int, ...], shown: Sequence[str]) -> tuple[Row, ...]:
    """The sums of the held pairs among those that are shown."""
    held = [pair for pair in frame.pairs if pair.is_held and pair.market_id in shown]
    if not held:
        return ()
    name = f"total of {len(held)}" if len(frame.pairs) > len(held) else "total"
    cells: list[Run] = [
        (name, "dim"),
        ("", ""),
        ("", ""),
        (words.signed_shares(sum(pair.delta for pair in held)), ""),
        ("", ""),
        gain(sum(pair.locked for pair in held)),
        gain(sum(pair.pnl for pair in held)),
        ("", ""),
    ]
    return (table_row(columns, sizes, cells),)
