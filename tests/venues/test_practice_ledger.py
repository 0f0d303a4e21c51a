"""The exchange's own journal: what a restart, a kill and a wrong file do."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion, ConversionKind
from cockpit.core.errors import FailedError, UsageError
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState, OrderType
from cockpit.core.position import position_of
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.desk.clock import LoopClock
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Balances, OrderReport
from cockpit.venues.practice.ledger import NEWEST, Ledger, Page
from cockpit.venues.practice.markets import BY_SLUG, FAMILIES, Window
from cockpit.venues.practice.markets import market_of as market_in
from cockpit.venues.practice.venue import PracticeVenue
from cockpit.venues.practice.world import Listing, World

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

    async def first() -> tuple[Sequence[Order], Sequence[Fill], Balances, OrderReport | None]:
        found = venue(path)
        killed.append(found)
        events = await listen(found, 3)
        assert any(isinstance(event, ev.BookSnapshot) for event in events)
        market = market_of(found, "harbour-bill")
        task = asyncio.ensure_future(found.run(events.append))
        assert isinstance(await found.place(buy(market, 500)), Accepted)
        assert isinstance(await found.place(buy(market, 9_900, type=OrderType.FAK)), Accepted)
        taken = buy(market, 9_900).id
        # Closed only after the second has read it: what a kill leaves must be enough.
        await asyncio.sleep(5)
        task.cancel()
        return await found.open_orders(), await found.fills(), await found.balances(), await found.order(taken)

    async def second() -> tuple[Sequence[Order], Sequence[Fill], Balances, OrderReport | None]:
        found = venue(path, seed=None, start_ms=START + 60_000)
        taken = buy("", 9_900).id
        seen = (await found.open_orders(), await found.fills(), await found.balances(), await found.order(taken))
        assert all(fill.status is FillStatus.CONFIRMED for fill in seen[1])
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
            cash += position.cash
            if one in ended and position.payout(ended[one]) > 0:
                cash += position.payout(ended[one])
                await found.convert(Conversion(f"0x{one}", one, ConversionKind.REDEEM, 0, 0))
        task = asyncio.ensure_future(found.run(lambda event: None))
        await asyncio.sleep(10)
        task.cancel()
        assert (await found.balances()).cash == 1_000_000_000 + cash
        if ended[market] == PRICE_ONE:
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
    with pytest.raises(FailedError, match=r"cannot use .*exchange\.sqlite.*not a database; move the file away"):
        venue(path)
    with pytest.raises(FailedError, match="cannot use"):
        venue(path / "inside" / "exchange.sqlite")


def test_after_a_failed_write_the_file_stays_at_its_last_whole_action(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"

    async def first() -> None:
        found = venue(path)
        await found.balances()
        market = market_of(found, "coast-vote")
        assert isinstance(await found.place(buy(market, 9_900, id="0x1", type=OrderType.FAK)), Accepted)
        sql(path, "CREATE TRIGGER full BEFORE INSERT ON fills BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        with pytest.raises(FailedError, match=r"cannot write .*the disk is full"):
            await found.place(buy(market, 9_900, id="0x2", type=OrderType.FAK))
        sql(path, "DROP TRIGGER full")
        for later in ("0x3", "0x4"):
            with pytest.raises(FailedError, match=r"cannot write .*an earlier write failed"):
                await found.place(buy(market, 9_900, id=later, type=OrderType.FAK))
        await found.close()

    async def second() -> None:
        found = venue(path, None)
        fills = await found.fills()
        spent = sum(fill.money + fill.fee for fill in fills)
        assert (await found.balances()).cash == 1_000_000_000 - spent
        assert list(found.exchange.account.orders) == ["0x1"]
        await found.close()

    run(first())
    run(second())


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_first_start_that_was_killed_before_its_seed_is_begun_again(tmp_path: Path, is_whole: bool) -> None:
    path = tmp_path / "exchange.sqlite"
    if is_whole:
        run(venue(path).close())
        sql(path, "DELETE FROM numbers")
    else:
        sql(path, "CREATE TABLE numbers (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    again = venue(path, 6)
    assert again.seed == 6
    assert run(again.balances()).cash
    run(again.close())


def test_a_damaged_file_is_named_at_the_start_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"
    run(listen_once(path))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'fills'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    damaged = path.read_bytes()
    found = venue(path)
    for _ in range(2):
        with pytest.raises(FailedError, match=r"cannot read .*exchange\.sqlite.*malformed; move the file away"):
            run(found.balances())
    run(found.close())
    assert path.read_bytes() == damaged


def test_an_order_that_expired_while_away_is_not_filled_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"

    async def first() -> str:
        found = venue(path)
        await found.balances()
        market = market_of(found, "harbour-bill")
        await found.close()
        return market

    market = run(first())
    dead = buy(market, 9_000, type=OrderType.GTD, expires_at_ms=START + 200_000, state=OrderState.OPEN)
    ledger = Ledger(path, None)
    saved = ledger.load()
    ledger.write(Page(saved.cash, saved.trades, orders=[dead]))
    ledger.close()

    async def second() -> None:
        found = venue(path, None, START + 3_600_000)
        events = await listen(found, 1)
        assert [event.state for event in events if isinstance(event, ev.OrderMoved)] == [OrderState.EXPIRED]
        assert len(await found.fills()) == len(saved.fills)
        assert not await found.open_orders()
        await found.close()

    run(second())


def test_of_the_markets_that_ended_only_those_that_matter_are_loaded_and_none_is_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"
    family = BY_SLUG["btc-updown-5m"]
    run(listen_once(path))
    old = [Window(family.slug, at, at + 300_000) for at in range(START - 60_000_000, START - 30_000_000, 300_000)]
    ended = [Listing(market_in(5, family, window).id, window, 100, 500_000, PRICE_ONE) for window in old]
    ledger = Ledger(path, None)
    saved = ledger.load()
    held = replace(saved.fills[0], trade_id="held", market_id=ended[3].market_id)
    ordered = buy(ended[5].market_id, 500, state=OrderState.CANCELLED)
    ledger.write(Page(saved.cash, saved.trades, listings=ended, fills=[held], orders=[ordered]))
    ledger.close()
    sql(path, "CREATE TRIGGER kept BEFORE UPDATE ON markets WHEN old.payout_yes IS NOT NULL"
              " BEGIN SELECT RAISE(ABORT, 'rewritten'); END")  # fmt: skip
    again = venue(path, None, START + 5_000)
    run(again.balances())
    expected = [ended[3].market_id, ended[5].market_id, *(listing.market_id for listing in ended[-NEWEST:])]
    assert list(again.exchange.ended) == expected
    assert set(again.world.windows) == {*expected, *again.world.crowds}
    run(again.close())


def test_the_newest_ends_are_told_again_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"

    async def first() -> list[ev.Event]:
        found = venue(path)
        events = await listen(found, 700)
        await found.close()
        return events

    async def second() -> list[ev.Event]:
        found = venue(path, None, START + 701_000)
        events = await listen(found, 0)
        await found.close()
        return events

    def ends(events: list[ev.Event]) -> dict[str, int]:
        return {event.market_id: event.payout_yes for event in events if isinstance(event, ev.MarketEnded)}

    told = ends(run(first()))
    assert len(told) >= 4
    assert ends(run(second())) == told


def test_what_ended_windows_moved_on_is_forgotten(tmp_path: Path) -> None:
    async def main() -> None:
        clock = LoopClock(START)
        match = tuple(family for family in FAMILIES if family.slug == "match")
        found = PracticeVenue(clock.now_ms, clock.sleep, 5, events_per_s=0.05, families=match)
        await listen(found, 5 * 3_600)
        assert len(found.exchange.ended) >= 4
        assert isinstance(found.world, World)
        assert len(found.world._walks) == len(found.world.crowds)

    run(main())


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


async def listen_once(path: Path) -> None:
    found = venue(path)
    await listen(found, 1)
    await found.close()


def sql(path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def _fills_in(path: Path) -> int:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM fills").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
