"""What completing a pair would lock, against exact fractions, at every price an order may carry."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.fees import STEP, FeeSchedule
from cockpit.core.locks import Completion, Outlook, completion_of
from cockpit.core.market import Leg, Side
from cockpit.core.position import Position
from cockpit.core.rebalance import Quotes, RebalanceRules, options_of
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD
from tests.core.builders import CRYPTO, fill, held, market, positions

RATES = [0, 300, 400, 500, 700, 10_000]
"""Fee rates of the venue in 1/10,000, and the highest there can be."""

completions = st.builds(
    Completion,
    leg=st.sampled_from(Leg),
    shares=st.one_of(st.integers(1, 20), st.integers(1, 50_000)).map(lambda lots: lots * LOT),
    matched=st.integers(1, 50_000).map(lambda lots: lots * LOT),
    cash=st.integers(-20_000 * USD, 1_000 * USD),
    fees=st.builds(FeeSchedule, st.sampled_from(RATES), st.sampled_from([1, 1, 2])),
    min_profit=st.sampled_from([0, 200, 55, 1_000]),
    tick=st.sampled_from([100, 10, 25]),
)


@st.composite
def near(draw: st.DrawFn) -> Completion:
    """A purchase whose break-even lies somewhere on the ladder."""
    drawn = draw(completions)
    matched = drawn.shares + draw(st.integers(0, 50_000)) * LOT
    paid = matched - drawn.shares * draw(st.integers(0, PRICE_ONE)) // PRICE_ONE
    return Completion(
        drawn.leg, drawn.shares, matched, -paid + draw(st.integers(-50, 50)), drawn.fees, drawn.min_profit, drawn.tick
    )


def ticks(completion: Completion) -> range:
    return range(completion.tick, PRICE_ONE, completion.tick)


def exact_lock(completion: Completion, price: int, *, is_taker: bool) -> Fraction:
    """The lock without any rounding, in 1/1,000,000 USD."""
    q = Fraction(price, PRICE_ONE)
    fees = completion.fees
    fee = Fraction(fees.rate, 10_000) * (q * (1 - q)) ** fees.exponent * completion.shares if is_taker else 0
    return completion.matched + completion.cash - q * completion.shares - fee


@given(st.one_of(completions, near()), st.booleans())
def test_the_lock_is_the_exact_one_rounded_against_us_at_every_tick(completion: Completion, is_taker: bool) -> None:
    for price in ticks(completion):
        off = exact_lock(completion, price, is_taker=is_taker) - completion.locked_at(price, is_taker=is_taker)
        # A fee below 0.00001 USD is dropped by the venue, every other one rounded up to that.
        assert (-STEP < off < 1 + STEP) if is_taker else (0 <= off < 1)


@given(st.one_of(completions, near()), st.booleans())
def test_the_break_even_is_the_highest_tick_that_locks_the_target(completion: Completion, is_taker: bool) -> None:
    found = completion.break_even(is_taker=is_taker)
    least = Fraction(completion.min_profit, PRICE_ONE) * completion.matched
    reaching = [price for price in ticks(completion) if completion.locked_at(price, is_taker=is_taker) >= least]
    assert found == max(reaching, default=None)
    if found is not None and found + completion.tick < PRICE_ONE:
        above = completion.locked_at(found + completion.tick, is_taker=is_taker)
        assert completion.locked_at(found, is_taker=is_taker) >= completion.target > above
        assert exact_lock(completion, found + completion.tick, is_taker=is_taker) < least + 1 + STEP
    if found is not None:
        assert exact_lock(completion, found, is_taker=is_taker) > least - STEP


@given(st.one_of(completions, near()), st.booleans())
def test_below_the_break_even_a_price_misses_the_target_by_next_to_nothing(
    completion: Completion, is_taker: bool
) -> None:
    found = completion.break_even(is_taker=is_taker)
    for price in ticks(completion):
        if found is not None and price < found:
            assert completion.locked_at(price, is_taker=is_taker) > completion.target - 3 * STEP


@given(near())
def test_for_orders_the_venue_takes_the_lock_falls_with_every_tick(completion: Completion) -> None:
    if completion.shares >= SHARE and completion.fees.rate <= 700:
        for is_taker in (True, False):
            locks = [completion.locked_at(price, is_taker=is_taker) for price in ticks(completion)]
            assert locks == sorted(locks, reverse=True)


def test_the_fee_of_a_hundredth_of_a_share_can_fall_by_more_than_the_price_rises() -> None:
    tiny = Completion(Leg.NO, LOT, LOT, -100, CRYPTO, 0, 10)
    locks = {price: tiny.locked_at(price, is_taker=True) for price in ticks(tiny)}
    rising = [price for price in locks if locks[price] < locks.get(price + 10, -USD)]
    assert rising == [9_850]
    assert (locks[9_850], locks[9_860]) == (30, 40)
    at_the_kink = Completion(Leg.NO, LOT, LOT, -140, CRYPTO, 0, 10)
    assert at_the_kink.locked_at(9_850, is_taker=True) < at_the_kink.target
    assert at_the_kink.break_even(is_taker=True) == 9_860, "halving the ladder would have stopped below"


@given(st.one_of(completions, near()))
def test_words_go_from_lock_over_rest_and_thin_to_loss_as_the_price_rises(completion: Completion) -> None:
    order = list(Outlook)
    words = [completion.outlook(price) for price in ticks(completion)]
    for price, word in zip(ticks(completion), words, strict=True):
        taking = completion.locked_at(price, is_taker=True)
        resting = completion.locked_at(price, is_taker=False)
        assert (word is Outlook.LOCK) == (taking >= completion.target)
        assert (word in (Outlook.LOCK, Outlook.REST)) == (resting >= completion.target)
        assert (word is Outlook.LOSS) == (resting < min(completion.target, 0) or (resting < 0 < completion.target))
    if completion.shares >= SHARE and completion.fees.rate <= 700:
        assert words == sorted(words, key=order.index)


@given(positions(), st.sampled_from(RATES), st.integers(1, 99))
def test_it_is_what_the_rebalance_says_of_the_same_purchase(position: Position, rate: int, cents: int) -> None:
    where = market(fees=FeeSchedule(rate), min_size=0)
    rules = RebalanceRules(max_position_cost=10**15)
    found = completion_of(position, where, rules.min_profit)
    if found is None:
        assert abs(position.delta) < LOT
        return
    bought = position.apply(fill("r", leg=found.leg, side=Side.BUY, price=cents * 100, shares=found.shares))
    assert found.locked_at(cents * 100, is_taker=False) == bought.locked
    quotes = Quotes((), ((cents * 100, found.shares),))
    for option in options_of(position, quotes, where.fees, rules):
        if not option.is_partial and option.shares == found.shares:
            assert option.leg is found.leg
            assert option.locked_after == found.locked_at(cents * 100, is_taker=True)


def test_the_walkthrough_of_the_seed() -> None:
    position = held("10", "0.48", "6", "0.49")
    found = completion_of(position, market(min_size=0), 200)
    assert found is not None
    assert (found.leg, found.shares, found.matched) == (Leg.NO, 4 * SHARE, 10 * SHARE)
    assert found.target == 200_000
    assert found.locked_at(4_600, is_taker=True) == 420_000
    assert found.break_even(is_taker=True) == found.break_even(is_taker=False) == 5_100
    dear = completion_of(position, market(min_size=0, fees=CRYPTO), 200)
    assert dear is not None
    assert (dear.break_even(is_taker=True), dear.break_even(is_taker=False)) == (4_900, 5_100)
    words = [dear.outlook(price) for price in (4_900, 5_000, 5_100, 5_200, 5_600, 5_700)]
    assert [str(word) for word in words] == ["lock", "rest", "rest", "thin", "thin", "loss"]


@pytest.mark.parametrize(
    "position",
    [held(), held("10", "0.5", "10", "0.5"), held("10.004", "0.5", "10", "0.5"), held("14.99", "0.5", "10", "0.5")],
    ids=["nothing held", "balanced", "less than a lot", "less than an order"],
)
def test_nothing_completes_a_pair_that_is_even_or_short_of_less_than_an_order(position: Position) -> None:
    assert completion_of(position, market(), 200) is None


def test_one_leg_alone_is_completed_and_a_leg_below_zero_is_not() -> None:
    found = completion_of(held("0", "0.5", "5", "0.3"), market(), 200)
    assert found is not None
    assert (found.leg, found.shares, found.matched) == (Leg.YES, 5 * SHARE, 5 * SHARE)
    sold = Position("m").apply(fill("s", side=Side.SELL, shares="10"))
    assert completion_of(sold, market(), 200) is None


def test_no_price_is_named_where_none_locks_and_the_top_one_where_all_do() -> None:
    lost = Completion(Leg.NO, SHARE, SHARE, -USD, FeeSchedule(), 0, 100)
    assert lost.break_even(is_taker=False) is None
    free = Completion(Leg.NO, SHARE, SHARE, 0, FeeSchedule(), 0, 25)
    assert free.break_even(is_taker=False) == 9_975
