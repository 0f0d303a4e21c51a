"""Rows about capital that can be freed: pairs to merge, and what resolved markets owe."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.conversion import ConversionKind


@dataclass(frozen=True, slots=True)
class CapitalRow:
    """One merge or redemption that is possible, or on its way. Shares and money in 1/1,000,000."""

    market_id: str
    name: str
    kind: ConversionKind
    shares: int
    """Pairs to merge; 0 for a redemption."""
    amount: int
    left_ms: int | None
    """Until the market would have paid it anyway; None where no end is scheduled."""
    saved: int
    """What selling both legs would bring less."""
    asked_ms: int | None = None
    """When it was asked for; None while it is only possible."""
