"""`cockpit serve`: the desk without a screen. No terminal library is loaded."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from cockpit.core import events as ev
from cockpit.core.commands import CancelAll, Halt
from cockpit.core.trade import TelemetryEvent
from cockpit.core.units import money_text, shares_text
from cockpit.desk.desk import Desk
from cockpit.emergency import signals
from cockpit.storage.codec import is_fact
from cockpit.storage.latch import FileLatch

MAX_LINES = 100_000
"""Lines kept for a slow reader."""


def line_of(event: ev.Event, *, with_market_data: bool) -> str | None:
    """Return an event as one JSON object; None for market data that was not asked for.

    Facts and the manager's verdicts always count. Numbers are the journal's integers: prices in 1/10,000 USD, shares
    and money in 1/1,000,000.
    """
    if not (with_market_data or is_fact(event) or isinstance(event, ev.PairWeighed)):
        return None
    return json.dumps({"event": type(event).__name__, **msgspec.to_builtins(event)})


class Printer:
    """Writes what happens to standard output in a thread of its own: a reader that stalls must not stop the desk."""

    def __init__(self, *, is_json: bool, with_market_data: bool = False) -> None:
        self._is_json = is_json
        self._with_market_data = with_market_data
        self._lines: queue.Queue[str | None] = queue.Queue(MAX_LINES)
        self.dropped = 0
        """Lines given up because nobody read them in time."""
        self.failure = ""
        """Why output was lost, when it was not the reader who left."""
        self._thread = threading.Thread(target=self._write_loop, name="printer", daemon=True)
        self._thread.start()

    def __call__(self, event: ev.Event) -> None:
        """Take an event; never blocks."""
        if self._is_json:
            line = line_of(event, with_market_data=self._with_market_data)
        else:
            line = f"{event.at_ms / 1000:.3f} {event.level:<7} {event.text}" if isinstance(event, ev.Noted) else None
        if line is not None:
            self._put(line)

    def telemetry(self, event: TelemetryEvent) -> None:
        """Take a moment of a trade; never blocks."""
        if self._is_json:
            self._put(json.dumps({"event": event.name.value, "at_ms": event.at_ms, "trade_id": event.trade_id}))

    def _put(self, line: str) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Write what is left, as far as somebody reads it."""
        try:
            self._lines.put(None, timeout=1)
        except queue.Full:
            return
        self._thread.join(timeout=5)

    def _write_loop(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                sys.stdout.write(line + "\n")
                if self._lines.empty():
                    sys.stdout.flush()
            except (OSError, ValueError) as error:
                # The desk goes on; what is left to say goes nowhere.
                if not isinstance(error, BrokenPipeError):
                    self.failure = str(error)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, 1)
                os.close(nowhere)
        with contextlib.suppress(OSError):
            sys.stdout.flush()


def with_telemetry(make_desk: Callable[[], Desk], printer: Printer) -> Callable[[], Desk]:
    """Return a maker of the same desk that also prints what telemetry tells from then on."""

    def make() -> Desk:
        desk = make_desk()
        desk.telemetry.listener = printer.telemetry
        return desk

    return make


async def serve(make_desk: Callable[[], Desk], for_s: float | None, latch: FileLatch | None = None) -> Desk:
    """Run a desk until the time is over or a signal asks it to stop; return it for the summary."""
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    # Before anything is printed: whoever reads our first line may stop us at once.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked.set)
    desk = make_desk()
    # What was loaded so far lives for good: a full collection would hold the desk up for tens of milliseconds.
    gc.collect()
    gc.freeze()

    def submit(command: Halt | CancelAll) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and the desk with it
            loop.call_soon_threadsafe(desk.submit, command)

    signals.obey(submit, latch)
    if for_s is not None:
        loop.call_later(for_s, asked.set)
    work = asyncio.ensure_future(desk.run())
    wait = asyncio.ensure_future(asked.wait())
    await asyncio.wait({work, wait}, return_when=asyncio.FIRST_COMPLETED)
    wait.cancel()
    desk.stop()
    await work
    return desk


def summary(desk: Desk) -> dict[str, Any]:
    """Return how things stand: positions, orders, parents, money; decimals as text, so that nothing is rounded."""
    state = desk.state
    return {
        "mode": state.mode,
        "seed": state.seed,
        "events": desk.changes,
        "halted": state.halted,
        "cash": money_text(state.cash_there),
        "equity": money_text(state.equity),
        "day_pnl": money_text(state.day_pnl),
        "positions": {
            market_id: {
                "name": state.markets[market_id].name if market_id in state.markets else "",
                "yes": shares_text(position.yes.shares),
                "no": shares_text(position.no.shares),
                "locked": money_text(position.locked),
                "realised": money_text(position.realised),
                "fees": money_text(position.fees),
            }
            for market_id, position in state.positions.items()
        },
        "orders": {
            order.id: {
                "label": order.label,
                "parent": order.parent_id,
                "state": order.state.value,
                "size": shares_text(order.size),
                "filled": shares_text(order.filled),
            }
            for order in state.orders.values()
        },
        "parents": {
            parent.id: {
                "state": parent.state.value,
                "size": shares_text(parent.size),
                "filled": shares_text(sum(child.filled for child in state.children_of(parent.id))),
                "slices_done": state.next_slice[parent.id],
                "slices": len(parent.slices),
            }
            for parent in state.parents.values()
        },
        "fills": len(state.fills),
        "not_proven_dead": len(state.all_live_orders()),
    }
