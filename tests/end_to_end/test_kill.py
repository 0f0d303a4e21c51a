"""kill -9 of real processes at seeded moments: the desk compared with the exchange's own journal after every kill."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cockpit.core.market import Leg
from cockpit.place import EXCHANGE
from cockpit.venues.practice.opening import Purchase, book_purchase
from cockpit.venues.practice.venue import PracticeVenue
from tests.end_to_end.processes import Desk, Left, left_in, problems_of, rows

LIVES = 3
AT_ONCE = 3
"""A life is mostly waiting: so many fit into one."""
KILLS_EACH = 2
MICRO = 1_000_000
PLAN_S = 12
"""Real seconds over which a rebalance is spread, in `SLICES` children."""
SLICES = 60
EXCESS = 600
SETTLE_S = 2.5
FAULTS = (
    "",
    "",
    "post.live_noack=0.1,post.late=0.05,trade.fail=0.1,cancel.lost=0.2",
    "post.lost=0.1,post.reset=0.1,post.delayed=0.1,trade.fail=0.05,trade.retrying=0.1,get.miss=0.1,get.lag=0.1,ws.drop=0.02",
)
KINDS = {"start": (0.0, 1.5), "recovery": (0.0, 0.5), "order": (0.0, 0.08), "work": (0.5, 2.5)}
"""When to kill -> seconds from its start, from its first line, from the next order it means to send, from its first
line."""
WEIGHTS = (20, 30, 35, 15)


@dataclass(frozen=True)
class Life:
    """One account, killed several times. All of it is drawn from a seed."""

    number: int
    speed: int
    faults: str
    moments: tuple[tuple[str, float], ...]
    """(kind, seconds) of each kill; all but the first hit a restart."""

    @property
    def settings(self) -> dict[str, str]:
        """Many small children, so that some are in flight at most moments."""
        return {
            "COCKPIT_PAIR_MODE": "auto",
            "COCKPIT_SLICES": str(SLICES),
            "TIME_WINDOW_MINUTES": str(round(PLAN_S * self.speed / 60, 2)),
            "MAX_REBALANCE_TRADES": "1000",
            "MAX_DAILY_LOSS": "100000",
            "COCKPIT_MAX_UNHEDGED_SHARES": "100000",
        }


@dataclass
class Found:
    """What the kills of one life, or of many, came upon."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in those of another life."""
        self.counts += other.counts
        self.problems += other.problems


def draw_life(seed: int, number: int, kills: int) -> Life:
    """Return a life; the same for the same seed and number."""
    draw = random.Random(f"kill-{seed}-{number}")
    kinds = draw.choices(list(KINDS), WEIGHTS, k=kills)
    moments = tuple((kind, draw.uniform(*KINDS[kind])) for kind in kinds)
    return Life(number, draw.choice((1, 2, 5, 20)), draw.choice(FAULTS), moments)


def live(folder: Path, life: Life) -> Found:
    """Kill at every moment and compare both sides; at last let it settle, and compare everything."""
    account = folder / "state" / f"practice-{life.number}"
    account.mkdir(parents=True)
    asyncio.run(_open(account / EXCHANGE, life.number))
    found, arguments = Found(), ("--seed", str(life.number), "--speed")
    for kind, seconds in life.moments:
        desk = Desk(folder, *arguments, str(life.speed), COCKPIT_FAULTS=life.faults, **life.settings)
        _wait(desk, kind, seconds)
        code, err = desk.end(signal.SIGKILL)
        left = left_in(account)
        _count(found.counts, kind, left)
        found.problems += problems_of(left)
        if code != -signal.SIGKILL or err:
            found.problems.append(f"it ended with {code} before it was killed: {err}")
    # Without faults from here on, and fast: what was on its way died with the process, unknown orders can be proven.
    speed = str(max(life.speed, 20))
    desk = Desk(folder, *arguments, speed, "--for", str(SETTLE_S), **life.settings)
    desk.process.wait(timeout=60)
    code, err = desk.end()
    if code or err or not desk.lines or "summary" not in desk.lines[-1]:
        found.problems.append(f"the last run ended with {code}: {err} {desk.lines[-1:]}")
    else:
        left = left_in(account)
        found.problems += problems_of(left) + _differences(left, account, desk.lines[-1]["summary"])
        found.counts.update(orders=len(left.orders), fills=len(left.fills), intents=len(left.intents))
    found.problems = [f"life {life}, {folder}: {problem}" for problem in found.problems]
    return found


async def _open(path: Path, seed: int) -> None:
    """Make an account far out of balance: closing it takes many children."""

    def now_ms() -> int:
        return time.time_ns() // 1_000_000

    venue = PracticeVenue(now_ms=now_ms, sleep=asyncio.sleep, seed=seed, path=path, latency_ms=(0, 0))
    await venue.open_orders()
    market = next(market for market in venue.exchange.markets.values() if market.name == "Harbour bill")
    book_purchase(venue.exchange, Purchase("harbour-bill", Leg.YES, EXCESS, 2_400, 4), market.id, 100, now_ms())
    venue.release()
    await venue.close()


def _wait(desk: Desk, kind: str, seconds: float) -> None:
    """Wait for the moment to kill, at most a few seconds: then there was nothing to wait for."""

    def sent() -> int:
        return sum(line.get("event") == "OrderSending" for line in desk.lines)

    before, deadline = sent(), time.monotonic() + 6
    while desk.process.poll() is None and time.monotonic() < deadline:
        if kind == "start" or (desk.lines and (kind != "order" or sent() > before)):
            time.sleep(seconds)
            return
        time.sleep(0.002)


def _count(counts: Counter[str], kind: str, left: Left) -> None:
    at_exchange = {row["id"] for row in left.orders}
    unsure = [row["id"] for row in left.unsure]
    arrived = at_exchange.intersection(unsure)
    counts["kills"] += 1
    counts[f"kill_{kind}"] += 1
    counts["kills_with_orders_in_flight"] += bool(unsure)
    counts["in_flight_and_at_the_exchange"] += len(arrived)
    counts["in_flight_and_not_arrived"] += len(unsure) - len(arrived)
    counts["fills_not_yet_in_the_journal"] += len(left.fills) - len(left.seen) if left.seen else 0


def _micro(text: str) -> int:
    whole, _, fraction = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * MICRO + int(fraction.ljust(6, "0") or "0"))


def _differences(left: Left, account: Path, summary: dict[str, Any]) -> list[str]:
    """Return where a desk that has settled differs from the exchange: orders, fills, parents, shares, cash."""
    found, ours = [], summary["orders"]
    filled = dict.fromkeys((row["id"] for row in left.orders), 0)
    for fill in left.fills:
        if fill["status"] != "failed" and fill["order_id"] in filled:
            filled[fill["order_id"]] += fill["shares"]
    for order_id, row in ours.items():
        if _micro(row["filled"]) != filled.get(order_id, 0):
            found.append(f"order {order_id}: {row} is filled {filled.get(order_id)} at the exchange")
        if order_id not in filled and row["state"] not in ("rejected", "denied"):
            found.append(f"order {order_id} never arrived but is {row['state']}")
    if set(ours) != {row["id"] for row in left.intents}:
        found.append("the orders are not those of the intents")
    for parent_id, parent in summary["parents"].items():
        of_children = sum(_micro(row["filled"]) for row in ours.values() if row["parent"] == parent_id)
        if not of_children == _micro(parent["filled"]) <= _micro(parent["size"]):
            found.append(f"parent {parent_id}: {parent}, its children filled {of_children}")
    (cash,) = rows(account / EXCHANGE, "SELECT value FROM numbers WHERE name = 'cash'")[0]
    if _micro(summary["cash"]) != int(cash):
        found.append(f"cash {summary['cash']}, {cash} at the exchange")
    if summary["fills"] != len(left.fills) or summary["not_proven_dead"]:
        found.append(f"{summary['fills']} of {len(left.fills)} fills, {summary['not_proven_dead']} not proven dead")
    held = dict(rows(account / EXCHANGE, "SELECT token, shares FROM shares WHERE shares != 0"))
    if (mine := _held(account, summary)) != held:
        found.append(f"held {mine}, {held} at the exchange")
    return found


def _held(account: Path, summary: dict[str, Any]) -> dict[str, int]:
    listed = rows(account / "desk.sqlite", "SELECT body FROM events WHERE type = 'MarketListed'")
    markets = [json.loads(body)["market"] for (body,) in listed]
    tokens = {market["id"]: market["tokens"] for market in markets}
    found = {
        token: _micro(row[leg])
        for market_id, row in summary["positions"].items()
        for token, leg in zip(tokens[market_id], ("yes", "no"), strict=True)
    }
    return {token: size for token, size in found.items() if size}


@pytest.mark.parametrize("first", range(0, LIVES, AT_ONCE))
def test_kill_9_at_any_moment_and_a_restart_give_the_same_positions_orders_and_progress(
    tmp_path: Path, first: int
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        lives = [draw_life(0, number, KILLS_EACH) for number in range(first, first + AT_ONCE)]
        for found in pool.map(lambda life: live(tmp_path / str(life.number), life), lives):
            assert found.problems == []
            assert found.counts["kills"] == KILLS_EACH
