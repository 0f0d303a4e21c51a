"""Pane 2: the book of the selected pair, both legs as ladders, our own orders marked `*40`."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.core.book import Levels
from cockpit.core.frame import Frame, Ladder, PairRow
from cockpit.core.market import Leg, Side
from cockpit.ui import words
from cockpit.ui.rows import Entry, Row, Rows, Run, filled, fitted

GAP = 2
PRICE = 6


def pair_of(frame: Frame, market_id: str) -> PairRow | None:
    """Return the pair, if the frame has it."""
    return next((pair for pair in frame.pairs if pair.market_id == market_id), None)


def rows(frame: Frame, market_id: str, width: int, height: int) -> Rows:
    """Return asks above, the spread, bids below, for both legs, as deep as the height allows."""
    pair = pair_of(frame, market_id)
    if pair is None:
        return Rows("book", empty="choose a pair: 1, then j and k")
    title = pair.name if width < 70 or pair.title == pair.name else f"{pair.name}  {pair.title}"
    note = words.cut(title, width - 8)
    ladder = frame.ladders.get(market_id)
    if ladder is None or pair.book_age_ms is None:
        return Rows("book", note, empty="no book yet - the venue has not sent one")
    each = min((width - GAP) // 2, 36)
    depth = max((height - 4) // 2, 1)
    is_old = pair.is_stale or pair.is_crossed or not ladder.synced
    sides = [_leg_rows(ladder, leg, pair, each, depth) for leg in Leg]
    body = []
    for index, (first, second) in enumerate(zip(*sides, strict=True)):
        line: Row = (*filled(first, each), (" " * GAP, ""), *filled(second, each))
        body.append(Entry(str(index), tuple((text, "stale") for text, _ in line) if is_old else line))
    head = (_beside([_name(pair, leg, each) for leg in Leg], each), _beside([_head(each)] * 2, each))
    return Rows("book", note, head, tuple(body), (_age(ladder, pair, width),))


def _beside(rows_: list[Row], each: int) -> Row:
    return (*filled(rows_[0], each), (" " * GAP, ""), *fitted(rows_[1], each))


def _name(pair: PairRow, leg: Leg, each: int) -> Row:
    """Outcome, and what we hold of it."""
    row = pair.legs[leg]
    held = f"{words.shares(row.shares)} @ {words.price(row.average)}" if row.shares else "none"
    room = max(each - len(held) - 2, 3)
    style = "yes" if leg is Leg.YES else "no"
    return (words.left(row.outcome, room), f"{style} bold"), (words.right(f"{held} ", each - room), "dim")


def _side_width(each: int) -> int:
    return (each - PRICE - 2) // 2


def _head(each: int) -> Row:
    side = _side_width(each)
    return (
        (words.right("bid", side), "head"),
        (words.right("price", PRICE + 1), "head"),
        (" ", ""),
        (words.right("ask", side), "head"),
    )


def _leg_rows(ladder: Ladder, leg: Leg, pair: PairRow, each: int, depth: int) -> list[Row]:
    asks = _levels(ladder.asks[leg], ladder.own, leg, Side.SELL, depth)
    bids = _levels(ladder.bids[leg], ladder.own, leg, Side.BUY, depth)
    above = [_level(item, leg, Side.SELL, ladder, pair, each) for item in reversed(asks)]
    below = [_level(item, leg, Side.BUY, ladder, pair, each) for item in bids]
    return (
        [()] * (depth - len(above)) + above + [_middle(ladder, leg, pair, each)] + below + [()] * (depth - len(below))
    )


def _levels(
    levels: Levels, own: Mapping[tuple[Leg, Side, int], int], leg: Leg, side: Side, depth: int
) -> list[tuple[int, int]]:
    """The venue's levels, and ours that it does not show (yet)."""
    shown = dict(levels)
    for own_leg, own_side, price in own:
        if (own_leg, own_side) == (leg, side):
            shown.setdefault(price, 0)
    return sorted(shown.items(), reverse=side is Side.BUY)[:depth]


def _level(level: tuple[int, int], leg: Leg, side: Side, ladder: Ladder, pair: PairRow, each: int) -> Row:
    price, size = level
    room = _side_width(each)
    mine = ladder.own.get((leg, side, price), 0)
    own = f"*{words.short_shares(mine, room - 1)}" if mine else ""
    number: Run = (words.short_shares(size, room), "bid" if side is Side.BUY else "ask")
    cells = (number, (own, "own")) if side is Side.BUY else ((own, "own"), number)
    middle = (words.right(words.price(price, pair.tick), PRICE + 1), f"{number[1]} bold" if mine else number[1])
    second = words.left(own, room) if side is Side.BUY else words.right(cells[1][0], room)
    return (words.right(cells[0][0], room), cells[0][1]), middle, (" ", ""), (second, cells[1][1])


def _middle(ladder: Ladder, leg: Leg, pair: PairRow, each: int) -> Row:
    """The spread in ticks, and the last trade of this leg."""
    last = ladder.last_trade[leg]
    has_both = bool(ladder.bids[leg]) and bool(ladder.asks[leg])
    spread = f"{ladder.spread // pair.tick}t" if has_both and pair.tick else "one side" if ladder.version else "empty"
    text = f" {spread} " + (f" last {words.price(last, pair.tick)} " if last is not None and each >= 20 else "")
    return ((_centred(text, 2 * _side_width(each) + PRICE + 2), "dim"),)


def _centred(text: str, width: int) -> str:
    before = max((width - len(text)) // 2, 0)
    return "-" * before + text + "-" * max(width - before - len(text), 0)


def _age(ladder: Ladder, pair: PairRow, width: int) -> Row:
    age = words.age(pair.book_age_ms if pair.book_age_ms is not None else ladder.age_ms)
    if pair.is_crossed:
        state: Run = (f"CROSSED  age {age}", "stale bold")
    elif pair.is_stale:
        state = (f"STALE {age}", "stale bold")
    elif not ladder.synced:
        state = (f"out of step, waiting for a snapshot  age {age}", "stale bold")
    else:
        state = (f"age {age}  in step", "dim")
    has_own = any(ladder.own.values())
    return fitted((state, ("    *40 our own orders" if has_own else "", "dim")), width)
