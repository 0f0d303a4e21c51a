"""What happens by itself to the venue's mode, to markets and to the account: one test a word."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion, ConversionKind
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderState, OrderType
from cockpit.core.units import PRICE_ONE, SHARE, USD
from cockpit.venues.base import Accepted, Rejected, Unanswered
from cockpit.venues.practice.mishaps import FOREIGN
from tests.venues.faulty_bench import Bench, play


async def refusal(bench: Bench, **more: Any) -> str:
    """Return the code of the refusal of an order."""
    before = bench.exchange.account.cash
    answer = await bench.venue.place(bench.order(name="new", **more))
    assert isinstance(answer, Rejected)
    assert "0xnew" not in bench.exchange.account.orders
    assert bench.exchange.account.cash == before
    return answer.code


async def silence(asked: Awaitable[object]) -> str:
    with pytest.raises(Unanswered) as caught:
        await asked
    return str(caught.value)


def requests(bench: Bench) -> list[Callable[[], Awaitable[object]]]:
    venue = bench.venue
    return [
        lambda: venue.place(bench.order(name="x")),
        lambda: venue.cancel(["0x1"]),
        lambda: venue.order("0x1"),
        venue.open_orders,
        venue.fills,
        venue.balances,
    ]


def test_mode_restart_answers_nothing_for_90_s_and_then_takes_only_post_only_orders() -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap("mode.restart")
        for ask in [*requests(bench), bench.venue.time_ms]:
            assert "425" in await silence(ask())
        await asyncio.sleep(90)
        assert await refusal(bench) == "post_only_mode"
        assert isinstance(await bench.venue.place(bench.order(name="2", post_only=True)), Accepted)
        await bench.venue.cancel(["0x2"])
        assert not bench.exchange.account.open
        await asyncio.sleep(120)
        assert isinstance(await bench.venue.place(bench.order(name="3")), Accepted)
        assert (bench.faults.fired["mode.restart"], bench.faults.fired["mode.post_only"]) == (1, 1)

    play(scene)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("mode.post_only", "post_only_mode"),
        ("mode.cancel_only", "cancel_only"),
        ("acct.banned", "banned"),
        ("acct.closed_only", "closed_only"),
        ("market.pause", "market_not_ready"),
    ],
)
def test_orders_are_refused_for_a_while_and_cancels_go_through(word: str, code: str) -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order())
        bench.mishap(word)
        assert await refusal(bench) == code
        await bench.venue.cancel(["0x1"])
        assert not bench.exchange.account.open
        assert bench.faults.fired[word] == 1
        await asyncio.sleep(180)
        assert isinstance(await bench.venue.place(bench.order(name="2")), Accepted)

    play(scene, markets=1, closing=())


def test_acct_closed_only_takes_sales() -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap("acct.closed_only")
        sale = bench.order(9_000, side=Side.SELL)
        assert isinstance(await bench.venue.place(sale), Accepted)
        assert bench.faults.fired["acct.closed_only"] == 0

    play(scene)


def test_mode_disabled_answers_neither_orders_nor_cancels_but_reads() -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order())
        bench.mishap("mode.disabled")
        place, cancel, *reads = requests(bench)
        assert "503" in await silence(place())
        assert "503" in await silence(cancel())
        for read in reads:
            await read()
        assert list(bench.exchange.account.open) == ["0x1"]
        assert bench.faults.fired["mode.disabled"] == 1

    play(scene)


def test_acct_key_revoked_answers_401_to_everything_private() -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap("acct.key_revoked")
        for ask in requests(bench):
            assert "401" in await silence(ask())
        assert await bench.venue.time_ms() == bench.clock.now_ms()
        await asyncio.sleep(90)
        await bench.venue.balances()
        assert bench.faults.fired["acct.key_revoked"] == 1

    play(scene)


def test_acct_balance_refuses_what_the_balance_shown_would_cover() -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap("acct.balance")
        before = await bench.venue.balances()
        assert await refusal(bench, price=9_000, size=1_000 * SHARE) == "not_enough_balance"
        assert await bench.venue.balances() == before
        assert before.cash > 900 * USD
        assert bench.faults.fired["acct.balance"] == 1
        await asyncio.sleep(60)
        assert isinstance(await bench.venue.place(bench.order(1_000, size=9_000 * SHARE)), Accepted)

    play(scene)


def test_market_tick_becomes_finer_and_coarse_again() -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap("market.tick")
        bench.mishap("market.tick")
        assert [event.tick for event in bench.heard(ev.TickChanged)] == [10, 100]
        bench.mishap("market.tick")
        await bench.venue.place(bench.order(2_010))
        bench.mishap("market.tick")
        assert bench.exchange.markets[bench.market].tick == 10
        assert bench.faults.fired["market.tick"] == 3

    play(scene, markets=1, closing=())


def test_market_resolve_pays_in_silence_and_is_told_late() -> None:
    async def scene(bench: Bench) -> None:
        market = bench.market
        bench.mishap("market.resolve")
        assert bench.exchange.ended[market] in (0, PRICE_ONE)
        assert await refusal(bench, market_id=market) == "market_not_ready"
        assert not bench.heard(ev.MarketEnded)
        await asyncio.sleep(120)
        assert [event.market_id for event in bench.heard(ev.MarketEnded)] == [market]
        assert market not in bench.exchange.ladders
        assert bench.exchange.ladders
        assert bench.faults.fired["market.resolve"] == 1

    play(scene, markets=1, closing=())


def test_market_void_pays_half_for_each() -> None:
    async def scene(bench: Bench) -> None:
        before, market = bench.exchange.account.cash, bench.market
        held = sum(bench.exchange.account.shares.get(token, 0) for token in bench.exchange.markets[bench.market].tokens)
        bench.mishap("market.void")
        assert [(event.payout_yes, event.owes) for event in bench.heard(ev.MarketEnded)] == [(5_000, True)]
        assert bench.exchange.account.cash == before, "it is owed until it is redeemed"
        answer = await bench.venue.convert(Conversion("0xr", market, ConversionKind.REDEEM, 0, 0))
        assert isinstance(answer, Accepted), answer
        await asyncio.sleep(10)
        assert bench.exchange.account.cash == before + held // 2 > before
        assert bench.faults.fired["market.void"] == 1

    play(scene, markets=1, closing=())


@pytest.mark.parametrize("word", ["market.start", "foreign.cancel_all"])
def test_somebody_else_cancels_what_rests(word: str) -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap(word)
        assert bench.faults.fired[word] == 0
        await bench.venue.place(bench.order())
        bench.mishap(word)
        assert [event.state for event in bench.heard(ev.OrderMoved)][-1] is OrderState.CANCELLED
        assert bench.faults.fired[word] == 1

    play(scene)


def test_foreign_order_rests_on_the_account_and_its_owner_takes_it_back() -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap("foreign.order")
        (order,) = await bench.venue.open_orders()
        assert (order.label, order.parent_id) == (FOREIGN, "")
        assert bench.faults.fired["foreign.order"] == 1
        await asyncio.sleep(300)
        assert order.id not in bench.exchange.account.open

    play(scene)


@pytest.mark.parametrize("seed", range(4))
def test_foreign_fill_moves_cash_and_shares_and_is_listed(seed: int) -> None:
    async def scene(bench: Bench) -> None:
        account = bench.exchange.account
        cash, known = account.cash, set(account.fills)
        bench.mishap("foreign.fill")
        new = [fill for fill in await bench.venue.fills() if fill.key not in known]
        assert new
        assert cash - account.cash == sum(fill.money + fill.fee for fill in new)
        assert all(account.orders[fill.order_id].label == FOREIGN for fill in new)
        assert {fill.leg for fill in new} <= {Leg.YES, Leg.NO}
        assert account.orders[new[0].order_id].type is OrderType.FAK
        assert bench.faults.fired["foreign.fill"] == 1

    play(scene, seed=seed)
