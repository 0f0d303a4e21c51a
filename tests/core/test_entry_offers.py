"""Offers of generated books: what is proposed leaves the spread, rests where it rests, and is what a search finds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.book import Book
from cockpit.core.entry import (
    EntryKind,
    EntryRules,
    Offer,
    fitted,
    leaves,
    offer_of,
    prices_for,
    result_of,
    size_for,
    takes,
)
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Market
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD
from tests.core.builders import CRYPTO, book, fee_schedules, legs, levels, market
from tests.core.entry_costs import MAKER_MAKER, MAKER_TAKER, TAKER_TAKER, cost


@st.composite
def markets_and_books(draw: st.DrawFn) -> tuple[Market, Book]:
    """A market with any tick, and a two-sided book on it: narrow and wide spreads, in the middle and at the ends."""
    tick = draw(st.sampled_from([1_000, 100, 100, 50, 25, 10, 1]))
    steps = PRICE_ONE // tick
    bid = draw(st.integers(1, steps - 2) | st.sampled_from([1, steps // 2, steps - 2]))
    ask = min(bid + draw(st.integers(1, 12) | st.integers(1, steps)), steps - 1)
    sizes = st.integers(1, 500 * SHARE)
    bids = {bid * tick: draw(sizes), max(1, bid - 1) * tick: draw(sizes)}
    asks = {ask * tick: draw(sizes), min(steps - 1, ask + 2) * tick: draw(sizes)}
    made = book(bids.items(), asks.items())
    made.tick = tick
    return market(tick=tick, fees=draw(fee_schedules)), made


rule_sets = st.builds(EntryRules, min_spread=st.sampled_from([0, 1, 50, 200, 700]), reach=st.integers(0, 5))
budgets = st.integers(0, 100 * USD) | st.sampled_from([25 * USD])


def qualifies(
    listed: Market, kind: EntryKind, first: Leg, at: tuple[int, int], rules: EntryRules, budget: int
) -> Offer | None:
    """Return an offer at these prices, if the venue would take it and enough is left of each pair."""
    if not all(listed.tick <= price <= PRICE_ONE - listed.tick and price % listed.tick == 0 for price in at):
        return None
    most = budget * PRICE_ONE // sum(at) // LOT
    shares = next((n for n in range(most, 0, -1) if cost(kind, first, n * LOT, at, listed.fees) <= budget), 0) * LOT
    if shares < listed.min_size:
        return None
    for leg in Leg:
        worth = ceil(Fraction(shares * at[leg], PRICE_ONE))
        if (kind is TAKER_TAKER or (kind is MAKER_TAKER and leg is not first)) and worth < listed.min_taker_cost:
            return None
    result = shares - cost(kind, first, shares, at, listed.fees)
    is_enough = Fraction(result, shares) >= Fraction(rules.min_spread, PRICE_ONE)
    return Offer(listed.id, kind, first, shares, at, result) if is_enough else None


@settings(max_examples=100)
@given(markets_and_books(), rule_sets, budgets)
def test_an_offer_leaves_the_minimum_spread_rests_where_it_rests_and_fits_the_budget(
    scene: tuple[Market, Book], rules: EntryRules, budget: int
) -> None:
    listed, book_now = scene
    offer = offer_of(listed, book_now, rules, budget)
    if offer is None:
        return
    assert offer == qualifies(listed, offer.kind, offer.first, offer.prices, rules, budget)
    assert cost(offer.kind, offer.first, offer.shares, offer.prices, listed.fees) <= budget
    best_bid, best_ask = max(book_now.bids), min(book_now.asks)
    asks, bids = (best_ask, PRICE_ONE - best_bid), (best_bid, PRICE_ONE - best_ask)
    for leg in Leg:
        if takes(offer.kind, offer.first, leg):
            assert offer.prices[leg] == asks[leg]
        else:
            assert offer.prices[leg] < asks[leg]  # it rests
            assert offer.kind is MAKER_MAKER or offer.prices[leg] >= bids[leg] - rules.reach * listed.tick
    assert offer.kind is not TAKER_TAKER  # asks of one book sum to more than 1
    if offer.kind is MAKER_MAKER:
        assert sum(offer.prices) < PRICE_ONE  # our bids do not meet each other


@settings(max_examples=100)
@given(markets_and_books(), rule_sets, budgets)
def test_where_both_bids_joined_or_led_leave_enough_there_is_an_offer_at_least_as_good(
    scene: tuple[Market, Book], rules: EntryRules, budget: int
) -> None:
    listed, book_now = scene
    best_bid, best_ask = max(book_now.bids), min(book_now.asks)
    bids = best_bid, PRICE_ONE - best_ask
    led = bids[0] + listed.tick, bids[1] + listed.tick
    is_led = PRICE_ONE - sum(led) >= max(rules.min_spread, listed.tick)
    expected = qualifies(listed, MAKER_MAKER, Leg.YES, led if is_led else bids, rules, budget)
    offer = offer_of(listed, book_now, rules, budget)
    assert expected is None or (offer is not None and offer.result >= expected.result)


def highest(listed: Market, book_now: Book, first: Leg, rules: EntryRules, shares: int) -> int:
    """Return the highest price to rest at that leaves the spread when the other leg is taken, by trying all; or 0.

    The step up to which the fee is rounded counts as it does for the smallest size, 5 shares.
    """
    rounding = 10 * shares // (5 * SHARE) if listed.fees.rate else 0
    best_bid, best_ask = max(book_now.bids), min(book_now.asks)
    asks = best_ask, PRICE_ONE - best_bid
    other = asks[first.other]
    for price in range(asks[first] - listed.tick, 0, -listed.tick):
        at = (price, other) if first is Leg.YES else (other, price)
        left = shares - cost(MAKER_TAKER, first, shares, at, listed.fees) - rounding
        if Fraction(left, shares) >= Fraction(rules.min_spread, PRICE_ONE):
            return price
    return 0


@given(markets_and_books(), rule_sets, legs)
def test_a_leg_rests_as_high_as_leaves_the_spread_when_the_other_is_taken(
    scene: tuple[Market, Book], rules: EntryRules, first: Leg
) -> None:
    listed, book_now = scene
    listed = replace(listed, tick=max(listed.tick, 25))
    if any(price % listed.tick for price in (*book_now.bids, *book_now.asks)):
        return
    at = prices_for(listed, book_now, rules, MAKER_TAKER, first)
    assert at[first.other] == book_now.ask(first.other)
    assert at[first] == highest(listed, book_now, first, rules, 100 * SHARE)


def test_the_best_price_to_rest_at_leaves_the_spread_at_the_size_that_the_budget_pays_for() -> None:
    listed, rules = market(tick=25, fees=CRYPTO), EntryRules(min_spread=200)
    even = book(levels(("0.50", "900")), levels(("0.505", "900")))
    at = prices_for(listed, even, rules, MAKER_TAKER, Leg.YES)
    # 0.0175 a share is the fee: at 0.4625 exactly 0.02 is left, and less where the fee is rounded up.
    assert at == (4_600, 5_000)
    shares = size_for(MAKER_TAKER, Leg.YES, 25 * USD, at, CRYPTO)
    assert leaves(result_of(MAKER_TAKER, Leg.YES, shares, at, CRYPTO), shares, rules.min_spread)


@pytest.mark.parametrize("fees", [FeeSchedule(), CRYPTO])
def test_a_book_that_is_not_whole_crossed_or_one_sided_offers_nothing(fees: FeeSchedule) -> None:
    wide = levels(("0.30", "100")), levels(("0.70", "100"))
    listed, rules = market(fees=fees), EntryRules()
    assert offer_of(listed, book(*wide), rules, 25 * USD) is not None
    lost = book(*wide)
    lost.lose()
    crossed = book(levels(("0.70", "100")), levels(("0.30", "100")))
    for nothing in (lost, crossed, book(wide[0], ()), book((), wide[1]), book(), Book("m")):
        assert offer_of(listed, nothing, rules, 25 * USD) is None


def test_no_budget_and_one_below_the_venues_minimum_offer_nothing() -> None:
    wide = book(levels(("0.30", "100")), levels(("0.70", "100")))
    for budget in (-USD, 0, 3 * USD):
        assert offer_of(market(), wide, EntryRules(), budget) is None
    offer = offer_of(market(), wide, EntryRules(), 25 * USD)
    assert offer == Offer("m", MAKER_MAKER, Leg.YES, 40_320_000, (3_100, 3_100), 40_320_000 - 24_998_400)


def test_a_spread_of_the_minimum_is_joined_and_a_wider_one_led() -> None:
    rules = EntryRules(min_spread=200)
    joined = book(levels(("0.49", "9")), levels(("0.51", "9")))
    led = book(levels(("0.48", "9")), levels(("0.52", "9")))
    narrow = book(levels(("0.49", "9")), levels(("0.50", "9")))
    assert prices_for(market(), joined, rules, MAKER_MAKER, Leg.YES) == (4_900, 4_900)
    assert prices_for(market(), led, rules, MAKER_MAKER, Leg.YES) == (4_900, 4_900)
    assert offer_of(market(), narrow, replace(rules, reach=1), 25 * USD) is None


def test_a_leg_far_behind_the_best_bid_is_not_proposed() -> None:
    narrow = book(levels(("0.50", "900")), levels(("0.51", "900")))
    assert prices_for(market(), narrow, EntryRules(), MAKER_TAKER, Leg.YES) == (4_800, 5_000)  # two behind the best
    assert offer_of(market(), narrow, EntryRules(reach=1), 25 * USD) is None
    offer = offer_of(market(), narrow, EntryRules(reach=2), 25 * USD)
    assert offer is not None
    assert (offer.kind, offer.prices) in ((MAKER_TAKER, (4_800, 5_000)), (MAKER_TAKER, (5_100, 4_700)))


@given(markets_and_books(), rule_sets, st.integers(0, 39), st.integers(0, 39))
def test_prices_left_open_of_two_bids_leave_the_spread_beside_those_that_were_given(
    scene: tuple[Market, Book], rules: EntryRules, yes: int, no: int
) -> None:
    listed, book_now = scene
    listed = replace(listed, tick=250)
    given = yes * 250, no * 250
    best = tuple(
        listed.round_down(price) if price >= 250 else 0
        for price in prices_for(listed, book_now, rules, MAKER_MAKER, Leg.YES)
    )
    at = fitted(listed, rules, given, (best[0], best[1]))
    for leg in Leg:
        assert at[leg] == given[leg] if given[leg] else at[leg] <= best[leg]
        assert at[leg] % 250 == 0
    if all(given) or not all(at):
        return
    assert PRICE_ONE - sum(at) >= rules.min_spread
    second = Leg.NO if not given[Leg.NO] else Leg.YES
    higher = at[second] + 250
    assert higher > best[second] or PRICE_ONE - at[second.other] - higher < max(rules.min_spread, 250)
