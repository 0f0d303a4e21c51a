"""What stands in the way of a trade: depth, budget, minimum sizes, partial closes, odd positions."""

from __future__ import annotations

import pytest

from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus
from cockpit.core.position import Position, position_of
from cockpit.core.rebalance import (
    Choice,
    Option,
    Quotes,
    RebalanceRules,
    Verdict,
    choose,
    options_of,
)
from cockpit.core.units import LOT, SHARE, USD
from tests.core.builders import CRYPTO, fill, held, levels

FREE = FeeSchedule()
POSITION = held("10", "0.48", "6", "0.49")
NO_BIDS: tuple[tuple[int, int], ...] = ()
BIDS = levels(("0.52", "100"))
VENUE = RebalanceRules(min_size=5 * SHARE, min_taker_cost=USD)


def weigh(
    position: Position, quotes: Quotes, fees: FeeSchedule = FREE, rules: RebalanceRules | None = None
) -> tuple[Choice, dict[str, Option]]:
    rules = rules or RebalanceRules()
    found = options_of(position, quotes, fees, rules)
    return choose(position, found, rules), {option.action: option for option in found}


def test_the_walk_takes_each_level_that_still_gains_enough() -> None:
    bids = levels(("0.52", "1"), ("0.51", "1"), ("0.50", "1"), ("0.49", "9"))
    choice, found = weigh(POSITION, Quotes(bids, ()))
    sell = found["SELL_YES"]
    assert (sell.shares, sell.price, sell.money) == (3 * SHARE, 5_000, 1_530_000)
    assert sell.gain == 1_530_000 - 1_440_000
    assert sell.is_partial
    assert choice.chosen is sell


def test_a_partial_close_is_not_taken_where_only_whole_ones_are_allowed() -> None:
    thin = Quotes(levels(("0.52", "1")), ())
    assert weigh(POSITION, thin)[0].verdict is Verdict.TRADE
    choice, _ = weigh(POSITION, thin, rules=RebalanceRules(allow_partial=False))
    assert choice.verdict is Verdict.PARTIAL
    assert choice.chosen is None
    whole = Quotes(levels(("0.52", "1")), levels(("0.46", "4")))
    picked, found = weigh(POSITION, whole, rules=RebalanceRules(allow_partial=False))
    assert picked.chosen is found["BUY_NO"]


def test_a_partial_purchase_counts_only_matched_shares_as_guaranteed() -> None:
    _, found = weigh(POSITION, Quotes((), levels(("0.46", "1"))))
    buy = found["BUY_NO"]
    assert buy.shares == SHARE
    assert buy.locked_after == 7 * USD - 7_740_000 - 460_000
    assert buy.profit == buy.locked_after < 0


def test_the_budget_caps_a_purchase_with_its_fee() -> None:
    rules = RebalanceRules(max_position_cost=7_740_000 + USD)
    _, found = weigh(POSITION, Quotes((), levels(("0.40", "100"))), CRYPTO, rules)
    buy = found["BUY_NO"]
    assert buy.money + buy.fee <= USD
    one_more = buy.shares + LOT
    assert one_more * 4_000 // 10_000 + CRYPTO.taker(one_more, 4_000) > USD
    assert buy.is_partial


def test_the_budget_is_spent_over_several_levels() -> None:
    rules = RebalanceRules(max_position_cost=7_740_000 + USD)
    _, found = weigh(POSITION, Quotes((), levels(("0.40", "1"), ("0.45", "1"), ("0.46", "9"))), rules=rules)
    buy = found["BUY_NO"]
    assert (buy.shares, buy.price, buy.money) == (2 * SHARE + 32 * LOT, 4_600, 997_200)
    dear = weigh(POSITION, Quotes((), levels(("0.40", "1"), ("0.45", "1"), ("0.46", "9"))), CRYPTO, rules)[1]["BUY_NO"]
    assert (dear.shares, dear.money + dear.fee) == (2 * SHARE + 24 * LOT, 998_710)


@pytest.mark.parametrize("budget", [0, 7_740_000, 7_740_001])
def test_no_budget_leaves_only_the_sale(budget: int) -> None:
    _, found = weigh(POSITION, Quotes(BIDS, levels(("0.46", "9"))), rules=RebalanceRules(max_position_cost=budget))
    assert set(found) == {"SELL_YES"}


def test_what_a_budget_buys_is_found_in_a_few_steps_at_any_price() -> None:
    """It is asked at every change of the book: counting down share by share would stall the desk at 0.0001."""
    asked: list[int] = []

    class Counted(FeeSchedule):
        def taker(self, shares: int, price: int) -> int:
            asked.append(shares)
            return FeeSchedule.taker(self, shares, price)

    cheap, fees = held("400000", "0.5", "0"), Counted(700)
    rules = RebalanceRules(max_position_cost=cheap.cost + 25 * USD)
    _, found = weigh(cheap, Quotes((), ((1, 400_000 * SHARE),)), fees, rules)
    buy = found["BUY_NO"]
    assert len(asked) < 100
    assert buy.money + buy.fee <= 25 * USD
    assert (buy.shares + LOT) // 10_000 + fees.taker(buy.shares + LOT, 1) > 25 * USD


def test_no_quotes_and_no_options() -> None:
    choice, found = weigh(POSITION, Quotes((), ()))
    assert (choice, found) == (Choice(Verdict.NO_QUOTE), {})


@pytest.mark.parametrize("no", ["5.01", "9.99", "9.999999", "9.995"])
def test_an_imbalance_below_the_minimum_is_dust(no: str) -> None:
    rules = RebalanceRules(threshold=10_000, min_size=5 * SHARE)
    assert weigh(held("10", "0.48", no, "0.4"), Quotes(BIDS, ()), rules=rules)[0].verdict is Verdict.DUST


def test_less_than_a_lot_is_dust_even_without_a_minimum() -> None:
    rules = RebalanceRules(threshold=10_000)
    choice, found = weigh(held("10", "0.48", "9.995", "0.4"), Quotes(BIDS, ()), rules=rules)
    assert choice.verdict is Verdict.DUST
    assert found == {}


def test_an_imbalance_worth_less_than_the_venue_takes_is_dust() -> None:
    cheap = held("10", "0.04", "0")
    choice, found = weigh(cheap, Quotes(levels(("0.09", "100")), ()), rules=VENUE)
    assert found["SELL_YES"].money == 900_000
    assert choice.verdict is Verdict.DUST


def test_a_large_imbalance_with_little_on_offer_is_not_dust() -> None:
    large = held("100", "0.40", "0")
    choice, found = weigh(large, Quotes(levels(("0.52", "3")), ()), rules=VENUE)
    assert found["SELL_YES"].shares == 3 * SHARE
    assert choice.verdict is Verdict.NO_QUOTE


def test_the_rest_of_a_fill_on_top_does_not_hide_the_levels_behind_it() -> None:
    crumb = ((5_300, LOT - 1), (5_200, 100 * SHARE))
    choice, found = weigh(POSITION, Quotes(crumb, ()))
    assert choice.chosen is found["SELL_YES"]
    assert found["SELL_YES"].shares == 4 * SHARE


def test_when_nothing_gains_the_whole_imbalance_is_priced_for_display() -> None:
    bids = levels(("0.40", "1"), ("0.30", "9"))
    choice, found = weigh(POSITION, Quotes(bids, ()))
    assert choice.verdict is Verdict.BELOW_MINIMUM
    assert found["SELL_YES"].shares == 4 * SHARE
    assert found["SELL_YES"].gain == 1_300_000 - 1_920_000


def test_a_leg_below_zero_is_left_to_reconciliation() -> None:
    bought = fill("b", shares="10", status=FillStatus.FAILED)
    sold = fill("s", side=Side.SELL, shares="5", price="0.6")
    for position in (
        position_of("m", [bought, sold]),
        position_of("m", [bought, sold, fill("n", leg=Leg.NO, shares="7")]),
    ):
        choice, found = weigh(position, Quotes(BIDS, levels(("0.4", "100"))))
        assert position.matched < 0
        assert found == {}
        assert choice.verdict is Verdict.NO_QUOTE


def test_the_minimum_gain_itself_is_enough() -> None:
    edge = Quotes(levels(("0.50", "100")), ())
    assert weigh(POSITION, edge)[0].verdict is Verdict.TRADE
    assert weigh(POSITION, edge, rules=RebalanceRules(min_profit=201))[0].verdict is Verdict.BELOW_MINIMUM


def test_the_highest_gain_is_chosen_not_the_highest_profit() -> None:
    quotes = Quotes(levels(("0.55", "9")), levels(("0.46", "9")))
    choice, found = weigh(POSITION, quotes, rules=RebalanceRules(prefer_sell=False))
    sell, buy = found["SELL_YES"], found["BUY_NO"]
    assert sell.gain > buy.gain
    assert sell.profit < buy.profit
    assert choice.chosen is sell


def test_prefer_sell_takes_the_purchase_when_the_sale_gains_too_little() -> None:
    choice, found = weigh(POSITION, Quotes(levels(("0.49", "9")), levels(("0.46", "9"))))
    assert choice.chosen is found["BUY_NO"]
