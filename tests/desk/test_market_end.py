"""When a market ends, so does what is worked in it; an order placed elsewhere on the account is ours, too."""

from __future__ import annotations

import asyncio

from cockpit.core import events as ev
from cockpit.core.commands import Enter
from cockpit.core.entry import EntryKind
from cockpit.core.market import Leg
from cockpit.core.order import OrderState
from cockpit.core.parent import ParentState, Style
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET
from tests.desk.floor import bench, bid, floor_of, split
from tests.desk.scenes import ask, end, foreign, told


def test_splits_bids_and_entries_stop_with_their_market_and_say_why() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        pair = Enter("e-1", MARKET.id, EntryKind.MAKER_MAKER, Leg.YES, (2700, 6500), shares=20 * SHARE, life_ms=600_000)
        for command in (bid(limit=3100), split(style=Style.REST, limit=2800), pair):
            assert (await ask(made, command)).is_done
        await asyncio.sleep(3)
        made.venue.sink(ev.MarketEnded(made.venue.clock.now_ms(), MARKET.id, PRICE_ONE))
        for order in floor_of(made).resting:
            end(made.venue, order, OrderState.CANCELLED)
        sent = len(made.venue.placed)
        await asyncio.sleep(60)
        parents = made.desk.state.parents.values()
        assert {(parent.state, parent.reason) for parent in parents} == {(ParentState.STOPPED, "its market has ended")}
        assert not made.desk.state.entries["E-0001"].is_open
        assert len(made.venue.placed) == sent
        assert sum("its market has ended" in text for text in told(made, "warning")) == len(parents)
        await made.stop(task)

    run(story())


def test_an_order_placed_elsewhere_on_the_account_is_not_outbid() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        foreign(made.venue)  # at 0.30
        floor_of(made).others(((2900, 900 * SHARE),), ((3500, 900 * SHARE),))
        await asyncio.sleep(70)
        assert made.desk.state.foreign
        assert (await ask(made, bid(limit=3300))).is_done
        await asyncio.sleep(2)
        assert [order.price for order in made.venue.placed if order.parent_id] == [3000]
        await made.stop(task)

    run(story())
