"""A flood of market data over a desk that trades: lag of its loop, fills that wait, and whether anything is lost.

    python benchmarks/flood.py [--rate 5000] [--seconds 60] [--rounds 3]

The desk is the real one: wall clock, journal and history on files, log, and a link that makes it run and takes pictures
of it in a thread of its own. The frames are the venue's bytes, read by the decoder on the desk's loop. At the end the
venue's orders, fills, shares and books are compared with the desk's; only events tell the desk of fills, for the
comparison by requests runs once an hour here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from array import array
from collections import Counter
from pathlib import Path

import common
from feed import HELD, Feed, FloodVenue

from cockpit.compose import all_of
from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.limits import Limits
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.units import SHARE, USD
from cockpit.desk.clock import WallClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SystemIds
from cockpit.desk.rules import DeskRules
from cockpit.link.local import LocalLink
from cockpit.logs import log_event, open_log
from cockpit.place import HISTORY, JOURNAL, LATCH
from cockpit.storage.journal import ThreadJournal
from cockpit.storage.latch import FileLatch
from cockpit.storage.store import Store
from cockpit.storage.thread_history import ThreadHistory

TICK_S, COMMAND_EVERY_S = 0.001, 0.1
LIMITS = Limits(
    max_position_size=10**6 * SHARE, max_total_exposure=10**6 * USD, max_unhedged=10**6 * SHARE, price_collar=5_000
)
Figures = dict[str, float]


class Meter:
    """Listens to the desk, and asks its loop every millisecond how late it is."""

    def __init__(self) -> None:
        self.late = array("d")
        self.busy = array("d")
        """Processor time that the loop's own thread used at a stretch."""
        self.arrived: dict[str, float] = {}
        """Trade id -> when the position had it, on the loop's clock."""
        self.counts: Counter[str] = Counter()

    def hear(self, event: ev.Event) -> None:
        """Note when a fill is in the position; count what must not be lost."""
        if isinstance(event, ev.LevelsChanged):
            return
        self.counts[type(event).__name__] += 1
        if isinstance(event, ev.FillSeen):
            self.arrived.setdefault(event.fill.trade_id, time.monotonic())
        elif isinstance(event, ev.Noted) and event.text.startswith("refused"):
            self.counts[" ".join(event.text.split()[:3])] += 1

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            asked, used = time.monotonic(), time.thread_time()
            await asyncio.sleep(TICK_S)
            self.late.append(time.monotonic() - asked - TICK_S)
            self.busy.append(time.thread_time() - used)

    def lags(self) -> list[float]:
        """Return how late a timer was at every millisecond, sorted: those that a late one kept from being set count."""
        return sorted(late - TICK_S * missed for late in self.late for missed in range(1 + int(max(0, late) / TICK_S)))


class Round:
    """One desk under one flood."""

    def __init__(self, folder: Path, rate: int) -> None:
        self.folder = folder
        self.clock = WallClock()
        self.venue = FloodVenue(Feed(rate), self.clock)
        self.meter = Meter()
        self.desk: Desk | None = None
        self.commands: Counter[str] = Counter()
        self._watch: asyncio.Task[None] | None = None

    def make(self) -> Desk:
        """Compose the desk as `compose.practice_desk` does; called on its loop."""
        store = Store(self.folder / JOURNAL)
        store.take_over()
        self.desk = Desk(
            venue=self.venue,
            journal=ThreadJournal(store),
            clock=self.clock,
            ids=SystemIds(),
            rules=DeskRules(limits=LIMITS, reconcile_interval_s=3600),
            latch=FileLatch(self.folder / LATCH),
            history=ThreadHistory(self.folder / HISTORY),
            listener=all_of(log_event, self.meter.hear),
        )
        self.desk.recover()
        self._watch = asyncio.get_running_loop().create_task(self.meter.watch())
        return self.desk

    def run(self, seconds: float) -> Figures:
        """Flood it for so long while orders are placed, filled and cancelled; return what was measured."""
        link = LocalLink(self.make)
        link.open()
        assert self.desk is not None
        desk = self.desk
        while not desk.is_ready:
            time.sleep(0.05)
        self.meter.late, self.meter.busy = array("d"), array("d")
        began, before, number = time.monotonic(), self.venue.feed.sent, 0
        while (left := began + seconds - time.monotonic()) > 0:
            time.sleep(min(COMMAND_EVERY_S, left))
            self._command(link, number)
            number += 1
        late, busy, feed = self.meter.lags(), sorted(self.meter.busy), self.venue.feed
        found: Figures = {"frames/s": (feed.sent - before) / (time.monotonic() - began), "behind": feed.due - feed.sent}
        feed.is_on = False
        for row in link.frame.parents if link.frame else ():
            if row.state == "working":
                link.send(cmd.Cancel(link.new_id(), row.id))
        time.sleep(4)
        found |= {f"lag {name}": late[int(len(late) * part)] * 1e3 for name, part in PARTS} | {
            "lag max": late[-1] * 1e3
        }
        found |= {"busy p99": busy[int(len(busy) * 0.99)] * 1e3, "busy max": busy[-1] * 1e3}
        waits = sorted(self.meter.arrived[trade] - at for trade, at in self.venue.made_at.items())
        found |= {f"fill {name}": waits[int(len(waits) * part)] * 1e3 for name, part in PARTS}
        found |= {"fill max": waits[-1] * 1e3, "fills": len(waits), "own events": self.venue.told}
        found |= {"conflated": desk.intake.inbox.conflated, "prints": feed.prints, "dropped": desk.intake.inbox.dropped}
        self._compare(desk)
        link.close()
        return found

    def _command(self, link: LocalLink, number: int) -> None:
        """Place what fills at once, place what rests, cancel it later, approve a suggestion: in turns."""
        market, kind = self.venue.feed.markets[number // 4 % HELD], number % 4
        if kind in (0, 1):
            type_, limit = (OrderType.FAK, 5_100) if kind == 0 else (OrderType.GTD, 4_800)
            link.send(cmd.Place(link.new_id(), market.id, Leg.YES, Side.BUY, 10 * SHARE, limit, type_))
        elif kind == 2 and link.frame is not None:
            resting = [row for row in link.frame.parents if row.algorithm == "LIMIT" and row.filled]
            for row in [row for row in resting if row.state == "working"][:2]:
                link.send(cmd.Cancel(link.new_id(), row.id))
        elif link.frame is not None:
            for seen in [seen for seen in link.frame.suggestions if seen.id][:1]:
                option = seen.option
                assert option is not None
                link.send(cmd.Approve(link.new_id(), seen.id, option.action, option.shares, seen.limit, option.price))
        self.commands[("take", "rest", "cancel", "approve")[kind]] += 1

    def _compare(self, desk: Desk) -> None:
        """Stop with a sentence when anything was lost."""
        theirs, state, counts = self.venue.books, desk.state, self.meter.counts
        ours = {key: fill.status for key, fill in state.fills.items()}
        problems = {
            "fills": ours != {key: fill.status for key, fill in theirs.fills.items()},
            "orders": {(o.id, o.state, o.filled) for o in theirs.orders.values()}
            != {(o.id, o.state, o.filled) for o in state.orders.values()},
            "shares": {token: size for market in self.venue.feed.markets for token, size in zip(
                market.tokens, (state.position(market.id).yes.shares, state.position(market.id).no.shares), strict=True
            ) if size} != theirs.shares,
            "cash": state.cash != theirs.cash,
            "prints": counts["TradePrinted"] + desk.intake.inbox.dropped != self.venue.feed.prints,
            "settlements": counts["FillMoved"] != 2 * len(self.venue.made_at),
            "books": self.venue.feed.final()
            != {name: [tuple(sorted(side.items())) for side in (book.bids, book.asks)]
                for name, book in state.books.items()},
            "halted": bool(state.halted),
        }  # fmt: skip
        if any(problems.values()):
            raise SystemExit(f"differ at the end: {[what for what, differs in problems.items() if differs]}")


PARTS = (("p50", 0.5), ("p99", 0.99))


def one(rate: int, seconds: float) -> Figures:
    """Run one round in a folder of its own; returns its figures with the machine's load at its end."""
    with tempfile.TemporaryDirectory(prefix="cockpit-flood-") as name:
        open_log(Path(name) / "cockpit.log", "INFO")
        made = Round(Path(name), rate)
        found = made.run(seconds) | {"load": os.getloadavg()[0]}
        refused = {what: count for what, count in made.meter.counts.items() if what.startswith("refused")}
        if refused:
            print(json.dumps({"commands": dict(made.commands), **refused}))
        return found


def main() -> None:
    """Print a row for every round, the quietest (least lag) and the typical (medians)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=int, default=5_000, help="frames a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    common.machine("msgspec")
    found = [one(arguments.rate, arguments.seconds) for _ in range(arguments.rounds)]
    names = list(found[0])
    typical = {name: common.median([each[name] for each in found]) for name in names}
    rows = [(str(number), found[number]) for number in range(len(found))]
    rows += [("quietest", min(found, key=lambda each: each["lag p99"])), ("typical", typical)]
    common.table(("round", *names), [(row, *(f"{each[name]:,.1f}" for name in names)) for row, each in rows])


if __name__ == "__main__":
    main()
