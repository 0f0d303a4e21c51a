"""Why a pair is traded, offered or held back, and why an entry is proposed or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core import check_words as c
from cockpit.core import entry_words as e
from cockpit.core import pair_words as w
from cockpit.core.entry import Offer, best_of
from cockpit.core.gates import Input, Row, price
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.core.rebalance import Choice, Option, closable, gates_of, options_of
from cockpit.core.units import PRICE_ONE, cents_text, shares_text
from cockpit.core.why import Why, explained
from cockpit.desk.pair_gates import gates_before

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


def explain_pair(desk: Desk, why: Why, market_id: str) -> Why:
    """Return why a pair is traded, offered or held back now."""
    weighed = desk.state.weighed.get(market_id)
    choice = weighed.choice if weighed is not None else None
    rows = pair_rows(desk, market_id)
    if weighed is not None and weighed.choice.chosen is not None:
        rows += _rows_of_approval(desk, market_id, weighed.choice.chosen, weighed.limit)
    decision = verdict_words(choice) if choice is not None else "not weighed"
    told = replace(why, kind="pair", decision=decision, inputs=pair_inputs(desk, market_id))
    return explained(told, once(rows))


def explain_offer(desk: Desk, why: Why, market_id: str) -> Why:
    """Return why an entry is proposed in a market, or not."""
    found: list[Offer] = []
    market, scans = desk.state.markets[market_id], desk.rules.scans
    rows = [(e.SCANS, scans, not scans, 0), *desk.scanner.gates(market), *desk.scanner.offer_gates(market, found)]
    best = best_of(found)
    offered = f"proposed: {best.kind}, {shares_text(best.shares)} pairs" if best is not None else "nothing to propose"
    told = replace(why, kind="offer", decision=offered, inputs=tuple(_quotes(desk, market_id)))
    return explained(told, once(rows))


def pair_rows(desk: Desk, market_id: str) -> list[Row]:
    """Return every gate between an imbalance and a suggestion, in the order in which the manager asks them."""
    state, rules = desk.state, desk.manager.rules_of(market_id)
    market, position, book = state.markets[market_id], state.position(market_id), state.books[market_id]
    has_ended = state.is_over(market_id)
    before = list(gates_before(desk, market, book, desk.clock.now_ms())) if closable(position) else []
    is_weighed = not has_ended and all(is_open for _, is_open, _, _ in before)
    worth = list(options_now(desk, market_id)) if is_weighed else []
    rule = list(gates_of(position, worth, rules, is_told=True))
    if not is_weighed:
        rule = [row for row in rule if row[0] is not w.QUOTES]  # what nobody has looked at is not missing
    return [(c.ENDED, not has_ended, has_ended, 0), rule[0], *before, *rule[1:]]


def options_now(desk: Desk, market_id: str) -> tuple[Option, ...]:
    """Return the ways to close an imbalance on the book as it is."""
    quotes = desk.manager.quotes_of(market_id)
    if quotes is None:
        return ()
    fees = desk.state.markets[market_id].fees
    return options_of(desk.state.position(market_id), quotes, fees, desk.manager.rules_of(market_id))


def _rows_of_approval(desk: Desk, market_id: str, option: Option, limit: int) -> list[Row]:
    """Return what stands between a suggestion and its first order."""
    state, is_auto = desk.state, desk.manager.mode_of(market_id) == "auto"
    suggestion_id = state.suggestion_ids.get(market_id, ("", ""))[1]
    is_hidden = state.dismissed.get(market_id) == suggestion_id
    size = min(option.shares, desk.rules.limits.max_order_size)
    order = Order("", "", "", market_id, option.leg, option.side, limit, size, created_ms=desk.clock.now_ms())
    *others, decider = desk.manager.gates_of_approval(market_id)
    mine = [row for row in others if is_auto or row[0] not in (w.PAUSE, w.TRADES)]
    return [(w.SHOWN, not is_hidden, is_hidden, 0), *mine, *desk.guard.gates(order, limit), decider]


def once(rows: Iterable[Row]) -> list[Row]:
    """Return each gate once, where it was asked first; closed if it was closed at any time."""
    found: dict[str, Row] = {}
    for row in rows:
        name, is_open = row[0].name, row[1]
        if name not in found or (found[name][1] and not is_open):
            found[name] = row
    return list(found.values())


def verdict_words(choice: Choice) -> str:
    """Return a verdict, and what would be traded."""
    return f"{choice.verdict}: {choice.chosen.action}" if choice.chosen is not None else choice.verdict.value


def pair_inputs(desk: Desk, market_id: str) -> tuple[Input, ...]:
    """Return what a verdict about a pair is made from."""
    market, position = desk.state.markets[market_id], desk.state.position(market_id)
    inputs = []
    for leg in Leg:
        held = position.holding(leg)
        average = f" @ {price(held.average)}" if held.shares > 0 else ""
        coming = f", {shares_text(held.coming)} not confirmed" if held.coming else ""
        inputs.append(Input(f"held {market.outcomes[leg]}", f"{shares_text(held.shares)}{average}{coming}"))
    inputs += _quotes(desk, market_id)
    inputs += [_option_input(desk, option) for option in options_now(desk, market_id)]
    return tuple(inputs)


def _quotes(desk: Desk, market_id: str) -> Iterable[Input]:
    market, book, now = desk.state.markets[market_id], desk.state.books[market_id], desk.clock.now_ms()
    if not book.synced:
        yield Input("book", "none")
        return
    for leg in Leg:
        quote = f"{price(book.bid(leg))} / {price(book.ask(leg))}"
        yield Input(f"bid / ask {market.outcomes[leg]}", quote, book.age_ms(now))


def _option_input(desk: Desk, option: Option) -> Input:
    a_share = option.gain * PRICE_ONE // option.shares
    part = ", a part" if option.is_partial else ""
    words = f"{shares_text(option.shares)} at {price(option.price)}: gains {cents_text(option.gain)} USD, "
    way = "sell" if option.side is Side.SELL else "buy"
    return Input(f"{way} {option.leg.name}", f"{words}{price(a_share)} a share{part}")
