"""The top of the book against a brute-force search: every price there is, every order seen from its own leg."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.book import Book
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderState, OrderType
from cockpit.core.peg import Peg, as_yes, best_other, is_bid, is_on_top, others, peg
from cockpit.core.units import PRICE_ONE, SHARE
from tests.core.builders import book, levels, order
from tests.core.scenes import Resting, Scene, scenes


def searched(scene: Scene) -> Peg | None:
    """Return where it belongs, by looking at every price on the tick, in the prices of the leg that is traded."""
    buys = scene.side is Side.BUY
    rivals, meets = scene.side_of(scene.side, with_ours=False), scene.side_of(scene.side.other, with_ours=True)
    found, shares = None, 0
    for price in sorted(rivals, reverse=buys):
        shares += rivals[price]
        if shares >= scene.threshold:
            found = price
            break
    ticks = range(scene.tick, PRICE_ONE, scene.tick)
    within = [price for price in ticks if (price <= scene.limit if buys else price >= scene.limit)]
    legal = [price for price in within if all(price < ask if buys else price > ask for ask in meets)]
    if not legal:
        return None
    if found is None:
        price = min(ticks) if buys else max(ticks)
        price = price if price in legal else 0
    else:
        leading = [p for p in legal if (p > found if buys else p < found)]
        best = max(legal) if buys else min(legal)
        price = (min(leading) if buys else max(leading)) if leading else best
    is_outbid = found is not None and not any(p > found if buys else p < found for p in within)
    return Peg(price, found, is_outbid)


@settings(max_examples=120)
@given(scenes())
def test_it_leads_by_a_tick_else_joins_else_stays_at_the_limit_and_is_the_price_a_search_finds(scene: Scene) -> None:
    assert scene.pegged() == searched(scene)


@given(scenes())
def test_it_never_crosses_anybody_is_never_beyond_the_limit_and_always_on_the_tick(scene: Scene) -> None:
    place = scene.pegged()
    if place is None:
        return
    assert scene.tick <= place.price <= PRICE_ONE - scene.tick
    assert place.price % scene.tick == 0
    assert not scene.side.is_beyond(place.price, scene.limit)
    for price in scene.side_of(scene.side.other, with_ours=True):
        assert place.price < price if scene.side is Side.BUY else place.price > price


@given(scenes())
def test_our_own_orders_are_as_if_they_were_not_there(scene: Scene) -> None:
    """Whichever leg they are on: a sale of NO is a bid for YES, and would be outbid for ever."""
    same = [one for one in scene.resting if one.is_ours and one.seen_from(scene.leg)[0] is scene.side]
    without = Scene(
        tuple(one for one in scene.resting if one not in same),
        scene.leg,
        scene.side,
        scene.limit,
        scene.tick,
        scene.threshold,
    )
    assert scene.pegged() == without.pegged()


@given(scenes(), st.booleans())
def test_an_order_that_is_where_it_belongs_stays_there(scene: Scene, is_mirrored: bool) -> None:
    """Placed at the price, on either leg, the price is the same at the next look: it does not chase itself."""
    place = scene.pegged()
    if place is None:
        return
    placed = Resting(scene.leg, scene.side, place.price, 7 * SHARE, is_ours=True)
    if is_mirrored:
        placed = Resting(scene.leg.other, scene.side.other, PRICE_ONE - place.price, 7 * SHARE, is_ours=True)
    after = Scene((*scene.resting, placed), scene.leg, scene.side, scene.limit, scene.tick, scene.threshold)
    assert after.pegged() == place
    ours = after.own[-1]
    on_top = is_on_top(after.book, after.own, ours, scene.threshold)
    is_behind = place.others is not None and scene.side.is_beyond(place.others, place.price)
    assert on_top == (not is_behind)
    assert not is_behind or place.is_outbid


@given(scenes())
def test_both_ways_to_say_the_same_order_belong_at_the_same_place(scene: Scene) -> None:
    mirrored = peg(
        scene.book,
        scene.own,
        scene.leg.other,
        scene.side.other,
        PRICE_ONE - scene.limit,
        scene.tick,
        scene.threshold,
    )
    place = scene.pegged()
    assert is_bid(scene.leg, scene.side) == is_bid(scene.leg.other, scene.side.other)
    assert (mirrored is None) == (place is None)
    if mirrored is not None and place is not None:
        assert mirrored.price == PRICE_ONE - place.price
        assert mirrored.is_outbid == place.is_outbid
        assert mirrored.others == (None if place.others is None else PRICE_ONE - place.others)


@given(scenes())
def test_others_are_the_levels_less_all_of_ours(scene: Scene) -> None:
    for side in Side:
        expected = scene.side_of(side, with_ours=False)
        bids = is_bid(scene.leg, side)
        found = list(others(scene.book, scene.own, bids=bids))
        assert {as_yes(scene.leg, price): shares for price, shares in found} == expected
        assert [price for price, _ in found] == sorted((price for price, _ in found), reverse=bids)
        for threshold in (0, 1, SHARE, 41 * SHARE):
            reached = [p for n, (p, _) in enumerate(found, 1) if sum(s for _, s in found[:n]) >= threshold]
            assert best_other(scene.book, scene.own, bids=bids, threshold=threshold) == next(iter(reached), None)


def at(
    bids: tuple[tuple[str, str], ...],
    asks: tuple[tuple[str, str], ...],
    limit: int,
    threshold: int = 0,
    tick: int = 100,
) -> Peg | None:
    return peg(book(levels(*bids), levels(*asks)), (), Leg.YES, Side.BUY, limit, tick, threshold)


@pytest.mark.parametrize(
    ("bids", "asks", "limit", "expected"),
    [
        ((("0.48", "9"),), (("0.52", "9"),), 6_000, Peg(4_900, 4_800, False)),  # leads
        ((("0.48", "9"),), (("0.49", "9"),), 6_000, Peg(4_800, 4_800, False)),  # a one-tick market: joins
        ((("0.48", "9"),), (("0.52", "9"),), 4_850, Peg(4_800, 4_800, True)),  # the limit is at the others
        ((("0.48", "9"),), (("0.52", "9"),), 4_500, Peg(4_500, 4_800, True)),  # beyond the limit
        ((), (("0.52", "9"),), 6_000, Peg(100, None, False)),  # alone: the least there is
        ((("0.48", "9"),), (), 9_900, Peg(4_900, 4_800, False)),
        ((("0.99", "9"),), (), 9_950, Peg(9_900, 9_900, True)),  # nothing lies above
        ((), (("0.01", "9"),), 9_900, None),  # nothing lies below
        ((("0.48", "9"),), (("0.52", "9"),), 99, None),  # no price is within the limit
    ],
)
def test_examples(
    bids: tuple[tuple[str, str], ...], asks: tuple[tuple[str, str], ...], limit: int, expected: Peg | None
) -> None:
    assert at(bids, asks, limit) == expected


def test_fewer_shares_than_the_threshold_are_no_competition() -> None:
    bids = (("0.50", "4"), ("0.48", "2"), ("0.47", "30"))
    for threshold, price in ((0, 5_100), (4, 5_100), (5, 4_900), (6, 4_900), (7, 4_800), (36, 4_800), (37, 100)):
        place = at(bids, (("0.60", "9"),), 9_000, threshold * SHARE)
        assert place is not None
        assert place.price == price, threshold


def test_a_book_that_is_crossed_or_lost_has_no_place_for_it() -> None:
    assert at((("0.52", "9"),), (("0.52", "9"),), 6_000) is None
    lost = book(levels(("0.48", "9")), levels(("0.52", "9")))
    lost.lose()
    assert peg(lost, (), Leg.YES, Side.BUY, 6_000, 100) is None
    assert peg(Book("m"), (), Leg.YES, Side.BUY, 6_000, 100) is None


def test_beside_levels_that_a_smaller_tick_left_off_it_the_price_is_on_the_tick() -> None:
    for bids, asks in (((("0.4825", "9"),), (("0.60", "9"),)), ((("0.48", "9"),), (("0.4825", "9"),))):
        place = at(bids, asks, 5_500, tick=10)
        assert place is not None
        assert place.price % 10 == 0


def test_an_order_on_its_way_counts_against_its_level_until_it_is_proven_dead() -> None:
    seen = book(levels(("0.50", "10"), ("0.48", "9")), levels(("0.60", "9")))
    sent = order(price="0.5", size="10", state=OrderState.UNKNOWN, order_type=OrderType.GTC)
    dead = order(price="0.5", size="10", state=OrderState.CANCELLED, order_type=OrderType.GTC)
    assert best_other(seen, (sent,), bids=True) == 4_800
    assert best_other(seen, (dead,), bids=True) == 5_000
