"""Pictures of suggestions: what would close each imbalance, and why it is offered or not."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core.frame_orders import SuggestionRow
from cockpit.core.market import Leg, Side
from cockpit.core.parent import Parent
from cockpit.core.rebalance import Verdict, is_balanced
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, money_text, price_text, shares_text
from cockpit.desk.rules import DeskRules


def suggestions(state: State, now_ms: int, rules: DeskRules) -> Iterable[SuggestionRow]:
    """Return a row for every held pair that is not balanced, what can be approved first."""
    rows = [_suggestion(state, m, now_ms, rules) for m in state.weighed if not state.position(m).is_flat]
    order = {"open": 0, "working": 1, "waiting": 2, "hold": 3, "dust": 4}
    return sorted((row for row in rows if row is not None), key=lambda row: order[row.state])


def _suggestion(state: State, market_id: str, now_ms: int, rules: DeskRules) -> SuggestionRow | None:
    weighed, market, book = state.weighed[market_id], state.markets[market_id], state.books[market_id]
    choice, working = weighed.choice, state.open_parent(market_id)
    if choice.verdict is Verdict.BALANCED and (working is None or not working.suggestion_id):
        return None
    suggestion_id = state.suggestion_ids.get(market_id, ("", ""))[1]
    is_open = choice.chosen is not None and working is None and state.dismissed.get(market_id) != suggestion_id
    option = choice.chosen or max(choice.options, key=lambda o: o.gain, default=None)
    if working is not None:
        # Only one order at a time works on a pair, whoever began it.
        status = "working" if working.suggestion_id else "waiting"
    else:
        status = "open" if is_open else "dust" if choice.verdict is Verdict.DUST else "hold"
    before = state.position(market_id).delta
    leg = option.leg if option else Leg.YES
    sign = 0 if option is None else 1 if (option.side is Side.BUY) == (leg is Leg.YES) else -1
    return SuggestionRow(
        id=suggestion_id if is_open else "",
        market_id=market_id,
        name=market.name,
        state=status,
        words=_words(state, market_id, working, is_open, rules),
        option=option,
        options=choice.options,
        outcome=market.outcomes[leg],
        limit=weighed.limit,
        delta_before=before,
        delta_after=before + sign * option.shares if option else before,
        slices=rules.slice_count,
        window_ms=rules.slice_window_ms,
        parent_id=working.id if working else "",
        best_bid=book.bid(leg),
        best_ask=book.ask(leg),
        book_age_ms=book.age_ms(now_ms),
    )


def _words(state: State, market_id: str, working: Parent | None, is_open: bool, rules: DeskRules) -> str:
    choice, market, position = state.weighed[market_id].choice, state.markets[market_id], state.position(market_id)
    heavy = Leg.YES if position.delta > 0 else Leg.NO
    short = f"{market.outcomes[heavy.other]} short {shares_text(abs(position.delta))}"
    chosen = choice.chosen
    if is_open and chosen is not None and chosen.gain < 0:
        before, after = money_text(chosen.locked_before), money_text(chosen.locked_after)
        return f"{short} for too long: costs {money_text(-chosen.gain)}; waiting, the worst is {before}, then {after}"
    if is_open and is_balanced(position, rules.rebalance.threshold):
        return f"{short}: book_delta, all pairs together are beyond the limit"
    if working is not None or is_open:
        return short
    if choice.chosen is not None:
        return "dismissed until the pair changes"
    match choice.verdict:
        case Verdict.DUST:
            return f"dust: {shares_text(abs(position.delta))} shares are below the venue's minimum"
        case Verdict.BELOW_MINIMUM:
            best = max(choice.options, key=lambda option: option.gain)
            per_share = best.gain * PRICE_ONE // best.shares
            sign = "-" if per_share < 0 else ""
            least = price_text(rules.rebalance.min_profit)
            return f"hold: gain {sign}{price_text(abs(per_share))} a share, needs {least}"
        case Verdict.UNPROVEN:
            return f"hold: waiting for confirmation ({short})"
        case Verdict.NO_QUOTE:
            return f"hold: nobody quotes ({short})"
        case Verdict.ENDING:
            return "hold: the market is about to end"
        case _:
            return f"hold: {choice.verdict.value}"
