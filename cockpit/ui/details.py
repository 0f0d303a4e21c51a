"""What `enter` opens: everything the frame knows about one row. Pure."""

from __future__ import annotations

from cockpit.core.conversion import ConversionKind
from cockpit.core.entry import EntryKind
from cockpit.core.frame import Frame, LegRow, PairRow
from cockpit.core.frame_capital import CapitalRow
from cockpit.core.frame_orders import OfferRow, SuggestionRow
from cockpit.core.market import Side
from cockpit.core.rebalance import Option
from cockpit.ui import words
from cockpit.ui.order_detail import order_rows
from cockpit.ui.panes.book import pair_of
from cockpit.ui.panes.capital import action_words, capital_of
from cockpit.ui.panes.orders import side_words
from cockpit.ui.panes.positions import gain, state_of
from cockpit.ui.panes.suggestions import delta_words, offer_of
from cockpit.ui.rows import Entry, Row, Rows, Run, wrap

LABEL = 20
MODES = {
    "suggest": "suggest: you approve",
    "auto": "auto: rebalanced by itself, within the limits",
    "off": "off: nothing is suggested",
}


def detail_rows(kind: str, key: str, frame: Frame, width: int) -> Rows:
    """Return the details of a row of pane `kind`."""
    lines: list[Row] = []
    pair = pair_of(frame, key)
    if kind in ("positions", "book") and pair is not None:
        lines = [*_pair(pair, frame.at_ms, width), *_beside(frame, pair, width)]
    elif kind == "suggestions":
        row = next((row for row in frame.suggestions if row.market_id == key), None)
        offer, freed = offer_of(frame, key), capital_of(frame, key)
        if freed is not None:
            lines = _capital(freed)
        else:
            lines = _suggestion(row, pair, width) if row is not None else _offer(offer) if offer is not None else []
    elif kind == "orders":
        return order_rows(key, frame, width)
    body = tuple(Entry(str(index), row) for index, row in enumerate(lines))
    return Rows("details", "esc leaves", body=body, empty="this row is gone")


def _line(label: str, *runs: Run) -> Row:
    return ((words.left(label, LABEL), "dim"), *((words.clean(text), style) for text, style in runs))


def _pair(pair: PairRow, now: int, width: int) -> list[Row]:
    lines: list[Row] = [((words.clean(pair.name), "bold"),)]
    lines += [((line, ""),) for line in wrap(pair.title, width - 2)]
    lines += [(), _line("market", (pair.market_id, "dim"))]
    _, state, style = state_of(pair, now)
    lines.append(_line("state", (state or "in order", style)))
    if pair.halted:
        lines.append(_line("halted", (pair.halted, "alarm")))
    lines.append(_line("mode", (MODES[pair.mode], ""), ("   A changes it", "dim")))
    if pair.claim:
        lines.append(_line("owes", (f"{words.money(pair.claim)} USD until it is redeemed", "bold")))
    if pair.merging:
        lines.append(_line("being merged", (f"{words.shares(pair.merging)} pairs", "")))
    if pair.stage:
        lines.append(_line("resolution", (pair.stage, "")))
    if pair.closes_at_ms is not None:
        lines.append(_line("ends", (f"in {words.duration(pair.closes_at_ms - now)}", "")))
    for leg in pair.legs:
        lines += _leg(leg, pair.tick)
    differs = "warning" if pair.proven_delta != pair.delta else "dim"
    return [
        *lines,
        _line(
            "delta",
            (f"{words.signed_shares(pair.delta)} claimed", "bold"),
            (f"   {words.signed_shares(pair.proven_delta)} proven", differs),
            (f"   {words.shares(pair.worst_imbalance)} at worst", "warning" if _is_worse(pair) else "dim"),
        ),
        _line("cost of a pair", (words.price(pair.pair_cost) if pair.pair_cost else words.NOTHING, "")),
        _line("locked", gain(pair.locked)),
        _line("profit and loss", gain(pair.pnl), ("" if pair.is_marked else "   ~ too few bids for all shares", "dim")),
        _line("tick", (words.price(pair.tick), "dim")),
    ]


def _is_worse(pair: PairRow) -> bool:
    return pair.worst_imbalance > abs(pair.delta)


def _leg(leg: LegRow, tick: int) -> list[Row]:
    """What a leg is said to hold, how much of that is proven, what can be sold, and what came by other hands."""
    held = f"{words.shares(leg.shares)} claimed" + (f" @ {words.price(leg.average)}" if leg.shares else "")
    quote = f"   bid {words.price_or_nothing(leg.bid, tick)}  ask {words.price_or_nothing(leg.ask, tick)}"
    proven: Run = (f"{words.shares(leg.proven)} proven", "" if leg.proven == leg.shares else "warning")
    rest = f"   {words.shares(leg.tradeable)} tradeable   {words.signed_shares(leg.foreign)} foreign"
    return [_line(leg.outcome, (held, "bold"), (quote, "dim")), _line("", proven, (rest, "dim"))]


def _beside(frame: Frame, pair: PairRow, width: int) -> list[Row]:
    """What differs from the venue, and what others have in this book."""
    lines: list[Row] = []
    differences = [row for row in frame.differences if row.market_id == pair.market_id]
    if differences:
        lines += [(), (("not the venue's numbers: D shows and accepts", "bold"),)]
        for row in differences:
            numbers = f"ours {words.exact(row.ours)}   venue {words.exact(row.theirs)}"
            lines.append(_line(row.name, (numbers, "warning")))
            lines += [_line("", (line, "dim")) for line in wrap(row.text, max(width - LABEL - 2, 20))]
    foreign = [row for row in frame.foreign if row.market_id == pair.market_id]
    if foreign:
        lines += [(), (("orders that are not ours", "bold"),)]
        for other in foreign:
            amount = f"{words.shares(other.filled)} of {words.shares(other.size)} @ {words.price(other.price)}"
            lines.append(_line(side_words(other), (amount, "dim"), (f"   {other.id}", "dim")))
    return lines


def _offer(row: OfferRow) -> list[Row]:
    """An entry that is possible: both legs for less than 1 USD."""
    lines: list[Row] = [((words.clean(row.name), "bold"), (f"  enter {words.shares(row.shares)} pairs", ""))]
    rests = f", {row.outcomes[row.first]} rests first" if row.kind == EntryKind.MAKER_TAKER else ""
    lines += [(), _line("kind", (f"{row.kind}{rests}", ""))]
    for outcome, price in zip(row.outcomes, row.prices, strict=True):
        lines.append(_line(outcome, (f"buy {words.shares(row.shares)} at {words.price(price)}", "bid")))
    return [
        *lines,
        _line("costs", (words.money(row.cost), ""), ("   fees included", "dim")),
        _line("locks", gain(words.whole_cents(row.result)), ("   when both legs fill at these prices", "dim")),
        (),
        (("a opens its form: the prices can be changed there", "dim"),),
    ]


def _capital(row: CapitalRow) -> list[Row]:
    """A merge or a redemption."""
    lines: list[Row] = [((words.clean(row.name), "bold"), (f"  {action_words(row)}", "")), ()]
    lines.append(_line("frees", (f"{words.money(row.amount)} USD", "bold")))
    if row.left_ms is not None and row.kind is ConversionKind.MERGE:
        lines.append(_line("sooner by", (words.days(row.left_ms), "")))
    if row.saved > 0:
        lines.append(_line("selling brings", (f"{words.money(row.saved)} USD less, with fees", "")))
    return [*lines, (), (("a asks whether to do it", "dim"),)]


def _suggestion(row: SuggestionRow, pair: PairRow | None, width: int) -> list[Row]:
    lines: list[Row] = [((words.clean(row.name), "bold"), (f"  {row.state}", "dim"))]
    lines += [((line, ""),) for line in wrap(row.words, width - 2)]
    lines += [(), _line("delta", (delta_words(row), ""))]
    quote = f"{words.price_or_nothing(row.best_bid)} / {words.price_or_nothing(row.best_ask)}"
    lines.append(_line("bid / ask", (f"{quote}   age {words.age(row.book_age_ms)}", "")))
    if row.slices:
        lines.append(_line("would be sent as", (f"{words.plural(row.slices, 'slice')} over ", "")))
        lines[-1] = (*lines[-1], (words.duration(row.window_ms), ""))
    lines += [(), (("all ways to close it", "bold"),)]
    for option in row.options:
        lines += _option(option, pair, option == row.option)
    return lines if row.options else [*lines, (("nobody quotes", "dim"),)]


def _option(option: Option, pair: PairRow | None, is_chosen: bool) -> list[Row]:
    outcome = words.clean(pair.legs[option.leg].outcome) if pair is not None else ""
    verb = "buy" if option.side is Side.BUY else "sell"
    mark = "   <- this one" if is_chosen else ""
    part = "   only a part" if option.is_partial else ""
    what = f"{verb} {words.shares(option.shares)} {outcome} at {words.price(option.price)}"
    return [
        ((what, "bid" if option.side is Side.BUY else "ask"), (part, "dim"), (mark, "key")),
        _line("  costs" if option.side is Side.BUY else "  brings", (words.money(option.money), "")),
        _line("  fee", (words.money(option.fee), "")),
        _line("  gain", gain(option.gain)),
        _line("  profit", gain(option.profit)),
        _line("  locked", gain(option.locked_before), ("  to  ", "dim"), gain(option.locked_after)),
    ]
