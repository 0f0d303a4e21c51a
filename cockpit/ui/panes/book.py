"""Pane 2: the book of the selected pair, both legs as ladders, our own orders marked `*40`.

Beside the leg that is short each price says what the pair would lock if it were completed there. A pair in balance has
no such column: an ask of one leg is 1 less a bid of the other, so each figure would say no more than how many ticks
lie between; what entries lock is among the suggestions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cockpit.core.book import Levels
from cockpit.core.frame import Frame, Ladder, PairRow
from cockpit.core.market import Leg, Side
from cockpit.ui import words
from cockpit.ui.panes.lock_columns import LockColumns, break_even_texts, columns_of
from cockpit.ui.rows import Entry, Row, Rows, Run, filled, fitted, width_of

GAP = 2
PRICE = 7
LEAST_SIDE = 4
MOST = 36


@dataclass(frozen=True, slots=True)
class Shape:
    """How wide the cells of one leg are."""

    each: int
    """Bids, prices and asks together."""
    price: int
    locks: LockColumns | None = None
    """What stands beside them."""

    @property
    def side(self) -> int:
        """Cells of the bids, and of the asks."""
        return (self.each - self.price - 1) // 2

    @property
    def width(self) -> int:
        """All cells of the leg."""
        return self.each + (self.locks.width if self.locks else 0)


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
    shapes = _shapes(pair, ladder, width)
    depth = max((height - 4) // 2, 1)
    is_old = pair.is_stale or pair.is_crossed or not ladder.synced
    sides = [_leg_rows(ladder, leg, pair, shape, depth) for leg, shape in zip(Leg, shapes, strict=True)]
    body = []
    for index, both in enumerate(zip(*sides, strict=True)):
        line = _beside(both, shapes)
        body.append(Entry(str(index), tuple((text, "stale") for text, _ in line) if is_old else line))
    names = [_name(pair, leg, shape.width) for leg, shape in zip(Leg, shapes, strict=True)]
    head = (_beside(names, shapes), _beside([_head(shape) for shape in shapes], shapes))
    return Rows("book", note, head, tuple(body), (_foot(ladder, pair, width),))


def _shapes(pair: PairRow, ladder: Ladder, width: int) -> tuple[Shape, Shape]:
    """Divide the width: both legs alike, and beside the one that is short what there is room for."""
    if pair.completion is None:
        shape = Shape(min((width - GAP) // 2, MOST), PRICE)
        return shape, shape
    is_fine = pair.tick % 10 or any(price % 10 for _, _, price in ladder.own)
    price = PRICE if is_fine else PRICE - 1
    spare = width - GAP - 2 * (2 * LEAST_SIDE + price + 1)
    yes, no = (columns_of(pair.completion, leg, spare) for leg in Leg)
    each = min((width - GAP - sum(columns.width for columns in (yes, no) if columns)) // 2, MOST)
    return Shape(each, price, yes), Shape(each, price, no)


def _beside(rows_: Sequence[Row], shapes: tuple[Shape, Shape]) -> Row:
    return (*filled(rows_[0], shapes[0].width), (" " * GAP, ""), *fitted(rows_[1], shapes[1].width))


def _name(pair: PairRow, leg: Leg, each: int) -> Row:
    """Outcome, and what we hold of it, with the average where it fits."""
    row = pair.legs[leg]
    held = f"{words.shares(row.shares)} @ {words.price(row.average)}" if row.shares else "none"
    held = held if len(held) + 5 <= each else words.shares(row.shares)
    room = max(each - len(held) - 2, 3)
    style = "yes" if leg is Leg.YES else "no"
    return (words.left(row.outcome, room), f"{style} bold"), (words.right(f"{held} ", each - room), "dim")


def _head(shape: Shape) -> Row:
    cells = (
        (words.right("bid", shape.side), "head"),
        (words.right("price", shape.price), "head"),
        (" ", ""),
        (words.right("ask", shape.side), "head"),
    )
    return (*filled(cells, shape.each), *shape.locks.head()) if shape.locks else cells


def _leg_rows(ladder: Ladder, leg: Leg, pair: PairRow, shape: Shape, depth: int) -> list[Row]:
    asks = _levels(ladder.asks[leg], ladder.own, leg, Side.SELL, depth)
    bids = _levels(ladder.bids[leg], ladder.own, leg, Side.BUY, depth)
    above = [_level(item, leg, Side.SELL, ladder, pair, shape) for item in reversed(asks)]
    below = [_level(item, leg, Side.BUY, ladder, pair, shape) for item in bids]
    return (
        [()] * (depth - len(above)) + above + [_middle(ladder, leg, pair, shape)] + below + [()] * (depth - len(below))
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


def _level(level: tuple[int, int], leg: Leg, side: Side, ladder: Ladder, pair: PairRow, shape: Shape) -> Row:
    price, size = level
    room = shape.side
    mine = ladder.own.get((leg, side, price), 0)
    own = f"*{words.short_shares(mine, room - 1)}" if mine else ""
    number: Run = (words.short_shares(size, room), "bid" if side is Side.BUY else "ask")
    cells = (number, (own, "own")) if side is Side.BUY else ((own, "own"), number)
    middle = (words.right(words.price(price, pair.tick), shape.price), f"{number[1]} bold" if mine else number[1])
    second = words.left(own, room) if side is Side.BUY else words.right(cells[1][0], room)
    row: Row = (words.right(cells[0][0], room), cells[0][1]), middle, (" ", ""), (second, cells[1][1])
    return (*filled(row, shape.each), *shape.locks.cells(price, side)) if shape.locks else row


def _middle(ladder: Ladder, leg: Leg, pair: PairRow, shape: Shape) -> Row:
    """The spread in ticks, and the last trade of this leg."""
    last = ladder.last_trade[leg]
    width = 2 * shape.side + shape.price + 1 if shape.locks is None else shape.width
    has_both = bool(ladder.bids[leg]) and bool(ladder.asks[leg])
    spread = f"{ladder.spread // pair.tick}t" if has_both and pair.tick else "one side" if ladder.version else "empty"
    text = f" {spread} "
    with_last = f"{text} last {words.price(last, pair.tick)} " if last is not None else text
    return ((_centred(with_last if len(with_last) + 2 <= width else text, width), "dim"),)


def _centred(text: str, width: int) -> str:
    before = max((width - len(text)) // 2, 0)
    return "-" * before + text + "-" * max(width - before - len(text), 0)


def _foot(ladder: Ladder, pair: PairRow, width: int) -> Row:
    """How old the book is, up to which price completing locks, and the sign of our orders, as far as there is room."""
    age = words.age(pair.book_age_ms if pair.book_age_ms is not None else ladder.age_ms)
    if pair.is_crossed:
        state: Run = (f"CROSSED  age {age}", "stale bold")
    elif pair.is_stale:
        state = (f"STALE {age}", "stale bold")
    elif not ladder.synced:
        state = (f"out of step, waiting for a snapshot  age {age}", "stale bold")
    else:
        state = (f"age {age}" if pair.completion else f"age {age}  in step", "dim")
    row: Row = (state,)
    if pair.completion:
        long, short = break_even_texts(pair.completion)
        row = (state, (f"  {long}" if width_of(row) + len(long) + 2 <= width else f"  {short}", ""))
    sign = "    *40 our own orders" if any(ladder.own.values()) else ""
    if not pair.completion or width_of(row) + len(sign) <= width:
        row = (*row, (sign, "dim"))
    return fitted(row, width)
