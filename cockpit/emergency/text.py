"""What an emergency command says: sentences for people, one object for programs."""

from __future__ import annotations

from typing import Any

from cockpit.core.market import Market
from cockpit.core.order import Order, OrderState
from cockpit.core.units import money_text, price_text, shares_text
from cockpit.emergency.outcome import Outcome


def to_text(outcome: Outcome) -> str:
    """Return the lines a person reads: what holds, what was cancelled, what stays. Troubles are not among them."""
    lines = [f"halted: {outcome.latched}"] if outcome.latched else []
    if outcome.desk:
        lines.append(f"done by the desk that runs there ({outcome.desk})")
    if outcome.what == "preview":
        lines += _orders("would cancel", outcome.left, outcome.markets)
    else:
        lines += _orders("cancelled", tuple(filter(_was_cancelled, outcome.ended)), outcome.markets)
        if others := tuple(order for order in outcome.ended if not _was_cancelled(order)):
            lines += _orders("ended before they could be cancelled:", others, outcome.markets)
        if outcome.left:
            lines += _orders("STILL OPEN:", outcome.left, outcome.markets)
    if outcome.foreign:
        lines += _orders("left alone, not the desk's own:", outcome.foreign, outcome.markets)
    lines += _holdings(outcome)
    if outcome.is_proven:
        lines.append("proven: none of them is open any more, looked at twice")
    return "\n".join(lines)


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Return the same as plain values; numbers are decimal texts, so that nothing is rounded."""
    open_name = "would_cancel" if outcome.what == "preview" else "still_open"
    found: dict[str, Any] = {
        "command": outcome.what,
        "halted": outcome.latched,
        "desk": outcome.desk,
        "proven": outcome.is_proven,
        "ended": [_order_json(order, outcome.markets) for order in outcome.ended],
        open_name: [_order_json(order, outcome.markets) for order in outcome.left],
        "foreign": [_order_json(order, outcome.markets) for order in outcome.foreign],
        "cash": money_text(outcome.balances.cash) if outcome.balances else None,
        "shares": {token: shares_text(size) for token, size in sorted(_held(outcome).items())},
        "unbalanced": {
            market.id: {
                "name": market.name,
                "outcomes": list(market.outcomes),
                "held": [shares_text(size) for size in sizes],
                "unhedged": shares_text(abs(sizes[0] - sizes[1])),
            }
            for market, sizes in _unbalanced(outcome)
        },
        "troubles": outcome.troubles,
    }
    if outcome.what == "preview":
        del found["ended"], found["proven"]
    return found


def _was_cancelled(order: Order) -> bool:
    """Return whether an order that is gone was cancelled, as far as the exchange has written it."""
    return not order.is_terminal or order.state is OrderState.CANCELLED


def _orders(what: str, orders: tuple[Order, ...], markets: dict[str, Market]) -> list[str]:
    count = "1 order" if len(orders) == 1 else f"{len(orders)} orders"
    return [f"{what} {count}", *(f"  {_order(order, markets)}" for order in orders)]


def _order(order: Order, markets: dict[str, Market]) -> str:
    market = markets.get(order.market_id)
    outcome, name = (market.outcomes[order.leg], market.name) if market else (order.leg.name, order.market_id[:12])
    size = shares_text(order.size)
    part = f", {shares_text(order.filled)} of it filled" if order.filled else ""
    return f"{order.side.name.lower()} {size} {outcome} @ {price_text(order.price)} {name} ({order.id[:12]}){part}"


def _order_json(order: Order, markets: dict[str, Market]) -> dict[str, str]:
    market = markets.get(order.market_id)
    return {
        "id": order.id,
        "market": order.market_id,
        "name": market.name if market else "",
        "outcome": market.outcomes[order.leg] if market else order.leg.name,
        "side": order.side.name,
        "price": price_text(order.price),
        "size": shares_text(order.size),
        "filled": shares_text(order.filled),
        "state": order.state.value,
    }


def _held(outcome: Outcome) -> dict[str, int]:
    return {token: size for token, size in outcome.balances.shares.items() if size} if outcome.balances else {}


def _unbalanced(outcome: Outcome) -> list[tuple[Market, tuple[int, int]]]:
    """Return the markets whose legs differ, the worst first."""
    held = _held(outcome)
    pairs = [
        (market, (held.get(market.tokens[0], 0), held.get(market.tokens[1], 0))) for market in outcome.markets.values()
    ]
    uneven = [(market, sizes) for market, sizes in pairs if sizes[0] != sizes[1]]
    return sorted(uneven, key=lambda pair: -abs(pair[1][0] - pair[1][1]))


def _holdings(outcome: Outcome) -> list[str]:
    """Return what stays: every pair that is held, the unhedged ones first, and what belongs to no known market."""
    if outcome.balances is None:
        return ["what is held is not known"]
    held, uneven = _held(outcome), _unbalanced(outcome)
    lines = []
    for market, (yes, no) in uneven:
        excess, leg = abs(yes - no), 0 if yes > no else 1
        legs = f"{shares_text(yes)} {market.outcomes[0]}, {shares_text(no)} {market.outcomes[1]}"
        lines.append(f"stays UNHEDGED: {market.name}: {legs}: {shares_text(excess)} {market.outcomes[leg]} too many")
    for market in outcome.markets.values():
        yes, no = (held.get(token, 0) for token in market.tokens)
        if yes and yes == no:
            lines.append(f"stays balanced: {market.name}: {shares_text(yes)} of each")
    known = {token for market in outcome.markets.values() for token in market.tokens}
    lines += [f"stays: {shares_text(size)} of {token}" for token, size in held.items() if token not in known]
    return [*lines, f"cash {money_text(outcome.balances.cash)} USD"]
