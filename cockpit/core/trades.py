"""The trades of a telemetry by pair, and what each pair held before the fact that is folded."""

from __future__ import annotations

from cockpit.core.position import Position
from cockpit.core.state import State
from cockpit.core.trade import Trade
from cockpit.core.trade_record import TradeRecord
from cockpit.core.trade_view import record_of


class Trades:
    """All trades so far, oldest first."""

    def __init__(self) -> None:
        self.version = 0
        """Grows with every fact that concerns a trade."""
        self._all: list[Trade] = []
        self._of: dict[str, list[Trade]] = {}
        """Market id -> its trades."""
        self._held: dict[str, Position] = {}
        self._records: dict[str, TradeRecord] = {}
        """As of the last look; those a fact concerns are dropped."""

    def begin(self, market_id: str, at_ms: int) -> Trade:
        """Return a new trade; the first of a pair has everything that pair ever realises before the second."""
        trade, others = Trade(f"T-{len(self._all) + 1:04d}", market_id, at_ms), self._of.setdefault(market_id, [])
        if others:
            trade.realised_before = self.before(market_id).realised
        self._all.append(trade)
        others.append(trade)
        return trade

    def last_of(self, market_id: str) -> Trade | None:
        """Return the newest trade of a pair."""
        trades = self._of.get(market_id)
        return trades[-1] if trades else None

    def open_of(self, market_id: str) -> Trade | None:
        """Return the trade of a pair that goes on."""
        trade = self.last_of(market_id)
        return trade if trade is not None and trade.ended_ms is None else None

    def current(self, state: State, market_id: str) -> Trade | None:
        """Return the trade that a fill belongs to; after the market's end, the last one."""
        return self.last_of(market_id) if market_id in state.ended else self.open_of(market_id)

    def before(self, market_id: str) -> Position:
        """Return a pair's position before the fact that is folded."""
        return self._held.get(market_id) or Position(market_id)

    def touch(self, state: State, market_id: str) -> None:
        """A fact has concerned a market: remember its position for the next one, and make its records anew."""
        self.version += 1
        if market_id in state.positions:
            self._held[market_id] = state.positions[market_id]
        for trade in self._of.get(market_id, ()):
            self._records.pop(trade.id, None)

    def records(self, state: State) -> tuple[TradeRecord, ...]:
        """Return every trade as it is now."""
        for trades in self._of.values():
            for index, trade in enumerate(trades):
                if trade.id not in self._records:
                    after = trades[index + 1].realised_before if index + 1 < len(trades) else None
                    self._records[trade.id] = record_of(state, trade, after)
        return tuple(self._records[trade.id] for trade in self._all)
