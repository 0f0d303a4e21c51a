"""The exchange's own journal: what a restart, a kill and a wrong file do."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.core import events as ev
from cockpit.core.errors import FailedError, UsageError
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus, Order, OrderState, OrderType
from cockpit.core.position import position_of
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.desk.clock import LoopClock
from cockpit.venues.base import Accepted
from cockpit.venues.practice.venue import PracticeVenue
from tests.virtual_time import run

START = 1_790_000_100_000


def venue(path: Path | None, seed: int | None = 5, start_ms: int = START) -> PracticeVenue:
    clock = LoopClock(start_ms)
    return PracticeVenue(clock.now_ms, clock.sleep, seed, path)


async def listen(found: PracticeVenue, seconds: float) -> list[ev.Event]:
    events: list[ev.Event] = []
    task = asyncio.ensure_future(found.run(events.append))
    await asyncio.sleep(seconds)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return events


def market_of(found: PracticeVenue, family: str) -> str:
    return next(m for m, window in found.world.windows.items() if window.family == family and m in found.world.crowds)


def buy(market_id: str, price: int, size: int = 10, **more: object) -> Order:
    made = Order("0x" + f"{price:064x}", "c-1", "p-1", market_id, Leg.YES, Side.BUY, price, size * SHARE, OrderType.GTC)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_restart_finds_orders_fills_and_balances_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"
    killed = []

    async def first() -> tuple[object, ...]:
        found = venue(path)
        killed.append(found)
        events = await listen(found, 3)
        assert any(isinstance(event, ev.BookSnapshot) for event in events)
        market = market_of(found, "harbour-bill")
        assert isinstance(await found.place(buy(market, 500)), Accepted)
        assert isinstance(await found.place(buy(market, 9_900, type=OrderType.FAK)), Accepted)
        taken = buy(market, 9_900).id
        # Closed only after the second has read it: what a kill leaves must be enough.
        return await found.open_orders(), await found.fills(), await found.balances(), await found.order(taken)

    async def second() -> tuple[object, ...]:
        found = venue(path, seed=None, start_ms=START + 60_000)
        taken = buy("", 9_900).id
        seen = (await found.open_orders(), await found.fills(), await found.balances(), await found.order(taken))
        await listen(found, 5)
        assert all(fill.status is FillStatus.CONFIRMED for fill in await found.fills())
        await found.close()
        await killed[0].close()
        return seen

    assert run(first()) == run(second())


def test_the_same_ids_are_known_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"

    async def one(start_ms: int) -> tuple[dict[str, object], int]:
        found = venue(path, None, start_ms)
        await found.balances()
        await found.close()
        return {m: found.exchange.markets[m].tokens for m in found.world.crowds}, found.exchange.trades

    assert run(one(START)) == run(one(START + 5_000))


def test_a_fill_is_written_before_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"

    async def main() -> None:
        found, written = venue(path), list[int]()

        def sink(event: ev.Event) -> None:
            if isinstance(event, ev.FillSeen):
                written.append(_fills_in(path))

        task = asyncio.ensure_future(found.run(sink))
        await asyncio.sleep(1)
        before = _fills_in(path)
        await found.place(buy(market_of(found, "coast-vote"), 9_900, type=OrderType.FAK))
        assert written
        assert all(count > before for count in written)
        assert _fills_in(path) == before + len(written)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await found.close()

    run(main())


def test_windows_that_ended_while_away_are_resolved_paid_and_told(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"

    async def first() -> str:
        found = venue(path)
        await found.balances()
        market = market_of(found, "btc-updown-5m")
        assert isinstance(await found.place(buy(market, 9_900, 20, type=OrderType.FAK)), Accepted)
        assert isinstance(await found.place(buy(market, 100, 20)), Accepted)
        await found.close()
        return market

    async def second(market: str) -> None:
        found = venue(path, None, START + 3_600_000)
        events = await listen(found, 1)
        ended = {event.market_id: event.payout_yes for event in events if isinstance(event, ev.MarketEnded)}
        assert ended[market] in (0, PRICE_ONE)
        listed = [event.market.id for event in events if isinstance(event, ev.MarketListed)]
        assert market in listed
        cancelled = [event for event in events if isinstance(event, ev.OrderMoved)]
        assert [(event.order_id, event.state) for event in cancelled] == [(buy(market, 100).id, OrderState.CANCELLED)]
        assert events.index(cancelled[0]) < next(
            n for n, event in enumerate(events) if isinstance(event, ev.MarketEnded)
        )
        fills = await found.fills()
        cash = 0
        for one in {fill.market_id for fill in fills}:
            position = position_of(one, [fill for fill in fills if fill.market_id == one])
            cash += (position.resolve(ended[one]) if one in ended else position).cash
        assert (await found.balances()).cash == 1_000_000_000 + cash
        assert not set(found.exchange.markets[market].tokens) & set((await found.balances()).shares)
        await found.close()

    run(second(run(first())))


def test_another_seed_than_the_files_is_refused_naming_both(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"
    first = venue(path, 5)
    run(first.close())
    with pytest.raises(UsageError, match=r"seed 6 was asked for.* seed 5"):
        venue(path, 6)
    again = venue(path, None)
    assert again.seed == 5
    run(again.close())


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"
    run(venue(path).close())
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE numbers SET value = '99' WHERE name = 'schema'")
        connection.commit()
    with pytest.raises(FailedError, match="newer version"):
        venue(path)


def test_a_file_that_is_no_ledger_and_a_folder_that_cannot_be_made_are_named(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"
    path.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(FailedError, match=r"cannot use .*exchange\.sqlite"):
        venue(path)
    with pytest.raises(FailedError, match="cannot use"):
        venue(path / "inside" / "exchange.sqlite")


def test_a_writer_that_dies_at_any_moment_leaves_a_consistent_file(tmp_path: Path) -> None:
    """A child trades as fast as it can and is killed; cash in the file always equals what its fills say."""
    for round_number in range(3):
        path = tmp_path / f"exchange-{round_number}.sqlite"
        code = "import sys; from tests.venues import test_practice_ledger as here; here.trade_for_ever(sys.argv[1])"
        with subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=Path(__file__).parents[2]) as child:
            while not path.exists() or _fills_in(path) < 20 + 10 * round_number:
                assert child.poll() is None
            child.kill()

        async def look(path: Path = path) -> None:
            found = venue(path, None, START + 1_000)
            fills, balances = await found.fills(), await found.balances()
            spent = sum((1 if fill.side is Side.BUY else -1) * fill.money + fill.fee for fill in fills)
            assert balances.cash == 1_000_000_000 - spent
            for order in found.exchange.account.orders.values():
                assert order.filled == sum(fill.shares for fill in fills if fill.order_id == order.id)
            await found.close()

        run(look())


def trade_for_ever(path: str) -> None:
    """Buy and sell until killed; runs in a child process."""
    run(_trade_for_ever(Path(path)))


async def _trade_for_ever(path: Path) -> None:
    found = venue(path)
    await found.balances()
    market = market_of(found, "strait-treaty")
    for number in range(100_000):
        side = Side.BUY if number % 2 == 0 else Side.SELL
        price = 9_900 if side is Side.BUY else 100
        await found.place(buy(market, price, 6, id=f"0x{number:064x}", side=side, type=OrderType.FAK))


def _fills_in(path: Path) -> int:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM fills").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
