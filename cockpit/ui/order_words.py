"""Orders that somebody wants, in words, and what the desk says about them, in lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core.commands import Bid, Enter, Place, Split
from cockpit.core.frame import PairRow
from cockpit.core.frame_orders import LimitRow, PreviewRow
from cockpit.core.market import Side
from cockpit.core.order import OrderType
from cockpit.core.parent import Algorithm
from cockpit.core.units import SHARE, duration_text
from cockpit.ui import words
from cockpit.ui.dialogs.base import INNER
from cockpit.ui.rows import Row, Run, wrap_to
from cockpit.ui.typed import Order

MEANS = {
    OrderType.GTD: "rests until its life is over",
    OrderType.GTC: "rests until it is cancelled; worked for its life",
    OrderType.FAK: "takes what is there at once, the rest ends",
    OrderType.FOK: "takes all of it at once, or nothing",
}
SPLITS = {
    Algorithm.TWAP: "equal children at equal times",
    Algorithm.VWAP: "children follow the volume",
    Algorithm.ICEBERG: "one chunk shows at a time",
    Algorithm.RANDOM: "random sizes at random times",
}
TIGHT = 90
"""From this percentage of a limit on it is pointed out."""
MANY = 100_000 * SHARE
"""A limit from here on is written in thousands."""
ROOM = INNER - len("send ")
LEAST_NAME = 4


def order_words(command: Order, pair: PairRow) -> str:
    """Return `BUY 300 Yes <= 0.10  GTD post-only, 10 minutes`; where there is no room names are cut, and no number."""
    names = tuple(words.clean(leg.outcome) for leg in pair.legs)
    if isinstance(command, Enter):
        without = _entry_words(command, ("", ""))
        room = max((ROOM - len(without)) // 2, LEAST_NAME)
        return _entry_words(command, (words.cut(names[0], room), words.cut(names[1], room)))
    start = f"{'BUY' if command.side is Side.BUY else 'SELL'} {words.shares(command.shares)} "
    end = f" {words.limit_words(command.side, command.limit)}  {_how(command)}"
    return f"{start}{words.cut(names[command.leg], max(ROOM - len(start) - len(end), LEAST_NAME))}{end}"


def _entry_words(command: Enter, names: tuple[str, str]) -> str:
    legs = " + ".join(f"{name} <= {_price(price)}" for name, price in zip(names, command.prices, strict=True))
    shares = f"{words.shares(command.shares)} " if command.shares else ""
    return f"BUY {shares}{legs}  {command.kind}, {duration_text(command.life_ms)}"


def _price(price: int) -> str:
    return words.price(price) if price else "best"


def _how(command: Place | Split | Bid) -> str:
    match command:
        case Place():
            kind = f"{command.type.value} post-only" if command.post_only else command.type.value
            return f"{kind}, {_life(command.life_s)}" if command.type.can_rest else kind
        case Split():
            return f"{command.algorithm} {command.style} {duration_text(command.window_ms)}, then {command.at_end}"
        case Bid():
            return f"at the top, {words.shares(command.show)} at a time, for {duration_text(command.life_ms)}"


def _life(seconds: int) -> str:
    return duration_text(seconds * 1000) if seconds % 60 else words.plural(seconds // 60, "minute")


def limit_runs(rows: Iterable[LimitRow], count: int) -> list[Run]:
    """Return every limit with what would be used of it, in so many lines, the tightest first.

    `cash 93/921  unhedged 240/2,000`: what is nearly full is marked, and what does not fit is left out.
    """
    known = sorted((row for row in rows if row.limit > 0), key=lambda row: -row.used * 1000 // row.limit)
    lines = ["worst case:"] + [""] * (count - 1) if known else [""] * count
    index = 0
    for row in known:
        text = used_words(row)
        while index < count and len(lines[index]) + 2 + len(text) > INNER:
            index += 1
        if index == count:
            break
        lines[index] += f"  {text}" if lines[index] else text
    style = "warning" if any(map(_is_tight, known)) else "dim"
    return [(line.replace(":  ", ": ", 1), style) for line in lines]


def used_words(row: LimitRow) -> str:
    """Return `cash 93/921`, in whole USD or shares: what is used rounded up, the limit down; `!` when nearly full."""
    mark = " !" if _is_tight(row) else ""
    unit, short = (SHARE, "") if row.limit < MANY else (SHARE * 1_000, "k")
    used, limit = words.count(-(-row.used // unit)), words.count(row.limit // unit)
    return f"{words.clean(row.name)} {used}{short}/{limit}{short}{mark}"


def _is_tight(row: LimitRow) -> bool:
    return row.used * 100 >= TIGHT * row.limit


def preview_rows(row: PreviewRow | None, count: int) -> list[Row]:
    """Return what the desk says a command would do, in exactly so many lines; a long sentence takes those to spare."""
    said = [(row.effect, ""), (row.money, ""), (row.plan, "")] if row is not None else []
    said += [(text, "warning") for text in row.risk] if row is not None else []
    said = [(text, style) for text, style in said if text][:count]
    spare, lines = count - len(said), list[Row]()
    for text, style in said:
        shown = wrap_to(text, INNER, 1 + spare)
        spare -= len(shown) - 1
        lines += [((line, style),) for line in shown]
    return [*lines, *[()] * count][:count]
