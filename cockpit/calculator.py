"""`cockpit options`: what the manager would weigh for a hypothetical position, from the same core code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cockpit.core.errors import UsageError
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg
from cockpit.core.position import Holding, Position
from cockpit.core.rebalance import Choice, Option, Quotes, RebalanceRules, Verdict, choose, options_of
from cockpit.core.units import (
    PRICE_ONE,
    SHARE,
    UnitError,
    floor_lot,
    money_decimal,
    parse_price,
    parse_rate,
    parse_shares,
    pay,
    price_decimal,
    shares_decimal,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed, as text."""

    yes: str
    no: str
    yes_bid: str | None = None
    yes_ask: str | None = None
    no_bid: str | None = None
    no_ask: str | None = None
    fee_rate: str = "0"
    min_size: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The position and what can be done about it."""

    position: Position
    choice: Choice


def ask(question: Question, rules: RebalanceRules) -> Answer:
    """Return the options and the choice. Raises: UsageError that names the field, the value and what is allowed."""
    yes, no = _holding(question.yes, "--yes"), _holding(question.no, "--no")
    position = Position("calculator", yes, no, cash=-(yes.cost + no.cost))
    rate = _parsed("--fee-rate", question.fee_rate, parse_rate, "a rate between 0 and 1 with at most 4 decimals")
    least = 0
    if question.min_size is not None:
        least = _parsed("--min-size", question.min_size, parse_shares, "shares, like 5")
    heavy = Leg.YES if position.delta >= 0 else Leg.NO
    quotes = _quotes(question, heavy, floor_lot(abs(position.delta)))
    applied = replace(rules, min_size=least, min_taker_cost=0 if question.min_size is None else 1_000_000)
    choice = choose(position, options_of(position, quotes, FeeSchedule(rate), applied), applied)
    return Answer(position, choice)


def to_json(answer: Answer) -> str:
    """Return one JSON object: the results without a trade, and every option with its numbers."""
    position, choice = answer.position, answer.choice
    outcome = {"if_yes_before": _number(position.if_yes), "if_no_before": _number(position.if_no)}
    record = {
        **outcome,
        "locked_before": _number(position.locked),
        "verdict": choice.verdict.value,
        "options": [{**_row(o), **outcome, "chosen": o is choice.chosen} for o in choice.options],
    }
    return json.dumps(record)


def to_text(answer: Answer) -> str:
    """Return the same as lines for a person."""
    position, choice = answer.position, answer.choice
    yes, no, locked = (_number(v) for v in (position.if_yes, position.if_no, position.locked))
    lines = [f"now: {yes:+.2f} USD if YES wins, {no:+.2f} if NO wins, locked {locked:+.2f}"]
    if choice.options:
        lines.append("   action      shares   price      fee   profit     gain  locked after")
    for option in choice.options:
        row = _row(option)
        mark = ">" if option is choice.chosen else " "
        lines.append(
            f" {mark} {row['action']:<9} {row['shares']:>8.2f}  {row['price']:.4f}  {row['fee']:>7.4f}"
            f"  {row['profit']:>+7.2f}  {row['gain']:>+7.2f}  {row['locked_after']:>+12.2f}"
        )
    lines.append("chosen: " + (choice.chosen.action if choice.chosen else f"nothing ({_why(choice.verdict)})"))
    return "\n".join(lines)


def _why(verdict: Verdict) -> str:
    return "the pair counts as balanced" if verdict is Verdict.BALANCED else verdict.value


def _row(option: Option) -> dict[str, Any]:
    return {
        "action": option.action,
        "shares": float(shares_decimal(option.shares)),
        "price": float(price_decimal(option.price)),
        "fee": _number(option.fee),
        "profit": _number(option.profit),
        "gain": _number(option.gain),
        "locked_before": _number(option.locked_before),
        "locked_after": _number(option.locked_after),
    }


def _number(money: int) -> float:
    """Money for printing; six decimals survive a float exactly as text."""
    return float(money_decimal(money))


def _parsed(field: str, text: str, parse: Callable[[str], int], allowed: str) -> int:
    try:
        return parse(text)
    except UnitError as error:
        raise UsageError(f"{field}: {error}; give {allowed}") from None


def _holding(text: str, field: str) -> Holding:
    size_text, separator, price_text = text.partition("@")
    allowed = "shares@price, like 10@0.48"
    size = _parsed(field, size_text, parse_shares, allowed)
    if not separator:
        if size:
            raise UsageError(f"{field} {text[:40]!r}: no price; give {allowed}")
        return Holding()
    if size > 10**9 * SHARE:
        raise UsageError(f"{field} {text[:40]!r}: more than a billion shares")
    price = _parsed(field, price_text, parse_price, allowed)
    if not 0 < price < PRICE_ONE:
        raise UsageError(f"{field} {text[:40]!r}: the price must lie between 0 and 1; give {allowed}")
    return Holding(size, pay(size, price), size)


def _quotes(question: Question, heavy: Leg, size: int) -> Quotes:
    """Return what was quoted; a quote left out is the mirror of the other leg's (one book serves both)."""
    bids = {Leg.YES: _quote("--yes-bid", question.yes_bid), Leg.NO: _quote("--no-bid", question.no_bid)}
    asks = {Leg.YES: _quote("--yes-ask", question.yes_ask), Leg.NO: _quote("--no-ask", question.no_ask)}
    bid, ask = bids[heavy], asks[heavy.other]
    if bid is None and ask is not None:
        bid = PRICE_ONE - ask
    elif ask is None and bid is not None:
        ask = PRICE_ONE - bid
    if bid is None or ask is None:
        if size == 0:
            return Quotes((), ())
        heavy_name, light_name = heavy.name.lower(), heavy.other.name.lower()
        raise UsageError(f"--{heavy_name}-bid or --{light_name}-ask is missing: what can the imbalance be traded at?")
    return Quotes(((bid, size),), ((ask, size),))


def _quote(field: str, text: str | None) -> int | None:
    if text is None:
        return None
    price = _parsed(field, text, parse_price, "a price between 0 and 1")
    if not 0 < price < PRICE_ONE:
        raise UsageError(f"{field} {text[:40]!r}: the price must lie between 0 and 1")
    return price
