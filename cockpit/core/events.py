"""What happened: facts are journaled and folded again after a restart, market data is folded and forgotten."""

from __future__ import annotations

from cockpit.core.facts import (
    CashMoved,
    ClaimRedeemed,
    ConversionAsked,
    ConversionFailed,
    DayStarted,
    Decided,
    DeskStarted,
    DifferenceEnded,
    DifferenceSeen,
    EntryMoved,
    EntryStarted,
    FillMoved,
    FillSeen,
    Halted,
    MarketEnded,
    MarketListed,
    Noted,
    OrderMoved,
    OrderSending,
    PairHalted,
    PairModeSet,
    PairsMerged,
    ParentAmended,
    ParentMoved,
    ParentPlanned,
    ParentStarted,
    ReducingSet,
    Released,
    ResolutionMoved,
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
    TapeLoaded,
    TradePrinted,
)

Fact = (
    DeskStarted
    | MarketListed
    | TickChanged
    | MarketEnded
    | ResolutionMoved
    | PairModeSet
    | CashMoved
    | DayStarted
    | SuggestionApproved
    | SuggestionDismissed
    | ParentStarted
    | ParentMoved
    | ParentAmended
    | ParentPlanned
    | EntryStarted
    | EntryMoved
    | SliceSkipped
    | Decided
    | OrderSending
    | OrderMoved
    | FillSeen
    | FillMoved
    | PairsMerged
    | ClaimRedeemed
    | ConversionAsked
    | ConversionFailed
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
    "ClaimRedeemed",
    "ConnectionChanged",
    "ConversionAsked",
    "ConversionFailed",
    "DayStarted",
    "Decided",
    "DeskStarted",
    "DifferenceEnded",
    "DifferenceSeen",
    "EntryMoved",
    "EntryStarted",
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
    "PairModeSet",
    "PairWeighed",
    "PairsMerged",
    "ParentAmended",
    "ParentMoved",
    "ParentPlanned",
    "ParentStarted",
    "ReducingSet",
    "Released",
    "ResolutionMoved",
    "SliceSkipped",
    "StopProven",
    "SuggestionApproved",
    "SuggestionDismissed",
    "TapeLoaded",
    "TickChanged",
    "TradePrinted",
]
