"""Broken in what limits, stops and remembers."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

from cockpit.core import checks
from cockpit.core import events as ev
from cockpit.core.limits import Approved, Limits
from cockpit.core.order import Order
from cockpit.desk import executor, guard, obey, recovery
from cockpit.desk.canceller import Canceller
from cockpit.desk.working import keeper, resting, taking
from cockpit.drill.process import GateJournal
from cockpit.storage.latch import MemoryLatch
from cockpit.storage.writer import Writer
from cockpit.venues.base import Unanswered
from tests.drill.broken import Patch, broken


@broken
def the_stop_cancels_once(patch: Patch) -> None:
    """A stop cancels what it knows of once, and calls it done."""

    async def wrong(self: Canceller) -> None:
        desk = self._desk
        await self.write_latch()
        try:
            ids = self._live_ids()
            if ids:
                await desk.venue.cancel(ids)
        except Exception as error:
            desk.note("warning", str(error))
        desk.record(ev.StopProven(desk.clock.now_ms()))
        self.is_stopping = False

    patch(Canceller, "_stop", wrong)


@broken
def the_stop_is_forgotten_over_a_restart(patch: Patch) -> None:
    """A stop is kept in memory only."""
    append = GateJournal.append

    async def nothing(_self: Any, _state: Any) -> None:
        return None

    patch(MemoryLatch, "set", nothing)
    patch(
        GateJournal,
        "append",
        lambda self, fact: append(self, ev.Noted(fact.at_ms, "info", "") if isinstance(fact, ev.Halted) else fact),
    )


@broken
def silence_counts_as_zero_orders(patch: Patch) -> None:
    """When the venue does not answer a stop, its orders count as gone."""
    once = Canceller._once

    async def wrong(self: Canceller) -> bool:
        is_clean = await once(self)
        return is_clean or bool(self._trouble)

    patch(Canceller, "_once", wrong)


@broken
def a_stop_does_not_hold_children_back(patch: Patch) -> None:
    """What was decided before a stop is sent after it."""
    patch(executor.Executor, "unwanted", lambda self, order: "")


@broken
def a_stop_leaves_the_guard_open(patch: Patch) -> None:
    """New orders pass while the desk is halted."""
    account = guard.Guard.account
    patch(guard.Guard, "account", lambda self, market_id, **more: replace(account(self, market_id, **more), halted=""))
    patch(executor.Executor, "unwanted", lambda self, order: "")
    patch(Canceller, "halt", _halt_without_parents(Canceller.halt))


def _halt_without_parents(_old: Any) -> Any:
    def wrong(self: Canceller, reason: str, *, everything: bool = False) -> None:
        if not self._desk.state.halted:
            self._desk.record(ev.Halted(self._desk.clock.now_ms(), reason, everything))
        self.go_on()

    return wrong


@broken
def released_before_the_proof(patch: Patch) -> None:
    """A stop is released while its orders are not proven dead."""

    async def wrong(self: obey.Obedience, command: Any) -> str:
        await self._desk.latch.clear()
        self._desk.record(ev.Released(self._desk.clock.now_ms()))
        return "released"

    patch(obey.Obedience, "_release", wrong)
    patch(keeper.Keeper, "withdraw", lambda self, live: None)


@broken
def cancels_what_is_not_ours(patch: Patch) -> None:
    """A stop cancels every order of the account, though only ours were meant."""
    once = Canceller._once

    async def wrong(self: Canceller) -> bool:
        with contextlib.suppress(Unanswered):
            await self.ask([order.id for order in self._desk.state.foreign], is_ours=False, is_stop=True)
        return await once(self)

    patch(Canceller, "_once", wrong)


@broken
def the_daily_loss_is_kept_in_memory(patch: Patch) -> None:
    """The day's start is not stored: a restart begins it anew."""
    append = GateJournal.append
    patch(
        GateJournal,
        "append",
        lambda self, fact: append(self, ev.Noted(fact.at_ms, "info", "") if isinstance(fact, ev.DayStarted) else fact),
    )


@broken
def the_daily_loss_is_not_watched(patch: Patch) -> None:
    """Nothing halts on the daily loss."""
    patch(guard.Guard, "_loss", lambda self: None)


@broken
def the_newer_desk_is_not_noticed(patch: Patch) -> None:
    """A desk that another has replaced goes on sending."""
    patch(Writer, "_check_fence", lambda self: None)


@broken
def a_restart_forgets_orders(patch: Patch) -> None:
    """What was sent before a restart is not looked up after it."""
    refold = recovery._refold

    def wrong(desk: Any, number: int, fact: ev.Event) -> list[str]:
        return [] if isinstance(fact, ev.OrderSending) else refold(desk, number, fact)

    patch(recovery, "_refold", wrong)


def _without(patch: Patch, name: str) -> None:
    patch(checks, name, lambda *arguments, **more: ())


@broken
def a_stale_book_is_good_enough(patch: Patch) -> None:
    """Orders are decided on a book that is old, lost or crossed."""
    _without(patch, "_book")


@broken
def sizes_are_not_limited(patch: Patch) -> None:
    """Position, exposure and imbalance have no limit."""
    _without(patch, "_sizes")


@broken
def shares_held_are_not_counted(patch: Patch) -> None:
    """Sales are not compared with what is there to sell."""
    _without(patch, "_funds")


@broken
def reducing_is_ignored(patch: Patch) -> None:
    """Orders that raise the exposure are sent while only those that lower it may be."""
    account = guard.Guard.account
    patch(guard.Guard, "account", lambda self, where, **more: replace(account(self, where, **more), reducing=""))


@broken
def one_order_may_be_of_any_size(patch: Patch) -> None:
    """The size of a single order has no limit."""
    check: Any = checks.check

    def wrong(*arguments: Any) -> Any:
        *others, limits, approved = arguments
        return check(*others, replace(limits, max_order_size=10**12), approved)

    patch(guard, "check", wrong)
    for module in (keeper, taking):
        patch(module, "most_of", lambda desk, parent: parent.size)


@broken
def the_limit_is_a_suggestion(patch: Patch) -> None:
    """A resting order joins the best price of the other side, beyond its limit."""

    def wrong(desk: Any, parent: Any) -> Any:
        book, market = desk.state.books[parent.market_id], desk.state.markets[parent.market_id]
        return market.round_down(book.best_for(parent.side, parent.leg))

    check: Any = checks.check
    patch(resting, "price_of", wrong)
    patch(guard, "check", lambda *a: check(*a[:-1], 9_999 if a[0].side == 0 else 1))


@broken
def the_worst_case_is_that_of_the_order_alone(patch: Patch) -> None:
    """Limits are checked against each order alone, not against all that may still fill."""
    check: Any = checks.check

    def wrong(order: Order, market: Any, book: Any, position: Any, own: Any, *others: Any) -> Approved[Order] | Any:
        return check(order, market, book, position, (), *others)

    patch(guard, "check", wrong)
    patch(guard.Guard, "worst_unhedged", lambda self: self._desk.state.exposure.unhedged)
    patch(guard.Guard, "worst_of", lambda self, market_id: abs(self._desk.state.position(market_id).delta))


@broken
def limits_are_of_another_account(patch: Patch) -> None:
    """Limits are read as ten times what they are."""
    check: Any = checks.check
    check_whole: Any = checks.check_whole

    def wide(limits: Limits) -> Limits:
        sizes = limits.max_unhedged * 10, limits.max_position_size * 10
        wider = replace(limits, max_unhedged=sizes[0], max_position_size=sizes[1])
        return replace(wider, max_total_exposure=limits.max_total_exposure * 10)

    def wrong(*arguments: Any) -> Any:
        *others, limits, approved = arguments
        return check(*others, wide(limits), approved)

    def wrong_as_a_whole(*arguments: Any) -> Any:
        first, (limits, *beside) = arguments[:5], arguments[5:]
        return check_whole(*first, wide(limits), *beside)

    patch(guard, "check", wrong)
    patch(guard, "check_whole", wrong_as_a_whole)
