"""Turn what a person or rule saw into a parent order, or say why it no longer holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.limits import Reason, Refused
from cockpit.core.market import Side
from cockpit.core.parent import Algorithm, AtEnd, How, Parent, Style
from cockpit.core.profile import profile_of
from cockpit.core.rebalance import Option, closable, still_gains
from cockpit.core.slicing.rules import CannotSlice
from cockpit.core.units import price_text, shares_text
from cockpit.desk.manager import AUTO
from cockpit.desk.placing.prepared import parent_id
from cockpit.desk.working.children import child_of

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


class Approval:
    """What is approved is what is sent, or nothing is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def approve(self, command: cmd.Approve) -> str | Refused:
        """Turn what was seen into a parent order, if it still holds."""
        desk, now = self._desk, self._desk.clock.now_ms()
        found = self.market_of(command.suggestion_id)
        if isinstance(found, Refused):
            return found
        market_id, option = found
        refusal = self._is_stale(command, market_id, option)
        if refusal is not None:
            return refusal
        parent = self._parent(command, market_id, option, now)
        by = "rule" if command.id.startswith(AUTO) else "person"
        # By itself it closes at once what the best level holds: every slice that waits may find it gone.
        held = desk.state.books[market_id].size_for(parent.side, parent.leg)
        is_whole = by == "rule" and parent.size <= held
        plan = desk.executor.planner.first(parent, 1 if is_whole else desk.rules.slice_count)
        if isinstance(plan, CannotSlice):
            return Refused(Reason.CANNOT_SLICE, plan.reason)
        parent = replace(parent, slices=plan)
        first = min(plan[0].size, desk.rules.limits.max_order_size)
        first_child = child_of(desk, parent, 0, first, parent.limit, now)
        dry_run = desk.guard.check(first_child, command.limit)
        if isinstance(dry_run, Refused):
            return dry_run
        desk.deciding.approved(command, market_id, first_child)
        desk.record(
            ev.SuggestionApproved(
                now,
                command.id,
                command.suggestion_id,
                market_id,
                command.action,
                command.shares,
                command.limit,
                command.seen_price,
                option.gain,
                by,
            )
        )
        desk.record(ev.ParentStarted(now, parent))
        name, outcome = desk.state.markets[market_id].name, desk.state.markets[market_id].outcomes[option.leg]
        words = f"{parent.id} {option.side.name.lower()} {shares_text(parent.size)} {outcome} {name}"
        desk.note("info", f"{words} in {len(plan)} slices, limit {price_text(parent.limit)}")
        return words

    def market_of(self, suggestion_id: str) -> tuple[str, Option] | Refused:
        """Return a suggestion's market and what it would do now."""
        state = self._desk.state
        for market_id, (_, known_id) in state.suggestion_ids.items():
            chosen = state.weighed[market_id].choice.chosen if market_id in state.weighed else None
            if known_id == suggestion_id and chosen is not None and state.dismissed.get(market_id) != suggestion_id:
                return market_id, chosen
        return Refused(
            Reason.WITHDRAWN, f"suggestion {suggestion_id} is no longer there: the market or the pair changed"
        )

    def _is_stale(self, command: cmd.Approve, market_id: str, option: Option) -> Refused | None:
        """Refuse what is no longer what the person saw."""
        state = self._desk.state
        working = state.open_parent(market_id)
        if working is not None:
            return Refused(Reason.ALREADY_WORKING, f"{working.id} already works this pair")
        if option.action != command.action:
            return Refused(Reason.CHANGED, f"it is now {option.action}, you saw {command.action}")
        excess = closable(state.position(market_id))
        if command.shares > excess or command.shares <= 0:
            return Refused(
                Reason.CHANGED,
                f"the imbalance is now {shares_text(excess)} shares, you saw {shares_text(command.shares)}",
            )
        if refusal := self._is_beyond_rule(command, market_id, option):
            return refusal
        book = state.books[market_id]
        best = book.best_for(option.side, option.leg)
        if option.side.is_beyond(best, command.limit):
            return Refused(
                Reason.PRICE_MOVED, f"the price is now {price_text(best)}, beyond the limit {price_text(command.limit)}"
            )
        return None

    def _is_beyond_rule(self, command: cmd.Approve, market_id: str, option: Option) -> Refused | None:
        """Refuse a limit further from what was seen than the rules allow, or one that would not gain the minimum."""
        desk = self._desk
        rules, market = desk.manager.rules_of(market_id), desk.state.markets[market_id]
        behind = command.limit - command.seen_price if option.side is Side.BUY else command.seen_price - command.limit
        position = desk.state.position(market_id)
        seen = replace(option, shares=command.shares)
        if behind > rules.max_slippage or not still_gains(seen, command.limit, market.fees, position, rules):
            return Refused(
                Reason.LIMIT_PRICE,
                f"limit {price_text(command.limit)} is too far from the {price_text(command.seen_price)} you saw, "
                "or would not gain the minimum",
            )
        return None

    def _parent(self, command: cmd.Approve, market_id: str, option: Option, now: int) -> Parent:
        """Return the parent of a rebalance, not planned yet: it takes, slice by slice, and crosses what is left."""
        desk = self._desk
        name, state = parent_id(desk), desk.state
        # A chunk that rests closes nothing: what an iceberg would hide is cut evenly instead.
        algorithm = Algorithm.TWAP if desk.rules.algorithm is Algorithm.ICEBERG else desk.rules.algorithm
        how = How(Style.TAKE, AtEnd.CROSS, desk.rules.min_child)
        if algorithm is Algorithm.RANDOM:
            how = replace(how, seed=desk.ids.seed(name))
        elif algorithm is Algorithm.VWAP:
            profile = profile_of(state.markets[market_id], now, desk.rules.slice_window_ms, state.markets, state.tapes)
            how = replace(how, profile=profile.words, curve=profile.curve)
        return Parent(
            id=name,
            market_id=market_id,
            leg=option.leg,
            side=option.side,
            size=command.shares,
            limit=command.limit,
            algorithm=algorithm,
            slices=(),
            ends_at_ms=now + desk.rules.slice_window_ms,
            created_ms=now,
            suggestion_id=command.suggestion_id,
            arrival_price=option.price,
            how=how,
        )
