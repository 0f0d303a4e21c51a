"""The replay venue: a recording drives the books, own orders are filled on paper by `shadow`'s rule.

It runs on the recording's time: the clock that is passed in must start at `first_ms` and may run at any speed, or stand
still. After the last frame the books stand still and orders are still served.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from cockpit.core import events as ev
from cockpit.core.errors import UsageError
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus, Order
from cockpit.core.units import SHARE, USD, money_text, pay, shares_text
from cockpit.venues.account import Account
from cockpit.venues.base import Accepted, Balances, NoConversions, OrderReport, Rejected, Sink, Terms
from cockpit.venues.polymarket.audit import Audit
from cockpit.venues.polymarket.decoder import Decoder
from cockpit.venues.polymarket.tokens import Tokens
from cockpit.venues.recording import Line, lines
from cockpit.venues.scan import Scan
from cockpit.venues.shadow import Pace, Shadow

T = TypeVar("T")

MAX_NAP_S = 0.05
"""Longest wait in real time, so that a changed speed is noticed."""
MIN_NAP_S = 0.005
STATS_EVERY_S = 0.25
BREATHE = 200
"""Frames delivered at once before others get a turn."""


@dataclass(frozen=True, slots=True)
class PaperRules:
    """The paper account: money in 1/1,000,000 USD, shares in 1/1,000,000."""

    cash: int = 1_000 * USD
    hold: tuple[int, int] = (60 * SHARE, 20 * SHARE)
    """What is held of both legs from the start, of the first market with two-sided prices; (0, 0) for nothing."""
    pace: Pace = field(default_factory=Pace)


class ReplayVenue(NoConversions):
    """Plays one recording. See `cockpit.venues.base.Venue` for what the methods promise."""

    name = "replay"
    account = "paper"

    def __init__(
        self,
        recording: Scan,
        *,
        now_ms: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]],
        speed: Callable[[], float] = lambda: 1.0,
        rules: PaperRules | None = None,
    ) -> None:
        """`now_ms` and `sleep` belong to a clock that starts at `recording.first_ms`; `speed` says how fast it runs.

        Raises: UsageError when the account cannot pay what it shall hold.
        """
        rules = rules or PaperRules()
        self.terms = Terms(quarantine_ms=rules.pace.latency_ms + 1_000)
        self.recording = recording
        self.is_finished = False
        self._now_ms, self._sleep, self._speed = now_ms, sleep, speed
        self._shadow = Shadow(Account(rules.cash), rules.pace, trade_prefix="replay")
        tokens = Tokens()
        for market in recording.markets:
            tokens.add(market)
            self._shadow.see(ev.MarketListed(recording.first_ms, market))
        self._decoder = Decoder(tokens)
        self._audit = Audit(self._shadow.books, tokens.places, with_hashes=False)
        self._sink: Sink = _nowhere
        self._is_listed = asyncio.Event()
        self._position_ms = 0
        self._next_stats_ms = 0
        self._hold(rules.hold)

    async def run(self, sink: Sink) -> None:
        """Play the recording once, then serve orders until cancelled."""
        self._sink = sink
        for market in self.recording.markets:
            sink(ev.MarketListed(self.recording.first_ms, market))
        sink(ev.ConnectionChanged(self._now_ms(), "", is_up=True))
        self._is_listed.set()
        with closing(lines(self.recording.path)) as played:
            for number, line in enumerate(played, 1):
                await self._wait_until(line.at_ms)
                self._happen(line.at_ms)
                self._deliver(line)
                if number % BREATHE == 0:
                    self._say_stats()
                    await self._nap(0.0)
        self._audit.finish()
        self.is_finished = True
        self._say_stats(at_once=True)
        while True:
            self._happen(self._now_ms())
            await self._nap(MAX_NAP_S)

    async def place(self, order: Order) -> Accepted | Rejected:
        """Send an order; the answer comes when it has arrived, a latency later in the recording's time."""
        answer: asyncio.Future[Accepted | Rejected] = asyncio.get_running_loop().create_future()
        self._shadow.submit(order, self._now_ms(), lambda found: _tell(answer, found))
        return await answer

    async def cancel(self, order_ids: Sequence[str]) -> None:
        """Send a cancel; returns when it has arrived."""
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._shadow.submit_cancel(tuple(order_ids), self._now_ms(), lambda: _tell(arrived, None))
        await arrived

    async def order(self, order_id: str) -> OrderReport | None:
        """Return what became of an order."""
        return self._shadow.account.report(order_id)

    async def open_orders(self) -> Sequence[Order]:
        """Return the orders that rest."""
        return tuple(self._shadow.account.open.values())

    async def fills(self) -> Sequence[Fill]:
        """Return all fills, the opening holding first, once the markets have been listed."""
        await self._is_listed.wait()
        return tuple(self._shadow.account.fills.values())

    async def time_ms(self) -> int:
        """Return the recording's time."""
        return self._now_ms()

    async def balances(self) -> Balances:
        """Return cash and shares of the paper account, once the markets have been listed."""
        await self._is_listed.wait()
        account = self._shadow.account
        return Balances(account.cash, dict(account.shares))

    async def close(self) -> None:
        """Nothing is left open: `run` closes the file when it is cancelled."""

    def _hold(self, shares: tuple[int, int]) -> None:
        """Buy the opening holding on paper, at the first asks of the first market that shows both sides."""
        quote = self.recording.first_quote
        if quote is None:
            return
        cost, cash = sum(pay(shares[leg], quote.asks[leg]) for leg in Leg), self._shadow.account.cash
        if cost > cash:
            held = "/".join(map(shares_text, shares))
            raise UsageError(
                f"--hold {held} costs ${money_text(cost)} at the first asks, but the paper account has "
                f"${money_text(cash)}: hold less"
            )
        for leg in Leg:
            if shares[leg] > 0:
                price = quote.asks[leg]
                cost, trade_id = pay(shares[leg], price), f"replay-opening-{leg.name.lower()}"
                self._shadow.adopt(
                    Fill(
                        trade_id=trade_id,
                        order_id=trade_id,
                        market_id=quote.market_id,
                        leg=leg,
                        side=Side.BUY,
                        price=price,
                        shares=shares[leg],
                        money=cost,
                        fee=0,
                        is_taker=True,
                        at_ms=self.recording.first_ms,
                        status=FillStatus.CONFIRMED,
                    )
                )

    def _deliver(self, line: Line) -> None:
        audit, sink = self._audit, self._sink
        for frame, event in self._decoder.read(line.raw, line.at_ms):
            audit.before(frame)
            if event is not None:
                sink(event)
                for own in self._shadow.see(event):
                    sink(own)
            audit.after(frame)
        self._position_ms = max(self._position_ms, line.at_ms - self.recording.first_ms)

    def _happen(self, now_ms: int) -> None:
        if self._shadow.next_ms <= now_ms:
            for own in self._shadow.advance(now_ms):
                self._sink(own)

    async def _wait_until(self, at_ms: int) -> None:
        while (now := self._now_ms()) < at_ms:
            self._happen(now)
            self._say_stats()
            await self._nap((at_ms - now) / 1000)

    async def _nap(self, seconds: float) -> None:
        """Sleep on the clock, but never long in real time: its speed may change meanwhile, or be 0."""
        pace = max(self._speed(), 1e-3)
        wanted = min(max(seconds, MIN_NAP_S * pace), MAX_NAP_S * pace) if seconds else 0.0
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * MAX_NAP_S):
                await self._sleep(wanted)

    def _say_stats(self, at_once: bool = False) -> None:
        now, speed = self._now_ms(), self._speed()
        if now < self._next_stats_ms and not at_once:
            return
        self._next_stats_ms = now + int(STATS_EVERY_S * 1000 * max(speed, 1e-3))
        self._sink(
            ev.FeedStats(
                at_ms=now,
                position_ms=self._position_ms,
                length_ms=self.recording.length_ms,
                frames=self._decoder.frames,
                unparsed=self._decoder.unparsed,
                disagreements=self._audit.disagreements,
                crossed=self._audit.crossed,
                is_finished=self.is_finished,
                speed=speed,
            )
        )


def _tell(future: asyncio.Future[T], answer: T) -> None:
    if not future.done():
        future.set_result(answer)


def _nowhere(event: ev.Event) -> None:
    """Where events go before `run` has been called."""
