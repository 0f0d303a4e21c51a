"""What happened: facts are journaled and folded again after a restart, market data is folded and forgotten."""

from __future__ import annotations

from cockpit.core.facts import (
    CashMoved,
    DayStarted,
    DeskStarted,
    DifferenceEnded,
    DifferenceSeen,
    FillMoved,
    FillSeen,
    Halted,
    MarketEnded,
    MarketListed,
    Noted,
    OrderMoved,
    OrderSending,
    PairHalted,
    ParentAmended,
    ParentMoved,
    ParentStarted,
    ReducingSet,
    Released,
    SliceSkipped,
    StopProven,
    SuggestionApproved,
    SuggestionDismissed,
    TickChanged,
)
from cockpit.core.market_data import (
    BookLost,
    BookSnapshot,
    ConnectionChanged,
    FeedStats,
    ForeignOrders,
    LevelsChanged,
    MarketData,
    PairWeighed,
    TradePrinted,
)

Fact = (
    DeskStarted
    | MarketListed
    | TickChanged
    | MarketEnded
    | CashMoved
    | DayStarted
    | SuggestionApproved
    | SuggestionDismissed
    | ParentStarted
    | ParentMoved
    | ParentAmended
    | SliceSkipped
    | OrderSending
    | OrderMoved
    | FillSeen
    | FillMoved
    | Halted
    | StopProven
    | Released
    | ReducingSet
    | DifferenceSeen
    | DifferenceEnded
    | PairHalted
    | Noted
)
FACTS: tuple[type[Fact], ...] = Fact.__args__
Event = MarketData | Fact

__all__ = [
    "FACTS",
    "BookLost",
    "BookSnapshot",
    "CashMoved",
    "ConnectionChanged",
    "DayStarted",
    "DeskStarted",
    "DifferenceEnded",
    "DifferenceSeen",
    "Event",
    "Fact",
    "FeedStats",
    "FillMoved",
    "FillSeen",
    "ForeignOrders",
    "Halted",
    "LevelsChanged",
    "MarketData",
    "MarketEnded",
    "MarketListed",
    "Noted",
    "OrderMoved",
    "OrderSending",
    "PairHalted",
    "PairWeighed",
    "ParentAmended",
    "ParentMoved",
    "ParentStarted",
    "ReducingSet",
    "Released",
    "SliceSkipped",
    "StopProven",
    "SuggestionApproved",
    "SuggestionDismissed",
    "TickChanged",
    "TradePrinted",
]
