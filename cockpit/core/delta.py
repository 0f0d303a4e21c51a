"""`DeltaTracker`: delta and exposure of YES/NO pairs behind a Decimal interface. Described in docs/DELTA_TRACKER.md.

Exact: numbers are kept as integers of 1e-24, floats are taken through `str`, and results are Decimals without
trailing zeros. The sums are `cockpit.core.exposure.Exposure`, the same code the cockpit's own numbers come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cockpit.core.exact import (
    PLACES,
    SCALE,
    WIDE,
    DeltaTrackerError,
    Number,
    decimal_of,
    exact,
    exact_price,
    exact_size,
    tidy,
)
from cockpit.core.exposure import Exposure

__all__ = ["DEFAULT_MAX_DELTA_PCT", "TOLERANCE", "DeltaTracker", "DeltaTrackerError", "TrackedPosition"]

DEFAULT_MAX_DELTA_PCT = Decimal("0.05")
TOLERANCE = Decimal("0.0001")
"""Shares: differences up to this are rounding, not discrepancies."""


def _sizes(market_id: str, row: Mapping[str, Number]) -> tuple[int, int]:
    if not isinstance(market_id, str):
        raise DeltaTrackerError(f"market_id {market_id!r:.40} must be a text")
    if not isinstance(row, Mapping) or not {"yes_size", "no_size"} & set(row):
        raise DeltaTrackerError(f'{market_id}: {row!r:.80} must be a mapping with "yes_size", "no_size" or both')
    yes, no = row.get("yes_size", 0), row.get("no_size", 0)
    return exact_size(yes, f"{market_id} yes_size"), exact_size(no, f"{market_id} no_size")


@dataclass(frozen=True, slots=True)
class TrackedPosition:
    """One pair: shares of each leg and the prices they are marked at."""

    market_id: str
    yes_size: Decimal
    no_size: Decimal
    yes_price: Decimal
    no_price: Decimal

    @property
    def delta(self) -> Decimal:
        """YES minus NO shares."""
        return tidy(WIDE.subtract(self.yes_size, self.no_size))

    @property
    def is_delta_neutral(self) -> bool:
        """As many YES as NO."""
        return self.yes_size == self.no_size

    @property
    def yes_exposure(self) -> Decimal:
        """YES shares x YES price, in USD."""
        return tidy(WIDE.multiply(self.yes_size, self.yes_price))

    @property
    def no_exposure(self) -> Decimal:
        """NO shares x NO price, in USD."""
        return tidy(WIDE.multiply(self.no_size, self.no_price))

    def to_dict(self) -> dict[str, Any]:
        """Return all fields and the derived numbers, Decimals as they are."""
        return {
            "market_id": self.market_id,
            "yes_size": self.yes_size,
            "no_size": self.no_size,
            "prices": {"yes": self.yes_price, "no": self.no_price},
            "delta": self.delta,
            "is_delta_neutral": self.is_delta_neutral,
            "yes_exposure": self.yes_exposure,
            "no_exposure": self.no_exposure,
        }


class DeltaTracker:
    """Delta of a book of pairs, whether it is out of bounds, and what would bring it back."""

    def __init__(self, max_delta_pct: Number = DEFAULT_MAX_DELTA_PCT) -> None:
        limit = exact(max_delta_pct, "max_delta_pct")
        if not 0 <= limit <= SCALE:
            raise DeltaTrackerError(f"max_delta_pct {max_delta_pct} must be between 0 and 1")
        self._limit = limit
        self._sums = Exposure()

    @property
    def max_delta_pct(self) -> Decimal:
        """The share of total exposure that abs(delta) may reach."""
        return decimal_of(self._limit)

    def add_position(
        self, market_id: str, yes_size: Number, no_size: Number, prices: Mapping[str, Number]
    ) -> TrackedPosition:
        """Add a pair; one leg may be zero, not both. Raises: DeltaTrackerError."""
        if not isinstance(market_id, str) or not market_id:
            raise DeltaTrackerError(f"market_id {market_id!r} must be a text that is not empty")
        if market_id in self._sums:
            raise DeltaTrackerError(f"market {market_id!r} is tracked already; use update_position")
        sizes, marks = self._checked(yes_size, no_size, prices)
        return self._store(market_id, sizes, marks)

    def update_position(
        self,
        market_id: str,
        yes_size: Number | None = None,
        no_size: Number | None = None,
        prices: Mapping[str, Number] | None = None,
    ) -> TrackedPosition:
        """Change sizes, prices or both; what is left out stays. Raises: DeltaTrackerError."""
        held = self._known(market_id)
        if prices is not None and not isinstance(prices, Mapping):
            raise DeltaTrackerError(f"prices {prices!r:.80} must be a mapping")
        sizes, marks = self._checked(
            held.yes_size if yes_size is None else yes_size,
            held.no_size if no_size is None else no_size,
            {"yes": held.yes_price, "no": held.no_price} | dict(prices or {}),
        )
        return self._store(market_id, sizes, marks)

    def remove_position(self, market_id: str) -> TrackedPosition:
        """Stop tracking a pair and return what it was. Raises: DeltaTrackerError."""
        held = self._known(market_id)
        self._sums.remove(market_id)
        return held

    def get_position(self, market_id: str) -> TrackedPosition | None:
        """Return a pair, or None when it is not tracked."""
        return self._known(market_id) if market_id in self else None

    def get_delta(self) -> Decimal:
        """Return the sum of YES minus NO shares; opposite imbalances cancel (see `get_unhedged`)."""
        return decimal_of(self._sums.delta)

    def get_unhedged(self) -> Decimal:
        """Return the sum of abs(YES minus NO): what no other pair hides."""
        return decimal_of(self._sums.unhedged)

    def get_total_exposure(self) -> Decimal:
        """Return the sum of size x price of all legs, in USD."""
        return decimal_of(self._sums.total, 2 * PLACES)

    def needs_rebalance(self) -> bool:
        """Return whether abs(delta) > max_delta_pct x total exposure."""
        return self._sums.breaches(self._limit, SCALE, SCALE)

    def get_position_report(self) -> dict[str, Any]:
        """Return count, exposures, delta, delta in % of exposure, the pairs that are not neutral, and the status."""
        sums = self._sums
        percent = WIDE.multiply(WIDE.divide(Decimal(sums.delta * SCALE), Decimal(sums.total)), 100) if sums.total else 0
        needed = self.needs_rebalance()
        return {
            "total_positions": len(sums),
            "yes_exposure": decimal_of(sums.yes, 2 * PLACES),
            "no_exposure": decimal_of(sums.no, 2 * PLACES),
            "total_exposure": self.get_total_exposure(),
            "delta": self.get_delta(),
            "delta_pct": Decimal(percent).quantize(Decimal("0.0001"), context=WIDE),
            "unhedged": self.get_unhedged(),
            "max_delta_pct": self.max_delta_pct,
            "non_neutral_positions": [p.to_dict() for p in self if not p.is_delta_neutral],
            "needs_rebalance": needed,
            "status": "REBALANCE NEEDED" if needed else "OK",
        }

    def get_rebalancing_suggestion(self) -> dict[str, Any] | None:
        """Return the trade that lowers the delta most in one market, or None while it is within bounds."""
        if not self.needs_rebalance():
            return None
        sign = 1 if self._sums.delta > 0 else -1
        market_id, weight = max(self._sums.items(), key=lambda item: sign * item[1].delta)
        size = min(abs(self._sums.delta), abs(weight.delta))
        excess, deficit = ("YES", "NO") if sign > 0 else ("NO", "YES")
        return {
            "suggested_trade": f"BUY_{deficit}",
            "alternative_trade": f"SELL_{excess}",
            "market_id": market_id,
            "leg": deficit,
            "estimated_trade_size": decimal_of(size),
            "delta": self.get_delta(),
            "reason": (
                f"delta {self.get_delta()} is beyond {self.max_delta_pct} of exposure {self.get_total_exposure()}; "
                f"{market_id} holds {decimal_of(abs(weight.delta))} {excess} more than {deficit}"
            ),
        }

    def reconcile_with_exchange(self, exchange_positions: Mapping[str, Mapping[str, Number]]) -> dict[str, Any]:
        """Compare with {market: {"yes_size", "no_size"}}; a market of no shares counts as absent. Changes nothing.

        A size that is left out counts as none held. Raises: DeltaTrackerError when a row names neither size, or one
        that is not a number, or negative.
        """
        if not isinstance(exchange_positions, Mapping):
            raise DeltaTrackerError(f"exchange_positions {exchange_positions!r:.80} must be a mapping of markets")
        theirs = {market: _sizes(market, row) for market, row in exchange_positions.items()}
        theirs = {market: sizes for market, sizes in theirs.items() if any(sizes)}
        tolerance = exact(TOLERANCE, "tolerance")
        discrepancies = []
        for market, weight in self._sums.items():
            yes, no = theirs.get(market, (weight.yes, weight.no))
            if max(abs(yes - weight.yes), abs(no - weight.no)) > tolerance:
                discrepancies.append(
                    {
                        "market_id": market,
                        "tracker": {"yes_size": decimal_of(weight.yes), "no_size": decimal_of(weight.no)},
                        "exchange": {"yes_size": decimal_of(yes), "no_size": decimal_of(no)},
                        "difference": {"yes_size": decimal_of(yes - weight.yes), "no_size": decimal_of(no - weight.no)},
                    }
                )
        here = [m for m, sizes in theirs.items() if m not in self._sums and max(sizes) > tolerance]
        there = [m for m, w in self._sums.items() if m not in theirs and max(w.yes, w.no) > tolerance]
        return {
            "reconciled": not (discrepancies or here or there),
            "discrepancies": discrepancies,
            "missing_in_tracker": here,
            "missing_in_exchange": there,
        }

    def reset(self) -> None:
        """Forget all pairs."""
        self._sums = Exposure()

    def __len__(self) -> int:
        return len(self._sums)

    def __contains__(self, market_id: object) -> bool:
        return isinstance(market_id, str) and market_id in self._sums

    def __iter__(self) -> Iterator[TrackedPosition]:
        return iter([self._known(market) for market, _ in self._sums.items()])

    def __repr__(self) -> str:
        return f"DeltaTracker(positions={len(self)}, delta={self.get_delta()}, max_delta_pct={self.max_delta_pct})"

    def _known(self, market_id: str) -> TrackedPosition:
        weight = self._sums.get(market_id) if isinstance(market_id, str) else None
        if weight is None:
            raise DeltaTrackerError(f"market {market_id!r} is not tracked")
        return TrackedPosition(
            market_id,
            decimal_of(weight.yes),
            decimal_of(weight.no),
            decimal_of(weight.yes_price),
            decimal_of(weight.no_price),
        )

    @staticmethod
    def _checked(yes: Number, no: Number, prices: Mapping[str, Number]) -> tuple[tuple[int, int], tuple[int, int]]:
        sizes = exact_size(yes, "yes_size"), exact_size(no, "no_size")
        if not any(sizes):
            raise DeltaTrackerError("yes_size and no_size are both 0; at least one must be above 0")
        if not isinstance(prices, Mapping) or set(prices) != {"yes", "no"}:
            raise DeltaTrackerError(f'prices {prices!r:.80} must be a mapping with "yes" and "no", nothing else')
        return sizes, (exact_price(prices["yes"], "yes price"), exact_price(prices["no"], "no price"))

    def _store(self, market_id: str, sizes: tuple[int, int], marks: tuple[int, int]) -> TrackedPosition:
        self._sums.set_shares(market_id, *sizes)
        self._sums.set_prices(market_id, *marks)
        return self._known(market_id)
