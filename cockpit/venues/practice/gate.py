"""What the venue refuses because of its mode or the state of the account, before an order meets a book."""

from __future__ import annotations

from cockpit.core.market import Side
from cockpit.core.order import Order
from cockpit.core.units import pay
from cockpit.venues import rules
from cockpit.venues.base import Rejected, Unanswered
from cockpit.venues.practice.episodes import Episodes
from cockpit.venues.practice.exchange import Exchange

WHOLE = 100
"""Episodes of `acct.balance` carry how many hundredths of what is free cannot be used."""


class Gate:
    """Answers for a request what the exchange would not even look at."""

    def __init__(self, exchange: Exchange, episodes: Episodes) -> None:
        self._exchange = exchange
        self._episodes = episodes

    def check_any(self) -> None:
        """Raises: Unanswered while the engine restarts."""
        if self._episodes.bites("mode.restart"):
            raise Unanswered("425 service not ready")

    def check_private(self) -> None:
        """Raises: Unanswered while the engine restarts or the key is not taken."""
        self.check_any()
        if self._episodes.bites("acct.key_revoked"):
            raise Unanswered("401 Unauthorized/Invalid api key")

    def check_trading(self) -> None:
        """Raises: Unanswered while orders and cancels cannot be told from one another's fate, or at all."""
        self.check_private()
        if self._episodes.bites("mode.disabled"):
            raise Unanswered("503 Trading is currently disabled. Check polymarket.com for updates")

    def refuse(self, order: Order) -> Rejected | None:
        """Return why an order is refused now whatever the book holds, or None."""
        bites = self._episodes.bites
        if not order.post_only and bites("mode.post_only"):
            return Rejected(order.id, "post_only_mode", "post-only mode: only post-only orders and cancels are allowed")
        if bites("mode.cancel_only"):
            text = "Trading is currently cancel-only. New orders are not accepted, but cancels are allowed."
            return Rejected(order.id, "cancel_only", text)
        if bites("acct.banned"):
            return Rejected(order.id, "banned", "'practice' address banned")
        if order.side is Side.BUY and bites("acct.closed_only"):
            return Rejected(order.id, "closed_only", "'practice' address in closed only mode")
        if bites("market.pause", order.market_id):
            return rules.not_ready(order)
        return self._refuse_unfree(order)

    def _refuse_unfree(self, order: Order) -> Rejected | None:
        """Part of what is free cannot be used."""
        account, market = self._exchange.account, self._exchange.markets.get(order.market_id)
        if market is None or not self._episodes.is_running("acct.balance"):
            return None
        if order.side is Side.BUY:
            free, needed = account.free_cash(), pay(order.size, order.price)
        else:
            free, needed = account.free_shares(market, order.leg), order.size
        usable = max(free, 0) * (WHOLE - self._episodes.amount("acct.balance")) // WHOLE
        if usable < needed <= free and self._episodes.bites("acct.balance"):
            return rules.no_balance(order, usable, needed)
        return None
