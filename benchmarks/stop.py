"""The kill switch: from the command to the first cancel, and to orders proven zero.

    python benchmarks/stop.py [--orders 50] [--repeat 30] [--rates 0 5000]

A desk as `cockpit serve` runs it, on the practice exchange in real time (45 batches of market data a second, requests
take 20 to 80 ms), rests so many orders, is stopped, proves it, is released, and again. It is stopped by a command on
its loop, by SIGUSR1, and by `cockpit halt` in another process; each also with frames of a flood on the desk's loop.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import common
from feed import Feed

from cockpit import headless
from cockpit.cli_common import settings_of
from cockpit.compose import latch_of, practice_desk, start_log, working_in
from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.market import Leg, Side
from cockpit.core.units import SHARE
from cockpit.desk.clock import WallClock
from cockpit.desk.desk import Desk
from cockpit.place import practice_place
from tests.end_to_end.processes import environment

SEED = 7
WAYS = ("submit", "SIGUSR1", "cockpit halt")
NAMES = ("Harbour bill", "Coast vote", "Strait treaty", "Rate cut", "Festival prize")
"""Markets that end in weeks."""
PLACE_EVERY_S = 0.02
PATIENCE_S = 30
STEPS = {
    "heard": "desk halted",
    "sent": "first cancel sent",
    "arrived": "first cancel at the exchange",
    "done": "last order ended",
    "proven": "proven zero",
    "answered": "command ends",
}
A_COCKPIT = ("-m", "cockpit")
"""On its command line, or `cockpit halt` would not signal the process, and wait for its next look at the latch."""
LOOSE = {"COCKPIT_MAX_UNHEDGED_SHARES": "1000000", "MAX_POSITION_SIZE": "1000000", "COCKPIT_MAX_BOOK_AGE": "3600"}
"""Limits that so many orders would meet; quiet markets say nothing for longer than 5 s."""


class Stand:
    """A desk in this process's main thread, and a hand in another that stops it again and again."""

    def __init__(self, way: str, orders: int, repeat: int, rate: int) -> None:
        self.way, self.orders, self.repeat, self.rate = way, orders, repeat, rate
        self.at: dict[str, float] = {}
        """What happened first since the last look -> when; on the clock that all processes share."""
        self.desk: Desk | None = None
        self.found: list[dict[str, float]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._flood: asyncio.Task[None] | None = None
        self._numbers = iter(range(1_000_000))

    def serve(self) -> None:
        """Run the desk as `cockpit serve` does, until the hand has finished."""
        settings = settings_of(cockpit_seed=SEED)
        start_log(settings)
        place = practice_place(settings, is_new=False)

        def make() -> Desk:
            self.desk = practice_desk(settings, place, self.hear)
            self._tap(self.desk.venue)
            self._loop = asyncio.get_running_loop()
            if self.rate:
                feed = Feed(self.rate)
                for book in feed.books(self.desk.clock.now_ms()):
                    self.desk.deliver(book)
                self._flood = self._loop.create_task(feed.run(self.desk.deliver, WallClock()))
            threading.Thread(target=self._work, daemon=True).start()
            return self.desk

        with working_in(place):
            asyncio.run(headless.serve(make, None, latch_of(place)))

    def hear(self, event: ev.Event) -> None:
        """Note when things happened first."""
        if isinstance(event, ev.Halted | ev.StopProven | ev.Released):
            self.at.setdefault(type(event).__name__, time.monotonic())

    def _tap(self, venue: Any) -> None:
        """Note when a cancel leaves the desk, when one reaches the exchange, and when nothing rests any more."""
        send, arrive = venue.cancel, venue.exchange.cancel

        async def cancel(order_ids: Sequence[str]) -> None:
            self.at.setdefault("sent", time.monotonic())
            await send(order_ids)

        def cancelled(order_ids: Iterable[str], now_ms: int, *reason: str) -> None:
            self.at.setdefault("arrived", time.monotonic())
            arrive(order_ids, now_ms, *reason)
            if not venue.exchange.account.open:
                self.at.setdefault("done", time.monotonic())

        venue.cancel, venue.exchange.cancel = cancel, cancelled

    def _work(self) -> None:
        try:
            for _ in range(self.repeat):
                self._once()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    def _once(self) -> None:
        """Rest the orders, stop, wait for the proof, release."""
        assert self.desk is not None
        desk = self.desk
        _until(lambda: desk.is_ready)
        open_orders = desk.venue.exchange.account.open  # type: ignore[attr-defined]
        markets = [market for market in desk.state.markets.values() if market.name in NAMES]
        for number in range(self.orders):
            market, limit = markets[number % len(markets)], 100 + 100 * (number // len(markets) % 5)
            self._submit(cmd.Place(self._id(), market.id, Leg.YES, Side.BUY, 10 * SHARE, limit))
            time.sleep(PLACE_EVERY_S)
        _until(lambda: len(open_orders) == self.orders)
        time.sleep(0.3)  # the answers to the last ones are in
        self.at.clear()
        began, caller = time.monotonic(), self._press()
        _until(lambda: "StopProven" in self.at)
        times = {"sent": self.at["sent"], "arrived": self.at["arrived"], "done": self.at["done"]}
        times |= {"proven": self.at["StopProven"], "heard": self.at["Halted"]}
        if caller is not None and caller.wait(PATIENCE_S) == 0:
            times["answered"] = time.monotonic()
        assert not open_orders
        self.found.append({name: (at - began) * 1_000 for name, at in times.items()})
        self.at.clear()
        self._submit(cmd.Release(self._id(), "RELEASE"))
        _until(lambda: "Released" in self.at)

    def _press(self) -> subprocess.Popen[bytes] | None:
        if self.way == "submit":
            self._submit(cmd.Halt(self._id()))
        elif self.way == "SIGUSR1":
            os.kill(os.getpid(), signal.SIGUSR1)
        else:
            command = [sys.executable, "-m", "cockpit", "halt", "--seed", str(SEED)]
            return subprocess.Popen(command, stdout=subprocess.DEVNULL)
        return None

    def _submit(self, command: cmd.Command) -> None:
        assert self._loop is not None
        assert self.desk is not None
        self._loop.call_soon_threadsafe(self.desk.submit, command)

    def _id(self) -> str:
        return f"stop-{next(self._numbers)}"


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("never came true")
        time.sleep(0.002)


def case(way: str, rate: int, orders: int, repeat: int) -> list[dict[str, float]]:
    """Run one case in a process of its own; returns milliseconds of every repetition."""
    with tempfile.TemporaryDirectory(prefix="cockpit-stop-") as name:
        told = Path(name) / "found.json"
        options = ["--way", way, "--orders", str(orders), "--repeat", str(repeat), "--rates", str(rate)]
        subprocess.run(
            [sys.executable, __file__, *options, "--into", str(told), *A_COCKPIT],
            env=environment(Path(name), **LOOSE),
            check=True,
            timeout=repeat * 60,
        )
        found: list[dict[str, float]] = json.loads(told.read_text())
        return found


def show(orders: int, repeat: int, rates: Sequence[int]) -> None:
    """Run all cases and print a table."""
    rows = []
    for rate in rates:
        for way in WAYS:
            found = case(way, rate, orders, repeat)
            load = f"{os.getloadavg()[0]:.1f}"
            for step, words in STEPS.items():
                values = sorted(each[step] for each in found if step in each)
                if values:
                    picked = (values[len(values) // 2], values[int(len(values) * 0.99)], values[-1])
                    rows.append((way, str(rate), words, *(f"{value:.0f}" for value in picked), str(len(values)), load))
    print(f"\nMilliseconds from the stop of {orders} resting orders\n")
    common.table(("stopped by", "frames/s", "until", "p50", "p99", "max", "times", "load"), rows)


def main() -> None:
    """Show all cases, or be the desk of one of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--orders", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=30)
    parser.add_argument("--rates", type=int, nargs="+", default=[0, 5_000], help="frames a second of the floods")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("-m", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.into is None:
        common.machine()
        show(arguments.orders, arguments.repeat, arguments.rates)
        return
    stand = Stand(arguments.way, arguments.orders, arguments.repeat, arguments.rates[0])
    stand.serve()
    arguments.into.write_text(json.dumps(stand.found))


if __name__ == "__main__":
    main()
