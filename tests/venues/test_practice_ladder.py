"""The ladder: price-time priority, queues of others and ours, and agreement with a simple model."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.market import Leg, Side
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.venues.mirror import ASK, BID, canonical
from cockpit.venues.practice.ladder import Ladder, Match


def test_a_no_bid_is_a_yes_ask_at_one_minus_its_price() -> None:
    assert canonical(Leg.NO, Side.BUY, 4_200) == (ASK, 5_800)
    assert canonical(Leg.NO, Side.SELL, 4_200) == (BID, 5_800)
    assert canonical(Leg.YES, Side.BUY, 4_200) == (BID, 4_200)
    assert canonical(Leg.YES, Side.SELL, 4_200) == (ASK, 4_200)


def test_better_prices_are_served_first_and_older_orders_within_a_price() -> None:
    ladder = Ladder()
    ladder.add(ASK, 5_200, 10)
    ladder.add(ASK, 5_100, 10, "mine")
    ladder.add(ASK, 5_100, 10)
    ladder.add(ASK, 5_100, 10, "mine too")
    plan = ladder.plan(ASK, 5_200, 35)
    assert plan == [Match("mine", 5_100, 10), Match("", 5_100, 10), Match("mine too", 5_100, 10), Match("", 5_200, 5)]
    ladder.consume(ASK, plan)
    assert ladder.levels(ASK) == ((5_200, 5),)


def test_a_plan_stops_at_the_limit() -> None:
    ladder = Ladder()
    ladder.add(BID, 4_000, 10)
    ladder.add(BID, 3_900, 10)
    assert ladder.plan(BID, 3_950, 100) == [Match("", 4_000, 10)]


def test_others_who_leave_before_us_bring_us_forward_and_those_behind_do_not() -> None:
    front, back = Ladder(), Ladder()
    for ladder in (front, back):
        ladder.add(BID, 4_000, 30)
        ladder.add(BID, 4_000, 5, "mine")
        ladder.add(BID, 4_000, 30)
    assert front.withdraw(BID, 4_000, 10, 0.0) == 10
    assert back.withdraw(BID, 4_000, 10, 1.0) == 10
    assert front.plan(BID, 4_000, 25)[-1] == Match("mine", 4_000, 5)
    assert back.plan(BID, 4_000, 35)[-1] == Match("mine", 4_000, 5)
    assert front.total(BID, 4_000) == back.total(BID, 4_000) == 55


def test_withdrawing_everything_leaves_only_ours() -> None:
    ladder = Ladder()
    ladder.add(ASK, 6_000, 30)
    ladder.add(ASK, 6_000, 5, "mine")
    ladder.add(ASK, 6_000, 7)
    assert ladder.withdraw(ASK, 6_000, 1_000, 0.7) == 37
    assert ladder.levels(ASK) == ((6_000, 5),)
    assert ladder.others(ASK, 6_000) == 0
    assert ladder.remove(ASK, 6_000, "mine") == 5
    assert ladder.best == [0, PRICE_ONE]


@given(st.integers(0, 2**32), st.integers(1, 120))
def test_totals_and_best_prices_agree_with_a_plain_list_of_orders(seed: int, steps: int) -> None:
    draw = random.Random(seed)
    ladder, mine, number = Ladder(), {}, 0
    totals: dict[tuple[int, int], int] = {}
    for _ in range(steps):
        side = draw.randint(0, 1)
        price = draw.randint(3_000, 4_900) // 100 * 100 + (0 if side == BID else 2_000)
        what = draw.random()
        if what < 0.5:
            shares = draw.randint(1, 50) * SHARE
            owner = f"c{number}" if draw.random() < 0.3 else ""
            number += 1
            ladder.add(side, price, shares, owner)
            totals[(side, price)] = totals.get((side, price), 0) + shares
            if owner:
                mine[owner] = (side, price)
        elif what < 0.7:
            gone = ladder.withdraw(side, price, draw.randint(1, 60) * SHARE, draw.random())
            totals[(side, price)] = totals.get((side, price), 0) - gone
        elif what < 0.8 and mine:
            owner = draw.choice(list(mine))
            place = mine.pop(owner)
            totals[place] = totals[place] - ladder.remove(*place, owner)
        else:
            limit = 0 if side == BID else PRICE_ONE
            plan = ladder.plan(side, limit, draw.randint(1, 200) * SHARE)
            ladder.consume(side, plan)
            for match in plan:
                totals[(side, match.price)] -= match.shares
        for one in (BID, ASK):
            expected = {price: total for (s, price), total in totals.items() if s == one and total}
            assert dict(ladder.levels(one)) == expected
            empty = 0 if one == BID else PRICE_ONE
            best = (max if one == BID else min)(expected, default=empty)
            assert ladder.best[one] == best
