"""The wire that events come through, with its faults. What stays lost is learnt from reads and snapshots.

Where a market stands for good (listed, ended, its tick) is never lost, only late: an adapter asks for it.
"""

from __future__ import annotations

import asyncio

from cockpit.core import events as ev
from cockpit.venues.base import Sink
from cockpit.venues.practice.faults import Faults
from cockpit.venues.practice.rig import Rig
from cockpit.venues.practice.venue import PracticeVenue

BOOK = (ev.BookSnapshot, ev.LevelsChanged, ev.TradePrinted)
OURS = (ev.FillSeen, ev.FillMoved, ev.OrderMoved)
MEND_MS = (1_000, 30_000)
"""When an adapter notices that a book is wrong."""
DELAY_MS = (100, 30_000)
_SWAP_MS = 2_000


class Stream:
    """Between the exchange and whoever listens now."""

    def __init__(self, venue: PracticeVenue, faults: Faults, rig: Rig) -> None:
        self._venue = venue
        self._faults = faults
        self._rig = rig
        self._sink: Sink | None = None
        self._ended: asyncio.Future[None] | None = None
        self._error: BaseException | None = None
        self._visit = 0
        """Numbers the listeners: what was meant for one is not told to the next."""
        self._outage = ""
        self._has_bitten = False
        self._saved: list[ev.Event] = []
        self._muted: dict[str, bool] = {}
        """Market id -> whether anything was swallowed yet."""
        self._silent: dict[str, None] = {}
        self._swap: ev.Event | None = None

    # ---- listeners ----

    def attach(self, sink: Sink, *, is_first: bool) -> asyncio.Future[None]:
        """Tell a new listener the present state, and from now on everything. Returns what fails when the sink does."""
        self._visit += 1
        self._sink = sink
        self._ended = ended = asyncio.get_running_loop().create_future()
        self._outage, self._swap = "", None
        self._saved.clear()
        if self._error is not None:
            ended.set_exception(self._error)
        elif not is_first:
            self._tell_present()
        return ended

    def detach(self, ended: asyncio.Future[None]) -> None:
        """Forget a listener, unless another has taken its place."""
        if self._ended is ended:
            self._visit += 1
            self._sink = self._ended = None

    def fail(self, error: BaseException) -> None:
        """Tell the listener, or the next one, that the venue broke."""
        self._error = error
        if self._ended is not None and not self._ended.done():
            self._ended.set_exception(error)

    # ---- events ----

    def take(self, event: ev.Event) -> None:
        """Pass an event of the exchange on, or not."""
        if self._sink is None:
            return
        if self._outage:
            self._swallow(event)
        elif isinstance(event, ev.MarketEnded) and event.market_id in self._silent:
            return
        elif isinstance(event, BOOK) and event.market_id in self._muted:
            if not self._muted[event.market_id]:
                self._muted[event.market_id] = True
                self._faults.count("ws.mute")
        elif isinstance(event, (*BOOK, *OURS)):
            self._pass(event)
        else:
            self._tell(event)

    def _swallow(self, event: ev.Event) -> None:
        if self._outage == "ws.close":
            if isinstance(event, OURS):
                self._saved.append(event)
        elif not self._has_bitten and self._outage != "ws.gap":
            self._has_bitten = True
            self._faults.count(self._outage)

    def _pass(self, event: ev.Event) -> None:
        word = self._faults.first("ws.drop", "ws.delay", "ws.reorder", "ws.dup")
        if word == "ws.reorder" and self._swap is not None:
            word = ""
        if word == "ws.reorder":
            self._swap = event
            self._rig.later(_SWAP_MS, self._unswap)
            return
        if word:
            self._faults.count(word)
        if word == "ws.delay":
            visit = self._visit
            ms = self._faults.draw(word).randint(*DELAY_MS)
            self._rig.later(ms, lambda: self._tell_late(event) if visit == self._visit else None)
        elif word == "ws.drop":
            self._mend(event)
        else:
            self._tell(event)
            if word == "ws.dup":
                self._tell(event)
            if self._swap is not None:
                self._faults.count("ws.reorder")
                self._unswap()

    def _unswap(self) -> None:
        event, self._swap = self._swap, None
        if event is not None:
            self._tell_late(event)

    def _tell_late(self, event: ev.Event) -> None:
        self._tell(event)
        self._mend(event)

    def _mend(self, event: ev.Event) -> None:
        """A book that is wrong because an event was lost or late is noticed after a while."""
        if isinstance(event, BOOK):
            ms = 0 if self._faults.is_quiet else self._faults.draw("ws.drop").randint(*MEND_MS)
            self.mend_later(event.market_id, ms)

    def _tell(self, event: ev.Event) -> None:
        """Give an event to the listener; one that cannot take it hears no more, and the exchange goes on."""
        if self._sink is None or self._outage:
            return
        try:
            self._sink(event)
        except Exception as error:
            self._sink = None
            if self._ended is not None and not self._ended.done():
                self._ended.set_exception(error)

    def _tell_present(self, news: list[ev.Event] | None = None, *, is_new: bool = True) -> None:
        for event in self._venue.present(news or []):
            is_hidden = isinstance(event, ev.MarketEnded) and event.market_id in self._silent
            if not is_hidden and (is_new or not isinstance(event, ev.ConnectionChanged)):
                self._tell(event)

    # ---- faults that last ----

    def show(self, event: ev.Event) -> bool:
        """Tell something the exchange did not say; returns whether anybody heard it."""
        self._tell(event)
        return self._sink is not None and not self._outage

    def mend_later(self, market_id: str, ms: int) -> None:
        """Tell a market's whole book in `ms`."""
        self._rig.later(ms, lambda: self._refresh(market_id))

    def mute(self, market_id: str, ms: int) -> None:
        """Swallow a market's book and trades for `ms`."""
        if market_id not in self._muted:
            self._muted[market_id] = False
            self._rig.later(ms, lambda: self._unmute(market_id))

    def silence(self, market_id: str, ms: int) -> None:
        """Tell a market's end only in `ms`; called before it ends."""
        self._silent[market_id] = None
        self._rig.later(ms, lambda: self._break_silence(market_id))

    def is_free(self) -> bool:
        """Return whether somebody listens and the connection has no fault that lasts."""
        return self._sink is not None and not self._outage

    def lose(self, word: str, ms: int) -> None:
        """Let nothing through for `ms`: closed (`ws.close`, `ws.gap`) or without a sign; the caller saw `is_free`."""
        visit = self._visit
        if word in ("ws.close", "ws.gap"):
            self._tell(ev.ConnectionChanged(self._rig.now_ms(), "reconnecting", False))
            self._faults.count(word)
        self._outage, self._has_bitten = word, False
        self._rig.later(ms, lambda: self._find_dead(visit) if word == "ws.half_open" else self._return(visit))

    def _find_dead(self, visit: int) -> None:
        if visit == self._visit and self._outage:
            self._outage = ""
            self._tell(ev.ConnectionChanged(self._rig.now_ms(), "reconnecting", False))
            self._outage, self._has_bitten = "ws.half_open", True
            self._rig.later(1_000, lambda: self._return(visit))

    def _return(self, visit: int) -> None:
        if visit == self._visit and self._outage:
            is_new, self._outage = self._outage != "ws.mute_all", ""
            news, self._saved = self._saved, []
            self._tell_present(news, is_new=is_new)

    def _refresh(self, market_id: str) -> None:
        exchange = self._venue.exchange
        if market_id in exchange.ladders and market_id not in self._muted:
            self._tell(exchange.snapshot(market_id, self._rig.now_ms()))

    def _unmute(self, market_id: str) -> None:
        self._muted.pop(market_id, None)
        self._refresh(market_id)

    def _break_silence(self, market_id: str) -> None:
        self._silent.pop(market_id, None)
        exchange = self._venue.exchange
        if market_id in exchange.ended:
            self._tell(exchange.end_of(market_id, self._rig.now_ms()))
