from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.book import Book, Levels
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Side
from cockpit.core.position import Position, position_of
from cockpit.core.rebalance import Option, Quotes, RebalanceRules, Verdict, choose, is_balanced, limit_of, options_of
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD, floor_lot
from tests.core.builders import TICKS, books, fee_schedules, fill, positions

rule_sets = st.builds(
    RebalanceRules,
    threshold=st.sampled_from([8_000, 9_999, 10_000]),
    min_profit=st.integers(-500, 500),
    prefer_sell=st.booleans(),
    allow_partial=st.booleans(),
    max_position_cost=st.sampled_from([25 * USD, 500 * USD, 10**12]),
    max_slippage=st.integers(0, 600),
    min_size=st.sampled_from([0, 5 * SHARE]),
    min_taker_cost=st.sampled_from([0, USD]),
)


@st.composite
def chances(draw: st.DrawFn) -> tuple[Position, Quotes]:
    """A pair out of balance and quotes near its entry, so that most of them are worth a trade."""
    entry, excess = draw(st.integers(5, 70)), draw(st.integers(500, 20_000))
    matched = draw(st.integers(0, excess))
    heavy = draw(st.sampled_from(Leg))
    bought = [fill("h", leg=heavy, price=entry * 100, shares=(matched + excess) * LOT)]
    if matched:
        bought.append(fill("l", leg=heavy.other, price=draw(st.integers(5, 90)) * 100, shares=matched * LOT))
    sizes = st.integers(1, 150 * SHARE)
    bids = draw(st.dictionaries(st.integers(max(1, entry - 5), 95), sizes, max_size=4))
    asks = draw(st.dictionaries(st.integers(5, min(99, 105 - entry)), sizes, max_size=4))
    return position_of("m", bought), Quotes(
        tuple((cents * 100, bids[cents]) for cents in sorted(bids, reverse=True)),
        tuple((cents * 100, asks[cents]) for cents in sorted(asks)),
    )


def quotes_of(position: Position, book: Book) -> Quotes:
    heavy = Leg.YES if position.delta > 0 else Leg.NO
    return Quotes(book.levels(heavy, Side.BUY), book.levels(heavy.other, Side.SELL))


def after(position: Position, option: Option) -> Position:
    """Return the position once the option has filled."""
    traded = fill("r", leg=option.leg, side=option.side, shares=option.shares, fee=option.fee)
    return position.apply(replace(traded, money=option.money))


def walked(option: Option, levels: Levels) -> tuple[int, int]:
    """Return (exact product, worst price) of taking whole lots of each level, best first."""
    left = option.shares
    product = worst = 0
    for price, available in levels:
        step = min(floor_lot(available), left)
        if step:
            product, worst, left = product + step * price, price, left - step
    assert left == 0
    return product, worst


@given(positions(), books(), fee_schedules, rule_sets)
def test_what_an_option_says_is_what_the_trade_does(
    position: Position, book: Book, fees: FeeSchedule, rules: RebalanceRules
) -> None:
    quotes = quotes_of(position, book)
    for option in options_of(position, quotes, fees, rules):
        then = after(position, option)
        assert option.shares % LOT == 0
        assert 0 < option.shares <= abs(position.sure_delta)
        assert option.locked_before == position.locked
        assert option.locked_after == then.locked
        assert abs(then.delta) == abs(position.delta) - option.shares
        product, worst = walked(option, quotes.excess_bids if option.side is Side.SELL else quotes.deficit_asks)
        assert option.price == worst
        assert option.money == (product // PRICE_ONE if option.side is Side.SELL else -(-product // PRICE_ONE))
        assert option.profit == (option.gain if option.side is Side.SELL else option.locked_after)
        assert option.is_partial == (option.shares < floor_lot(abs(position.sure_delta)))
        if option.side is Side.BUY:
            assert position.cost + option.money + option.fee <= rules.max_position_cost


@settings(max_examples=200)
@given(chances(), fee_schedules, rule_sets)
def test_gain_is_what_a_whole_close_adds_to_the_lock_of_the_matched_shares(
    chance: tuple[Position, Quotes], fees: FeeSchedule, rules: RebalanceRules
) -> None:
    position, quotes = chance
    excess = abs(position.delta)
    heavy = position.yes if position.delta > 0 else position.no
    for option in options_of(position, quotes, fees, rules):
        if option.shares != excess:
            continue
        cost_of_excess = -(-heavy.cost * excess // heavy.shares)
        matched_lock = position.matched + position.cash + cost_of_excess
        assert option.gain == option.locked_after - matched_lock


@given(chances(), fee_schedules, st.integers(0, 50 * USD))
def test_a_purchase_and_its_fee_stay_within_the_budget_and_use_it_up(
    chance: tuple[Position, Quotes], fees: FeeSchedule, budget: int
) -> None:
    position, quotes = chance
    rules = RebalanceRules(min_profit=-(10**6), max_position_cost=position.cost + budget)
    buys = [o for o in options_of(position, quotes, fees, rules) if o.side is Side.BUY]
    on_offer = sum(floor_lot(size) for _, size in quotes.deficit_asks)
    for option in buys:
        assert option.money + option.fee <= budget
        if option.shares < min(on_offer, floor_lot(abs(position.delta))):
            assert option.money + option.fee + LOT + fees.taker(LOT, 5_000) + 20 > budget


@settings(max_examples=200)
@given(chances(), fee_schedules, rule_sets)
def test_a_chosen_trade_reduces_the_imbalance_and_gains_at_least_the_minimum(
    chance: tuple[Position, Quotes], fees: FeeSchedule, rules: RebalanceRules
) -> None:
    position, quotes = chance
    found = options_of(position, quotes, fees, rules)
    choice = choose(position, found, rules)
    assert (choice.chosen is not None) == (choice.verdict is Verdict.TRADE)
    if choice.chosen is None:
        return
    chosen = choice.chosen
    assert abs(after(position, chosen).delta) < abs(position.delta)
    assert chosen.gain * PRICE_ONE >= rules.min_profit * chosen.shares
    assert chosen.shares >= rules.min_size
    assert chosen.money >= rules.min_taker_cost
    assert rules.allow_partial or not chosen.is_partial
    assert not is_balanced(position, rules.threshold)
    if rules.prefer_sell and chosen.side is Side.BUY:
        sales = [o for o in found if o.side is Side.SELL and o.gain * PRICE_ONE >= rules.min_profit * o.shares]
        assert all(
            o.shares < rules.min_size or o.money < rules.min_taker_cost or (o.is_partial and not rules.allow_partial)
            for o in sales
        )


@settings(max_examples=200)
@given(chances(), fee_schedules, rule_sets, st.sampled_from(TICKS))
def test_a_limit_lies_within_slippage_and_never_where_too_little_is_gained(
    chance: tuple[Position, Quotes], fees: FeeSchedule, rules: RebalanceRules, tick: int
) -> None:
    position, quotes = chance
    chosen = choose(position, options_of(position, quotes, fees, rules), rules).chosen
    if chosen is None:
        return
    limit = limit_of(chosen, fees, position, rules, tick)
    behind = limit - chosen.price if chosen.side is Side.BUY else chosen.price - limit
    assert 0 <= behind <= rules.max_slippage
    if behind:
        assert tick <= limit <= PRICE_ONE - tick
        levels = ((limit, chosen.shares),)
        at_worst = Quotes(levels, ()) if chosen.side is Side.SELL else Quotes((), levels)
        free = RebalanceRules(min_profit=rules.min_profit, max_position_cost=10**15)
        at_limit = options_of(position, at_worst, fees, free)[0]
        assert at_limit.shares == chosen.shares
        assert at_limit.gains_at_least(rules.min_profit)


@given(positions(), books(), fee_schedules, rule_sets)
def test_swapping_the_legs_mirrors_the_options(
    position: Position, book: Book, fees: FeeSchedule, rules: RebalanceRules
) -> None:
    swapped = Position("m", position.no, position.yes, position.cash, position.realised, position.fees)
    quotes = quotes_of(position, book)
    mine, theirs = options_of(position, quotes, fees, rules), options_of(swapped, quotes, fees, rules)
    assert [(o.side, o.leg.other, *_numbers(o)) for o in mine] == [(o.side, o.leg, *_numbers(o)) for o in theirs]


def _numbers(option: Option) -> tuple[int, ...]:
    return option.shares, option.price, option.money, option.fee, option.gain, option.locked_after, option.profit


@given(st.integers(1, 99), st.integers(1, 10**4), st.integers(1, 10**4), fee_schedules, st.integers(1, 99))
def test_on_one_mirrored_book_selling_and_buying_gain_the_same(
    entry: int, matched: int, excess: int, fees: FeeSchedule, bid: int
) -> None:
    position = position_of(
        "m",
        [
            fill("y", price=entry * 100, shares=(matched + excess) * LOT),
            fill("n", leg=Leg.NO, price=entry * 100, shares=matched * LOT),
        ],
    )
    quotes = Quotes(((bid * 100, excess * LOT),), ((PRICE_ONE - bid * 100, excess * LOT),))
    rules = RebalanceRules(max_position_cost=10**15)
    sell, buy = options_of(position, quotes, fees, rules)
    assert (sell.gain, sell.locked_after) == (buy.gain, buy.locked_after)


@given(positions(), books(), fee_schedules, rule_sets)
def test_levels_cut_where_they_cover_the_imbalance_give_the_same_options(
    position: Position, book: Book, fees: FeeSchedule, rules: RebalanceRules
) -> None:
    heavy, excess = (Leg.YES if position.delta > 0 else Leg.NO), abs(position.delta)
    cut = Quotes(book.cover(heavy, Side.BUY, excess, 20), book.cover(heavy.other, Side.SELL, excess, 20))
    whole = quotes_of(position, book)
    assert options_of(position, cut, fees, rules) == options_of(position, whole, fees, rules)
    assert cut.excess_bids == whole.excess_bids[: len(cut.excess_bids)]


@given(books(), fee_schedules, rule_sets)
def test_an_even_pair_has_no_options(book: Book, fees: FeeSchedule, rules: RebalanceRules) -> None:
    even = position_of("m", [fill("y"), fill("n", leg=Leg.NO)])
    assert options_of(even, quotes_of(even, book), fees, rules) == ()
    assert choose(even, (), rules).verdict is Verdict.BALANCED
